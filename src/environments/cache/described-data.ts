import type { Descriptor, DescriptorTables, PreparedDescriptor } from "../../descriptors/descriptor.js";
import { centerRows, stateBytes } from "../../descriptors/rows.js";
import type { Executor } from "../../parallel/executor.js";
import { alignUp, type Pointer, type Region } from "../../wasm/memory.js";
import { describeTask } from "../describe-task.js";
import type { DescribedEnvironments } from "../environments.js";
import type { Cacheable, Lease } from "./byte-cache.js";
import type { CenterTable } from "./center-table.js";
import { groupStructures, type ListedData } from "./listed-data.js";

/** Descriptors of the centers of every structure of a data set. */
export interface DescribedData extends Cacheable {
  readonly descriptor: Descriptor;
  readonly tables: DescriptorTables;
  readonly centers: CenterTable;
  /** null where a structure has no centers */
  readonly structures: readonly (DescribedEnvironments | null)[];
  /** f64 [centers of all structures × nFeatures] */
  readonly values: Pointer;
  /** What was made of the descriptors alone: small, on the host, gone with them. */
  readonly results: Map<string, unknown>;
}

export interface DescribeSource {
  readonly descriptor: Descriptor;
  readonly prepared: PreparedDescriptor;
  readonly centers: CenterTable;
  readonly lists: Lease<ListedData>;
  /** Whether derivatives will be wanted. */
  readonly withState: boolean;
}

type DescribeShape = Pick<DescribeSource, "prepared" | "centers" | "withState">;

interface DescribeContext {
  readonly executor: Executor;
  readonly signal: AbortSignal | undefined;
}

/** Bytes that `describeData` will take beside the neighbor lists, roughly where there is state of pairs: they are not counted yet. */
export function describedBytes({ prepared: { tables }, centers, withState }: DescribeShape, expectedPairs: number): number {
  const states = withState ? stateBytes(tables.stateSize, { nCenters: centers.nRows, nPairs: expectedPairs }) + alignUp(1) * centers.counts.length : 0;
  return 8 * centers.nRows * tables.nFeatures + states;
}

/** Describes all structures. Takes over the prepared descriptor, and the lists where there is a state: derivatives need them. */
export async function describeData(source: DescribeSource, { executor, signal }: DescribeContext): Promise<DescribedData> {
  const { descriptor, prepared, centers, lists, withState } = source;
  const { tables } = prepared;
  const regions: Region[] = [];
  const release = (): void => {
    for (const region of regions.splice(0)) executor.pool.release(region);
    prepared.release();
    lists.release();
  };
  const allocate = (bytes: number): Pointer => {
    const region = executor.pool.allocate(bytes, "descriptors of the data");
    regions.push(region);
    return region.pointer;
  };
  try {
    // each on a cache line of its own
    const sizes = lists.value.structures.map((listed) => (withState && listed ? alignUp(stateBytes(tables.stateSize, listed.batch)) : 0));
    const values = allocate(8 * centers.nRows * tables.nFeatures);
    let state = withState ? allocate(sizes.reduce((sum, bytes) => sum + bytes, 0)) : 0;
    const structures = lists.value.structures.map((environments, structure): DescribedEnvironments | null => {
      if (environments === null) return null;
      const { list, batch } = environments;
      const rows = values + 8 * centers.firstRows[structure] * tables.nFeatures;
      const described = { list, batch: { ...batch, rows: centerRows(batch) }, values: rows, state };
      state += sizes[structure];
      return described;
    });
    const inputs = groupStructures(centers).map((group) => ({
      tables,
      pieces: group.map((structure) => {
        const { batch, values: rows, state: kept } = structures[structure]!;
        return { of: { batch }, values: rows, state: kept };
      }),
    }));
    await executor.map(describeTask, inputs, { signal, label: () => "descriptors of the data" });
    if (!withState) lists.release();
    const results = new Map<string, unknown>();
    return { descriptor, tables, centers, structures, values, results, bytes: regions.reduce((sum, { bytes }) => sum + bytes, 0), release };
  } catch (error) {
    release();
    throw error;
  }
}
