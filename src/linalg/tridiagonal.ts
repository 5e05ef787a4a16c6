import { NumericalError } from "../errors.js";
import type { Arena, Pointer } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";
import { eigenScratchBytes } from "./eigen.js";
import { expectShape, expectStored, matrix, type Matrix, transpose } from "./matrix.js";
import { gemm, gemmScratchBytes } from "./product.js";

/** A symmetric matrix A = Q·T·Qᵀ with T tridiagonal, in WebAssembly memory: what every shift A + λ can be inverted with. */
export interface TridiagonalForm {
  /** n × n: Qᵀ */
  readonly q: Matrix;
  /** f64 [n]: of T */
  readonly diagonal: Float64Array;
  /** f64 [n − 1]: of T */
  readonly beside: Float64Array;
}

/** Bytes of the arena that `tridiagonalForm` needs. */
export function tridiagonalScratchBytes(n: number): number {
  return 24 * n + eigenScratchBytes(n) + 256;
}

/**
 * A = Q·T·Qᵀ by Householder reflections: 8/3·n³ operations. Only the upper triangle of A is read; A is overwritten.
 * @param q n × n, out: Qᵀ
 * @throws {NumericalError} when A is not finite
 */
export function tridiagonalForm(wasm: Wasm, arena: Arena, a: Matrix, q: Matrix): TridiagonalForm {
  expectStored(a, "tridiagonalForm");
  expectStored(q, "tridiagonalForm");
  const n = a.rows;
  expectShape(a, n, n, "tridiagonalForm");
  expectShape(q, n, n, "tridiagonalForm");
  const mark = arena.mark();
  const [d, e, tau, scratch] = [arena.f64(n), arena.f64(n), arena.f64(n), arena.allocate(eigenScratchBytes(n))];
  try {
    wasm.routines.tridiagonalForm(n, a.pointer, a.stride, d, e, tau, q.pointer, q.stride, scratch);
    return { q, diagonal: wasm.f64(d, n).slice(), beside: wasm.f64(e, Math.max(0, n - 1)).slice() };
  } finally {
    arena.reset(mark);
  }
}

/** T + λ = C·Cᵀ with C lower bidiagonal: row i of C⁻¹·X is (x_i − multipliers[i]·(C⁻¹·X)_{i−1})·scales[i]. */
export interface ShiftFactor {
  /** f64 [n], the first is 0: elements of C left of the diagonal */
  readonly multipliers: Float64Array;
  /** f64 [n]: inverse diagonal of C */
  readonly scales: Float64Array;
  /** ln det (A + λ) */
  readonly logDeterminant: number;
}

/** @throws {NumericalError} when A + λ is not positive definite */
export function factorShifted({ diagonal, beside }: TridiagonalForm, shift: number): ShiftFactor {
  const n = diagonal.length;
  const [multipliers, scales] = [new Float64Array(n), new Float64Array(n)];
  let logDeterminant = 0;
  for (let i = 0; i < n; i++) {
    if (i > 0) multipliers[i] = beside[i - 1] * scales[i - 1];
    const pivot = diagonal[i] + shift - multipliers[i] ** 2;
    if (!(pivot > 0)) throw new NumericalError(`a ${n}×${n} matrix with ${shift} on its diagonal is not positive definite`);
    scales[i] = 1 / Math.sqrt(pivot);
    logDeterminant += Math.log(pivot);
  }
  return { multipliers, scales, logDeterminant };
}

/** What (A + λ)⁻¹ makes of some right-hand sides. */
export interface ShiftedSolution {
  /** n × columns: (A + λ)⁻¹·Y */
  readonly solution: Float64Array;
  /** For every column yᵀ·(A + λ)⁻¹·y. */
  readonly forms: Float64Array;
}

/**
 * (A + λ)⁻¹·Y, 2·n² operations for each column.
 * @param projected f64 [n × columns]: Qᵀ·Y, see `projectColumns`; stays
 */
export function solveShifted(wasm: Wasm, arena: Arena, { q }: TridiagonalForm, factor: ShiftFactor, projected: Float64Array): ShiftedSolution {
  const n = q.rows;
  const columns = n === 0 ? 0 : projected.length / n;
  const mark = arena.mark();
  const { multipliers, scales } = factor;
  const [x, out] = [matrix(arena.f64(n * columns), n, columns), matrix(arena.f64(n * columns), n, columns)];
  const values = wasm.f64(x.pointer, n * columns);
  values.set(projected);
  const forms = new Float64Array(columns);
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < columns; c++) {
      const at = i * columns + c;
      values[at] = (values[at] - (i > 0 ? multipliers[i] * values[at - columns] : 0)) * scales[i];
      forms[c] += values[at] ** 2;
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    const multiplier = i + 1 < n ? multipliers[i + 1] : 0;
    for (let c = 0; c < columns; c++) {
      const at = i * columns + c;
      values[at] = (values[at] - (i + 1 < n ? multiplier * values[at + columns] : 0)) * scales[i];
    }
  }
  gemm(wasm, arena, 1, transpose(q), x, 0, out);
  const solution = wasm.f64(out.pointer, n * columns).slice();
  arena.reset(mark);
  return { solution, forms };
}

/** Bytes of the arena that the functions of a shift need. */
export function shiftedScratchBytes(n: number, columns: number): number {
  return 16 * n * columns + 40 * n + gemmScratchBytes(n, columns, n) + 1024;
}

/** Qᵀ·Y for all shifts: f64 [n × columns]. */
export function projectColumns(wasm: Wasm, arena: Arena, { q }: TridiagonalForm, y: Float64Array): Float64Array {
  const n = q.rows;
  const columns = n === 0 ? 0 : y.length / n;
  const mark = arena.mark();
  const [from, to] = [matrix(arena.f64(y.length), n, columns), matrix(arena.f64(y.length), n, columns)];
  wasm.f64(from.pointer, y.length).set(y);
  gemm(wasm, arena, 1, q, from, 0, to);
  const projected = wasm.f64(to.pointer, y.length).slice();
  arena.reset(mark);
  return projected;
}

/** The diagonal of (A + λ)⁻¹: 4·n² operations. */
export function shiftedInverseDiagonal(wasm: Wasm, arena: Arena, { q }: TridiagonalForm, factor: ShiftFactor): Float64Array {
  const n = q.rows;
  const mark = arena.mark();
  const [multipliers, scales] = placeFactor(wasm, arena, factor);
  const [row, out] = [arena.f64(n), arena.f64(n)];
  wasm.routines.bidiagonalSquares(n, n, multipliers, scales, q.pointer, q.stride, row, out);
  const diagonal = wasm.f64(out, n).slice();
  arena.reset(mark);
  return diagonal;
}

/**
 * The elements of (A + λ)⁻¹ in some rows and the same columns: f64 [count × count]. 3·n·count operations, and 2·n·count² for the products.
 * @param members rows, in any order
 */
export function shiftedInverseBlock(wasm: Wasm, arena: Arena, { q }: TridiagonalForm, factor: ShiftFactor, members: ArrayLike<number>): Float64Array {
  const n = q.rows;
  const count = members.length;
  const mark = arena.mark();
  const [multipliers, scales] = placeFactor(wasm, arena, factor);
  const [columns, block] = [matrix(arena.f64(n * count), n, count), matrix(arena.f64(count * count), count, count)];
  const target = wasm.f64(columns.pointer, n * count);
  for (let i = 0; i < n; i++) {
    const source = wasm.f64(q.pointer + 8 * i * q.stride, n);
    for (let m = 0; m < count; m++) target[i * count + m] = source[members[m]];
  }
  wasm.routines.bidiagonalRows(n, count, multipliers, scales, columns.pointer, count);
  gemm(wasm, arena, 1, transpose(columns), columns, 0, block);
  const values = wasm.f64(block.pointer, count * count).slice();
  arena.reset(mark);
  return values;
}

function placeFactor(wasm: Wasm, arena: Arena, { multipliers, scales }: ShiftFactor): [Pointer, Pointer] {
  const n = scales.length;
  const pointers: [Pointer, Pointer] = [arena.f64(n), arena.f64(n)];
  wasm.f64(pointers[0], n).set(multipliers);
  wasm.f64(pointers[1], n).set(scales);
  return pointers;
}
