import type { Pointer } from "../wasm/memory.js";

/** Descriptors of the environments that a sparse set is chosen from, in WebAssembly memory. */
export interface Choices {
  /** f64 [count × nFeatures], row-major */
  readonly values: Pointer;
  /** Number of environments. */
  readonly count: number;
  /** Length of a row. */
  readonly nFeatures: number;
  /** Whether the last feature is the weight of a row, which it is not told apart by; absent: rows have none. */
  readonly weighsRows?: boolean | undefined;
}
