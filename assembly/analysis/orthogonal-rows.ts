// Ranks in double precision: rows that are independent of those before them, orthonormal.
import { dotProduct, scaleVector, subtractScaled } from "../linalg/vector";
import { INVALID_ARGUMENT, NOT_FINITE, OK } from "../status";

/**
 * What orthonormal rows leave of another one, orthogonalized twice; it joins them, normalized, where that is longer than a tolerance.
 * @param row f64 [n], overwritten by what is left; kept f64 [rank × n] and room for one more
 * @param out f64 [1], the length of what is left
 */
export function orthogonalInsert(n: i32, rank: i32, tolerance: f64, row: usize, kept: usize, out: usize): i32 {
  if (n < 0 || rank < 0) return INVALID_ARGUMENT;
  const bytes = (<usize>n) << 3;
  for (let pass = 0; pass < 2; pass++) {
    for (let k = 0; k < rank; k++) {
      const other = kept + <usize>k * bytes;
      subtractScaled(n, dotProduct(n, row, other), other, row);
    }
  }
  const length = sqrt(dotProduct(n, row, row));
  if (!isFinite<f64>(length)) return NOT_FINITE;
  store<f64>(out, length);
  if (length > tolerance) {
    const next = kept + <usize>rank * bytes;
    memory.copy(next, row, bytes);
    scaleVector(n, 1 / length, next);
  }
  return OK;
}
