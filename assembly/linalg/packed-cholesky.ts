// A = Rᵀ·R on a triangle in panels, top to bottom: factor a diagonal block, solve the rows beside it, update the rows below by products.
import { INVALID_ARGUMENT, OK } from "../status";
import { factorBlock } from "./cholesky";
import { ALL } from "./kernel";
import { multiply } from "./gemm";
import { PANEL, packedAt, strideAt } from "./packed-triangle";
import { solveInPlace } from "./triangular";
import { at } from "./vector";

const BLOCK_BYTES: i32 = PANEL * PANEL * 8;

/** The block of rows i … i + width − 1 from the diagonal on as the lower triangle L of Rᵀ, or back. */
function copyDiagonal(i: i32, width: i32, r: usize, stride: i32, lower: usize, back: bool): void {
  for (let row = 0; row < width; row++) {
    let element = packedAt(r, i + row, i + row, stride);
    for (let column = row; column < width; column++) {
      const other = at(lower, column, row, PANEL);
      if (back) store<f64>(element, load<f64>(other));
      else store<f64>(other, load<f64>(element));
      element += 8;
    }
  }
}

/** L·X = B for the `rest` columns behind the diagonal block, in slices that stay in the L1 cache; X goes to the rows and to `solved`. */
function solveRows(i: i32, width: i32, rest: i32, r: usize, stride: i32, lower: usize, slice: usize, solved: usize, scratch: usize): void {
  for (let j = 0; j < rest; j += PANEL) {
    const columns = min(PANEL, rest - j);
    const bytes = (<usize>columns) << 3;
    for (let row = 0; row < width; row++) memory.copy(at(slice, row, 0, PANEL), packedAt(r, i + row, i + width + j, stride), bytes);
    solveInPlace(0, 0, width, columns, lower, PANEL, slice, PANEL, scratch);
    for (let row = 0; row < width; row++) {
      memory.copy(packedAt(r, i + row, i + width + j, stride), at(slice, row, 0, PANEL), bytes);
      memory.copy(at(solved, row, j, rest), at(slice, row, 0, PANEL), bytes);
    }
  }
}

/**
 * Overwrites rows and columns first … first + n − 1 of a triangle in panels, the upper half of a symmetric matrix A, with R of A = Rᵀ·R.
 * What its panels hold below the diagonal, from column `first` on, is overwritten with anything.
 * NOT_POSITIVE_DEFINITE at the first pivot ≤ 0, NOT_FINITE at the first that is not a number.
 * scratch: 2·64·64 + 64·n numbers, then `gemmScratchBytes(64, n, 64)`.
 */
export function packedCholesky(n: i32, first: i32, r: usize, stride: i32, scratch: usize): i32 {
  if (n < 0 || first < 0 || stride < first + n) return INVALID_ARGUMENT;
  const lower = scratch;
  const slice = lower + BLOCK_BYTES;
  const solved = slice + BLOCK_BYTES;
  const products = solved + ((<usize>PANEL * n) << 3);
  const end = first + n;
  for (let i = first; i < end; i += PANEL) {
    const width = min(PANEL, end - i);
    copyDiagonal(i, width, r, stride, lower, false);
    const status = factorBlock(width, lower, PANEL);
    if (status != OK) return status;
    copyDiagonal(i, width, r, stride, lower, true);
    const next = i + width;
    const rest = end - next;
    solveRows(i, width, rest, r, stride, lower, slice, solved, products);
    // blocks of rows begin anywhere, updates follow the panels
    for (let j = next; j < end; ) {
      const rows = min(PANEL - (j & (PANEL - 1)), end - j);
      const right = solved + ((<usize>(j - next)) << 3);
      multiply(1, 0, rows, end - j, width, -1, right, rest, right, rest, 1, packedAt(r, j, j, stride), strideAt(j, stride), ALL, products);
      j += rows;
    }
  }
  return OK;
}
