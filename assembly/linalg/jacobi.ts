// Orthogonal rows by plane rotations, from which singular values follow with small relative errors, the smallest among them: one-sided
// Jacobi (Drmač & Veselić, SIAM J. Matrix Anal. Appl. 29, 1322 and 1343 (2008), doi:10.1137/050639193, doi:10.1137/05063920X).
// It takes few sweeps on the factor R of a QR with column pivoting. Pairs of rows are visited block by block, so that they stay in the cache.
import { madd } from "../math/simd";
import { INVALID_ARGUMENT, NOT_CONVERGED, NOT_FINITE, OK } from "../status";
import { at, dotProduct, scaleVector } from "./vector";

/** Bytes of rows that meet the rows of another such block. */
const BLOCK_BYTES: i32 = 1 << 17;
/** A dozen is much; what is not finite would never end. */
const MAXIMUM_SWEEPS: i32 = 60;
const EPSILON: f64 = 2.220446049250313e-16;
/** Squares of lengths below this are taken as zero: products of shorter rows would lose digits to underflow. */
const ZERO_SQUARE: f64 = 1e-200;

/** x ← a·x + b·y, y ← c·x + d·y over n elements. */
function rotate(n: i32, a: f64, b: f64, c: f64, d: f64, x: usize, y: usize): void {
  const end = x + ((<usize>n) << 3);
  if (ASC_FEATURE_SIMD) {
    const fa = f64x2.splat(a);
    const fb = f64x2.splat(b);
    const fc = f64x2.splat(c);
    const fd = f64x2.splat(d);
    while (x + 32 <= end) {
      const x0 = v128.load(x);
      const y0 = v128.load(y);
      const x1 = v128.load(x, 16);
      const y1 = v128.load(y, 16);
      v128.store(x, madd(fa, x0, f64x2.mul(fb, y0)));
      v128.store(y, madd(fc, x0, f64x2.mul(fd, y0)));
      v128.store(x, madd(fa, x1, f64x2.mul(fb, y1)), 16);
      v128.store(y, madd(fc, x1, f64x2.mul(fd, y1)), 16);
      x += 32;
      y += 32;
    }
  }
  while (x < end) {
    const left = load<f64>(x);
    const right = load<f64>(y);
    store<f64>(x, a * left + b * right);
    store<f64>(y, c * left + d * right);
    x += 8;
    y += 8;
  }
}

/** Makes two rows orthogonal, the longer one first; squares are those of their lengths. Returns 1 if they were not. */
function meet(n: i32, extra: i32, tolerance: f64, x: usize, y: usize, squareX: usize, squareY: usize): i32 {
  const a = load<f64>(squareX);
  const b = load<f64>(squareY);
  if (a <= ZERO_SQUARE && b <= ZERO_SQUARE) return 0;
  const ordered = a >= b;
  const overlap = a <= ZERO_SQUARE || b <= ZERO_SQUARE ? 0 : dotProduct(n, x, y);
  if (abs(overlap) <= tolerance * sqrt(a) * sqrt(b)) {
    if (ordered) return 0;
    rotate(n + extra, 0, 1, 1, 0, x, y);
    store<f64>(squareX, b);
    store<f64>(squareY, a);
    return 0;
  }
  const ratio = (b - a) / (2 * overlap);
  const t = (ratio >= 0 ? 1.0 : -1.0) / (abs(ratio) + sqrt(1 + ratio * ratio));
  const c = 1 / sqrt(1 + t * t);
  const s = t * c;
  if (ordered) rotate(n + extra, c, -s, s, c, x, y);
  else rotate(n + extra, s, c, c, -s, x, y);
  const longer = ordered ? a - t * overlap : b + t * overlap;
  const shorter = ordered ? b + t * overlap : a - t * overlap;
  store<f64>(squareX, longer);
  // the difference has lost digits where little is left
  store<f64>(squareY, shorter > 0.5 * min(a, b) ? shorter : dotProduct(n, y, y));
  return 1;
}

/** All pairs of a row of first…first+rows with one of second…second+others (the same block: each pair once). */
function meetBlocks(
  n: i32, extra: i32, tolerance: f64, first: i32, rows: i32, second: i32, others: i32, x: usize, ldx: i32, squares: usize,
): i32 {
  let rotations = 0;
  for (let i = first; i < first + rows; i++) {
    for (let j = max(second, i + 1); j < second + others; j++) {
      rotations += meet(n, extra, tolerance, at(x, i, 0, ldx), at(x, j, 0, ldx), squares + ((<usize>i) << 3), squares + ((<usize>j) << 3));
    }
  }
  return rotations;
}

/** Sorts rows and squares by falling squares: nearly in order already. */
function sortDescending(rows: i32, width: i32, x: usize, ldx: i32, squares: usize): void {
  for (let i = 1; i < rows; i++) {
    for (let j = i; j > 0; j--) {
      const lower = squares + ((<usize>j) << 3);
      const upper = lower - 8;
      const value = load<f64>(lower);
      if (!(value > load<f64>(upper))) break;
      store<f64>(lower, load<f64>(upper));
      store<f64>(upper, value);
      rotate(width, 0, 1, 1, 0, at(x, j - 1, 0, ldx), at(x, j, 0, ldx));
    }
  }
}

/**
 * J·X = diag(values)·V with J orthogonal and the rows of V orthonormal: the first n columns of X (rows × (n + extra)) become V, sorted by
 * falling values ≥ 0, the extra columns J times themselves. A row of length 0 (squares below 1e-200 count as that) stays 0 with value 0.
 * values: f64 [rows]. NOT_FINITE where a row is not.
 */
export function orthogonalizeRows(rows: i32, n: i32, extra: i32, x: usize, ldx: i32, values: usize): i32 {
  if (rows < 0 || n < 0 || extra < 0 || ldx < n + extra) return INVALID_ARGUMENT;
  const block = max(2, min(rows, BLOCK_BYTES / (8 * max(1, n + extra))));
  const tolerance = EPSILON * sqrt(<f64>max(1, n));
  let sweeps = 0;
  for (let rotations = 1; rotations > 0; sweeps++) {
    if (sweeps == MAXIMUM_SWEEPS) return NOT_CONVERGED;
    rotations = 0;
    for (let i = 0; i < rows; i++) {
      const square = dotProduct(n, at(x, i, 0, ldx), at(x, i, 0, ldx));
      if (!isFinite<f64>(square)) return NOT_FINITE;
      store<f64>(values + ((<usize>i) << 3), square);
    }
    for (let i = 0; i < rows; i += block) {
      const upper = min(block, rows - i);
      for (let j = i; j < rows; j += block) rotations += meetBlocks(n, extra, tolerance, i, upper, j, min(block, rows - j), x, ldx, values);
    }
  }
  sortDescending(rows, n + extra, x, ldx, values);
  for (let i = 0; i < rows; i++) {
    const row = at(x, i, 0, ldx);
    const square = dotProduct(n, row, row);
    const length = square <= ZERO_SQUARE ? 0 : sqrt(square);
    store<f64>(values + ((<usize>i) << 3), length);
    if (length > 0) scaleVector(n, 1 / length, row);
    else memory.fill(row, 0, (<usize>n) << 3);
  }
  return OK;
}
