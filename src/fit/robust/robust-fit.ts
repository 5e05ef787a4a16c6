import { EnvironmentCache } from "../../environments/cache/environment-cache.js";
import { InvalidParameterError } from "../../errors.js";
import type { Executor } from "../../parallel/executor.js";
import type { ProgressListener } from "../../parallel/progress.js";
import type { Dataset } from "../../structures/dataset.js";
import { validate } from "../../validation.js";
import { withCheckpoint } from "../checkpoint/checkpoint.js";
import { fitIdentity } from "../checkpoint/identity.js";
import { fitWithin } from "../checkpoint/result-codec.js";
import type { SigmaOptions } from "../sigma.js";
import type { FitContext, FitRequest, FitResult, Trainer } from "../trainer.js";
import { iterateHuber } from "./huber.js";
import { type RobustOptions, robustSchema } from "./schema.js";
import { type RobustSummary, robustWarnings, summarizeRobust } from "./summary.js";
import { robustTables } from "./tables.js";
import { WeightedTargets } from "./weighted-targets.js";

/** A fit with Huber's loss, with an account of it. */
export interface RobustFitResult extends FitResult {
  /** What the loss did. */
  readonly robust: RobustSummary;
}

/**
 * Fits with Huber's loss in place of squares, by any trainer that weighs its targets by σ: fits follow each other, each with σ/√w for single
 * energies, force and virial components, w = min(1, δ/|r|) by the residuals r of the model before, in units of σ. Environments are described once.
 * @throws {InvalidParameterError} for a trainer without σ; else as `Trainer.train`
 */
export async function robustFit(
  trainer: Trainer,
  request: FitRequest,
  dataset: Dataset,
  executor: Executor,
  options: Partial<RobustOptions> = {},
  context: FitContext = {},
): Promise<RobustFitResult> {
  const robust = validate(robustSchema, options, { what: "robust" });
  const sigma = trainer.sigma(request);
  if (!sigma) throw new InvalidParameterError(`robust: residuals are judged in units of σ, which targets of ${trainer.type} do not have: leave it out`);
  const complete = { model: trainer.complete(request.model), fit: { ...request.fit, robust }, seed: request.seed ?? 1 };
  const identity = () => fitIdentity({ model: trainer.schema, fit: trainer.fitSchema }, complete, dataset, executor, { validation: context.validation });
  return withCheckpoint(context, identity, (own) => iterate(trainer, request, dataset, executor, robust, sigma, own));
}

async function iterate(
  trainer: Trainer,
  request: FitRequest,
  dataset: Dataset,
  executor: Executor,
  robust: RobustOptions,
  sigma: SigmaOptions,
  context: FitContext,
): Promise<RobustFitResult> {
  const targets = new WeightedTargets(dataset, sigma);
  const cache = context.environments ? undefined : new EnvironmentCache(executor);
  // a recall knows σ by its options, not by what stands in columns
  const { recall: _, onProgress, environments = cache!.of(dataset), ...rest } = context;
  const { signal } = context;
  const within = (what: string, step: number): { onProgress?: ProgressListener } =>
    onProgress ? { onProgress: (progress) => onProgress({ ...progress, stage: `${what} ${step + 1}: ${progress.stage}` }) } : {};
  try {
    const { fit, ...iteration } = await iterateHuber<FitResult>(
      {
        nTargets: targets.count,
        fit(weights, step) {
          // the first fit is the one that is made without Huber's loss, to the bit
          const weighted = step === 0 ? { dataset, sigma } : targets.weighted(weights);
          const own = step === 0 ? request : { ...request, fit: { ...request.fit, sigma: weighted.sigma } };
          const inner = { ...rest, environments, ...within("re-weighted fit", step) };
          return fitWithin(trainer, inner, `re-weighted fit ${step + 1}`, robust.iterations + 1, (kept) => trainer.train(own, weighted.dataset, executor, kept));
        },
        residuals: ({ model }, step) => targets.residuals(model, executor, { signal, environments, ...within("residuals of fit", step) }),
        minimum: ({ summary }) => summary.minimum,
      },
      robust,
    );
    const account = summarizeRobust(targets, iteration, robust);
    return { ...withAccount(fit, account, { ...request, robust }), robust: account };
  } finally {
    cache?.release();
  }
}

function withAccount({ model, summary, draw }: FitResult, account: RobustSummary, request: FitRequest & { readonly robust: RobustOptions }): FitResult {
  const { provenance } = model;
  const options = { ...(provenance.options as object), fit: request.fit ?? {}, robust: request.robust };
  return {
    draw,
    model: model.withProvenance({ ...provenance, options }),
    summary: { ...summary, robust: account, tables: [...robustTables(account), ...summary.tables], warnings: [...(summary.warnings ?? []), ...robustWarnings(account)] },
  };
}

/** The same trainer with Huber's loss: for cross-validation, learning curves, and all else that trains. */
export function huberTrainer(trainer: Trainer, options: Partial<RobustOptions> = {}): Trainer {
  const robust = validate(robustSchema, options, { what: "robust" });
  const { iterations } = robust;
  return Object.freeze<Trainer>({
    ...trainer,
    variant: { robust },
    async plan(request, dataset, threads, room) {
      const plan = await trainer.plan(request, dataset, threads, room);
      const predict = (dataset.nAtoms * plan.predictionSeconds.energyAndForces) / threads;
      const outline = [...plan.outline, { label: "robust", text: `up to ${iterations + 1} fits with Huber's loss` }];
      return { ...plan, outline, flops: (iterations + 1) * plan.flops, seconds: (iterations + 1) * (plan.seconds + predict) };
    },
    train: (request, dataset, executor, context) => robustFit(trainer, request, dataset, executor, options, context),
  });
}
