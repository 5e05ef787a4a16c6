// A = L·Lᵀ by blocks, left to right: factor a diagonal block, solve the panel below it, update the rest by a product.
import { INVALID_ARGUMENT, NOT_FINITE, NOT_POSITIVE_DEFINITE, OK } from "../status";
import { LOWER } from "./kernel";
import { multiply } from "./gemm";
import { solveInPlace } from "./triangular";
import { dotProduct } from "./vector";

const BLOCK: i32 = 64;

/** Lower factor of one small block, row by row. */
export function factorBlock(n: i32, a: usize, lda: i32): i32 {
  const rowBytes = (<usize>lda) << 3;
  for (let i = 0; i < n; i++) {
    const row = a + <usize>i * rowBytes;
    for (let j = 0; j < i; j++) {
      const other = a + <usize>j * rowBytes;
      const target = row + ((<usize>j) << 3);
      store<f64>(target, (load<f64>(target) - dotProduct(j, row, other)) / load<f64>(other + ((<usize>j) << 3)));
    }
    const diagonal = row + ((<usize>i) << 3);
    const value = load<f64>(diagonal) - dotProduct(i, row, row);
    if (!isFinite<f64>(value)) return NOT_FINITE;
    if (value <= 0) return NOT_POSITIVE_DEFINITE;
    store<f64>(diagonal, sqrt(value));
  }
  return OK;
}

/** Copies the m×n block at `from` to its n×m transpose at `to`. */
function copyTransposed(m: i32, n: i32, from: usize, ldFrom: i32, to: usize, ldTo: i32): void {
  for (let i = 0; i < m; i++) {
    const row = from + ((<usize>i * ldFrom) << 3);
    for (let j = 0; j < n; j++) store<f64>(to + ((<usize>j * ldTo + i) << 3), load<f64>(row + ((<usize>j) << 3)));
  }
}

/** X·Lᵀ = B in place of B (m×n): the transposed problem L·Xᵀ = Bᵀ in slices that stay in the L1 cache. */
function solvePanel(m: i32, n: i32, l: usize, lda: i32, b: usize, slice: usize, scratch: usize): void {
  for (let i = 0; i < m; i += BLOCK) {
    const rows = min(BLOCK, m - i);
    const part = b + ((<usize>i * lda) << 3);
    copyTransposed(rows, n, part, lda, slice, BLOCK);
    solveInPlace(0, 0, n, rows, l, lda, slice, BLOCK, scratch);
    copyTransposed(n, rows, slice, BLOCK, part, lda);
  }
}

/**
 * Overwrites the lower triangle of the symmetric A (n×n) with L, A = L·Lᵀ; reads and writes nothing above the diagonal.
 * NOT_POSITIVE_DEFINITE at the first pivot ≤ 0, NOT_FINITE at the first that is not a number.
 * scratch: 64·64·8 bytes, then `gemmScratchBytes(n, n, 64)`.
 */
export function cholesky(n: i32, a: usize, lda: i32, scratch: usize): i32 {
  if (n < 0 || lda < n) return INVALID_ARGUMENT;
  const slice = scratch;
  scratch += BLOCK * BLOCK * 8;
  for (let j = 0; j < n; j += BLOCK) {
    const width = min(BLOCK, n - j);
    const diagonal = a + ((<usize>j * lda + j) << 3);
    const status = factorBlock(width, diagonal, lda);
    if (status != OK) return status;
    const rest = n - j - width;
    if (rest == 0) break;
    const panel = diagonal + ((<usize>width * lda) << 3);
    solvePanel(rest, width, diagonal, lda, panel, slice, scratch);
    multiply(0, 1, rest, rest, width, -1, panel, lda, panel, lda, 1, panel + ((<usize>width) << 3), lda, LOWER, scratch);
  }
  return OK;
}
