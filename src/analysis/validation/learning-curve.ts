import { EnvironmentCache } from "../../environments/cache/environment-cache.js";
import { type CheckpointContext, withCheckpoint } from "../../fit/checkpoint/checkpoint.js";
import type { FitRequest, Trainer } from "../../fit/trainer.js";
import { type Executor, throwIfAborted } from "../../parallel/executor.js";
import type { ProgressListener } from "../../parallel/progress.js";
import { validate } from "../../validation.js";
import { type ErrorSummary, errorSummary, type Quantity, quantities } from "../metrics.js";
import type { PropertyErrors } from "../property-errors.js";
import { fitHeldOut, heldOutComparisons, heldOutPropertyErrors, requestOnPart } from "./held-out-fit.js";
import { type LearningData, type LearningPart, type LearningParts, learningParts } from "./learning-parts.js";
import { fitPowerLaw, type PowerLaw } from "./power-law.js";
import { fitsAtOnce, progressWithin, runFits, seriesIdentity } from "./run-fits.js";
import { type LearningCurveOptions, learningCurveSchema } from "./schema.js";
import { type ErrorSpread, spreadOf, type SummarySpread } from "./spread.js";

/** One fit of a learning curve. Plain data: stored, it need not be made again. */
export interface LearningRun {
  /** Structures beside isolated atoms that were asked for. */
  readonly size: number;
  /** From 0. */
  readonly repeat: number;
  /** Structures that were fitted to: with isolated atoms, and those that a species would be missing without. */
  readonly structures: number;
  /** Of the data that all fits are judged on. */
  readonly errors: ErrorSummary;
  /** Of properties beside the energy that the model predicts and the data have as columns; none for most models. */
  readonly properties: readonly PropertyErrors[];
  /** Wall time. */
  readonly seconds: number;
  /** Of the fit, one sentence each. */
  readonly warnings: readonly string[];
}

/** The errors of all fits to one number of structures. */
export interface LearningPoint {
  /** Structures beside isolated atoms. */
  readonly size: number;
  /** Fits. */
  readonly repeats: number;
  /** Mean and standard deviation over the repeats. */
  readonly spread: SummarySpread;
}

/** Errors against the number of structures. */
export interface LearningCurveResult {
  /** What the errors are of: "validation", "test" or "held-out". */
  readonly on: string;
  /** Structures that the errors are of. */
  readonly scoredStructures: number;
  /** Ascending. */
  readonly points: readonly LearningPoint[];
  /** RMSE = amplitude · N^−exponent over the points, of all structures; absent where there are fewer than two points. */
  readonly powerLaws: Readonly<Partial<Record<Quantity, PowerLaw>>>;
  /** The same for properties, by name. */
  readonly propertyLaws: Readonly<Record<string, PowerLaw>>;
  /** In the order of the points. */
  readonly runs: readonly LearningRun[];
  /** Of the fits, one sentence each. */
  readonly warnings: readonly string[];
}

/** How a learning curve is made, beside what a fit file says of it. */
export interface LearningCurveContext extends CheckpointContext {
  /** Of the parts, where the options have none; default 1. */
  readonly seed?: number;
  /** Stops between blocks of rows with a CancelledError; `onRun` has heard of what was done by then. */
  readonly signal?: AbortSignal;
  /** Hears of every fit. */
  readonly onProgress?: ProgressListener;
  /** Hears of fits that are done, in the order in which they end. */
  readonly onRun?: (run: LearningRun) => void;
  /** Fits of an earlier run of the same request, options and data, which are not made again. */
  readonly known?: readonly LearningRun[];
  /** Of described environments that are kept; default: a quarter of the memory limit. */
  readonly cacheBytes?: number;
}

/**
 * Fits to growing random parts of the training data, each judged on the same data. Environments are described once for all fits; several
 * run at once where memory allows. The same bits for any number of threads.
 * @param options see {@link learningCurveSchema}; default: five sizes up to all structures, three repeats
 * @throws {InvalidParameterError} when the data has not as much as is asked for, before anything is fitted; else as `Trainer.train`
 */
export async function learningCurve(
  trainer: Trainer,
  request: FitRequest,
  data: LearningData,
  executor: Executor,
  options: Partial<LearningCurveOptions> = {},
  context: LearningCurveContext = {},
): Promise<LearningCurveResult> {
  throwIfAborted(context.signal);
  const chosen = divideLearningData(data, options, context.seed);
  const others = { [chosen.on]: chosen.scored === data.train ? undefined : chosen.scored };
  const identity = () => seriesIdentity(trainer, request, { learningCurve: completeOptions(options, context.seed) }, data.train, executor, others);
  return withCheckpoint(context, identity, (own) => runParts(trainer, request, data, executor, chosen, own));
}

async function runParts(trainer: Trainer, request: FitRequest, data: LearningData, executor: Executor, chosen: LearningParts, context: LearningCurveContext): Promise<LearningCurveResult> {
  const cache = new EnvironmentCache(executor, context.cacheBytes);
  const { parts, scored, scoredIndices } = chosen;
  const series = { trainer, request, train: data.train, scored, cache, everything: false };
  const known = new Map((context.known ?? []).map((run) => [keyOf(run), run]));
  const runs = parts.map((part) => known.get(keyOf(part)));
  const structures = (some: readonly (LearningPart | undefined)[]): number => some.reduce((sum, part) => sum + (part?.train.length ?? 0), 0);
  const missing = parts.filter((_, k) => !runs[k]);
  const isAlone = fitsAtOnce(missing.length, executor) === 1;
  let safe = 0;
  try {
    await runFits(series, missing, executor, context.signal, async (part, signal) => {
      const onProgress = isAlone ? progressWithin(`fit ${parts.indexOf(part) + 1} of ${parts.length} to ${part.size} structures`, context.onProgress) : undefined;
      const work = { name: `fit ${part.repeat + 1} to ${part.size}`, count: missing.length, onSafe: () => void (safe += part.train.length) };
      const { predictions, seconds, warnings } = await fitHeldOut(series, { train: part.train, scored: scoredIndices }, work, { executor, signal, onProgress, kept: context.kept });
      const errors = errorSummary(heldOutComparisons(scored, scoredIndices, predictions));
      const properties = heldOutPropertyErrors(scored, [{ heldOut: scoredIndices, predictions }]);
      const run = { size: part.size, repeat: part.repeat, structures: part.train.length, errors, properties, seconds, warnings };
      return () => {
        runs[parts.indexOf(part)] = run;
        context.onRun?.(run);
        const done = structures(parts.filter((_, k) => runs[k]));
        context.onProgress?.({ stage: "learning curve", done, total: structures(parts), unit: "structures", ...(context.kept && { safe }) });
      };
    });
    return summarizeLearningRuns(chosen, runs as LearningRun[]);
  } finally {
    cache.release();
  }
}

function keyOf({ size, repeat }: Pick<LearningPart, "size" | "repeat">): string {
  return `${size} ${repeat}`;
}

/** The parts that {@link learningCurve} makes: to find out early whether the data suffice. */
export function divideLearningData(data: LearningData, options: Partial<LearningCurveOptions>, seed = 1): LearningParts {
  return learningParts(data, completeOptions(options, seed));
}

function completeOptions(options: Partial<LearningCurveOptions>, seed = 1): LearningCurveOptions & { readonly seed: number } {
  const complete = validate(learningCurveSchema, options, { what: "learningCurve" });
  return { ...complete, seed: complete.seed ?? seed };
}

/** The curve of the fits that are done: all of them, or those that were when it was stopped. */
export function summarizeLearningRuns({ on, scoredIndices }: Pick<LearningParts, "on" | "scoredIndices">, runs: readonly LearningRun[]): LearningCurveResult {
  const sorted = [...runs].sort((a, b) => a.size - b.size || a.repeat - b.repeat);
  const points = [...new Set(sorted.map(({ size }) => size))].map((size): LearningPoint => {
    const own = sorted.filter((run) => run.size === size);
    return { size, repeats: own.length, spread: spreadOf(own, own[0]) };
  });
  const warnings = [...new Set(sorted.flatMap((run) => run.warnings))];
  return { on, scoredStructures: scoredIndices.length, points, ...lawsOf(points), runs: sorted, warnings };
}

function lawsOf(points: readonly LearningPoint[]): Pick<LearningCurveResult, "powerLaws" | "propertyLaws"> {
  const named = (name: string, errorsOf: (spread: SummarySpread) => ErrorSpread | undefined): [string, PowerLaw][] => {
    const law = fitPowerLaw(points.map(({ size, spread }) => [size, errorsOf(spread)?.rmse.mean ?? NaN] as const));
    return law ? [[name, law]] : [];
  };
  const properties = new Set(points.flatMap(({ spread }) => spread.properties.map(({ name }) => name)));
  return {
    powerLaws: Object.fromEntries(quantities.flatMap((quantity) => named(quantity, ({ total }) => total[quantity]))),
    propertyLaws: Object.fromEntries([...properties].flatMap((name) => named(name, (spread) => spread.properties.find((property) => property.name === name)))),
  };
}

/** Rough estimate of the time of all fits, s, without predictions. */
export async function estimateLearningSeconds(trainer: Trainer, request: FitRequest, { train }: LearningData, { parts }: LearningParts, threads: number): Promise<number> {
  let seconds = 0;
  for (const { size, train: indices } of parts.filter(({ repeat }) => repeat === 0)) {
    const fitted = train.subset(indices);
    const plan = await trainer.plan(requestOnPart(trainer, request, train, fitted), fitted, threads);
    seconds += plan.seconds * parts.filter((part) => part.size === size).length;
  }
  return seconds;
}
