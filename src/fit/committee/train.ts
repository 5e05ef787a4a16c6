import { EnvironmentCache } from "../../environments/cache/environment-cache.js";
import { InvalidParameterError } from "../../errors.js";
import { CommitteeModel } from "../../models/committee/model.js";
import type { ErrorBarCalibration, Model } from "../../models/model-type.js";
import { type Executor, throwIfAborted } from "../../parallel/executor.js";
import { valueAt } from "../../parameter-path.js";
import type { Dataset } from "../../structures/dataset.js";
import { withCheckpoint } from "../checkpoint/checkpoint.js";
import { fitIdentity } from "../checkpoint/identity.js";
import { fitWithin } from "../checkpoint/result-codec.js";
import type { FitSummary, FitTable } from "../fit-summary.js";
import type { FitContext, FitRequest, FitResult, Trainer } from "../trainer.js";
import { calibrateOutOfBag, FEWEST_MEMBERS } from "./out-of-bag.js";
import { memberSamples } from "./samples.js";
import { type CommitteeOptions, committeeSchema } from "./schema.js";
import { withSpreadLimits } from "./spread-limits.js";
import { validate } from "../../validation.js";

/**
 * Fits a committee with any trainer: models of resampled or disjoint structures, or draws from the posterior of one fit. Environments are described
 * once for all members where they fit into memory. Error bars are calibrated out of bag where that is asked for, and without `context.validation`
 * wherever it can be; limits of the spread tell atoms outside the training domain. The same bits for any number of threads.
 * @throws {InvalidParameterError} for more members than structures, a sample without a species, a calibration out of bag of fewer than four
 * members or where none is left out, and a posterior that the trainer does not tell; otherwise as {@link Trainer.train}
 */
export async function trainCommittee(
  trainer: Trainer,
  request: FitRequest,
  dataset: Dataset,
  executor: Executor,
  options: Partial<CommitteeOptions> = {},
  context: FitContext = {},
): Promise<FitResult> {
  const committee = validate(committeeSchema, options, { what: "committee" });
  const { members, by } = committee;
  const { seed = 1 } = request;
  checkCalibration(committee);
  if (by === "posterior") return drawMembers(trainer, request, dataset, executor, committee, context);
  const complete = { model: trainer.complete(request.model), fit: { ...request.fit, committee: { members, by, of: trainer.variant } }, seed };
  const identity = () => fitIdentity({ model: trainer.schema, fit: trainer.fitSchema }, complete, dataset, executor);
  return withCheckpoint(context, identity, (own) => trainMembers(trainer, request, dataset, executor, { ...committee, by }, own));
}

function checkCalibration({ members, by, calibration }: CommitteeOptions): void {
  if (calibration !== "out-of-bag") return;
  if (by === "posterior") throw new InvalidParameterError("committee.calibration is out-of-bag, but members of a posterior are all of the fit to all structures: take bootstrap or disjoint, or calibrate with validation data");
  if (members < FEWEST_MEMBERS) throw new InvalidParameterError(`committee.calibration is out-of-bag, but committee.members is ${members}: it takes ${FEWEST_MEMBERS} or more`);
}

/** Whether the members are to judge the structures that they were not fitted to. */
export function calibratesOutOfBag({ members, by, calibration }: CommitteeOptions, hasValidation: boolean): boolean {
  return calibration === "out-of-bag" || (calibration === "auto" && !hasValidation && by !== "posterior" && members >= FEWEST_MEMBERS);
}

async function trainMembers(
  trainer: Trainer,
  request: FitRequest,
  dataset: Dataset,
  executor: Executor,
  committee: CommitteeOptions & { readonly by: Exclude<CommitteeOptions["by"], "posterior"> },
  context: FitContext,
): Promise<FitResult> {
  const { members, by } = committee;
  const { seed = 1 } = request;
  const cache = new EnvironmentCache(executor);
  const fitted: FitResult[] = [];
  const samples = memberSamples(dataset, { members, by }, seed);
  const warnings: string[] = [];
  let calibration: ErrorBarCalibration | undefined;
  try {
    for (const [k, sample] of samples.entries()) {
      throwIfAborted(context.signal);
      const part = dataset.subset(sample);
      const own = trainer.onPart(request, { whole: dataset, part, energiesOnly: false }) ?? request;
      const onProgress: FitContext["onProgress"] = context.onProgress && ((progress) => context.onProgress!({ ...progress, stage: `member ${k + 1} of ${members}: ${progress.stage}` }));
      const inner = { ...context, onProgress, environments: cache.of(dataset, sample), validation: undefined };
      fitted.push(await fitWithin(trainer, inner, `member ${k + 1}`, members, (kept) => trainer.train({ ...own, seed: seed + k }, part, executor, kept)));
    }
    if (calibratesOutOfBag(committee, context.validation !== undefined)) {
      calibration = await calibrateOutOfBag({ members: fitted.map(({ model }) => model), samples }, dataset, executor, cache, context);
      if (!calibration) warnings.push("the error bars of the committee are not calibrated, because fewer than ten reference values are of structures that two members or more were not fitted to: take more members, or calibrate with other data");
    }
  } finally {
    cache.release();
  }
  const provenance = { ...fitted[0].model.provenance, options: optionsOf(request, committee), ...(calibration && { calibration }) };
  const model = await withSpreadLimits(new CommitteeModel({ members: fitted.map((result) => bare(result.model)), origin: by, provenance }), dataset, executor, context);
  const summary = summarize(fitted.map((result) => result.summary), by, samples, dataset);
  return { model, summary: { ...summary, warnings: [...summary.warnings, ...warnings] } };
}

async function drawMembers(trainer: Trainer, request: FitRequest, dataset: Dataset, executor: Executor, committee: CommitteeOptions, context: FitContext): Promise<FitResult> {
  const { members } = committee;
  // said before the fit where its options tell
  const options = trainer.fitSchema.safeParse(request.fit ?? {});
  if (options.success && valueAt(options.data, ["errorBars"]) === false) throw noPosterior(trainer.type);
  const { model: center, summary, draw } = await trainer.train(request, dataset, executor, context);
  if (!draw) throw noPosterior(center.type);
  const drawn = draw({ count: members, seed: request.seed ?? 1 });
  const provenance = { ...center.provenance, options: optionsOf(request, committee) };
  const model = await withSpreadLimits(new CommitteeModel({ center: bare(center), members: drawn.map(bare), origin: "posterior", provenance }), dataset, executor, context);
  return { model, summary: { ...summary, extent: `${summary.extent}, ${members} members drawn from the posterior`, sizes: [...summary.sizes, { name: "nMembers", count: members }] } };
}

/** What the file of a committee says once is not said by every member. */
function bare(model: Model): Model {
  return model.withProvenance({});
}

function optionsOf({ model, fit, seed = 1 }: FitRequest, committee: CommitteeOptions): object {
  return { model, fit, seed, committee };
}

function summarize(summaries: readonly FitSummary[], by: string, samples: readonly (readonly number[])[], dataset: Dataset): FitSummary & { readonly warnings: string[] } {
  const [first] = summaries;
  const members = summaries.length;
  const sum = (of: (summary: FitSummary) => number): number => summaries.reduce((total, summary) => total + of(summary), 0);
  const table: FitTable = {
    title: "Members",
    columns: ["member", "structures", "different ones", "extent", "weighted residual"],
    rows: summaries.map(({ structures, extent, weightedResidual }, k) => [k + 1, structures, new Set(samples[k]).size, extent, weightedResidual?.toPrecision(4) ?? ""]),
  };
  return {
    ...first,
    structures: dataset.nStructures,
    atoms: dataset.nAtoms,
    extent: `${members} members by ${by}, the first with ${first.extent}`,
    sizes: [...first.sizes, { name: "nMembers", count: members }],
    stages: first.stages.map((stage, s) => ({ ...stage, seconds: sum(({ stages }) => stages[s]?.seconds ?? 0) })),
    tables: [table, ...first.tables],
    warnings: [...new Set(summaries.flatMap(({ warnings = [] }) => warnings))],
    peakWasmBytes: Math.max(...summaries.map(({ peakWasmBytes }) => peakWasmBytes)),
  };
}

function noPosterior(type: string): InvalidParameterError {
  return new InvalidParameterError(
    `committee.by is posterior, but this ${type} fit does not tell what it leaves open of its coefficients: ask for error bars (fit.errorBars: true) where it has them, or take bootstrap`,
  );
}
