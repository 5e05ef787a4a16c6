// sin and cos of lanes. x = k·π/2 + r with |r| ≤ π/4 (π/2 in three parts, so exact to |x| ≈ 10⁵), then the Taylor series of both,
// whose next terms are below 1e-17. Absolute error below 2e-16.
import { broadcast, minusTimes, times, timesPlus } from "./lanes";

/** 1.5·2⁵²: adding it rounds to an integer, which then stands in the low bits. */
const ROUNDER: f64 = 6755399441055744.0;
const TWO_OVER_PI: f64 = 0.6366197723675814;
/** π/2 in three parts; the first two have 33 bits each, so that their products with k are exact. */
const HALF_PI_HIGH: f64 = 1.57079632673412561417;
const HALF_PI_MIDDLE: f64 = 6.07710050630396597660e-11;
const HALF_PI_LOW: f64 = 2.02226624879595063154e-21;

/** sin x at `sine` and cos x at `cosine`, for |x| < 10⁵. */
// @ts-ignore: decorator
@inline
export function storeSinCos<T>(x: T, sine: usize, cosine: usize): void {
  if (isVector<T>()) {
    const rounder = broadcast<T>(ROUNDER);
    const rounded = f64x2.add(f64x2.mul(x, broadcast<T>(TWO_OVER_PI)), rounder);
    const k = f64x2.sub(rounded, rounder);
    let r = minusTimes<T>(k, broadcast<T>(HALF_PI_HIGH), x);
    r = minusTimes<T>(k, broadcast<T>(HALF_PI_MIDDLE), r);
    r = minusTimes<T>(k, broadcast<T>(HALF_PI_LOW), r);
    const square = times<T>(r, r);
    const s = timesPlus<T>(times<T>(r, square), sineSeries<T>(square), r);
    const c = timesPlus<T>(square, cosineSeries<T>(square), broadcast<T>(1));
    // odd k swaps the two; sin changes its sign for k = 2, 3, cos for k = 1, 2
    const swap = i64x2.neg(v128.and(rounded, i64x2.splat(1)));
    const signOfSine = i64x2.shl(v128.and(rounded, i64x2.splat(2)), 62);
    const next = i64x2.add(rounded, i64x2.splat(1));
    const signOfCosine = i64x2.shl(v128.and(next, i64x2.splat(2)), 62);
    v128.store(sine, v128.xor(v128.bitselect(c, s, swap), signOfSine));
    v128.store(cosine, v128.xor(v128.bitselect(s, c, swap), signOfCosine));
  } else {
    store<f64>(sine, Math.sin(x));
    store<f64>(cosine, Math.cos(x));
  }
}

/** (sin r − r) / r³ in powers of r². */
// @ts-ignore: decorator
@inline
function sineSeries<T>(square: T): T {
  let sum = broadcast<T>(-1.0 / 1307674368000.0);
  sum = timesPlus<T>(sum, square, broadcast<T>(1.0 / 6227020800.0));
  sum = timesPlus<T>(sum, square, broadcast<T>(-1.0 / 39916800.0));
  sum = timesPlus<T>(sum, square, broadcast<T>(1.0 / 362880.0));
  sum = timesPlus<T>(sum, square, broadcast<T>(-1.0 / 5040.0));
  sum = timesPlus<T>(sum, square, broadcast<T>(1.0 / 120.0));
  return timesPlus<T>(sum, square, broadcast<T>(-1.0 / 6.0));
}

/** (cos r − 1) / r² in powers of r². */
// @ts-ignore: decorator
@inline
function cosineSeries<T>(square: T): T {
  let sum = broadcast<T>(1.0 / 20922789888000.0);
  sum = timesPlus<T>(sum, square, broadcast<T>(-1.0 / 87178291200.0));
  sum = timesPlus<T>(sum, square, broadcast<T>(1.0 / 479001600.0));
  sum = timesPlus<T>(sum, square, broadcast<T>(-1.0 / 3628800.0));
  sum = timesPlus<T>(sum, square, broadcast<T>(1.0 / 40320.0));
  sum = timesPlus<T>(sum, square, broadcast<T>(-1.0 / 720.0));
  sum = timesPlus<T>(sum, square, broadcast<T>(1.0 / 24.0));
  return timesPlus<T>(sum, square, broadcast<T>(-0.5));
}
