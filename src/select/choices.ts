import type { Pointer } from "../wasm/memory.js";

/** Descriptors of the environments that a sparse set is chosen from, in WebAssembly memory. */
export interface Choices {
  /** f64 [count × nFeatures], row-major */
  readonly values: Pointer;
  /** Number of environments. */
  readonly count: number;
  /** Length of a row. */
  readonly nFeatures: number;
}
