import type { WorkContext } from "../../parallel/work-context.js";
import type { Region } from "../../wasm/memory.js";
import { buildBlock, mergeTriangles, type Triangle, updateTriangle } from "./tasks.js";
import type { FitPlan, StructureTargets } from "./plan.js";

/** Memory for the triangles of all chains. */
const CHAIN_BYTES = 256e6;
const MAXIMUM_CHAINS = 4;

/**
 * Number of independent chains of QR updates: block b belongs to chain b mod n. It depends on the size of the problem only, never
 * on the number of threads, so that the result has the same bits for any number of them.
 */
export function chainCount(size: number, nBlocks: number): number {
  return Math.max(1, Math.min(MAXIMUM_CHAINS, nBlocks, Math.max(2, Math.floor(CHAIN_BYTES / (8 * size * size)))));
}

export interface BlockSource {
  readonly count: number;
  readonly maximumRows: number;
  rows(index: number): number;
  structures(index: number): StructureTargets[];
}

/** Blocks in flight: one more than threads, so that none waits for the host. */
export function laneCount(threads: number, nBlocks: number): number {
  return Math.min(nBlocks, threads === 1 ? 1 : threads + 1);
}

/**
 * Reduces all blocks into the triangles: every thread builds blocks, and each chain takes its blocks in order. Memory is that of
 * the blocks in flight, whatever the number of structures. Leaves the result in the first triangle.
 */
export async function reduceBlocks(plan: FitPlan, blocks: BlockSource, triangles: readonly Triangle[], context: WorkContext): Promise<void> {
  const { executor, signal, onProgress } = context;
  const finished: Promise<void>[] = [];
  let next = 0;
  let done = 0;
  let failed = false;
  const processBlock = async (index: number, buffer: Region): Promise<void> => {
    const structures = blocks.structures(index);
    await executor.submit(buildBlock, { plan, structures, design: buffer.pointer }, { signal });
    await finished[index - triangles.length];
    const triangle = triangles[index % triangles.length];
    await executor.submit(updateTriangle, { triangle, design: buffer.pointer, nRows: blocks.rows(index) }, { signal });
    onProgress?.({ stage: "fit", done: ++done, total: blocks.count, unit: "blocks" });
  };
  const lane = async (): Promise<void> => {
    const buffer = executor.pool.allocate(8 * blocks.maximumRows * plan.stride, "rows of the design matrix");
    try {
      while (next < blocks.count && !failed) {
        const index = next++;
        finished[index] = processBlock(index, buffer);
        await finished[index];
      }
    } catch (error) {
      failed = true;
      throw error;
    } finally {
      executor.pool.release(buffer);
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: laneCount(executor.threads, blocks.count) }, lane));
  for (const result of lanes) if (result.status === "rejected") throw result.reason;
  await mergeAll(triangles, context);
}

/** Pairwise, in fixed order: 0 ← 1, 2 ← 3, then 0 ← 2. */
async function mergeAll(triangles: readonly Triangle[], { executor, signal }: WorkContext): Promise<void> {
  for (let step = 1; step < triangles.length; step *= 2) {
    const pairs: [Triangle, Triangle][] = [];
    for (let i = 0; i + step < triangles.length; i += 2 * step) pairs.push([triangles[i], triangles[i + step]]);
    await executor.map(mergeTriangles, pairs, { signal, label: () => "merging triangles" });
  }
}
