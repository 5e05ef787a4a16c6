// Natural logarithm of two lanes. x = 2^k·m with m in [√½, √2), f = m − 1, s = f/(2 + f), and log m = 2·artanh(s) from its power
// series to s²⁵. At most 1 ulp from the exact value.
import { madd } from "./simd";

const LN2_HIGH: f64 = 0.6931471803691238;
const LN2_LOW: f64 = 1.9082149292705877e-10;
const SQRT_HALF_BITS: i64 = 0x3fe6a09e667f3bcd;
const TWO_52: f64 = 4503599627370496.0;
const SMALLEST_NORMAL: f64 = 2.2250738585072014e-308;

/** k of x = 2^k·m, as a number, for positive normal x. */
// @ts-ignore: decorator
@inline
export function binaryExponent(x: v128): v128 {
  // (bits + 1023·2⁵² − bits(√½)) >> 52 is k + 1023 with the border at √½ instead of 1
  const shifted = i64x2.shr_u(i64x2.add(x, i64x2.splat((1023 << 52) - SQRT_HALF_BITS)), 52);
  return f64x2.sub(v128.or(shifted, f64x2.splat(TWO_52)), f64x2.splat(TWO_52 + 1023));
}

/** m of x = 2^k·m, for positive normal x and its k. */
// @ts-ignore: decorator
@inline
export function mantissa(x: v128): v128 {
  const shifted = i64x2.shr_u(i64x2.add(x, i64x2.splat((1023 << 52) - SQRT_HALF_BITS)), 52);
  return i64x2.sub(x, i64x2.shl(i64x2.sub(shifted, i64x2.splat(1023)), 52));
}

/** Subnormal lanes times 2⁵⁴; the caller subtracts `subnormalExponent` from k. */
// @ts-ignore: decorator
@inline
export function liftSubnormal(x: v128): v128 {
  return v128.bitselect(f64x2.mul(x, f64x2.splat(18014398509481984.0)), x, f64x2.lt(x, f64x2.splat(SMALLEST_NORMAL)));
}

// @ts-ignore: decorator
@inline
export function subnormalExponent(x: v128): v128 {
  return v128.and(f64x2.splat(54), f64x2.lt(x, f64x2.splat(SMALLEST_NORMAL)));
}

/** Σ_{i ≥ 1} 2·z^i/(2i + 1), z = s² ≤ 0.0295: what log m = 2s + s·(this) has beyond its first term. */
// @ts-ignore: decorator
@inline
function artanhTail(z: v128): v128 {
  let sum = f64x2.splat(2.0 / 25.0);
  sum = madd(sum, z, f64x2.splat(2.0 / 23.0));
  sum = madd(sum, z, f64x2.splat(2.0 / 21.0));
  sum = madd(sum, z, f64x2.splat(2.0 / 19.0));
  sum = madd(sum, z, f64x2.splat(2.0 / 17.0));
  sum = madd(sum, z, f64x2.splat(2.0 / 15.0));
  sum = madd(sum, z, f64x2.splat(2.0 / 13.0));
  sum = madd(sum, z, f64x2.splat(2.0 / 11.0));
  sum = madd(sum, z, f64x2.splat(2.0 / 9.0));
  sum = madd(sum, z, f64x2.splat(2.0 / 7.0));
  sum = madd(sum, z, f64x2.splat(2.0 / 5.0));
  sum = madd(sum, z, f64x2.splat(2.0 / 3.0));
  return f64x2.mul(sum, z);
}

/** log(x) on two lanes: −∞ for zero, NaN for negative numbers and NaN. */
// @ts-ignore: decorator
@inline
export function logPair(x: v128): v128 {
  const lifted = liftSubnormal(x);
  const k = f64x2.sub(binaryExponent(lifted), subnormalExponent(x));
  const f = f64x2.sub(mantissa(lifted), f64x2.splat(1));
  const s = f64x2.div(f, f64x2.add(f64x2.splat(2), f));
  // 2s = f − s·f and s·f = f²/2 − s·f²/2 keep the leading terms exact
  const half = f64x2.mul(f64x2.splat(0.5), f64x2.mul(f, f));
  const correction = f64x2.add(f64x2.mul(s, f64x2.add(half, artanhTail(f64x2.mul(s, s)))), f64x2.mul(k, f64x2.splat(LN2_LOW)));
  const value = f64x2.sub(f64x2.mul(k, f64x2.splat(LN2_HIGH)), f64x2.sub(f64x2.sub(half, correction), f));
  const infinite = v128.bitselect(x, value, f64x2.eq(x, f64x2.splat(Infinity)));
  const invalid = v128.bitselect(infinite, f64x2.splat(NaN), f64x2.ge(x, f64x2.splat(0)));
  return v128.bitselect(f64x2.splat(-Infinity), invalid, f64x2.eq(x, f64x2.splat(0)));
}
