import type { FitConfig } from "../config/fit-config.js";
import type { LoadedData } from "../structures/data-schema.js";

/** What a fit file asks for beside the fit to all data. */
export interface ValidationJob {
  readonly config: FitConfig;
  readonly data: LoadedData;
  /** File for what was predicted of structures that were left out. */
  readonly predictions: string | undefined;
}
