import { EnvironmentCache } from "../../environments/cache/environment-cache.js";
import { InvalidParameterError } from "../../errors.js";
import { CommitteeModel } from "../../models/committee/model.js";
import type { Model } from "../../models/model-type.js";
import { type Executor, throwIfAborted } from "../../parallel/executor.js";
import type { Dataset } from "../../structures/dataset.js";
import { withCheckpoint } from "../checkpoint/checkpoint.js";
import { fitIdentity } from "../checkpoint/identity.js";
import { fitWithin } from "../checkpoint/result-codec.js";
import type { FitContext, FitRequest, FitResult, FitSummary, FitTable, Trainer } from "../trainer.js";
import { memberSamples } from "./samples.js";
import { type CommitteeOptions, committeeSchema } from "./schema.js";
import { validate } from "../../validation.js";

/**
 * Fits a committee with any trainer: models of resampled or disjoint structures, or draws from the posterior of one fit. Environments are described
 * once for all members where they fit into memory. The same bits for any number of threads.
 * @throws {InvalidParameterError} for more members than structures, a sample without a species, and a posterior that the trainer does not
 * tell; otherwise as {@link Trainer.train}
 */
export async function trainCommittee(
  trainer: Trainer,
  request: FitRequest,
  dataset: Dataset,
  executor: Executor,
  options: Partial<CommitteeOptions> = {},
  context: FitContext = {},
): Promise<FitResult> {
  const { members, by } = validate(committeeSchema, options, { what: "committee" });
  const { seed = 1 } = request;
  if (by === "posterior") return drawMembers(trainer, request, dataset, executor, members, context);
  const complete = { model: trainer.complete(request.model), fit: { ...request.fit, committee: { members, by, of: trainer.variant } }, seed };
  const identity = () => fitIdentity({ model: trainer.schema, fit: trainer.fitSchema }, complete, dataset, executor);
  return withCheckpoint(context, identity, (own) => trainMembers(trainer, request, dataset, executor, { members, by }, own));
}

async function trainMembers(
  trainer: Trainer,
  request: FitRequest,
  dataset: Dataset,
  executor: Executor,
  { members, by }: { readonly members: number; readonly by: Exclude<CommitteeOptions["by"], "posterior"> },
  context: FitContext,
): Promise<FitResult> {
  const { seed = 1 } = request;
  const cache = new EnvironmentCache(executor);
  const fitted: FitResult[] = [];
  const samples = memberSamples(dataset, { members, by }, seed);
  try {
    for (const [k, sample] of samples.entries()) {
      throwIfAborted(context.signal);
      const part = dataset.subset(sample);
      const own = trainer.onPart(request, { whole: dataset, part, energiesOnly: false }) ?? request;
      const onProgress: FitContext["onProgress"] = context.onProgress && ((progress) => context.onProgress!({ ...progress, stage: `member ${k + 1} of ${members}: ${progress.stage}` }));
      const inner = { ...context, onProgress, environments: cache.of(dataset, sample), validation: undefined };
      fitted.push(await fitWithin(inner, `member ${k + 1}`, members, (kept) => trainer.train({ ...own, seed: seed + k }, part, executor, kept)));
    }
  } finally {
    cache.release();
  }
  const provenance = { ...fitted[0].model.provenance, options: optionsOf(request, { members, by }) };
  const model = new CommitteeModel({ members: fitted.map((result) => bare(result.model)), origin: by, provenance });
  return { model, summary: summarize(fitted.map(({ summary }) => summary), by, samples, dataset) };
}

async function drawMembers(trainer: Trainer, request: FitRequest, dataset: Dataset, executor: Executor, members: number, context: FitContext): Promise<FitResult> {
  const { model: center, summary, draw } = await trainer.train(request, dataset, executor, context);
  if (!draw) {
    throw new InvalidParameterError(
      `committee.by is posterior, but this ${center.type} fit does not tell what it leaves open of its coefficients: ask for error bars (fit.errorBars: true) where it has them, or take bootstrap`,
    );
  }
  const drawn = draw({ count: members, seed: request.seed ?? 1 });
  const provenance = { ...center.provenance, options: optionsOf(request, { members, by: "posterior" }) };
  const model = new CommitteeModel({ center: bare(center), members: drawn.map(bare), origin: "posterior", provenance });
  return { model, summary: { ...summary, extent: `${summary.extent}, ${members} members drawn from the posterior`, sizes: [...summary.sizes, { name: "nMembers", count: members }] } };
}

/** What the file of a committee says once is not said by every member. */
function bare(model: Model): Model {
  return model.withProvenance({});
}

function optionsOf({ model, fit, seed = 1 }: FitRequest, committee: CommitteeOptions): object {
  return { model, fit, seed, committee };
}

function summarize(summaries: readonly FitSummary[], by: string, samples: readonly (readonly number[])[], dataset: Dataset): FitSummary {
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
