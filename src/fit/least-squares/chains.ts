import type { Task } from "../../parallel/task.js";
import type { WorkContext } from "../../parallel/work-context.js";
import type { Pointer, Region } from "../../wasm/memory.js";
import { mergeOnThreads, updateOnThreads } from "./shared-update.js";
import { strideOf, type Triangle } from "./triangle.js";

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

/** Blocks in flight: one more than threads, so that none waits for the host. */
export function blocksInFlight(threads: number, nBlocks: number): number {
  return Math.min(nBlocks, threads === 1 ? 1 : threads + 1);
}

/**
 * Reduces all rows into the triangles: every thread writes blocks of rows, and each chain takes its blocks in order. Memory is that of
 * the blocks in flight, whatever the number of blocks. Leaves the result in the first triangle.
 * @throws {NumericalError} when a value is not finite; {CancelledError}; errors of the task that writes rows
 */
export async function reduceRows<Rows>(source: RowSource<Rows>, triangles: readonly Triangle[], context: WorkContext): Promise<void> {
  const { executor, signal, onProgress } = context;
  const stride = Math.max(strideOf(triangles[0].size - 1), source.writtenStride ?? 0);
  executor.announce(2 * source.count);
  const finished: Promise<void>[] = [];
  let next = 0;
  let done = 0;
  let failed = false;
  const processBlock = async (index: number, buffer: Region): Promise<void> => {
    await executor.submit(source.write, { rows: source.input(index), design: buffer.pointer }, { signal });
    await finished[index - triangles.length];
    const triangle = triangles[index % triangles.length];
    const input = { triangle, design: buffer.pointer, nRows: source.rowsOf(index), firstColumn: source.firstColumnOf?.(index) };
    await updateOnThreads(input, { executor, signal });
    onProgress?.({ stage: "fit", done: ++done, total: source.count, unit: "blocks" });
  };
  const takeBlocks = async (): Promise<void> => {
    const buffer = executor.pool.allocate(8 * source.maximumRows * stride, "rows of the design matrix");
    try {
      while (next < source.count && !failed) {
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
  const flight = await Promise.allSettled(Array.from({ length: blocksInFlight(executor.threads, source.count) }, takeBlocks));
  for (const result of flight) if (result.status === "rejected") throw result.reason;
  await mergeAll(triangles, context);
}

/** Pairwise, in fixed order: 0 ← 1, 2 ← 3, then 0 ← 2. */
async function mergeAll(triangles: readonly Triangle[], context: WorkContext): Promise<void> {
  for (let step = 1; step < triangles.length; step *= 2) {
    const merges: Promise<void>[] = [];
    for (let i = 0; i + step < triangles.length; i += 2 * step) merges.push(mergeOnThreads(triangles[i], triangles[i + step], context));
    for (const result of await Promise.allSettled(merges)) if (result.status === "rejected") throw result.reason;
  }
}
