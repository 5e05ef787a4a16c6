// Elementwise part of Matérn kernels that are differentiable, ν = 3/2 and 5/2: δ² times a polynomial in s = √(2ν) |x − x′|/ℓ times exp(−s).
// Rasmussen, Williams, Gaussian Processes for Machine Learning (2006), eq. 4.17, 10.7551/mitpress/3206.001.0001
import { expPair } from "../math/exp";
import { broadcast, minus, plus, squareRoot, times } from "../math/lanes";
import { INVALID_ARGUMENT, OK } from "../status";

// @ts-ignore: decorator
@inline
function larger<T>(a: T, b: T): T {
  if (isVector<T>()) return f64x2.max(a, b);
  else return max(a, b);
}

// @ts-ignore: decorator
@inline
function negative<T>(a: T): T {
  if (isVector<T>()) return f64x2.neg(a);
  else return -a;
}

/** The same on either number of lanes, so that a value has the same bits wherever it stands. */
// @ts-ignore: decorator
@inline
function exponential<T>(x: T): T {
  if (isVector<T>()) return expPair(x);
  else if (ASC_FEATURE_SIMD) return f64x2.extract_lane(expPair(f64x2.splat(x)), 0);
  else return Math.exp(x);
}

/** Lanes at offset i of a row, ν = 5/2 or 3/2. */
// @ts-ignore: decorator
@inline
function element<T>(
  fiveHalves: bool, square: f64, pointSquares: usize, gram: usize, scale: f64, deltaSquared: f64, value: usize, slope: usize, ownOffset: usize,
): void {
  const g = load<T>(gram);
  const sum = plus(broadcast<T>(square), load<T>(pointSquares));
  const s = times(broadcast<T>(scale), squareRoot(larger(minus(sum, plus(g, g)), broadcast<T>(0.0))));
  const decay = times(broadcast<T>(deltaSquared), exponential(negative(s)));
  const linear = times(plus(s, broadcast<T>(1.0)), decay);
  if (value) store<T>(value, fiveHalves ? plus(linear, times(times(times(s, s), broadcast<T>(1.0 / 3.0)), decay)) : linear);
  if (!slope) return;
  // ∂k/∂(x·x′) = −2 ∂k/∂|x − x′|²
  const a = fiveHalves ? times(broadcast<T>(scale * scale / 3.0), linear) : times(broadcast<T>(scale * scale), decay);
  store<T>(slope, a);
  store<T>(slope + ownOffset, negative(a));
}

// @ts-ignore: decorator
@inline
function matern(
  fiveHalves: bool, nRows: i32, nColumns: i32, gram: usize, squares: usize, pointSquares: usize, lengthScale: f64, deltaSquared: f64, values: usize, slopes: usize,
): i32 {
  if (nRows < 0 || nColumns < 0 || !(lengthScale > 0.0)) return INVALID_ARGUMENT;
  const scale = sqrt(fiveHalves ? 5.0 : 3.0) / lengthScale;
  const end = <usize>nColumns << 3;
  const ownOffset = <usize>nRows * end;
  for (let r: usize = 0; r < <usize>nRows; r++) {
    const square = load<f64>(squares + (r << 3));
    const row = r * end;
    let i: usize = 0;
    if (ASC_FEATURE_SIMD) {
      for (; i + 16 <= end; i += 16) {
        element<v128>(fiveHalves, square, pointSquares + i, gram + row + i, scale, deltaSquared, values ? values + row + i : 0, slopes ? slopes + row + i : 0, ownOffset);
      }
    }
    for (; i < end; i += 8) {
      element<f64>(fiveHalves, square, pointSquares + i, gram + row + i, scale, deltaSquared, values ? values + row + i : 0, slopes ? slopes + row + i : 0, ownOffset);
    }
  }
  return OK;
}

/**
 * From inner products and squares to kernel values and slopes, ν = 3/2: with s = √3 |x − x′|/ℓ, k = δ² (1 + s) exp(−s) and
 * a = ∂k/∂(x·x′) = δ² (3/ℓ²) exp(−s), b = 2 ∂k/∂|x|² = −a. A null pointer skips an output; `values` may be `gram`. NaN stays NaN.
 * @param gram, values f64 [nRows × nColumns]; slopes f64 [2 × nRows × nColumns], all a before all b
 * @param squares f64 [nRows], |x|²; pointSquares f64 [nColumns], |x′|²
 */
export function maternThreeHalves(
  nRows: i32, nColumns: i32, gram: usize, squares: usize, pointSquares: usize, lengthScale: f64, deltaSquared: f64, values: usize, slopes: usize,
): i32 {
  return matern(false, nRows, nColumns, gram, squares, pointSquares, lengthScale, deltaSquared, values, slopes);
}

/** The same for ν = 5/2: with s = √5 |x − x′|/ℓ, k = δ² (1 + s + s²/3) exp(−s) and a = δ² (5/(3ℓ²)) (1 + s) exp(−s). */
export function maternFiveHalves(
  nRows: i32, nColumns: i32, gram: usize, squares: usize, pointSquares: usize, lengthScale: f64, deltaSquared: f64, values: usize, slopes: usize,
): i32 {
  return matern(true, nRows, nColumns, gram, squares, pointSquares, lengthScale, deltaSquared, values, slopes);
}
