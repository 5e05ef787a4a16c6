import { attachDescriptor } from "../../descriptors/registry.js";
import type { Descriptor, DescriptorPlan, PreparedDescriptor } from "../../descriptors/descriptor.js";
import { defineTask } from "../../parallel/task.js";
import type { Executor } from "../../parallel/executor.js";
import { alignUp, type Pointer, type Region } from "../../wasm/memory.js";
import type { DescribedEnvironments } from "../environments.js";
import type { Cacheable, Lease } from "./byte-cache.js";
import type { CenterTable } from "./center-table.js";
import { groupStructures, type ListedData } from "./listed-data.js";

interface DescribeInput {
  readonly plan: DescriptorPlan;
  /** Where the state is 0 it is not kept. */
  readonly pieces: readonly Pick<DescribedEnvironments, "batch" | "values" | "state">[];
}

const describeTask = defineTask("environments/describe-listed", ({ wasm, scratch }, { plan, pieces }: DescribeInput): null => {
  const evaluator = attachDescriptor(wasm, plan);
  for (const { batch, values, state } of pieces) {
    const mark = scratch.mark();
    evaluator.values(batch, values, state || scratch.allocate(evaluator.stateBytes(batch.nCenters)), scratch);
    scratch.reset(mark);
  }
  return null;
});

/** Descriptors of the centers of every structure of a data set. */
export interface DescribedData extends Cacheable {
  readonly descriptor: Descriptor;
  readonly plan: DescriptorPlan;
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

/** Bytes of the state of every structure, each on a cache line of its own; zeros where it is not kept. */
function stateSizes(executor: Executor, { prepared, centers, withState }: DescribeShape): number[] {
  const evaluator = attachDescriptor(executor.wasm, prepared.plan);
  return Array.from(centers.counts, (count) => (withState ? alignUp(evaluator.stateBytes(count)) : 0));
}

/** Bytes that `describeData` will take beside the neighbor lists. */
export function describedBytes(executor: Executor, source: DescribeShape): number {
  return 8 * source.centers.nRows * source.prepared.plan.nFeatures + stateSizes(executor, source).reduce((sum, bytes) => sum + bytes, 0);
}

/** Describes all structures. Takes over the prepared descriptor, and the lists where there is a state: derivatives need them. */
export async function describeData(source: DescribeSource, { executor, signal }: DescribeContext): Promise<DescribedData> {
  const { descriptor, prepared, centers, lists, withState } = source;
  const { plan } = prepared;
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
    const sizes = stateSizes(executor, source);
    const values = allocate(8 * centers.nRows * plan.nFeatures);
    let state = withState ? allocate(sizes.reduce((sum, bytes) => sum + bytes, 0)) : 0;
    const structures = lists.value.structures.map((environments, structure): DescribedEnvironments | null => {
      if (environments === null) return null;
      const described = { ...environments, values: values + 8 * centers.firstRows[structure] * plan.nFeatures, state };
      state += sizes[structure];
      return described;
    });
    const inputs = groupStructures(centers).map((group) => ({
      plan,
      pieces: group.map((structure) => {
        const { batch, values: rows, state: kept } = structures[structure]!;
        return { batch, values: rows, state: kept };
      }),
    }));
    await executor.map(describeTask, inputs, { signal, label: () => "descriptors of the data" });
    if (!withState) lists.release();
    const results = new Map<string, unknown>();
    return { descriptor, plan, centers, structures, values, results, bytes: regions.reduce((sum, { bytes }) => sum + bytes, 0), release };
  } catch (error) {
    release();
    throw error;
  }
}
