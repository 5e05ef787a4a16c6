import { divideLearningData } from "../analysis/validation/learning-curve.js";
import { configuredTrainer } from "../config/fit-config.js";
import { type CheckpointContext, type FitIdentity, withCheckpoint } from "../fit/checkpoint/checkpoint.js";
import { fitIdentity } from "../fit/checkpoint/identity.js";
import { fitWithin } from "../fit/checkpoint/result-codec.js";
import type { FitContext, FitResult } from "../fit/trainer.js";
import type { Executor } from "../parallel/executor.js";
import type { ValidationJob } from "./validation-job.js";

/** All fits of a command: what is kept of each. */
export interface KeptFits {
  /** The fit to all data. */
  whole(context: FitContext, fit: (context: FitContext) => Promise<FitResult>): Promise<FitResult>;
  /**
   * Fits to parts of the data.
   * @param count how many
   */
  parts(name: string, count: number): CheckpointContext;
}

/** A fit alone keeps itself. */
export function keptAlone(context: CheckpointContext): KeptFits {
  return { whole: (own, fit) => fit({ ...own, ...context }), parts: () => ({}) };
}

/**
 * Several fits with one checkpoint, which keeps the results of those that are done.
 * @param hasWhole whether there is a fit to all data among them
 */
export function keepTogether<Result>(job: ValidationJob, executor: Executor, hasWhole: boolean, context: CheckpointContext, work: (fits: KeptFits) => Promise<Result>): Promise<Result> {
  const { config: { crossValidation, learningCurve, seed }, data } = job;
  const nParts = learningCurve ? divideLearningData(data, learningCurve, seed).parts.length : 0;
  const total = Number(hasWhole) + (crossValidation?.folds ?? 0) + nParts;
  return withCheckpoint(context, () => identityOf(job, executor), ({ kept }) =>
    work({
      whole: (own, fit) => fitWithin(configuredTrainer(job.config), { ...own, kept }, "fit to all data", total, fit),
      parts: (name, count) => ({ kept: kept?.scope(name, total, count) }),
    }),
  );
}

/** Fits of parts depend on more than the fit to all data does. */
async function identityOf({ config, data, predictions }: ValidationJob, executor: Executor): Promise<FitIdentity> {
  const { model, fit = {}, seed, crossValidation, learningCurve, committee } = config;
  const trainer = configuredTrainer(config);
  const request = { model: trainer.complete(model), fit: { ...fit, of: trainer.variant }, seed };
  const others = { validation: data.validation, test: learningCurve && data.test };
  const own = await fitIdentity({ model: trainer.schema, fit: trainer.fitSchema }, request, data.train, executor, others);
  const asked = { crossValidation, learningCurve, committee, predictions: predictions !== undefined };
  return { ...own, ...(JSON.parse(JSON.stringify(asked)) as object) };
}
