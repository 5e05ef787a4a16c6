// Least squares with an upper band B of w diagonals above the main one and a ridge, [B; √λ·I], and the trace of its inverse. Row i of B holds
// the w + 1 elements of columns i … i + w; those behind the last column are 0.
import { madd, nmadd } from "../math/simd";
import { INVALID_ARGUMENT, NOT_FINITE, OK } from "../status";
import { dotProduct } from "./vector";

/** x, y ← c·x + s·y, c·y − s·x */
function rotate(n: i32, c: f64, s: f64, x: usize, y: usize): void {
  const end = x + ((<usize>n) << 3);
  if (ASC_FEATURE_SIMD) {
    const cosine = f64x2.splat(c);
    const sine = f64x2.splat(s);
    while (x + 16 <= end) {
      const left = v128.load(x);
      const right = v128.load(y);
      v128.store(x, madd(sine, right, f64x2.mul(cosine, left)));
      v128.store(y, nmadd(sine, left, f64x2.mul(cosine, right)));
      x += 16;
      y += 16;
    }
  }
  while (x < end) {
    const left = load<f64>(x);
    const right = load<f64>(y);
    store<f64>(x, c * left + s * right);
    store<f64>(y, c * right - s * left);
    x += 8;
    y += 8;
  }
}

/**
 * C and d of min |B·z − q|² + λ|z|² = min |C·z − d|² + rest, C upper with the band of B, by rotations of one row of B after the other into √λ·I.
 * band: f64 [n × (width + 1)]; target: f64 [n], q; factor: f64 [n × (width + 1)], out; right: f64 [n], out; row: f64 [width + 1], scratch;
 * rest: f64 [1], out. NOT_FINITE when a value is not.
 */
export function bandRidge(n: i32, width: i32, root: f64, band: usize, target: usize, factor: usize, right: usize, row: usize, rest: usize): i32 {
  if (n < 0 || width < 0) return INVALID_ARGUMENT;
  const bytes = (<usize>width + 1) << 3;
  memory.fill(factor, 0, <usize>n * bytes);
  memory.fill(right, 0, (<usize>n) << 3);
  for (let i = 0; i < n; i++) store<f64>(factor + <usize>i * bytes, root);
  let sum = 0.0;
  for (let i = 0; i < n; i++) {
    memory.copy(row, band + <usize>i * bytes, bytes);
    let q = load<f64>(target + ((<usize>i) << 3));
    const last = min(width, n - 1 - i);
    for (let k = 0; k <= last; k++) {
      const x = row + ((<usize>k) << 3);
      const value = load<f64>(x);
      if (value == 0) continue;
      const pivot = factor + <usize>(i + k) * bytes;
      const diagonal = load<f64>(pivot);
      const norm = sqrt(diagonal * diagonal + value * value);
      const c = diagonal / norm;
      const s = value / norm;
      rotate(width + 1 - k, c, s, pivot, x);
      const d = right + ((<usize>(i + k)) << 3);
      const old = load<f64>(d);
      store<f64>(d, c * old + s * q);
      q = c * q - s * old;
    }
    sum += q * q;
    if (!isFinite<f64>(sum) || !isFinite<f64>(load<f64>(factor + <usize>i * bytes))) return NOT_FINITE;
  }
  store<f64>(rest, sum);
  return OK;
}

/** C·z = d in place of d. */
export function bandSolve(n: i32, width: i32, factor: usize, right: usize): i32 {
  if (n < 0 || width < 0) return INVALID_ARGUMENT;
  const bytes = (<usize>width + 1) << 3;
  for (let i = n - 1; i >= 0; i--) {
    const diagonal = factor + <usize>i * bytes;
    const target = right + ((<usize>i) << 3);
    const known = dotProduct(min(width, n - 1 - i), diagonal + 8, target + 8);
    store<f64>(target, (load<f64>(target) - known) / load<f64>(diagonal));
  }
  return OK;
}

/**
 * out[0] = trace of (Cᵀ·C)⁻¹ for an upper band C: the squares of all elements of S = C⁻¹, row by row from the last one, s_i = (e_i − Σ_k c_ik s_k)/c_ii.
 * The rows that those above still need are kept as a triangle of width columns, by rotations from the right, which leave their products with each
 * other: relative errors are ε·condition(C). The products themselves (Takahashi's equations) would lose twice as many digits.
 * rows: f64 [n × (width + 1)], out: column j of the triangle, its row j first, then those above; reversed: f64 [width], scratch.
 */
export function bandInverseTrace(n: i32, width: i32, factor: usize, rows: usize, reversed: usize, out: usize): i32 {
  if (n < 0 || width < 0) return INVALID_ARGUMENT;
  const bytes = (<usize>width + 1) << 3;
  let trace = 0.0;
  for (let i = n - 1; i >= 0; i--) {
    const row = factor + <usize>i * bytes;
    const count = min(width, n - 1 - i);
    const end = reversed + ((<usize>count) << 3);
    for (let k = 1; k <= count; k++) store<f64>(end - ((<usize>k) << 3), load<f64>(row + ((<usize>k) << 3)));
    const reciprocal = 1 / load<f64>(row);
    store<f64>(rows + <usize>i * bytes, reciprocal);
    let square = reciprocal * reciprocal;
    for (let k = 1; k <= count; k++) {
      const column = rows + <usize>(i + k) * bytes;
      const element = -dotProduct(k, column, end - ((<usize>k) << 3)) * reciprocal;
      store<f64>(column + ((<usize>k) << 3), element);
      square += element * element;
    }
    trace += square;
    if (i + width >= n) continue;
    // row i + width is needed no more: what the others have in its column goes into theirs
    const last = rows + <usize>(i + width) * bytes;
    for (let k = width - 1; k >= 0; k--) {
      const column = rows + <usize>(i + k) * bytes;
      const left = last + ((<usize>(width - k)) << 3);
      const a = load<f64>(column);
      const b = load<f64>(left);
      const norm = sqrt(a * a + b * b);
      rotate(k + 1, a / norm, b / norm, column, left);
    }
  }
  store<f64>(out, trace);
  return isFinite<f64>(trace) ? OK : NOT_FINITE;
}
