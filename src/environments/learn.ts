import type { AnyDescriptor, StructureDescriptor } from "../descriptors/structure-descriptor.js";
import { InvalidParameterError } from "../errors.js";
import type { ColumnStatistics, DataStatistics, Descriptor } from "../descriptors/descriptor.js";
import type { Executor } from "../parallel/executor.js";
import type { ProgressListener } from "../parallel/progress.js";
import type { Structure } from "../structures/structure.js";
import { type DescribeOptions, describeStructures } from "./describe-structures.js";
import { principalAxes } from "./principal-axes.js";
import { shortestDistance } from "./shortest-distance.js";

/** For which species and centers a descriptor learns. */
export interface LearnOptions extends DescribeOptions {
  /** Atoms of the largest structure, where that is known already. */
  readonly largestStructure?: number;
  /** Hears of structures as they are described. */
  readonly onProgress?: ProgressListener;
}

/** What `learnFromData` gives: a descriptor of the same kind. */
export type Learned<Kind> = Kind extends StructureDescriptor ? StructureDescriptor : Descriptor;

/**
 * The descriptor with what it takes from data filled in, such as the numbers of `standardization`: its parameters hold them from then on.
 * A descriptor that takes nothing, or knows already, is returned as it is.
 * @param structures can be gone through more than once, as arrays and data sets can
 * @throws {InvalidParameterError} where there is nothing to learn from; otherwise as `describeStructures`
 */
export async function learnFromData<Kind extends AnyDescriptor>(
  executor: Executor,
  descriptor: Kind,
  structures: AsyncIterable<Structure> | Iterable<Structure>,
  options: LearnOptions,
): Promise<Learned<Kind>> {
  return (await learned(executor, descriptor, structures, options)) as Learned<Kind>;
}

async function learned(
  executor: Executor,
  descriptor: AnyDescriptor,
  structures: AsyncIterable<Structure> | Iterable<Structure>,
  options: LearnOptions,
): Promise<AnyDescriptor> {
  if (!descriptor.learn) return descriptor;
  const statistics: DataStatistics<AnyDescriptor> = {
    species: options.species,
    columns: (inner) => columnStatistics(executor, inner, structures, options),
    principalAxes: (inner, axes) => principalAxes(executor, inner, structures, axes, options),
    rows: (inner) => rowsOf(executor, inner, structures, options),
    shortestDistance: (cutoff) => shortestDistance(executor, structures, cutoff, options),
  };
  if (descriptor.describes !== "structures") return descriptor.learn(statistics);
  return descriptor.learn({ ...statistics, largestStructure: options.largestStructure ?? (await largestOf(structures)) });
}

async function* rowsOf(executor: Executor, descriptor: AnyDescriptor, structures: AsyncIterable<Structure> | Iterable<Structure>, options: LearnOptions): AsyncGenerator<Float64Array> {
  let done = 0;
  for await (const { nRows, values } of describeStructures(executor, descriptor, structures, options)) {
    yield values;
    options.onProgress?.({ stage: "rows to learn from", done: (done += nRows), total: undefined, unit: "rows" });
  }
}

async function largestOf(structures: AsyncIterable<Structure> | Iterable<Structure>): Promise<number> {
  let largestStructure = 0;
  for await (const { atomicNumbers } of structures) largestStructure = Math.max(largestStructure, atomicNumbers.length);
  if (largestStructure === 0) throw new InvalidParameterError("there are no atoms to learn from: give the parameters that are left to the data");
  return largestStructure;
}

/**
 * Mean, deviation, minimum and maximum of each column over the rows of many structures. The same bits for any number of threads.
 * @throws as `describeStructures`
 */
export async function columnStatistics(
  executor: Executor,
  descriptor: AnyDescriptor,
  structures: AsyncIterable<Structure> | Iterable<Structure>,
  options: LearnOptions,
): Promise<ColumnStatistics> {
  const nFeatures = descriptor.featureCount(options.species);
  const columns = new RunningStatistics(nFeatures);
  for await (const { nRows, values } of describeStructures(executor, descriptor, structures, options)) {
    for (let row = 0; row < nRows; row++) columns.add(values, row * nFeatures);
    options.onProgress?.({ stage: "statistics of the columns", done: columns.nRows, total: undefined, unit: "rows" });
  }
  return columns.result();
}

/** Welford, Technometrics 4, 419 (1962), 10.1080/00401706.1962.10490022: means and sums of squares about them, row by row. */
class RunningStatistics {
  nRows = 0;
  private readonly means: Float64Array;
  private readonly squares: Float64Array;
  private readonly minima: Float64Array;
  private readonly maxima: Float64Array;

  constructor(private readonly nFeatures: number) {
    this.means = new Float64Array(nFeatures);
    this.squares = new Float64Array(nFeatures);
    this.minima = new Float64Array(nFeatures).fill(Number.POSITIVE_INFINITY);
    this.maxima = new Float64Array(nFeatures).fill(Number.NEGATIVE_INFINITY);
  }

  add(values: Float64Array, first: number): void {
    const { means, squares, minima, maxima } = this;
    const share = 1 / ++this.nRows;
    for (let f = 0; f < this.nFeatures; f++) {
      const value = values[first + f];
      const distance = value - means[f];
      means[f] += distance * share;
      squares[f] += distance * (value - means[f]);
      if (value < minima[f]) minima[f] = value;
      if (value > maxima[f]) maxima[f] = value;
    }
  }

  result(): ColumnStatistics {
    const { nRows, means, squares, minima, maxima } = this;
    if (nRows === 0) throw new InvalidParameterError("there is no row to take statistics of: the data have no centers");
    return { nRows, means, deviations: squares.map((square) => Math.sqrt(square / nRows)), minima, maxima };
  }
}
