import type { Arena, Pointer } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";
import { orthonormalizeRows, orthonormalScratchBytes } from "./eigen.js";
import { expectStored, type Matrix, matrix, rowBlock } from "./matrix.js";
import { pivotedQr, pivotedQrScratchBytes } from "./pivoted-qr.js";

/** Bytes of the arena that `singularDecomposition` needs. */
export function singularScratchBytes(m: number, n: number, extra: number): number {
  const k = Math.min(m, n);
  return 8 * (n + k) + 4 * n + Math.max(pivotedQrScratchBytes(m, n, extra), orthonormalScratchBytes(k, n)) + 1024;
}

/**
 * The first n columns of A (m × (n + extra)) are U·diag(s)·V, V with k = min(m, n) orthonormal rows and s falling: V replaces the first k
 * rows of A, and Uᵀ times themselves the extra columns of these rows. By QR with column pivoting and one-sided Jacobi on its factor: small
 * singular values have small relative errors where the columns of a well-conditioned matrix were scaled (Drmač & Veselić 2008,
 * doi:10.1137/050639193), and no matrix is squared.
 * @returns s, f64 [k]; below about 1e-100 of the largest element it is 0
 * @throws {NumericalError} when a value is not finite
 */
export function singularDecomposition(wasm: Wasm, arena: Arena, a: Matrix, n: number): Float64Array {
  expectStored(a, "singularDecomposition");
  const mark = arena.mark();
  const k = Math.min(a.rows, n);
  try {
    const [pivots, values] = [arena.i32(n), arena.f64(k)];
    const factor = scaleToOne(wasm, a, n);
    pivotedQr(wasm, arena, a, n, pivots);
    wasm.routines.orthogonalizeRows(k, n, a.columns - n, a.pointer, a.stride, values);
    restoreColumns(wasm, rowBlock(a, 0, k), pivots, n);
    const result = wasm.f64(values, k).slice();
    if (result.some((value) => value === 0)) orthonormalizeRows(wasm, arena, matrix(a.pointer, k, n, a.stride));
    return result.map((value) => value / factor);
  } finally {
    arena.reset(mark);
  }
}

/** Multiplies the first n columns by a power of two that brings their largest element to about 1; returns it. */
function scaleToOne(wasm: Wasm, a: Matrix, n: number): number {
  let largest = 0;
  for (let i = 0; i < a.rows; i++) for (const value of wasm.f64(a.pointer + i * a.stride * 8, n)) largest = Math.max(largest, Math.abs(value));
  if (!(largest > 0 && largest < Infinity)) return 1;
  const factor = 2 ** -Math.max(-1000, Math.min(1000, Math.floor(Math.log2(largest))));
  for (let i = 0; i < a.rows; i++) {
    const row = wasm.f64(a.pointer + i * a.stride * 8, n);
    for (let j = 0; j < n; j++) row[j] *= factor;
  }
  return factor;
}

/** Column k goes back to where the pivoting took it from. */
function restoreColumns(wasm: Wasm, a: Matrix, pivots: Pointer, n: number): void {
  const order = wasm.i32(pivots, n);
  for (let i = 0; i < a.rows; i++) {
    const row = wasm.f64(a.pointer + i * a.stride * 8, n);
    const pivoted = row.slice();
    for (let k = 0; k < n; k++) row[order[k]] = pivoted[k];
  }
}
