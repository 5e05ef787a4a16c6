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

/** y += x₀·z and the sum of z·x, over n elements. */
function addAndDot(n: i32, factor: f64, z: usize, x: usize, y: usize): f64 {
  let sum = 0.0;
  const end = z + ((<usize>n) << 3);
  if (ASC_FEATURE_SIMD) {
    const both = f64x2.splat(factor);
    let sums = f64x2.splat(0);
    while (z + 16 <= end) {
      const value = v128.load(z);
      sums = madd(value, v128.load(x), sums);
      v128.store(y, madd(both, value, v128.load(y)));
      z += 16;
      x += 16;
      y += 16;
    }
    sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
  }
  while (z < end) {
    const value = load<f64>(z);
    sum += value * load<f64>(x);
    store<f64>(y, load<f64>(y) + factor * value);
    z += 8;
    x += 8;
    y += 8;
  }
  return sum;
}

/**
 * out[0] = trace of Z = (Cᵀ·C)⁻¹ for an upper band C. Row by row from the last one, the band of Z follows from that of C (Takahashi's equations, for
 * bands by Hutchinson & de Hoog, Numer. Math. 47, 99 (1985), doi:10.1007/BF01389878); the diagonal is a sum of positive terms.
 * inverse: f64 [n × (width + 1)], out: the band of Z; sums: f64 [width], scratch.
 */
export function bandInverseTrace(n: i32, width: i32, factor: usize, inverse: usize, sums: usize, out: usize): i32 {
  if (n < 0 || width < 0) return INVALID_ARGUMENT;
  const bytes = (<usize>width + 1) << 3;
  memory.fill(inverse, 0, <usize>n * bytes);
  let trace = 0.0;
  for (let i = n - 1; i >= 0; i--) {
    const row = factor + <usize>i * bytes;
    const own = inverse + <usize>i * bytes;
    const count = min(width, n - 1 - i);
    // sums = Z·c for the part c of the row behind the diagonal, Z symmetric with its upper half in memory
    memory.fill(sums, 0, (<usize>width) << 3);
    for (let k = 0; k < count; k++) {
      const z = inverse + <usize>(i + 1 + k) * bytes;
      const element = (<usize>k) << 3;
      const value = load<f64>(row + 8 + element);
      const sum = addAndDot(count - 1 - k, value, z + 8, row + 16 + element, sums + element + 8);
      store<f64>(sums + element, load<f64>(sums + element) + sum + value * load<f64>(z));
    }
    const reciprocal = 1 / load<f64>(row);
    let square = 0.0;
    for (let k = 0; k < count; k++) {
      const element = (<usize>k) << 3;
      const sum = load<f64>(sums + element);
      square += sum * load<f64>(row + 8 + element);
      store<f64>(own + 8 + element, -sum * reciprocal);
    }
    const diagonal = reciprocal * reciprocal * (1 + square);
    store<f64>(own, diagonal);
    trace += diagonal;
  }
  store<f64>(out, trace);
  return isFinite<f64>(trace) ? OK : NOT_FINITE;
}
