// Contraction of a kernel block with the coefficients of a sparse Gaussian process.
import { laneSum, madd } from "../math/simd";
import { INVALID_ARGUMENT, OK } from "../status";

/**
 * energies[i] += Σ_s values[i][s] coefficients[s], and slopes[i][s] *= coefficients[s].
 * @param values, slopes f64 [nRows × nColumns]; a null pointer skips the slopes; coefficients f64 [nColumns]; energies f64 [nRows]
 */
export function contractKernel(nRows: i32, nColumns: i32, values: usize, coefficients: usize, slopes: usize, energies: usize): i32 {
  if (nRows < 0 || nColumns < 0) return INVALID_ARGUMENT;
  const rowBytes = <usize>nColumns << 3;
  const pairsEnd = (<usize>nColumns & ~1) << 3;
  for (let r: usize = 0; r < <usize>nRows; r++) {
    const row = values + r * rowBytes;
    const slope = slopes + r * rowBytes;
    let sum = 0.0;
    let i: usize = 0;
    if (ASC_FEATURE_SIMD) {
      let sums = f64x2.splat(0.0);
      for (; i < pairsEnd; i += 16) {
        const factor = v128.load(coefficients + i);
        sums = madd(factor, v128.load(row + i), sums);
        if (slopes) v128.store(slope + i, f64x2.mul(factor, v128.load(slope + i)));
      }
      sum = laneSum(sums);
    }
    for (; i < rowBytes; i += 8) {
      const factor = load<f64>(coefficients + i);
      sum += factor * load<f64>(row + i);
      if (slopes) store<f64>(slope + i, factor * load<f64>(slope + i));
    }
    store<f64>(energies + (r << 3), load<f64>(energies + (r << 3)) + sum);
  }
  return OK;
}
