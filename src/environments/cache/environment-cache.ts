import type { Descriptor, SpeciesList } from "../../descriptors/descriptor.js";
import { stateBytes } from "../../descriptors/rows.js";
import { ResourceError } from "../../errors.js";
import type { Executor } from "../../parallel/executor.js";
import type { Dataset } from "../../structures/dataset.js";
import type { Pointer } from "../../wasm/memory.js";
import type { DescribedEnvironments } from "../environments.js";
import { ByteCache, type Lease } from "./byte-cache.js";
import { CenterTable } from "./center-table.js";
import { describeData, describedBytes, type DescribedData } from "./described-data.js";
import { expectedListBytes, expectedPairs, listData, type ListedData } from "./listed-data.js";

/** Which environments of a data set are wanted, and what of them. */
export interface DescribeRequest {
  /** Environments of an equal one, by name and parameters, are shared. */
  readonly descriptor: Descriptor;
  /** Atomic numbers, ascending */
  readonly species: SpeciesList;
  /** Atomic numbers of the centers; null: all atoms */
  readonly centers: readonly number[] | null;
  /** Whether derivatives will be wanted beside the values. */
  readonly withState: boolean;
}

/** Bytes that the described environments of a data set take in the cache, roughly: values, neighbor lists, state. */
export function estimateDescribedBytes(dataset: Dataset, { descriptor, species, centers, withState }: DescribeRequest): number {
  const table = new CenterTable(dataset, centers);
  const { nRows } = table;
  const pairs = expectedPairs(dataset, table, descriptor.cutoff);
  const state = withState ? stateBytes(descriptor.stateSize(species), { nCenters: nRows, nPairs: pairs }) : 0;
  return 8 * nRows * descriptor.featureCount(species) + state + expectedListBytes(dataset, table, descriptor.cutoff);
}

/** Described environments of some structures of a data set: not evicted until they are given back. */
export interface DescribedStructures {
  /** The one that they were made with: its tables are there already. */
  readonly descriptor: Descriptor;
  /** The descriptor's tables in shared memory. */
  readonly tables: DescribedData["tables"];
  /** Environments of structure i of the data set at hand; null where it has no centers. */
  of(structure: number): DescribedEnvironments | null;
  /** f64 [nFeatures]: the descriptor of an atom that is a center */
  vector(structure: number, atom: number): Pointer;
  /** What was computed under this name before from descriptors of the same structures alone; computes it when it is not known. */
  recall<Result>(name: string, compute: () => Promise<Result>): Promise<Result>;
  /** From here on the environments may be evicted; pointers to them are not to be used any more. */
  release(): void;
}

/** The environments of a data set, described at most once. */
export interface CachedEnvironments {
  /**
   * Describes all environments or finds them described. Undefined where they do not fit into the cache beside what is in use, and for
   * descriptors whose rows are not centers: the caller then works structure by structure, with the same results.
   * @throws {InvalidStructureError} for species that are not in the list; {CancelledError}
   */
  describe(request: DescribeRequest, signal?: AbortSignal): Promise<DescribedStructures | undefined>;
}

/**
 * Neighbor lists and descriptors of whole data sets in shared memory, for work that needs those of the same structures again and
 * again: fits that differ in kernel, sparse points or σ only, folds of one data set, selection and design matrix of one fit. Lists
 * serve every descriptor of their cutoff. What was not used for the longest time makes room for the new, and for all else that needs memory.
 */
export class EnvironmentCache {
  private readonly cache: ByteCache;
  private readonly numbers = new WeakMap<Dataset, number>();
  private nDatasets = 0;

  /** @param maximumBytes of all that is cached; default: a quarter of the memory limit */
  constructor(
    private readonly executor: Executor,
    readonly maximumBytes = executor.pool.maximumBytes / 4,
  ) {
    this.cache = new ByteCache(executor.pool, maximumBytes);
  }

  /** In shared memory at present, also of environments that nobody uses. */
  get bytes(): number {
    return this.cache.bytes;
  }

  /**
   * The environments of one data set.
   * @param indices the structures that the data set at hand consists of, in its order; default: all of `dataset`
   */
  of(dataset: Dataset, indices?: readonly number[]): CachedEnvironments {
    return { describe: (request, signal) => this.describe(dataset, indices, request, signal) };
  }

  /** Gives everything back. What is in use is given back as soon as it is not. */
  release(): void {
    this.cache.release();
  }

  private async describe(
    dataset: Dataset,
    indices: readonly number[] | undefined,
    request: DescribeRequest,
    signal: AbortSignal | undefined,
  ): Promise<DescribedStructures | undefined> {
    const lease = request.descriptor.rows === "center" ? await this.lease(dataset, request, signal) : undefined;
    if (!lease) return undefined;
    const { descriptor, tables, centers, structures, values, results } = lease.value;
    const place = (structure: number): number => indices?.[structure] ?? structure;
    return {
      descriptor,
      tables,
      of: (structure) => structures[place(structure)],
      vector: (structure, atom) => values + 8 * tables.nFeatures * centers.row(place(structure), atom),
      recall: (name, compute) => recall(results, `${name} of ${indices?.join(" ") ?? "all"}`, compute),
      release: lease.release,
    };
  }

  private async lease(dataset: Dataset, request: DescribeRequest, signal: AbortSignal | undefined): Promise<Lease<DescribedData> | undefined> {
    const { descriptor, species, centers, withState } = request;
    const key = JSON.stringify([this.numberOf(dataset), centers, species, descriptor.name, descriptor.parameters]);
    // Values with a state serve those who want values only, but not the other way round.
    const serving = { ...request, withState: withState || this.cache.has(`${key} state`) };
    try {
      return await this.cache.lease(serving.withState ? `${key} state` : key, () => this.make(dataset, serving, signal), signal);
    } catch (error) {
      if (error instanceof ResourceError) return undefined;
      throw error;
    }
  }

  /** @throws {ResourceError} where it does not fit */
  private async make(dataset: Dataset, { descriptor, species, centers, withState }: DescribeRequest, signal: AbortSignal | undefined): Promise<DescribedData> {
    const { executor, cache } = this;
    const table = new CenterTable(dataset, centers);
    const prepared = descriptor.prepare(executor.wasm, executor.pool, species);
    let lists: Lease<ListedData> | undefined;
    try {
      const { cutoff, species: indexed } = prepared.tables;
      const expected = describedBytes({ prepared, centers: table, withState }, expectedPairs(dataset, table, cutoff));
      const key = JSON.stringify([this.numberOf(dataset), centers, indexed, cutoff]);
      this.requireRoom(expected + (cache.has(key) ? 0 : expectedListBytes(dataset, table, cutoff)));
      lists = await cache.lease(key, () => listData(dataset, table, { cutoff, species: indexed }, { executor, signal }), signal);
      this.requireRoom(expected);
    } catch (error) {
      lists?.release();
      prepared.release();
      throw error;
    }
    return describeData({ descriptor, prepared, centers: table, lists, withState }, { executor, signal });
  }

  private requireRoom(bytes: number): void {
    if (!this.cache.hasRoomFor(bytes)) throw new ResourceError("the described data does not fit into the cache");
  }

  private numberOf(dataset: Dataset): number {
    let number = this.numbers.get(dataset);
    if (number === undefined) this.numbers.set(dataset, (number = this.nDatasets++));
    return number;
  }
}

/** Results that are being computed are not waited for: whoever computes them may be cancelled. */
async function recall<Result>(results: Map<string, unknown>, key: string, compute: () => Promise<Result>): Promise<Result> {
  if (results.has(key)) return results.get(key) as Result;
  const result = await compute();
  results.set(key, result);
  return result;
}
