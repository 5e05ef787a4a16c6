import { InternalError } from "../errors.js";
import type { Arena, Pointer } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";
import { expectShape, expectStored, type Matrix } from "./matrix.js";
import { gemmScratchBytes } from "./product.js";

// The block of assembly/linalg/cholesky.ts and triangular.ts.
const BLOCK = 64;

/** Bytes of scratch of the routine `cholesky`. */
export function choleskyScratchBytes(n: number): number {
  return BLOCK * BLOCK * 8 + gemmScratchBytes(n, n, BLOCK);
}

/** Bytes of scratch of the routine `solveTriangular` for n unknowns and this many right-hand sides. */
export function solveScratchBytes(n: number, columns: number): number {
  return gemmScratchBytes(BLOCK, columns, n);
}

/**
 * Overwrites the lower triangle of a symmetric matrix with its Cholesky factor L, A = L·Lᵀ. What is above the diagonal stays.
 * @throws {NumericalError} when A is not positive definite, or not finite
 */
export function cholesky(wasm: Wasm, arena: Arena, a: Matrix): void {
  expectStored(a, "cholesky");
  expectShape(a, a.rows, a.rows, "cholesky");
  const mark = arena.mark();
  const scratch = arena.allocate(choleskyScratchBytes(a.rows));
  try {
    wasm.routines.cholesky(a.rows, a.pointer, a.stride, scratch);
  } finally {
    arena.reset(mark);
  }
}

/**
 * Solves T·X = B in place of B for a triangle T (a transposed view of L solves with Lᵀ). `stored` names the triangle that
 * memory holds, before any transposition; the other one is never read.
 * @throws {NumericalError} when the diagonal has a zero or a value that is not finite
 */
export function solveTriangular(wasm: Wasm, arena: Arena, stored: "lower" | "upper", t: Matrix, b: Matrix): void {
  expectStored(b, "solveTriangular");
  expectShape(t, b.rows, b.rows, "solveTriangular");
  const mark = arena.mark();
  const scratch = arena.allocate(solveScratchBytes(b.rows, b.columns));
  const [upper, trans] = [Number(stored === "upper"), Number(t.transposed)];
  try {
    wasm.routines.solveTriangular(upper, trans, b.rows, b.columns, t.pointer, t.stride, b.pointer, b.stride, scratch);
  } finally {
    arena.reset(mark);
  }
}

/** As `solveTriangular` for one right-hand side, stored without gaps. Needs no scratch. */
export function solveTriangularVector(wasm: Wasm, stored: "lower" | "upper", t: Matrix, x: Pointer): void {
  if (t.rows !== t.columns) throw new InternalError(`solveTriangularVector: the triangle is ${t.rows}×${t.columns}`);
  wasm.routines.solveTriangular(Number(stored === "upper"), Number(t.transposed), t.rows, 1, t.pointer, t.stride, x, 1, 0);
}
