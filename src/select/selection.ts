import type { WorkContext } from "../parallel/work-context.js";

/** What the choice of a sparse set works with. */
export interface SelectionContext extends WorkContext {
  /** What was computed under this name before from the same environments; computes it when it is not known. */
  readonly recall?: <Result>(name: string, compute: () => Promise<Result>) => Promise<Result>;
}
