// Elementwise part of the piecewise polynomial kernel with compact support, q = 1: δ² (1 − r)₊^(j+1) ((j + 1) r + 1) of r = |x − x′|.
// Rasmussen, Williams, Gaussian Processes for Machine Learning (2006), eq. 4.21, 10.7551/mitpress/3206.001.0001
import { broadcast, minus, plus, squareRoot, times } from "../math/lanes";
import { INVALID_ARGUMENT, OK } from "../status";

// @ts-ignore: decorator
@inline
function larger<T>(a: T, b: T): T {
  if (isVector<T>()) return f64x2.max(a, b);
  else return max(a, b);
}

/** base^exponent by squaring */
// @ts-ignore: decorator
@inline
function power<T>(base: T, exponent: i32): T {
  let result = broadcast<T>(1.0);
  let factor = base;
  for (let rest = exponent; rest > 0; rest >>= 1) {
    if (rest & 1) result = times(result, factor);
    factor = times(factor, factor);
  }
  return result;
}

/** Lanes at offset i of a row. */
// @ts-ignore: decorator
@inline
function element<T>(exponent: i32, square: f64, pointSquares: usize, gram: usize, deltaSquared: f64, value: usize, slope: usize, ownOffset: usize): void {
  const g = load<T>(gram);
  const sum = plus(broadcast<T>(square), load<T>(pointSquares));
  const r = squareRoot(larger(minus(sum, plus(g, g)), broadcast<T>(0.0)));
  const rest = larger(minus(broadcast<T>(1.0), r), broadcast<T>(0.0));
  const steep = times(broadcast<T>(deltaSquared), power(rest, exponent));
  const next = <f64>exponent + 1.0;
  if (value) store<T>(value, times(times(steep, rest), plus(times(broadcast<T>(next), r), broadcast<T>(1.0))));
  if (!slope) return;
  // ∂k/∂(x·x′) = −2 ∂k/∂r²
  const a = times(broadcast<T>(next * (next + 1.0)), steep);
  store<T>(slope, a);
  store<T>(slope + ownOffset, minus(broadcast<T>(0.0), a));
}

/**
 * From inner products and squares to kernel values and slopes: with r = √max(0, |x|² + |x′|² − 2 x·x′), k = δ² (1 − r)₊^(j+1) ((j + 1) r + 1) and
 * a = ∂k/∂(x·x′) = δ² (j + 1) (j + 2) (1 − r)₊^j, b = 2 ∂k/∂|x|² = −a. A null pointer skips an output; `values` may be `gram`. NaN stays NaN.
 * @param exponent j, from 1 on
 * @param gram, values f64 [nRows × nColumns]; slopes f64 [2 × nRows × nColumns], all a before all b
 * @param squares f64 [nRows], |x|²; pointSquares f64 [nColumns], |x′|²
 */
export function piecewisePolynomialKernel(
  nRows: i32, nColumns: i32, gram: usize, squares: usize, pointSquares: usize, exponent: i32, deltaSquared: f64, values: usize, slopes: usize,
): i32 {
  if (nRows < 0 || nColumns < 0 || exponent < 1) return INVALID_ARGUMENT;
  const end = <usize>nColumns << 3;
  const ownOffset = <usize>nRows * end;
  for (let r: usize = 0; r < <usize>nRows; r++) {
    const square = load<f64>(squares + (r << 3));
    const row = r * end;
    let i: usize = 0;
    if (ASC_FEATURE_SIMD) {
      for (; i + 16 <= end; i += 16) element<v128>(exponent, square, pointSquares + i, gram + row + i, deltaSquared, values ? values + row + i : 0, slopes ? slopes + row + i : 0, ownOffset);
    }
    for (; i < end; i += 8) element<f64>(exponent, square, pointSquares + i, gram + row + i, deltaSquared, values ? values + row + i : 0, slopes ? slopes + row + i : 0, ownOffset);
  }
  return OK;
}
