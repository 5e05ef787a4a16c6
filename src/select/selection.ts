import type { Executor } from "../parallel/index.js";
import type { ProgressListener } from "../parallel/progress.js";

export interface SelectionContext {
  readonly executor: Executor;
  readonly signal?: AbortSignal;
  readonly onProgress?: ProgressListener;
  /** What was computed under this name before from the same candidates; computes it when it is not known. */
  readonly recall?: <Result>(name: string, compute: () => Promise<Result>) => Promise<Result>;
}
