// exp of two lanes. x = k·ln 2 + r with |r| ≤ ln 2 / 2 (Cody & Waite's two-part ln 2), then the Taylor series of exp(r) to r¹³,
// which leaves 5e-18 relative. At most 1 ulp from the exact value, over the whole range including subnormal results.
import { madd, nmadd } from "./simd";

const LOG2_E: f64 = 1.4426950408889634;
/** ln 2 in two parts; the first has 21 trailing zeros, so that its product with k is exact. */
const LN2_HIGH: f64 = 0.6931471803691238;
const LN2_LOW: f64 = 1.9082149292705877e-10;
/** 1.5·2⁵²: adding it rounds to an integer, which then stands in the low bits. */
const ROUNDER: f64 = 6755399441055744.0;

/** exp(r) − 1 − r over r², for |r| ≤ 0.35. */
// @ts-ignore: decorator
@inline
export function expTail(r: v128): v128 {
  let sum = f64x2.splat(1.0 / 6227020800.0);
  sum = madd(sum, r, f64x2.splat(1.0 / 479001600.0));
  sum = madd(sum, r, f64x2.splat(1.0 / 39916800.0));
  sum = madd(sum, r, f64x2.splat(1.0 / 3628800.0));
  sum = madd(sum, r, f64x2.splat(1.0 / 362880.0));
  sum = madd(sum, r, f64x2.splat(1.0 / 40320.0));
  sum = madd(sum, r, f64x2.splat(1.0 / 5040.0));
  sum = madd(sum, r, f64x2.splat(1.0 / 720.0));
  sum = madd(sum, r, f64x2.splat(1.0 / 120.0));
  sum = madd(sum, r, f64x2.splat(1.0 / 24.0));
  sum = madd(sum, r, f64x2.splat(1.0 / 6.0));
  return madd(sum, r, f64x2.splat(0.5));
}

/** x·2^k for k in the low bits of `rounded` = k + 1.5·2⁵², in two steps, so that neither over- nor underflows alone. |k| < 2000. */
// @ts-ignore: decorator
@inline
export function scaleByPower(x: v128, rounded: v128): v128 {
  const half = i32x4.shr_s(rounded, 1);
  const rest = i32x4.sub(rounded, half);
  const bias = i64x2.splat(1023);
  const first = i64x2.shl(i32x4.add(half, bias), 52);
  const second = i64x2.shl(i32x4.add(rest, bias), 52);
  return f64x2.mul(f64x2.mul(x, first), second);
}

/** exp(x) on two lanes; NaN stays NaN. */
// @ts-ignore: decorator
@inline
export function expPair(x: v128): v128 {
  const bounded = f64x2.max(f64x2.min(x, f64x2.splat(710)), f64x2.splat(-746));
  const rounder = f64x2.splat(ROUNDER);
  const rounded = f64x2.add(f64x2.mul(bounded, f64x2.splat(LOG2_E)), rounder);
  const k = f64x2.sub(rounded, rounder);
  const r = nmadd(k, f64x2.splat(LN2_LOW), nmadd(k, f64x2.splat(LN2_HIGH), bounded));
  const value = f64x2.add(f64x2.splat(1), madd(f64x2.mul(r, r), expTail(r), r));
  return scaleByPower(value, rounded);
}

/** exp on the lanes of T; the scalar build takes AssemblyScript's own. */
// @ts-ignore: decorator
@inline
export function exponential<T>(x: T): T {
  if (isVector<T>()) return expPair(x);
  else return Math.exp(x);
}
