import { InternalError } from "../errors.js";
import type { Arena, Pointer } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";
import { expectStored, type Matrix } from "./matrix.js";

/** Bytes of scratch of the routine `pivotedQr`; a test compares the two. */
export function pivotedQrScratchBytes(m: number, n: number, extra: number): number {
  return 8 * (3 * n + extra + m);
}

/**
 * A·P = Q·R with falling |R_kk| for the first n columns of A (m × (n + extra)), which R replaces, with zeros below its diagonal; what is
 * behind them becomes Qᵀ times itself.
 * @param pivots i32 [n], out: column k of R is column pivots[k] of A
 * @param steps columns that are eliminated; default: min(m, n)
 * @throws {NumericalError} when a value is not finite
 */
export function pivotedQr(wasm: Wasm, arena: Arena, a: Matrix, n: number, pivots: Pointer, steps = Math.min(a.rows, n)): void {
  expectStored(a, "pivotedQr");
  if (n > a.columns || steps > Math.min(a.rows, n)) throw new InternalError(`pivotedQr: ${steps} steps on ${n} columns of a ${a.rows}×${a.columns} matrix`);
  const mark = arena.mark();
  const extra = a.columns - n;
  const scratch = arena.allocate(pivotedQrScratchBytes(a.rows, n, extra));
  try {
    wasm.routines.pivotedQr(a.rows, n, extra, steps, a.pointer, a.stride, pivots, scratch);
  } finally {
    arena.reset(mark);
  }
}
