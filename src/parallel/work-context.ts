import type { Executor } from "./executor.js";
import type { ProgressListener } from "./progress.js";

/** What a computation over many inputs works with. */
export interface WorkContext {
  readonly executor: Executor;
  readonly signal?: AbortSignal;
  readonly onProgress?: ProgressListener;
}
