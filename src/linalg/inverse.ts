import { NumericalError } from "../errors.js";
import type { Arena } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";
import { expectShape, expectStored, type Matrix, matrix } from "./matrix.js";
import { pivotedQr, pivotedQrScratchBytes } from "./pivoted-qr.js";
import { solveScratchBytes, solveTriangular } from "./triangular.js";

/** Bytes of the arena that `invert` needs. */
export function inverseScratchBytes(n: number): number {
  return 24 * n * n + 4 * n + Math.max(pivotedQrScratchBytes(n, n, n), solveScratchBytes(n, n)) + 1024;
}

/**
 * The inverse of a square matrix, by QR with column pivoting, into `out`; A stays.
 * @returns ln |det A|
 * @throws {NumericalError} when A is singular or not finite
 */
export function invert(wasm: Wasm, arena: Arena, a: Matrix, out: Matrix): number {
  expectStored(a, "invert");
  expectStored(out, "invert");
  const n = a.rows;
  expectShape(a, n, n, "invert");
  expectShape(out, n, n, "invert");
  const mark = arena.mark();
  try {
    const [joined, pivots, turned] = [matrix(arena.f64(2 * n * n), n, 2 * n), arena.i32(n), matrix(arena.f64(n * n), n, n)];
    const all = wasm.f64(joined.pointer, 2 * n * n).fill(0);
    for (let i = 0; i < n; i++) {
      all.set(wasm.f64(a.pointer + i * a.stride * 8, n), 2 * i * n);
      all[2 * i * n + n + i] = 1;
    }
    pivotedQr(wasm, arena, joined, n, pivots);
    let logDeterminant = 0;
    for (let i = 0; i < n; i++) logDeterminant += Math.log(Math.abs(all[2 * i * n + i]));
    if (!Number.isFinite(logDeterminant)) throw new NumericalError(`a ${n}×${n} matrix has no inverse: its rows depend on each other`);
    const right = wasm.f64(turned.pointer, n * n);
    for (let i = 0; i < n; i++) right.set(all.subarray(2 * i * n + n, 2 * (i + 1) * n), i * n);
    solveTriangular(wasm, arena, "upper", matrix(joined.pointer, n, n, 2 * n), turned);
    const order = wasm.i32(pivots, n);
    for (let i = 0; i < n; i++) wasm.f64(out.pointer + order[i] * out.stride * 8, n).set(right.subarray(i * n, (i + 1) * n));
    return logDeterminant;
  } finally {
    arena.reset(mark);
  }
}
