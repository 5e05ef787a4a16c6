// Rows that are divided by their length before a kernel compares them. The derivative of that is a symmetric matrix, so that directions and
// gradients go through the same routine.
import { dotProduct, subtractScaled } from "../linalg/vector";
import { INVALID_ARGUMENT, OK } from "../status";

/**
 * out[r] = x[r] / |x[r]|; a row of zeros stays one.
 * @param x f64 [nRows × nFeatures, leading dimension ld]; out f64 [nRows × nFeatures]
 * @param inverses f64 [nRows], 1/|x[r]|, written; 0 for a row of zeros
 */
export function normalizeRows(nRows: i32, nFeatures: i32, ld: i32, x: usize, out: usize, inverses: usize): i32 {
  if (nRows < 0 || nFeatures < 0 || ld < nFeatures) return INVALID_ARGUMENT;
  const end = <usize>nFeatures << 3;
  for (let r: usize = 0; r < <usize>nRows; r++, x += <usize>ld << 3, out += end) {
    const square = dotProduct(nFeatures, x, x);
    const inverse = square == 0 ? 0 : 1 / Math.sqrt(square);
    store<f64>(inverses + (r << 3), inverse);
    for (let f: usize = 0; f < end; f += 8) store<f64>(out + f, load<f64>(x + f) * inverse);
  }
  return OK;
}

/**
 * out = (v − n (n·v)) / |x| with n = x/|x|: the derivative of n along v, for rows v of each center.
 * @param groups i32 [nCenters]: groups of three rows of each center, one center after the other; 0: one row each
 * @param units n, f64 [nCenters × nFeatures]; inverses f64 [nCenters], 1/|x|
 * @param v, out f64 [rows × nFeatures], may be the same
 */
export function projectRows(nCenters: i32, nFeatures: i32, groups: usize, units: usize, inverses: usize, v: usize, out: usize): i32 {
  if (nCenters < 0 || nFeatures < 0) return INVALID_ARGUMENT;
  const end = <usize>nFeatures << 3;
  for (let c: usize = 0; c < <usize>nCenters; c++, units += end) {
    const rows = groups != 0 ? 3 * load<i32>(groups + (c << 2)) : 1;
    const inverse = load<f64>(inverses + (c << 3));
    for (let r = 0; r < rows; r++, v += end, out += end) {
      const along = inverse * dotProduct(nFeatures, units, v);
      for (let f: usize = 0; f < end; f += 8) store<f64>(out + f, load<f64>(v + f) * inverse);
      subtractScaled(nFeatures, along, units, out);
    }
  }
  return OK;
}
