// Rows with weights: k_eff = w w′ k(x, x′), where the last column of a row is its weight w and the others are x.
import { INVALID_ARGUMENT, OK } from "../status";

/**
 * Takes the last column off.
 * @param rows f64 [nRows × nColumns, leading dimension ld]; x f64 [nRows × (nColumns − 1)]; weights f64 [nRows]
 */
export function splitWeights(nRows: i32, nColumns: i32, ld: i32, rows: usize, x: usize, weights: usize): i32 {
  if (nRows < 0 || nColumns < 1 || ld < nColumns) return INVALID_ARGUMENT;
  const end = <usize>(nColumns - 1) << 3;
  for (let r: usize = 0; r < <usize>nRows; r++, rows += <usize>ld << 3, x += end) {
    for (let f: usize = 0; f < end; f += 8) store<f64>(x + f, load<f64>(rows + f));
    store<f64>(weights + (r << 3), load<f64>(rows + end));
  }
  return OK;
}

/**
 * out[r][s] = w_r w′_s k[r][s]; out may be k.
 * @param weights f64 [nRows]; pointWeights f64 [nPoints]; k, out f64 [nRows × nPoints, leading dimension ld]
 */
export function weighKernels(nRows: i32, nPoints: i32, ld: i32, weights: usize, pointWeights: usize, k: usize, out: usize): i32 {
  if (nRows < 0 || nPoints < 0 || ld < nPoints) return INVALID_ARGUMENT;
  const end = <usize>nPoints << 3;
  const rowBytes = <usize>ld << 3;
  for (let r: usize = 0; r < <usize>nRows; r++, k += rowBytes, out += rowBytes) {
    const weight = load<f64>(weights + (r << 3));
    for (let s: usize = 0; s < end; s += 8) store<f64>(out + s, weight * load<f64>(pointWeights + s) * load<f64>(k + s));
  }
  return OK;
}

/** What derivatives of k_eff of a block are made of, center by center. */
@unmanaged
export class WeightedFactors {
  /** w, f64 [nCenters] */
  weights: usize;
  /** w′, f64 [nPoints] */
  pointWeights: usize;
  /** k, f64 [nCenters × nPoints] */
  kernels: usize;
  /** f64 [nPoints] for each center */
  factors: usize;
  /** elements from the factors of one center to those of the next; 0: all share one */
  factorStride: i32;
}

/**
 * products[r][s] = w′_s (w_i factors[i][s] products[r][s] + k[i][s] along[r]) for the rows r of center i: the derivative of w w′ k where
 * factors · products was that of k, and `along` that of w.
 * @param groups i32 [nCenters]: groups of three rows of each center
 * @param block WeightedFactors
 * @param along f64 [rows]; products f64 [rows × nPoints]
 */
export function weighDirections(nCenters: i32, nPoints: i32, groups: usize, block: usize, along: usize, products: usize): i32 {
  const table = changetype<WeightedFactors>(block);
  if (nCenters < 0 || nPoints < 0 || table.factorStride < 0) return INVALID_ARGUMENT;
  const end = <usize>nPoints << 3;
  const pointWeights = table.pointWeights;
  let k = table.kernels;
  let factors = table.factors;
  for (let c: usize = 0; c < <usize>nCenters; c++, k += end, factors += <usize>table.factorStride << 3) {
    const weight = load<f64>(table.weights + (c << 3));
    const rows = 3 * load<i32>(groups + (c << 2));
    for (let r = 0; r < rows; r++, along += 8, products += end) {
      const slope = load<f64>(along);
      for (let s: usize = 0; s < end; s += 8) {
        const change = weight * load<f64>(factors + s) * load<f64>(products + s) + slope * load<f64>(k + s);
        store<f64>(products + s, load<f64>(pointWeights + s) * change);
      }
    }
  }
  return OK;
}

/**
 * What energies and gradients of x without the weight w of their own row are with it: energies[r] += w_r sums[r], gradients[r] = [w_r inner[r], sums[r]].
 * @param weights, sums, energies f64 [nRows]; inner f64 [nRows × (nColumns − 1)]; gradients f64 [nRows × nColumns]
 */
export function weighGradients(nRows: i32, nColumns: i32, weights: usize, sums: usize, inner: usize, energies: usize, gradients: usize): i32 {
  if (nRows < 0 || nColumns < 1) return INVALID_ARGUMENT;
  const end = <usize>(nColumns - 1) << 3;
  for (let r: usize = 0; r < <usize>nRows; r++, inner += end, gradients += end + 8) {
    const weight = load<f64>(weights + (r << 3));
    const sum = load<f64>(sums + (r << 3));
    store<f64>(energies + (r << 3), load<f64>(energies + (r << 3)) + weight * sum);
    for (let f: usize = 0; f < end; f += 8) store<f64>(gradients + f, weight * load<f64>(inner + f));
    store<f64>(gradients + end, sum);
  }
  return OK;
}
