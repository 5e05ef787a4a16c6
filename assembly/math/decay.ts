// exp of lanes from a short table, first of those that are not positive, for Gaussians: three times as fast as `expPair`, because the chain of dependent steps is short. x = (64 k + j) ln 2/64 + r
// with |r| ≤ ln 2/128, 2^(j/64) from a table, and the Taylor series of exp(r) to r⁵, which leaves 4e-17. At most 1.5 ulp off.
import { madd, nmadd } from "./simd";

const STEPS: f64 = 92.33248261689366;
/** ln 2/64 in two parts; the first has 21 trailing zeros, so that its product with a whole number is exact. */
const STEP_HIGH: f64 = 0.01083042469326756;
const STEP_LOW: f64 = 2.9815858269852933e-12;
/** 1.5·2⁵²: adding it rounds to an integer, which then stands in the low bits. */
const ROUNDER: f64 = 6755399441055744.0;
/** exp of this is normal; below, the result is 0. */
const SMALLEST: f64 = -708;
/** Above, the result is infinite. */
const LARGEST: f64 = 709;

/** 2^(j/64) */
// eslint-disable-next-line no-restricted-syntax -- static data, part of the module: nothing is allocated
const POWERS: usize = memory.data<f64>([
  1.0, 1.0108892860517005, 1.0218971486541166, 1.0330248790212284, 1.0442737824274138, 1.0556451783605572,
  1.0671404006768237, 1.0787607977571199, 1.0905077326652577, 1.102382583307841, 1.1143867425958924, 1.1265216186082418,
  1.1387886347566916, 1.1511892299529827, 1.1637248587775775, 1.1763969916502812, 1.189207115002721, 1.202156731452703,
  1.215247359980469, 1.22848053610687, 1.241857812073484, 1.255380757024691, 1.2690509571917332, 1.2828700160787783,
  1.2968395546510096, 1.3109612115247644, 1.3252366431597413, 1.339667524053303, 1.3542555469368927, 1.3690024229745905,
  1.383909881963832, 1.3989796725383112, 1.4142135623730951, 1.42961333839197, 1.4451808069770467, 1.460917794180647,
  1.4768261459394993, 1.4929077282912648, 1.5091644275934228, 1.5255981507445384, 1.5422108254079407, 1.559004400237837,
  1.5759808451078865, 1.593142151342267, 1.6104903319492543, 1.6280274218573478, 1.645755478153965, 1.6636765803267364,
  1.681792830507429, 1.7001063537185235, 1.718619298122478, 1.7373338352737062, 1.7562521603732995, 1.7753764925265212,
  1.7947090750031072, 1.8142521755003989, 1.8340080864093424, 1.8539791250833855, 1.8741676341103, 1.8945759815869656,
  1.9152065613971474, 1.9360617934922943, 1.9571441241754002, 1.978456026387951,
]);

/** exp(x), x ≤ 0; 0 where x is smaller than −708 (−745 in the scalar build). */
// @ts-ignore: decorator
@inline
export function exponentialOfNegative<T>(x: T): T {
  if (isVector<T>()) return decayingPair(x);
  else return Math.exp(x);
}

/** exp(x); 0 where x is smaller than −708, infinite where it is larger than 709 (a bit beyond both in the scalar build). */
// @ts-ignore: decorator
@inline
export function tabledExponential<T>(x: T): T {
  if (isVector<T>()) {
    const value = normalPair(f64x2.pmin(f64x2.pmax(x, f64x2.splat(SMALLEST)), f64x2.splat(LARGEST)));
    const finite = v128.andnot(value, f64x2.lt(x, f64x2.splat(SMALLEST)));
    return v128.bitselect(f64x2.splat(Infinity), finite, f64x2.gt(x, f64x2.splat(LARGEST)));
  } else return Math.exp(x);
}

// @ts-ignore: decorator
@inline
function decayingPair(x: v128): v128 {
  return v128.andnot(normalPair(f64x2.pmax(x, f64x2.splat(SMALLEST))), f64x2.lt(x, f64x2.splat(SMALLEST)));
}

/** exp(x) where it is a normal number. */
// @ts-ignore: decorator
@inline
function normalPair(bounded: v128): v128 {
  const rounder = f64x2.splat(ROUNDER);
  const rounded = f64x2.add(f64x2.mul(bounded, f64x2.splat(STEPS)), rounder);
  const n = f64x2.sub(rounded, rounder);
  const r = nmadd(n, f64x2.splat(STEP_LOW), nmadd(n, f64x2.splat(STEP_HIGH), bounded));
  const first = POWERS + <usize>((i32x4.extract_lane(rounded, 0) & 63) << 3);
  const second = POWERS + <usize>((i32x4.extract_lane(rounded, 2) & 63) << 3);
  const power = v128.load64_lane(second, v128.load64_zero(first), 1);
  const scale = i64x2.add(power, i64x2.shl(v128.and(rounded, i64x2.splat(~63)), 46));
  const square = f64x2.mul(r, r);
  const low = madd(r, f64x2.splat(1.0 / 6.0), f64x2.splat(0.5));
  const high = madd(r, f64x2.splat(1.0 / 120.0), f64x2.splat(1.0 / 24.0));
  const tail = madd(square, madd(square, high, low), r);
  return madd(scale, tail, scale);
}

/** By what x is multiplied for `steppedPower`: 64/ln 2. */
// @ts-ignore: decorator
@inline
export function stepsPerUnit(): f64 {
  return STEPS;
}

const UNIT: f64 = 0.010830424696249145;

/**
 * 2^(y/64) = exp(x) with y = 64 x/ln 2 ≤ 0, with a relative error of 2e-16 (1 + |x|), for Gaussians whose exponents count in such steps: it saves a third of
 * `exponentialOfNegative`. Results below 1e-307 are about as small as that.
 */
// @ts-ignore: decorator
@inline
export function steppedPower<T>(y: T): T {
  if (isVector<T>()) return steppedPair(y);
  else return Math.exp(UNIT * y);
}

// @ts-ignore: decorator
@inline
function steppedPair(y: v128): v128 {
  const bounded = f64x2.pmax(y, f64x2.splat(SMALLEST * STEPS));
  const rounder = f64x2.splat(ROUNDER);
  const rounded = f64x2.add(bounded, rounder);
  const r = f64x2.sub(bounded, f64x2.sub(rounded, rounder));
  const places = i64x2.shl(v128.and(rounded, i64x2.splat(63)), 3);
  const power = v128.load64_lane(POWERS + <usize>i32x4.extract_lane(places, 2), v128.load64_zero(POWERS + <usize>i32x4.extract_lane(places, 0)), 1);
  const scale = i64x2.add(power, i64x2.shl(v128.andnot(rounded, i64x2.splat(63)), 46));
  // the Taylor series of exp(UNIT r)
  const square = f64x2.mul(r, r);
  const low = madd(r, f64x2.splat((UNIT * UNIT * UNIT) / 6), f64x2.splat((UNIT * UNIT) / 2));
  const high = madd(r, f64x2.splat((UNIT * UNIT * UNIT * UNIT * UNIT) / 120), f64x2.splat((UNIT * UNIT * UNIT * UNIT) / 24));
  const tail = madd(square, madd(square, high, low), f64x2.mul(r, f64x2.splat(UNIT)));
  return madd(scale, tail, scale);
}
