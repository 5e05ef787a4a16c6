import { EnvironmentCache } from "../../environments/cache/environment-cache.js";
import { type CheckpointContext, withCheckpoint } from "../../fit/checkpoint/checkpoint.js";
import type { FitRequest, Trainer } from "../../fit/trainer.js";
import { type Executor, throwIfAborted } from "../../parallel/executor.js";
import type { ProgressListener } from "../../parallel/progress.js";
import type { Dataset } from "../../structures/dataset.js";
import { type Fold, type FoldMethod, makeFolds } from "../../structures/folds.js";
import { validate } from "../../validation.js";
import { type ErrorSummary, errorSummary } from "../metrics.js";
import type { PropertyErrors } from "../property-errors.js";
import { fitHeldOut, heldOutComparisons, type HeldOutPredictions, heldOutPropertyErrors, type HeldOutResult, type HeldOutSeries } from "./held-out-fit.js";
import { fitsAtOnce, progressWithin, runFits, seriesIdentity } from "./run-fits.js";
import { crossValidationSchema, type CrossValidationOptions } from "./schema.js";
import { spreadOf, type SummarySpread } from "./spread.js";

/** One fit of a cross-validation. Plain data: stored, it need not be made again. */
export interface FoldResult extends HeldOutResult {
  /** From 0. */
  readonly fold: number;
  /** Structures that were fitted to. */
  readonly nTrain: number;
  /** Structures that were left out and predicted, ascending. */
  readonly heldOut: readonly number[];
}

/** How cross-validation is run, beside what a fit file says of it. */
export interface CrossValidateContext extends CheckpointContext {
  /** Of the folds, where the options have none; default 1. */
  readonly seed?: number;
  /** Stops between blocks of rows with a CancelledError. */
  readonly signal?: AbortSignal;
  /** Hears of every fold, and of the fit inside where one runs at a time. */
  readonly onProgress?: ProgressListener;
  /** Hears of folds that are done, in the order in which they end. */
  readonly onFold?: (result: FoldResult) => void;
  /** Results of an earlier run of the same request, options and data: these folds are not fitted again. */
  readonly known?: readonly FoldResult[];
  /** Whether forces and virials are predicted where the data has none, too. Default: no. */
  readonly everything?: boolean;
  /** Of described environments that are kept; default: a quarter of the memory limit. */
  readonly cacheBytes?: number;
}

/** Errors of structures in fits that they were no part of. */
export interface CrossValidation {
  /** How structures were divided. */
  readonly split: FoldMethod;
  /** In order. */
  readonly folds: readonly FoldResult[];
  /** Over all structures that were left out, each predicted once. */
  readonly errors: ErrorSummary;
  /** The same of properties beside the energy that the model predicts and the data have as columns; none for most models. */
  readonly properties: readonly PropertyErrors[];
  /** Of each fold. */
  readonly foldErrors: readonly ErrorSummary[];
  /** Of each fold. */
  readonly foldProperties: readonly (readonly PropertyErrors[])[];
  /** Mean and standard deviation over the folds. */
  readonly spread: SummarySpread;
  /** What is to be said of the folds and their fits, one sentence each. */
  readonly warnings: readonly string[];
  /** Wall time. */
  readonly seconds: number;
}

/**
 * Cross-validation: the structures are divided into folds, and each fold is predicted by a fit to the others. Isolated atoms are part of
 * every fit. Environments are described once for all fits; several run at once where memory allows. The same bits for any number of threads.
 * @param options see {@link crossValidationSchema}; default: five folds, stratified by config_type
 * @throws {InvalidParameterError} when the data cannot be divided as asked, before anything is fitted; else as `Trainer.train`
 */
export async function crossValidate(
  trainer: Trainer,
  request: FitRequest,
  dataset: Dataset,
  executor: Executor,
  options: Partial<CrossValidationOptions> = {},
  context: CrossValidateContext = {},
): Promise<CrossValidation> {
  throwIfAborted(context.signal);
  const divided = divideData(dataset, options, context.seed);
  const what = { crossValidation: completeOptions(options, context.seed), everything: context.everything ?? false };
  const identity = () => seriesIdentity(trainer, request, what, dataset, executor);
  return withCheckpoint(context, identity, (own) => validateFolds(trainer, request, dataset, executor, divided, own));
}

async function validateFolds(
  trainer: Trainer, request: FitRequest, dataset: Dataset, executor: Executor, divided: ReturnType<typeof divideData>, context: CrossValidateContext,
): Promise<CrossValidation> {
  const start = performance.now();
  const cache = new EnvironmentCache(executor, context.cacheBytes);
  const series = { trainer, request, train: dataset, scored: dataset, cache, everything: context.everything ?? false };
  try {
    const folds = await runFolds(series, divided.folds, executor, context);
    const comparisons = folds.map(({ heldOut, predictions }) => [...heldOutComparisons(dataset, heldOut, predictions)]);
    const foldErrors = comparisons.map((fold) => errorSummary(fold));
    const warnings = [...divided.notes, ...new Set(folds.flatMap((fold) => fold.warnings))];
    const inOrder = comparisons.flatMap((of, fold) => of.map((comparison, place) => ({ comparison, index: folds[fold].heldOut[place] })));
    const errors = errorSummary(inOrder.sort((a, b) => a.index - b.index).map(({ comparison }) => comparison));
    const properties = heldOutPropertyErrors(dataset, folds);
    const foldProperties = folds.map((fold) => heldOutPropertyErrors(dataset, [fold]));
    const spread = spreadOf(foldErrors.map((of, fold) => ({ errors: of, properties: foldProperties[fold] })), { errors, properties });
    return { split: divided.split, folds, errors, properties, foldErrors, foldProperties, spread, warnings, seconds: (performance.now() - start) / 1000 };
  } finally {
    cache.release();
  }
}

/** The folds that {@link crossValidate} makes of a data set: to find out early whether it can be divided. */
export function divideData(dataset: Dataset, options: Partial<CrossValidationOptions>, seed = 1): ReturnType<typeof makeFolds> {
  return makeFolds(dataset, completeOptions(options, seed));
}

function completeOptions(options: Partial<CrossValidationOptions>, seed = 1): CrossValidationOptions & { readonly seed: number } {
  const complete = validate(crossValidationSchema, options, { what: "crossValidation" });
  return { ...complete, seed: complete.seed ?? seed };
}

async function runFolds(series: HeldOutSeries, folds: readonly Fold[], executor: Executor, context: CrossValidateContext): Promise<FoldResult[]> {
  const results = new Map((context.known ?? []).map((result) => [result.fold, result]));
  const missing = [...folds.entries()].filter(([fold]) => !results.has(fold));
  const isAlone = fitsAtOnce(missing.length, executor) === 1;
  let safe = 0;
  await runFits(series, missing, executor, context.signal, async ([fold, { train, heldOut }], signal) => {
    const work = { name: `fold ${fold + 1}`, count: missing.length, onSafe: () => void safe++ };
    const onProgress = isAlone ? progressWithin(`fold ${fold + 1} of ${folds.length}`, context.onProgress) : undefined;
    const result = { fold, nTrain: train.length, heldOut, ...(await fitHeldOut(series, { train, scored: heldOut }, work, { executor, signal, onProgress, kept: context.kept })) };
    return () => {
      results.set(fold, result);
      context.onFold?.(result);
      context.onProgress?.({ stage: "cross-validation", done: results.size, total: folds.length, unit: "folds", ...(context.kept && { safe }) });
    };
  });
  return [...folds.keys()].map((fold) => results.get(fold)!);
}

/** What was predicted for each structure while it was left out; undefined for isolated atoms. */
export function heldOutPredictions(dataset: Dataset, folds: readonly FoldResult[]): (HeldOutPrediction | undefined)[] {
  const found = new Array<HeldOutPrediction | undefined>(dataset.nStructures).fill(undefined);
  for (const { heldOut, predictions } of folds) {
    let first = 0;
    for (const [place, index] of heldOut.entries()) {
      found[index] = predictionAt(predictions, place, first, first + 3 * dataset.atomCount(index));
      first += 3 * dataset.atomCount(index);
    }
  }
  return found;
}

/** What was predicted for one structure. */
export interface HeldOutPrediction {
  /** eV */
  readonly energy: number;
  /** eV/Å, nAtoms × 3 */
  readonly forces?: Float64Array;
  /** eV, 3 × 3 */
  readonly virial?: Float64Array;
  /** By the names of columns. */
  readonly properties?: Readonly<Record<string, number>>;
}

function predictionAt({ energies, forces, virials, properties }: HeldOutPredictions, place: number, first: number, last: number): HeldOutPrediction {
  return {
    energy: energies[place],
    ...(forces && { forces: forces.subarray(first, last) }),
    ...(virials && { virial: virials.subarray(9 * place, 9 * place + 9) }),
    ...(properties && { properties: Object.fromEntries(Object.entries(properties).map(([name, values]) => [name, values[place]])) }),
  };
}
