import type { Executor } from "./executor.js";
import type { ProgressListener } from "./progress.js";

/** What a computation over many inputs works with. */
export interface WorkContext {
  /** Runs the tasks. */
  readonly executor: Executor;
  /** Ends the work with a CancelledError. */
  readonly signal?: AbortSignal;
  /** Hears of every input that is done. */
  readonly onProgress?: ProgressListener;
}
