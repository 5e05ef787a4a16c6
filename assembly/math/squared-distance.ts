import { laneSum, madd } from "./simd";

/** Σ (x − y)² of n numbers, taken by differences: small distances keep their digits. */
// @ts-ignore: decorator
@inline
export function squaredDistance(n: usize, x: usize, y: usize): f64 {
  let i: usize = 0;
  let sum = 0.0;
  const end = n << 3;
  if (ASC_FEATURE_SIMD) {
    const blockEnd = (n & ~3) << 3;
    let first = f64x2.splat(0.0);
    let second = f64x2.splat(0.0);
    for (; i < blockEnd; i += 32) {
      const a = f64x2.sub(v128.load(x + i), v128.load(y + i));
      const b = f64x2.sub(v128.load(x + i, 16), v128.load(y + i, 16));
      first = madd(a, a, first);
      second = madd(b, b, second);
    }
    sum = laneSum(f64x2.add(first, second));
  }
  for (; i < end; i += 8) {
    const a = load<f64>(x + i) - load<f64>(y + i);
    sum += a * a;
  }
  return sum;
}
