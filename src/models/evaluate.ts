import type { CachedEnvironments, DescribedStructures } from "../environments/cache/environment-cache.js";
import type { DescribedEnvironments } from "../environments/environments.js";
import type { CenterRange, Geometry } from "../environments/geometry.js";
import { type Executor, throwIfAborted } from "../parallel/executor.js";
import type { ProgressListener } from "../parallel/progress.js";
import type { Dataset } from "../structures/dataset.js";
import type { Structure } from "../structures/structure.js";
import { openPotential } from "./open-potential.js";
import type { DescribedParts, Potential, Prediction, Want } from "./potential.js";
import { addRange, rangesOf } from "./ranges.js";

/** Small structures are put together until a task has this many atoms. */
const TASK_ATOMS = 128;

/** What is predicted, and how. */
export interface EvaluateOptions {
  /** Default: energy and forces */
  readonly want?: Want;
  /** Stops between structures with a CancelledError. */
  readonly signal?: AbortSignal;
  /** Hears of every structure that is predicted. */
  readonly onProgress?: ProgressListener;
  /** Number of structures, for progress, where it is known. */
  readonly total?: number;
  /** Where described environments of the structures may be found, which are those of a data set in its order. */
  readonly environments?: CachedEnvironments;
}

/** A structure beside its prediction, in the order of the input. */
export interface Evaluated<Input extends Geometry> {
  /** As it was handed in. */
  readonly structure: Input;
  /** Of the whole structure. */
  readonly prediction: Prediction;
}

/** The structures of one task; `range` when it is a part of one large structure, the last part with `isLast`. */
interface Job<Input> {
  readonly structures: readonly Input[];
  /** Number of the first one. */
  readonly first: number;
  readonly range?: CenterRange;
  readonly isLast: boolean;
}

/**
 * Predicts one structure after the other, in order, with a few tasks in flight: structures stream through and are not collected.
 * Large structures are split over the threads. The same bits for any number of threads.
 * @throws {InvalidStructureError} for a species that the potential does not know
 */
export async function* evaluateStructures<Input extends Geometry>(
  potential: Potential,
  structures: Iterable<Input> | AsyncIterable<Input>,
  executor: Executor,
  options: EvaluateOptions = {},
): AsyncGenerator<Evaluated<Input>> {
  const { signal } = options;
  throwIfAborted(signal);
  const open = openPotential(potential, executor, options.want);
  let described: DescribedDataset;
  try {
    described = await describeParts(potential, options);
  } catch (error) {
    open.close();
    throw error;
  }
  const flight: { job: Job<Input>; result: Promise<Prediction[]> }[] = [];
  let sum: Prediction | undefined;
  let done = 0;
  const finish = async function* (): AsyncGenerator<Evaluated<Input>> {
    const { job, result } = flight.shift()!;
    const predictions = await result;
    if (job.range) {
      sum = sum ? addRange(sum, predictions[0]) : predictions[0];
      if (!job.isLast) return;
      predictions[0] = sum;
      sum = undefined;
    }
    for (const [i, prediction] of predictions.entries()) yield { structure: job.structures[i], prediction };
    done += predictions.length;
    options.onProgress?.({ stage: "evaluate", done, total: options.total ?? done, unit: "structures" });
  };
  try {
    for await (const job of jobsOf(structures, open.want)) {
      const known = job.range ? undefined : described.of(job.first, job.structures.length);
      const submitted = open.evaluateTogether(job.structures, { signal, range: job.range, described: known });
      // An error is reported when its turn comes; until then it must not count as unhandled.
      submitted.catch(() => undefined);
      flight.push({ job, result: submitted });
      if (flight.length >= executor.maximumInFlight) yield* finish();
    }
    while (flight.length > 0) yield* finish();
  } finally {
    await Promise.allSettled(flight.map(({ result }) => result));
    open.close();
    described.release();
  }
}

/** `evaluateStructures` over a data set. */
export function evaluateDataset(
  potential: Potential,
  dataset: Dataset,
  executor: Executor,
  options: Omit<EvaluateOptions, "total"> = {},
): AsyncGenerator<Evaluated<Structure>> {
  executor.announce(Math.ceil(dataset.nAtoms / TASK_ATOMS));
  return evaluateStructures(potential, dataset, executor, { ...options, total: dataset.nStructures });
}

/** Predicts one structure. */
export async function evaluateStructure(
  potential: Potential,
  structure: Geometry,
  executor: Executor,
  options: Omit<EvaluateOptions, "total"> = {},
): Promise<Prediction> {
  let result: Prediction | undefined;
  for await (const { prediction } of evaluateStructures(potential, [structure], executor, options)) result = prediction;
  return result!;
}

async function* jobsOf<Input extends Geometry>(structures: Iterable<Input> | AsyncIterable<Input>, want: Want): AsyncGenerator<Job<Input>> {
  let group: Input[] = [];
  let atoms = 0;
  let count = 0;
  for await (const structure of structures) {
    const nAtoms = structure.atomicNumbers.length;
    const ranges = rangesOf(nAtoms, want);
    if (ranges) {
      if (group.length > 0) yield { structures: group, first: count - group.length, isLast: true };
      [group, atoms] = [[], 0];
      for (const range of ranges) yield { structures: [structure], first: count, range, isLast: range.last === nAtoms };
      count++;
      continue;
    }
    group.push(structure);
    count++;
    atoms += nAtoms;
    if (atoms < TASK_ATOMS) continue;
    yield { structures: group, first: count - group.length, isLast: true };
    [group, atoms] = [[], 0];
  }
  if (group.length > 0) yield { structures: group, first: count - group.length, isLast: true };
}

/** Environments of some structures of a data set, where they are described already. */
export interface DescribedDataset {
  of(first: number, count: number): DescribedParts[] | undefined;
  release(): void;
}

/** Described environments for every part of a potential, where the cache has or takes them. */
export async function describeParts(
  potential: Potential,
  { environments, want = { forces: true }, signal }: Pick<EvaluateOptions, "want" | "signal"> & { readonly environments?: CachedEnvironments | undefined },
): Promise<DescribedDataset> {
  const parts = new Map<string, DescribedStructures>();
  const release = (): void => {
    parts.forEach((part) => part.release());
    parts.clear();
  };
  const withState = want.forces === true || want.virial === true;
  try {
    for (const [name, { descriptor, centers, species = potential.species }] of (environments && potential.described) ?? []) {
      const part = await environments!.describe({ descriptor, species, centers, withState }, signal);
      if (part) parts.set(name, part);
    }
  } catch (error) {
    release();
    throw error;
  }
  const partsOf = (structure: number): DescribedParts => {
    const found = new Map<string, DescribedEnvironments>();
    parts.forEach((part, name) => {
      const environmentsOf = part.of(structure);
      if (environmentsOf) found.set(name, environmentsOf);
    });
    return found;
  };
  const of = (first: number, count: number): DescribedParts[] | undefined =>
    parts.size > 0 ? Array.from({ length: count }, (_, i) => partsOf(first + i)) : undefined;
  return { of, release };
}
