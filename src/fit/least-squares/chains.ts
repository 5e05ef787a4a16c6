import { packedElements } from "../../linalg/packed-triangle.js";
import { throwIfAborted } from "../../parallel/executor.js";
import type { Task } from "../../parallel/task.js";
import type { WorkContext } from "../../parallel/work-context.js";
import type { Pointer, Region } from "../../wasm/memory.js";
import type { KeptChains } from "../checkpoint/checkpoint.js";
import { mergeOnThreads, SHARED_SIZE, updateOnThreads } from "./shared-update.js";
import { strideOf, type Triangle, type UpdateInput } from "./triangle.js";

/** Memory for the triangles of all chains. */
const CHAIN_BYTES = 128e6;
const MAXIMUM_CHAINS = 4;
/** Two triangles may take this much; what is larger makes do with one chain. */
const TWO_CHAINS_BYTES = 1.6e9;

/**
 * Number of independent chains of QR updates: block b belongs to chain b mod n. It depends on the size of the problem only, never
 * on the number of threads, so that the result has the same bits for any number of them.
 */
export function chainCount(size: number, nBlocks: number): number {
  const triangle = 4 * size * size;
  const least = 2 * triangle <= TWO_CHAINS_BYTES ? 2 : 1;
  return Math.max(1, Math.min(MAXIMUM_CHAINS, nBlocks, Math.max(least, Math.floor(CHAIN_BYTES / triangle))));
}

/** What a task that writes rows of a least-squares problem is given. */
export interface RowsInput<Rows> {
  /** What the rows are made of: plain data, and pointers to tables in shared memory. */
  readonly rows: Rows;
  /** f64 [rows × strideOf(unknowns)], out: every row weighted, its right-hand side behind the unknowns; nothing is in it yet. */
  readonly design: Pointer;
}

/** The rows of a least-squares problem, block by block: how they are made is the business of the model. */
export interface RowSource<Rows> {
  /** Number of blocks. */
  readonly count: number;
  /** Of the largest block: what buffers are made for. */
  readonly maximumRows: number;
  /** Rows of one block. */
  rowsOf(block: number): number;
  /** A column before which all rows of a block are 0; default: 0. */
  firstColumnOf?(block: number): number;
  /** Elements of the buffer that a row takes while it is written, where these are more than `strideOf(unknowns)`. */
  readonly writtenStride?: number;
  /** Writes the rows of one block; runs on any thread. */
  readonly write: Task<RowsInput<Rows>, null>;
  /** Plain data for the task. */
  input(block: number): Rows;
}

/** Memory for blocks in flight, where there are many columns. */
const FLIGHT_BYTES = 512e6;
/** Of the memory that is left; the rest is for scratch, which takes about as much for each block. */
const FLIGHT_SHARE = 0.5;
/** Of so many blocks none waits for the host: one is reduced by all threads, as those with many columns are, and two are written. */
const LEAST_FLIGHT = 3;

/**
 * Blocks in flight: one more than threads, so that none waits for the host, and fewer where they are large or memory is short. Bits do not
 * depend on it: each chain takes its blocks in order.
 * @param blockBytes of the largest block
 * @param available bytes for the blocks and for the scratch of the tasks that write them
 */
export function blocksInFlight(threads: number, nBlocks: number, blockBytes = 0, available = Infinity): number {
  const bytes = Math.min(FLIGHT_BYTES, FLIGHT_SHARE * available);
  return Math.min(nBlocks, threads === 1 ? 1 : threads + 1, Math.max(LEAST_FLIGHT, Math.floor(bytes / blockBytes)));
}

/**
 * Reduces all rows into the triangles: every thread writes blocks of rows, and each chain takes its blocks in order. Memory is that of
 * the blocks in flight, whatever the number of blocks. Leaves the result in the first triangle.
 * @param kept goes on with what an earlier process has kept of the chains, and keeps them
 * @throws {NumericalError} when a value is not finite; {CancelledError}; errors of the task that writes rows
 */
export async function reduceRows<Rows>(source: RowSource<Rows>, triangles: readonly Triangle[], context: WorkContext, kept?: KeptChains): Promise<void> {
  const { executor } = context;
  const elementsOf = (chain: number): Float64Array => packedElements(executor.wasm, triangles[chain]);
  const finished = await kept?.finished();
  if (finished) return elementsOf(0).set(finished);
  const taken = triangles.map(() => 0);
  for (const chain of kept ? triangles.keys() : []) {
    const state = await kept!.restore(chain);
    if (!state) continue;
    elementsOf(chain).set(state.elements);
    taken[chain] = state.blocks;
  }
  try {
    await takeAllBlocks(source, triangles, taken, context, kept);
    for (const chain of triangles.keys()) kept?.working(chain);
    await mergeAll(triangles, context);
  } catch (error) {
    await kept?.interrupted();
    throw error;
  }
  kept?.merged(() => elementsOf(0));
}

/** @param taken blocks that each chain has taken before */
async function takeAllBlocks<Rows>(
  source: RowSource<Rows>,
  triangles: readonly Triangle[],
  taken: readonly number[],
  context: WorkContext,
  kept: KeptChains | undefined,
): Promise<void> {
  const { executor, signal, onProgress } = context;
  const stride = Math.max(strideOf(triangles[0].size - 1), source.writtenStride ?? 0);
  const blockBytes = 8 * source.maximumRows * stride;
  const finished: Promise<void>[] = [];
  let next = 0;
  let done = taken.reduce((sum, blocks) => sum + blocks, 0);
  let failed = false;
  executor.announce(2 * (source.count - done));
  const processBlock = async (index: number, buffer: Region): Promise<void> => {
    await executor.submit(source.write, { rows: source.input(index), design: buffer.pointer }, { signal });
    await finished[index - triangles.length];
    const chain = index % triangles.length;
    const input = { triangle: triangles[chain], design: buffer.pointer, nRows: source.rowsOf(index), firstColumn: source.firstColumnOf?.(index) };
    await updateAndKeep(input, chain, (index - chain) / triangles.length + 1, context, kept);
    onProgress?.({ stage: "fit", done: ++done, total: source.count, unit: "blocks", ...(kept && { safe: kept.safeBlocks }) });
  };
  const takeBlocks = async (): Promise<void> => {
    const buffer = executor.pool.allocate(blockBytes, "rows of the design matrix");
    try {
      while (next < source.count && !failed) {
        const index = next++;
        if (Math.floor(index / triangles.length) < taken[index % triangles.length]) continue;
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
  const inFlight = blocksInFlight(executor.threads, source.count, blockBytes, executor.pool.bytesObtainable);
  const flight = await Promise.allSettled(Array.from({ length: inFlight }, takeBlocks));
  for (const result of flight) if (result.status === "rejected") throw result.reason;
}

/** Updates a triangle with its next block; it is kept while it rests. */
async function updateAndKeep(input: UpdateInput, chain: number, blocks: number, { executor, signal }: WorkContext, kept: KeptChains | undefined): Promise<void> {
  if (!kept) return updateOnThreads(input, { executor, signal });
  throwIfAborted(signal);
  kept.working(chain);
  // a brief update is finished in any case, so that the triangle can be kept
  await updateOnThreads(input, { executor, ...(input.triangle.size >= SHARED_SIZE && { signal }) });
  kept.resting(chain, blocks, () => packedElements(executor.wasm, input.triangle));
}

/** Pairwise, in fixed order: 0 ← 1, 2 ← 3, then 0 ← 2. */
async function mergeAll(triangles: readonly Triangle[], context: WorkContext): Promise<void> {
  for (let step = 1; step < triangles.length; step *= 2) {
    const merges: Promise<void>[] = [];
    for (let i = 0; i + step < triangles.length; i += 2 * step) merges.push(mergeOnThreads(triangles[i], triangles[i + step], context));
    for (const result of await Promise.allSettled(merges)) if (result.status === "rejected") throw result.reason;
  }
}
