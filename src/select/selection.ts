import type { Executor } from "../parallel/index.js";
import type { ProgressListener } from "../parallel/progress.js";

export interface SelectionContext {
  readonly executor: Executor;
  readonly signal?: AbortSignal;
  readonly onProgress?: ProgressListener;
}
