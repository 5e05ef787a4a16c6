import { InvalidParameterError } from "../errors.js";
import { defineTask } from "../parallel/task.js";
import { type Executor, throwIfAborted } from "../parallel/executor.js";
import type { ProgressListener } from "../parallel/progress.js";
import type { Dataset } from "../structures/dataset.js";
import type { Structure } from "../structures/structure.js";
import type { DescribedStructures, CachedEnvironments } from "../environments/cache/environment-cache.js";
import { copyGeometry, type DescribedEnvironments, namingStructure } from "../environments/environments.js";
import type { Potential, PotentialPlan, Prediction, PreparedPotential, Want } from "./potential.js";
import type { CenterRange, Geometry } from "../environments/geometry.js";
import { attachPotential } from "./registry.js";

/** Small structures are put together until a task has this many atoms. */
const TASK_ATOMS = 128;
/** Larger ones are split into at most this many ranges … */
const MAXIMUM_PARTS = 64;
/** … of at least this many centers. */
const PART_CENTERS = 512;

interface EvaluateInput {
  readonly plan: PotentialPlan;
  readonly geometries: readonly Geometry[];
  readonly range?: CenterRange;
  readonly want: Want;
  /** Of each structure, where they are known already: by part of the potential. */
  readonly described?: readonly (readonly (DescribedEnvironments | null)[])[];
}

const evaluateTask = defineTask(
  "models/evaluate",
  ({ wasm, scratch }, { plan, geometries, range, want, described }: EvaluateInput): Prediction[] => {
    const evaluator = attachPotential(wasm, plan);
    return geometries.map((geometry, i) =>
      namingStructure(geometry.label, () => evaluator.evaluate(geometry, want, scratch, range, described?.[i])),
    );
  },
);

export interface EvaluateOptions {
  /** Default: energy and forces */
  readonly want?: Want;
  readonly signal?: AbortSignal;
  readonly onProgress?: ProgressListener;
  /** Number of structures, for progress, where it is known. */
  readonly total?: number;
  /** Where described environments of the structures may be found, which are those of a data set in its order. */
  readonly environments?: CachedEnvironments;
}

/** A structure beside its prediction, in the order of the input. */
export interface Evaluated<Input extends Geometry> {
  readonly structure: Input;
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
  const want = options.want ?? { forces: true };
  if (want.variance && !potential.hasVariance) throw new InvalidParameterError(`a ${potential.type} potential has no variance; do not ask for it`);
  throwIfAborted(options.signal);
  const described = await describeParts(potential, options);
  let prepared: PreparedPotential;
  try {
    prepared = potential.prepare(executor.wasm, executor.pool, want);
  } catch (error) {
    described.release();
    throw error;
  }
  const flight: { job: Job<Input>; result: Promise<Prediction[]> }[] = [];
  let sum: Prediction | undefined;
  let done = 0;
  const finish = async function* (): AsyncGenerator<Evaluated<Input>> {
    const { job, result } = flight.shift()!;
    const predictions = await result;
    if (job.range) {
      sum = sum ? addPart(sum, predictions[0]) : predictions[0];
      if (!job.isLast) return;
      predictions[0] = sum;
      sum = undefined;
    }
    for (const [i, prediction] of predictions.entries()) yield { structure: job.structures[i], prediction };
    done += predictions.length;
    options.onProgress?.({ stage: "evaluate", done, total: options.total ?? done, unit: "structures" });
  };
  try {
    for await (const job of jobsOf(structures)) {
      const geometries = job.structures.map(copyGeometry);
      const submitted = executor.submit(
        evaluateTask,
        { plan: prepared.plan, geometries, range: job.range, want, described: job.range ? undefined : described.of(job.first, geometries.length) },
        { signal: options.signal },
      );
      // An error is reported when its turn comes; until then it must not count as unhandled.
      submitted.catch(() => undefined);
      flight.push({ job, result: submitted });
      if (flight.length >= executor.maximumInFlight) yield* finish();
    }
    while (flight.length > 0) yield* finish();
  } finally {
    await Promise.allSettled(flight.map(({ result }) => result));
    prepared.release();
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

async function* jobsOf<Input extends Geometry>(structures: Iterable<Input> | AsyncIterable<Input>): AsyncGenerator<Job<Input>> {
  let group: Input[] = [];
  let atoms = 0;
  let count = 0;
  for await (const structure of structures) {
    const nAtoms = structure.atomicNumbers.length;
    if (nAtoms >= 2 * PART_CENTERS) {
      if (group.length > 0) yield { structures: group, first: count - group.length, isLast: true };
      [group, atoms] = [[], 0];
      yield* splitStructure(structure, count++, nAtoms);
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

function* splitStructure<Input>(structure: Input, number: number, nAtoms: number): Generator<Job<Input>> {
  const size = Math.max(PART_CENTERS, Math.ceil(nAtoms / MAXIMUM_PARTS));
  for (let first = 0; first < nAtoms; first += size) {
    const last = Math.min(nAtoms, first + size);
    yield { structures: [structure], first: number, range: { first, last }, isLast: last === nAtoms };
  }
}

/** Described environments for every part of a potential, where the cache has or takes them. */
async function describeParts(
  potential: Potential,
  { environments, want = { forces: true }, signal }: EvaluateOptions,
): Promise<{ of(first: number, count: number): (DescribedEnvironments | null)[][] | undefined; release(): void }> {
  const parts: (DescribedStructures | undefined)[] = [];
  const release = (): void => parts.splice(0).forEach((part) => part?.release());
  const withState = want.forces === true || want.virial === true;
  try {
    for (const { descriptor, centers } of (environments && potential.described) ?? []) {
      parts.push(await environments!.describe({ descriptor, species: potential.species, centers, withState }, signal));
    }
  } catch (error) {
    release();
    throw error;
  }
  const of = (first: number, count: number): (DescribedEnvironments | null)[][] =>
    Array.from({ length: count }, (_, i) => parts.map((part) => part?.of(first + i) ?? null));
  return { of: (first, count) => (parts.some(Boolean) ? of(first, count) : undefined), release };
}

/** Adds the contribution of another range in place. */
function addPart(sum: Prediction, part: Prediction): Prediction {
  for (const name of ["forces", "virial", "localEnergies", "variance"] as const) {
    const total = sum[name];
    part[name]?.forEach((value, i) => (total![i] += value));
  }
  return { ...sum, energy: sum.energy + part.energy };
}
