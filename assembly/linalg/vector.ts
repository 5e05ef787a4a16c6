// Loops over one or two contiguous vectors, shared by the factorizations.
import { laneSum, madd, nmadd } from "../math/simd";

/** A sum of squares below this has lost digits to underflow; what it measures is taken as zero. */
export const NEGLIGIBLE_SQUARE: f64 = 1e-280;

/** y[0…n) −= factor·x[0…n) */
export function subtractScaled(n: i32, factor: f64, x: usize, y: usize): void {
  const end = x + ((<usize>n) << 3);
  if (ASC_FEATURE_SIMD) {
    const both = f64x2.splat(factor);
    while (x + 32 <= end) {
      v128.store(y, nmadd(both, v128.load(x), v128.load(y)));
      v128.store(y, nmadd(both, v128.load(x, 16), v128.load(y, 16)), 16);
      x += 32;
      y += 32;
    }
  }
  while (x < end) {
    store<f64>(y, load<f64>(y) - factor * load<f64>(x));
    x += 8;
    y += 8;
  }
}

/** x[0…n) *= factor */
export function scaleVector(n: i32, factor: f64, x: usize): void {
  const end = x + ((<usize>n) << 3);
  if (ASC_FEATURE_SIMD) {
    const both = f64x2.splat(factor);
    while (x + 16 <= end) {
      v128.store(x, f64x2.mul(both, v128.load(x)));
      x += 16;
    }
  }
  while (x < end) {
    store<f64>(x, factor * load<f64>(x));
    x += 8;
  }
}

/** Σ x·y over n elements. */
export function dotProduct(n: i32, x: usize, y: usize): f64 {
  let sum = 0.0;
  const end = x + ((<usize>n) << 3);
  if (ASC_FEATURE_SIMD) {
    let s0 = f64x2.splat(0);
    let s1 = f64x2.splat(0);
    let s2 = f64x2.splat(0);
    let s3 = f64x2.splat(0);
    while (x + 64 <= end) {
      s0 = madd(v128.load(x), v128.load(y), s0);
      s1 = madd(v128.load(x, 16), v128.load(y, 16), s1);
      s2 = madd(v128.load(x, 32), v128.load(y, 32), s2);
      s3 = madd(v128.load(x, 48), v128.load(y, 48), s3);
      x += 64;
      y += 64;
    }
    sum = laneSum(f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3)));
  }
  while (x < end) {
    sum += load<f64>(x) * load<f64>(y);
    x += 8;
    y += 8;
  }
  return sum;
}

/** Copies an m×n block. */
export function copyBlock(m: i32, n: i32, from: usize, ldFrom: i32, to: usize, ldTo: i32): void {
  for (let i = 0; i < m; i++) memory.copy(to + ((<usize>i * ldTo) << 3), from + ((<usize>i * ldFrom) << 3), (<usize>n) << 3);
}

/** Address of element (i, j). */
// @ts-ignore: decorator
@inline
export function at(base: usize, i: i32, j: i32, ld: i32): usize {
  return base + ((<usize>i * ld + j) << 3);
}
