// x^p of two lanes for one exponent p: 2^(p·log2 x) with log2 x as a sum of two doubles, good to 2⁻⁶⁵ relative, because an error of the
// exponent becomes p·log2 x times as large in the result. Splitting at 21 bits makes the leading products exact (the scheme of
// Sun's libm, e_pow.c, whose comments state it). At most 2 ulp from the exact value.
import { madd } from "./simd";
import { expTail, scaleByPower } from "./exp";
import { binaryExponent, liftSubnormal, mantissa, subnormalExponent } from "./log";

/** 2/(3·ln 2), whole and in two parts; ln 2 likewise. */
const CP: f64 = 0.9617966939259756;
const CP_HIGH: f64 = 0.9617962837219238;
const CP_LOW: f64 = 4.102040517767816e-7;
const LN2: f64 = 0.6931471805599453;
const LN2_HIGH: f64 = 0.6931467056274414;
const LN2_LOW: f64 = 4.7493250390316726e-7;
const ROUNDER: f64 = 6755399441055744.0;

/** The leading 21 bits of each lane. */
// @ts-ignore: decorator
@inline
function leading(x: v128): v128 {
  return v128.and(x, i64x2.splat(0xffffffff00000000));
}

/** 3·(artanh(s)/s − 1 − s²/3), from z = s² ≤ 0.0295. */
// @ts-ignore: decorator
@inline
function seriesTail(z: v128): v128 {
  let sum = f64x2.splat(3.0 / 25.0);
  sum = madd(sum, z, f64x2.splat(3.0 / 23.0));
  sum = madd(sum, z, f64x2.splat(3.0 / 21.0));
  sum = madd(sum, z, f64x2.splat(3.0 / 19.0));
  sum = madd(sum, z, f64x2.splat(3.0 / 17.0));
  sum = madd(sum, z, f64x2.splat(3.0 / 15.0));
  sum = madd(sum, z, f64x2.splat(3.0 / 13.0));
  sum = madd(sum, z, f64x2.splat(3.0 / 11.0));
  sum = madd(sum, z, f64x2.splat(3.0 / 9.0));
  sum = madd(sum, z, f64x2.splat(3.0 / 7.0));
  sum = madd(sum, z, f64x2.splat(3.0 / 5.0));
  return f64x2.mul(f64x2.mul(z, z), sum);
}

/** 2^(high + low) for |high + low| < 1200, high exact. */
// @ts-ignore: decorator
@inline
function exp2Sum(high: v128, low: v128): v128 {
  const rounder = f64x2.splat(ROUNDER);
  const rounded = f64x2.add(f64x2.add(high, low), rounder);
  const rest = f64x2.sub(high, f64x2.sub(rounded, rounder));
  // (rest + low)·ln 2 as value + tail
  const lead = leading(f64x2.add(rest, low));
  const behind = f64x2.sub(low, f64x2.sub(lead, rest));
  const u = f64x2.mul(lead, f64x2.splat(LN2_HIGH));
  const v = f64x2.add(f64x2.mul(behind, f64x2.splat(LN2)), f64x2.mul(lead, f64x2.splat(LN2_LOW)));
  const w = f64x2.add(u, v);
  const tail = f64x2.sub(v, f64x2.sub(w, u));
  // exp(w + tail) = exp(w) + tail·exp(w), the last factor needing no accuracy
  const small = f64x2.add(f64x2.mul(f64x2.mul(w, w), expTail(w)), madd(tail, w, tail));
  return scaleByPower(f64x2.add(f64x2.splat(1), f64x2.add(w, small)), rounded);
}

/** |x|^p for finite nonzero x and finite p. */
// @ts-ignore: decorator
@inline
function magnitude(x: v128, p: f64): v128 {
  const lifted = liftSubnormal(x);
  const k = f64x2.sub(binaryExponent(lifted), subnormalExponent(x));
  const m = mantissa(lifted);
  const one = f64x2.splat(1);
  const f = f64x2.sub(m, one);
  const inverse = f64x2.div(one, f64x2.add(m, one));
  // s = f/(m + 1) = high + low, high with 21 bits
  const s = f64x2.mul(f, inverse);
  const high = leading(s);
  const d = leading(f64x2.add(m, one));
  const dRest = f64x2.add(f64x2.sub(one, d), m);
  const low = f64x2.mul(inverse, f64x2.sub(f64x2.sub(f, f64x2.mul(high, d)), f64x2.mul(high, dRest)));
  // 3·artanh(s)/s = 3 + high² + (rest)
  const square = f64x2.mul(high, high);
  const rest = f64x2.add(seriesTail(f64x2.mul(s, s)), f64x2.mul(low, f64x2.add(high, s)));
  const three = f64x2.splat(3);
  const t = leading(f64x2.add(f64x2.add(three, square), rest));
  const tRest = f64x2.sub(rest, f64x2.sub(f64x2.sub(t, three), square));
  // log2 m = CP·s·(t + tRest)
  const u = f64x2.mul(high, t);
  const v = f64x2.add(f64x2.mul(low, t), f64x2.mul(tRest, s));
  const product = leading(f64x2.add(u, v));
  const productRest = f64x2.sub(v, f64x2.sub(product, u));
  const logHigh = f64x2.mul(f64x2.splat(CP_HIGH), product);
  const logLow = f64x2.add(f64x2.mul(f64x2.splat(CP_LOW), product), f64x2.mul(f64x2.splat(CP), productRest));
  const sum = leading(f64x2.add(f64x2.add(logHigh, logLow), k));
  const sumRest = f64x2.sub(logLow, f64x2.sub(f64x2.sub(sum, k), logHigh));
  // p·log2 x; beyond ±1100 only the sign counts
  const exponent = f64x2.splat(p);
  const pHigh = leading(exponent);
  const pLow = f64x2.sub(exponent, pHigh);
  const lowPart = f64x2.add(f64x2.mul(pLow, sum), f64x2.mul(exponent, sumRest));
  const highPart = f64x2.mul(pHigh, sum);
  const limit = f64x2.splat(1100);
  const bounded = f64x2.max(f64x2.min(highPart, limit), f64x2.neg(limit));
  const inside = f64x2.eq(bounded, highPart);
  return exp2Sum(bounded, v128.and(lowPart, inside));
}

/** x^p on two lanes with the special cases of Math.pow; p finite. `integer`: p is one; `odd`: an odd one. */
// @ts-ignore: decorator
@inline
export function powPair(x: v128, p: f64, integer: bool, odd: bool): v128 {
  const size = f64x2.abs(x);
  const infinity = f64x2.splat(Infinity);
  const zero = f64x2.splat(0);
  let value = magnitude(size, p);
  value = v128.bitselect(p > 0 ? zero : infinity, value, f64x2.eq(size, zero));
  value = v128.bitselect(p > 0 ? infinity : zero, value, f64x2.eq(size, infinity));
  if (odd) value = v128.or(value, v128.and(x, f64x2.splat(-0.0)));
  else if (!integer) {
    const negative = v128.and(f64x2.lt(x, zero), f64x2.lt(size, infinity));
    value = v128.bitselect(f64x2.splat(NaN), value, negative);
  }
  return v128.bitselect(value, x, f64x2.eq(x, x));
}

/** |p| beyond this is an even integer, and x^p is 0, 1 or infinite: clamped so that p·log2 x stays finite. */
const LARGEST: f64 = 73786976294838206464.0;

/** p limited to where it still makes a difference. */
// @ts-ignore: decorator
@inline
export function boundedExponent(p: f64): f64 {
  return max(-LARGEST, min(LARGEST, p));
}

/** x^p by repeated multiplication, p ≥ 0: exact products would give p = 1, 2; each further one adds half an ulp. */
// @ts-ignore: decorator
@inline
export function powerPair(x: v128, p: i32): v128 {
  let result = f64x2.splat(1);
  let square = x;
  for (let bits = p; bits != 0; bits >>= 1) {
    if (bits & 1) result = f64x2.mul(result, square);
    square = f64x2.mul(square, square);
  }
  return result;
}
