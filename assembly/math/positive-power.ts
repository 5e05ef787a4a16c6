// x^p of two positive lanes for one exponent p, as 2^(p·log2 x) with the logarithm in one double: about a third of the time of `powPair`
// for all of its accuracy where the result is near 1. Relative error at most (2 + 1.5·|p·ln x|)·2⁻⁵² : below 2⁻⁵¹ absolute for x ≤ 1.
// Polynomials are minimax (Remez, computed to 60 digits) and evaluated in Estrin's scheme, because Horner's chain of dependent
// steps, not their number, is what costs time.
import { expPair } from "./exp";
import { binaryExponent, mantissa } from "./log";
import { madd } from "./simd";

/** 1.5·2⁵²: adding it rounds to an integer, which then stands in the low bits. */
const ROUNDER: f64 = 6755399441055744.0;
const SMALLEST_NORMAL: f64 = 2.2250738585072014e-308;

// @ts-ignore: decorator
@inline
function linear(low: f64, high: f64, x: v128): v128 {
  return madd(f64x2.splat(high), x, f64x2.splat(low));
}

/** log2(m)/s for s = (m − 1)/(m + 1), z = s² ≤ 0.02944; 1.2e-18 relative. */
// @ts-ignore: decorator
@inline
function log2OverS(z: v128): v128 {
  const z2 = f64x2.mul(z, z);
  const low = madd(linear(0.5770780163454704, 0.41219858585106456, z), z2, linear(2.8853900817779268, 0.9617966939259898, z));
  const high = madd(linear(0.22091186685788852, 0.21367077946267188, z), z2, linear(0.3205985339264623, 0.26233440174514827, z));
  return madd(high, f64x2.mul(z2, z2), low);
}

/** (2^f − 1)/f for |f| ≤ ½; 6.2e-18 of 2^f. */
// @ts-ignore: decorator
@inline
function exp2Slope(f: v128): v128 {
  const f2 = f64x2.mul(f, f);
  const f4 = f64x2.mul(f2, f2);
  const low = madd(linear(0.05550410866482166, 0.009618129107606887, f), f2, linear(0.6931471805599453, 0.24022650695910097, f));
  const middle = madd(linear(1.5252733853281571e-5, 1.3215442586740476e-6, f), f2, linear(0.0013333558146395997, 0.00015403530441738348, f));
  const high = madd(f64x2.splat(4.4566749732698136e-10), f2, linear(1.017805172938865e-7, 7.072586159513708e-9, f));
  return madd(madd(high, f4, middle), f4, low);
}

/** The smallest number that `positivePower` raises to this power: normal, and so is the result. */
export function smallestBase(p: f64): f64 {
  if (ASC_FEATURE_SIMD) return max(SMALLEST_NORMAL, f64x2.extract_lane(expPair(f64x2.splat(-693.0 / p)), 0));
  else return SMALLEST_NORMAL;
}

/** x^p for lanes of at least `smallestBase(p)` (others: no meaning) and p > 0; infinite where that is too large; NaN stays NaN. */
// @ts-ignore: decorator
@inline
export function positivePower(x: v128, p: f64): v128 {
  const one = f64x2.splat(1);
  const m = mantissa(x);
  const s = f64x2.div(f64x2.sub(m, one), f64x2.add(m, one));
  const logarithm = madd(s, log2OverS(f64x2.mul(s, s)), binaryExponent(x));
  const y = f64x2.pmin(f64x2.mul(logarithm, f64x2.splat(p)), f64x2.splat(1024));
  const rounder = f64x2.splat(ROUNDER);
  const rounded = f64x2.add(y, rounder);
  const f = f64x2.sub(y, f64x2.sub(rounded, rounder));
  const fraction = madd(f, exp2Slope(f), one);
  const power = i64x2.add(fraction, i64x2.shl(rounded, 52));
  return v128.or(power, f64x2.ne(x, x));
}
