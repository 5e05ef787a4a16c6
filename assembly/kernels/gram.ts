// Around kernels k(x·x′, |x|², |x′|²): with a = ∂k/∂(x·x′) and b = 2 ∂k/∂|x|², ∂k/∂x = a x′ + b x. The parts with b.
import { dotProduct, subtractScaled } from "../linalg/vector";
import { madd } from "../math/simd";
import { INVALID_ARGUMENT, OK } from "../status";

/**
 * squares[r] = |x_r|².
 * @param x f64 [nRows × nFeatures, leading dimension ld in elements]; squares f64 [nRows]
 */
export function rowSquares(nRows: i32, nFeatures: i32, ld: i32, x: usize, squares: usize): i32 {
  if (nRows < 0 || nFeatures < 0 || ld < nFeatures) return INVALID_ARGUMENT;
  for (let r: usize = 0; r < <usize>nRows; r++) {
    const row = x + r * (<usize>ld << 3);
    store<f64>(squares + (r << 3), dotProduct(nFeatures, row, row));
  }
  return OK;
}

/**
 * gradients[i] += (Σ_s coefficients[s] b[i][s]) x_i.
 * @param ownSlopes b, f64 [nRows × nColumns]; coefficients f64 [nColumns]; x, gradients f64 [nRows × nFeatures]
 */
export function addOwnGradients(
  nRows: i32, nColumns: i32, nFeatures: i32, ownSlopes: usize, coefficients: usize, x: usize, gradients: usize,
): i32 {
  if (nRows < 0 || nColumns < 0 || nFeatures < 0) return INVALID_ARGUMENT;
  const featureBytes = <usize>nFeatures << 3;
  for (let r: usize = 0; r < <usize>nRows; r++) {
    const factor = dotProduct(nColumns, ownSlopes + r * (<usize>nColumns << 3), coefficients);
    subtractScaled(nFeatures, -factor, x + r * featureBytes, gradients + r * featureBytes);
  }
  return OK;
}

/**
 * products[r][s] = a[i][s] products[r][s] + b[i][s] (J_r · x_i) for the rows r of center i: the derivative of k(x_i, x_s) along J_r where
 * products[r][s] was J_r · x_s.
 * @param groups i32 [nCenters]: groups of three rows of each center, one center after the other
 * @param slopes a, ownSlopes b: f64 [nCenters × nColumns]; x f64 [nCenters × nFeatures]
 * @param directions J, f64 [rows × nFeatures]; products f64 [rows × nColumns]
 */
export function addOwnDirections(
  nCenters: i32, nColumns: i32, nFeatures: i32, groups: usize, slopes: usize, ownSlopes: usize, x: usize, directions: usize, products: usize,
): i32 {
  if (nCenters < 0 || nColumns < 0 || nFeatures < 0) return INVALID_ARGUMENT;
  const columnBytes = <usize>nColumns << 3;
  const featureBytes = <usize>nFeatures << 3;
  let direction = directions;
  let product = products;
  for (let c: usize = 0; c < <usize>nCenters; c++) {
    const a = slopes + c * columnBytes;
    const b = ownSlopes + c * columnBytes;
    const rows = 3 * load<i32>(groups + (c << 2));
    for (let r = 0; r < rows; r++) {
      const own = dotProduct(nFeatures, direction, x + c * featureBytes);
      combine(<usize>nColumns, a, b, own, product);
      direction += featureBytes;
      product += columnBytes;
    }
  }
  return OK;
}

/** p[i] = a[i]·p[i] + b[i]·own */
// @ts-ignore: decorator
@inline
function combine(n: usize, a: usize, b: usize, own: f64, p: usize): void {
  const end = n << 3;
  let i: usize = 0;
  if (ASC_FEATURE_SIMD) {
    const pairsEnd = (n & ~1) << 3;
    const owns = f64x2.splat(own);
    for (; i < pairsEnd; i += 16) {
      v128.store(p + i, madd(v128.load(a + i), v128.load(p + i), f64x2.mul(v128.load(b + i), owns)));
    }
  }
  for (; i < end; i += 8) store<f64>(p + i, load<f64>(a + i) * load<f64>(p + i) + load<f64>(b + i) * own);
}
