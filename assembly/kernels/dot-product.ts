// Elementwise part of the dot-product kernel k(x, x′) = δ² (x·x′)^ζ. Bartók, Kondor, Csányi, PRB 87, 184115 (2013), 10.1103/PhysRevB.87.184115
import { positivePower, smallestBase } from "../math/positive-power";
import { powerPair, powPair } from "../math/pow";
import { INVALID_ARGUMENT, OK } from "../status";

// @ts-ignore: decorator
@inline
function power(base: f64, exponent: i32): f64 {
  let result = 1.0;
  let square = base;
  for (let rest = exponent; rest != 0; ) {
    if (rest & 1) result *= square;
    rest >>= 1;
    if (rest != 0) square *= square;
  }
  return result;
}

/**
 * From inner products to kernel values and slopes, ζ a whole number ≥ 1:
 * values = δ² g^ζ, slopes = δ² ζ g^(ζ−1). A null pointer skips an output; `values` or `slopes` may be `gram` itself.
 * @param count number of elements; gram, values, slopes: f64 [count]
 */
export function dotProductKernel(count: i32, gram: usize, zeta: i32, deltaSquared: f64, values: usize, slopes: usize): i32 {
  if (count < 0 || zeta < 1) return INVALID_ARGUMENT;
  const slopeFactor = deltaSquared * <f64>zeta;
  let i: usize = 0;
  const end = <usize>count << 3;
  if (ASC_FEATURE_SIMD) {
    const pairsEnd = (<usize>count & ~1) << 3;
    for (; i < pairsEnd; i += 16) {
      const g = v128.load(gram + i);
      const p = powerPair(g, zeta - 1);
      if (slopes) v128.store(slopes + i, f64x2.mul(f64x2.splat(slopeFactor), p));
      if (values) v128.store(values + i, f64x2.mul(f64x2.splat(deltaSquared), f64x2.mul(p, g)));
    }
  }
  for (; i < end; i += 8) {
    const g = load<f64>(gram + i);
    const p = power(g, zeta - 1);
    if (slopes) store<f64>(slopes + i, slopeFactor * p);
    if (values) store<f64>(values + i, deltaSquared * (p * g));
  }
  return OK;
}

// @ts-ignore: decorator
@inline
function realPower(base: f64, exponent: f64, smallest: f64): f64 {
  if (ASC_FEATURE_SIMD) return f64x2.extract_lane(realPowerPair(f64x2.splat(base), exponent, smallest), 0);
  else return base <= 0.0 ? 0.0 : Math.pow(base, exponent);
}

// @ts-ignore: decorator
@inline
function realPowerPair(base: v128, exponent: f64, smallest: f64): v128 {
  if (v128.any_true(f64x2.lt(base, f64x2.splat(smallest)))) return unusualPowerPair(base, exponent);
  return positivePower(base, exponent);
}

/** Pairs with a lane that is not positive, or whose power is close to underflow. */
function unusualPowerPair(base: v128, exponent: f64): v128 {
  return v128.andnot(powPair(base, exponent, false, false), f64x2.le(base, f64x2.splat(0.0)));
}

/**
 * The same for real ζ ≥ 1. g^ζ of a negative number is not real: the kernel is 0 there. NaN stays NaN.
 * Relative error at most (3 + 1.5·ζ·|ln g|)·2⁻⁵².
 */
export function dotProductKernelReal(count: i32, gram: usize, zeta: f64, deltaSquared: f64, values: usize, slopes: usize): i32 {
  if (count < 0 || !(zeta >= 1.0)) return INVALID_ARGUMENT;
  const slopeFactor = deltaSquared * zeta;
  const smallest = smallestBase(zeta - 1.0);
  let i: usize = 0;
  const end = <usize>count << 3;
  if (ASC_FEATURE_SIMD) {
    const pairsEnd = (<usize>count & ~1) << 3;
    for (; i < pairsEnd; i += 16) {
      const g = v128.load(gram + i);
      const p = realPowerPair(g, zeta - 1.0, smallest);
      if (slopes) v128.store(slopes + i, f64x2.mul(f64x2.splat(slopeFactor), p));
      if (values) v128.store(values + i, f64x2.mul(f64x2.splat(deltaSquared), f64x2.mul(p, g)));
    }
  }
  for (; i < end; i += 8) {
    const g = load<f64>(gram + i);
    const p = realPower(g, zeta - 1.0, smallest);
    if (slopes) store<f64>(slopes + i, slopeFactor * p);
    if (values) store<f64>(values + i, deltaSquared * (p * g));
  }
  return OK;
}
