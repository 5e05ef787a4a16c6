// Elementwise part of the squared-exponential kernel k(x, x′) = δ² exp(−|x − x′|²/(2ℓ²)). Rasmussen, Williams, Gaussian Processes for Machine
// Learning (2006), eq. 4.9, 10.7551/mitpress/3206.001.0001
import { expPair } from "../math/exp";
import { INVALID_ARGUMENT, OK } from "../status";

/**
 * From inner products and squares to kernel values and slopes: with d = max(0, |x|² + |x′|² − 2 x·x′),
 * values k = δ² exp(−d/(2ℓ²)), slopes a = ∂k/∂(x·x′) = k/ℓ² and b = 2 ∂k/∂|x|² = −a. A null pointer skips an output; `values` may be
 * `gram`. NaN stays NaN. With u = 2⁻⁵³ the relative error of k is at most u·((|x|² + |x′|² + 4 d)/(2ℓ²) + 4) and that of the slopes 3 u
 * more, where nothing underflows.
 * @param gram, values f64 [nRows × nColumns]; slopes f64 [2 × nRows × nColumns], all a before all b
 * @param squares f64 [nRows], |x|²; pointSquares f64 [nColumns], |x′|²
 */
export function squaredExponentialKernel(
  nRows: i32, nColumns: i32, gram: usize, squares: usize, pointSquares: usize, lengthScale: f64, deltaSquared: f64, values: usize, slopes: usize,
): i32 {
  if (nRows < 0 || nColumns < 0 || !(lengthScale > 0.0)) return INVALID_ARGUMENT;
  const inverse = 1.0 / (lengthScale * lengthScale);
  const factor = -0.5 * inverse;
  const end = <usize>nColumns << 3;
  const ownOffset = <usize>nRows * end;
  for (let r: usize = 0; r < <usize>nRows; r++) {
    const square = load<f64>(squares + (r << 3));
    const g = gram + r * end;
    const value = values ? values + r * end : 0;
    const slope = slopes ? slopes + r * end : 0;
    let i: usize = 0;
    if (ASC_FEATURE_SIMD) {
      const pairsEnd = (<usize>nColumns & ~1) << 3;
      for (; i < pairsEnd; i += 16) {
        const k = kernelPair(square, v128.load(pointSquares + i), v128.load(g + i), factor, deltaSquared);
        if (value) v128.store(value + i, k);
        if (slope) {
          const a = f64x2.mul(k, f64x2.splat(inverse));
          v128.store(slope + i, a);
          v128.store(slope + ownOffset + i, f64x2.neg(a));
        }
      }
    }
    for (; i < end; i += 8) {
      const k = kernelOne(square, load<f64>(pointSquares + i), load<f64>(g + i), factor, deltaSquared);
      if (value) store<f64>(value + i, k);
      if (slope) {
        store<f64>(slope + i, k * inverse);
        store<f64>(slope + ownOffset + i, -(k * inverse));
      }
    }
  }
  return OK;
}

// @ts-ignore: decorator
@inline
function kernelPair(square: f64, pointSquares: v128, gram: v128, factor: f64, deltaSquared: f64): v128 {
  const sum = f64x2.add(f64x2.splat(square), pointSquares);
  const distance = f64x2.max(f64x2.sub(sum, f64x2.add(gram, gram)), f64x2.splat(0.0));
  return f64x2.mul(f64x2.splat(deltaSquared), expPair(f64x2.mul(f64x2.splat(factor), distance)));
}

// @ts-ignore: decorator
@inline
function kernelOne(square: f64, pointSquare: f64, gram: f64, factor: f64, deltaSquared: f64): f64 {
  if (ASC_FEATURE_SIMD) {
    return f64x2.extract_lane(kernelPair(square, f64x2.splat(pointSquare), f64x2.splat(gram), factor, deltaSquared), 0);
  } else {
    const distance = max<f64>(square + pointSquare - (gram + gram), 0.0);
    return deltaSquared * Math.exp(factor * distance);
  }
}
