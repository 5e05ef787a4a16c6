import type { Task } from "../../parallel/task.js";
import type { WorkContext } from "../../parallel/work-context.js";
import type { KeptBlocks } from "./checkpoint.js";

/** Numbers in shared memory that tasks compute block by block. */
export interface BlockWork<Input> {
  /** Writes a block; the same numbers whatever other blocks there are. */
  readonly task: Task<Input, unknown>;
  /** One for each block. */
  readonly inputs: readonly Input[];
  /** For progress. */
  readonly stage: string;
  readonly unit: string;
  /** Puts numbers in the place of a block, as the task would. */
  place(block: number, values: Float64Array): void;
}

/**
 * Computes blocks on all threads, without those that an earlier process has kept, and keeps them.
 * @throws {CancelledError}; errors of the task
 */
export async function mapBlocks<Input>({ task, inputs, stage, unit, place }: BlockWork<Input>, { executor, signal, onProgress }: WorkContext, kept?: KeptBlocks): Promise<void> {
  const known = (await kept?.restore(place)) ?? new Set<number>();
  const missing = [...inputs.keys()].filter((block) => !known.has(block));
  let done = known.size;
  try {
    await executor.map(task, missing.map((block) => inputs[block]), {
      signal,
      onDone(index) {
        kept?.done(missing[index]);
        onProgress?.({ stage, done: ++done, total: inputs.length, unit, ...(kept && { safe: kept.safeBlocks }) });
      },
    });
  } catch (error) {
    await kept?.interrupted();
    throw error;
  }
  kept?.finished();
}
