// One decomposition A = Q·T·Qᵀ for every shift λ: the inverse of A + λ needs no eigenvalues, only a factor of T + λ.
import { madd, nmadd } from "../math/simd";
import { INVALID_ARGUMENT, NOT_FINITE, OK } from "../status";
import { formTransposedQ, reduceToTridiagonal } from "./tridiagonal";

/**
 * A = Q·T·Qᵀ with T tridiagonal. Only the upper triangle of A is read; A is overwritten.
 * @param d f64 [n], e f64 [n], out: diagonal, and n − 1 elements beside it
 * @param tau f64 [n]; q f64 [n × n], out: Qᵀ; scratch as `eigenScratchBytes`
 */
export function tridiagonalForm(n: i32, a: usize, lda: i32, d: usize, e: usize, tau: usize, q: usize, ldq: i32, scratch: usize): i32 {
  if (n < 0 || lda < n || ldq < n) return INVALID_ARGUMENT;
  if (n == 0) return OK;
  memory.fill(e, 0, (<usize>n) << 3);
  reduceToTridiagonal(n, a, lda, d, e, tau, scratch);
  for (let i: usize = 0; i < <usize>n << 3; i += 8) {
    if (!isFinite<f64>(load<f64>(d + i)) || !isFinite<f64>(load<f64>(e + i))) return NOT_FINITE;
  }
  formTransposedQ(n, a, lda, tau, q, ldq, scratch);
  return OK;
}

/** z = (q − multiplier·previous)·scale, into `out` */
// @ts-ignore: decorator
@inline
function nextRow(columns: i32, q: usize, multiplier: f64, previous: usize, scale: f64, out: usize): void {
  const end = <usize>columns << 3;
  let i: usize = 0;
  if (ASC_FEATURE_SIMD) {
    const m = f64x2.splat(multiplier);
    const s = f64x2.splat(scale);
    for (; i + 16 <= end; i += 16) v128.store(out + i, f64x2.mul(s, nmadd(m, v128.load(previous + i), v128.load(q + i))));
  }
  for (; i < end; i += 8) store<f64>(out + i, scale * (load<f64>(q + i) - multiplier * load<f64>(previous + i)));
}

// @ts-ignore: decorator
@inline
function addSquares(columns: i32, z: usize, out: usize): void {
  const end = <usize>columns << 3;
  let i: usize = 0;
  if (ASC_FEATURE_SIMD) {
    for (; i + 16 <= end; i += 16) {
      const value = v128.load(z + i);
      v128.store(out + i, madd(value, value, v128.load(out + i)));
    }
  }
  for (; i < end; i += 8) store<f64>(out + i, load<f64>(out + i) + load<f64>(z + i) * load<f64>(z + i));
}

/**
 * X ← C⁻¹·X for the bidiagonal C of T + λ = C·Cᵀ: row i becomes (x_i − multipliers[i]·x_{i−1})·scales[i].
 * @param multipliers, scales f64 [n], the first multiplier is 0; x f64 [n × columns]
 */
export function bidiagonalRows(n: i32, columns: i32, multipliers: usize, scales: usize, x: usize, ldx: i32): i32 {
  if (n < 0 || columns < 0 || ldx < columns) return INVALID_ARGUMENT;
  let previous = x;
  for (let i: usize = 0; i < <usize>n; i++) {
    const row = x + i * (<usize>ldx << 3);
    nextRow(columns, row, load<f64>(multipliers + (i << 3)), previous, load<f64>(scales + (i << 3)), row);
    previous = row;
  }
  return OK;
}

/**
 * out[j] = Σ_i (C⁻¹·X)_ij², X stays: with X = Qᵀ the diagonal of (A + λ)⁻¹.
 * @param row f64 [columns], scratch; out f64 [columns]
 */
export function bidiagonalSquares(n: i32, columns: i32, multipliers: usize, scales: usize, x: usize, ldx: i32, row: usize, out: usize): i32 {
  if (n < 0 || columns < 0 || ldx < columns) return INVALID_ARGUMENT;
  memory.fill(row, 0, <usize>columns << 3);
  memory.fill(out, 0, <usize>columns << 3);
  for (let i: usize = 0; i < <usize>n; i++) {
    nextRow(columns, x + i * (<usize>ldx << 3), load<f64>(multipliers + (i << 3)), row, load<f64>(scales + (i << 3)), row);
    addSquares(columns, row, out);
  }
  return OK;
}
