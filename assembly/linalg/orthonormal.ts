// Orthonormal rows by block Gram–Schmidt, repeated until nothing shrinks any more ("twice is enough":
// Giraud, Langou & Rozložník, Comput. Math. Appl. 50, 1069 (2005), doi:10.1016/j.camwa.2005.08.009).
import { INVALID_ARGUMENT, NOT_CONVERGED, NOT_FINITE, OK } from "../status";
import { ALL } from "./kernel";
import { multiply, productScratch } from "./gemm";
import { at, dotProduct, scaleVector, subtractScaled } from "./vector";

const BLOCK: i32 = 32;
const MAXIMUM_PASSES: i32 = 10;
/** A row that loses more of its length than this in a pass is not yet orthogonal to working precision. */
const SHRINKAGE: f64 = 0.5;

/** out: f64 [1], bytes of scratch of `orthonormalizeRows`. */
export function orthonormalScratchBytes(rows: i32, n: i32, out: usize): i32 {
  if (rows < 0 || n < 0) return INVALID_ARGUMENT;
  store<f64>(out, <f64>BLOCK * <f64>rows * 8 + <f64>productScratch(BLOCK, max(n, rows), max(n, rows)));
  return OK;
}

/** A fixed pseudo-random row for one that vanished: Lehmer's generator, seeded by the row's number. */
function refill(row: i32, n: i32, x: usize): void {
  let state: u64 = 48271 * (<u64>row + 1) % 2147483647;
  for (let j = 0; j < n; j++) {
    state = state * 48271 % 2147483647;
    store<f64>(x + ((<usize>j) << 3), <f64>state / 2147483647.0 - 0.5);
  }
}

/** Normalizes one row; returns its former length, 0 for a row that had to be replaced, NaN when it was not finite. */
function normalize(row: i32, n: i32, x: usize): f64 {
  const norm = sqrt(dotProduct(n, x, x));
  if (!isFinite<f64>(norm)) return NaN;
  if (norm > 1e-150) {
    scaleVector(n, 1 / norm, x);
    return norm;
  }
  refill(row, n, x);
  scaleVector(n, 1 / sqrt(dotProduct(n, x, x)), x);
  return 0;
}

/** One pass over a block of unit rows: against all rows before it, then against each other. Returns the worst length left. */
function pass(first: i32, size: i32, n: i32, x: usize, ldx: i32, overlaps: usize, scratch: usize): f64 {
  const block = at(x, first, 0, ldx);
  multiply(0, 1, size, first, n, 1, block, ldx, x, ldx, 0, overlaps, first, ALL, scratch);
  multiply(0, 0, size, n, first, -1, overlaps, first, x, ldx, 1, block, ldx, ALL, scratch);
  let worst = 1.0;
  for (let i = 0; i < size; i++) {
    const row = at(block, i, 0, ldx);
    for (let j = 0; j < i; j++) {
      const other = at(block, j, 0, ldx);
      subtractScaled(n, dotProduct(n, row, other), other, row);
    }
    const length = normalize(first + i, n, row);
    if (isNaN<f64>(length)) return NaN;
    worst = min(worst, length);
  }
  return worst;
}

/**
 * Overwrites the rows of X (rows×n, rows ≤ n) with an orthonormal basis of their span; rows that depend on earlier ones become
 * further orthonormal directions. scratch: as `orthonormalScratchBytes(rows, n)` says.
 */
export function orthonormalizeRows(rows: i32, n: i32, x: usize, ldx: i32, scratch: usize): i32 {
  if (rows < 0 || rows > n || ldx < n) return INVALID_ARGUMENT;
  const overlaps = scratch;
  scratch += ((<usize>BLOCK * rows) << 3);
  for (let first = 0; first < rows; first += BLOCK) {
    const size = min(BLOCK, rows - first);
    for (let i = 0; i < size; i++) if (isNaN<f64>(normalize(first + i, n, at(x, first + i, 0, ldx)))) return NOT_FINITE;
    let tries = 0;
    for (let worst = 0.0; worst < SHRINKAGE; tries++) {
      if (tries == MAXIMUM_PASSES) return NOT_CONVERGED;
      worst = pass(first, size, n, x, ldx, overlaps, scratch);
      if (isNaN<f64>(worst)) return NOT_FINITE;
    }
  }
  return OK;
}
