// An upper triangle of n rows in half the memory of a square: panels of PANEL rows follow each other, each a matrix of its own that begins
// with the column of its first row, so that blocked algorithms see a pointer and a leading dimension per panel. `stride` is the leading
// dimension of the first panel (≥ n); that of a later one is smaller by the rows before it. Below the diagonal a panel holds nothing.
import { INVALID_ARGUMENT, OK, NOT_FINITE, SINGULAR } from "../status";
import { at, dotProduct } from "./vector";

/** Rows of a panel, and columns of the widest panel of the QR decomposition. */
export const PANEL: i32 = 64;

/** Elements from one row to the next in the panel of row i. */
// @ts-ignore: decorator
@inline
export function strideAt(i: i32, stride: i32): i32 {
  return stride - (i & ~(PANEL - 1));
}

/** Address of element (i, j); j may go back to the first column of the panel. */
export function packedAt(base: usize, i: i32, j: i32, stride: i32): usize {
  const start = <usize>(i & ~(PANEL - 1));
  // the panels before: Σ PANEL·(stride − PANEL·q)
  const before = start * stride - ((start * (start - PANEL)) >> 1);
  return base + ((before + (<usize>i - start) * (<usize>stride - start) + (<usize>j - start)) << 3);
}

/** Rows of R with a negative diagonal change sign, which changes nothing about RᵀR. */
export function normalizeSigns(n: i32, r: usize, stride: i32): void {
  for (let i = 0; i < n; i++) {
    let element = packedAt(r, i, i, stride);
    if (load<f64>(element) >= 0) continue;
    for (const end = element + ((<usize>(n - i)) << 3); element < end; element += 8) store<f64>(element, -load<f64>(element));
  }
}

/** Rows first … first + rows − 1 as a matrix that begins with column `first` (in whole panels: a multiple of PANEL), zero below the diagonal. */
export function expandRows(n: i32, first: i32, rows: i32, s: usize, stride: i32, out: usize, ld: i32): void {
  for (let i = first; i < first + rows; i++) {
    const row = at(out, i - first, 0, ld);
    memory.fill(row, 0, (<usize>(i - first)) << 3);
    memory.copy(row + ((<usize>(i - first)) << 3), packedAt(s, i, i, stride), (<usize>(n - i)) << 3);
  }
}

/**
 * Row i of `rows` becomes the part above and on the diagonal of column `first` + i, from row `origin` on: the transpose of rows of a
 * lower triangle.
 * @param r triangle, in panels; rows f64 [count × ld], of row i the first first + i − origin + 1 elements are read
 */
export function packedSetColumns(origin: i32, first: i32, count: i32, r: usize, stride: i32, rows: usize, ld: i32): i32 {
  if (origin < 0 || first < origin || count < 0 || ld < first - origin + count || stride < first + count) return INVALID_ARGUMENT;
  for (let j = origin; j < first + count; j++) {
    const column = max(first, j);
    let target = packedAt(r, j, column, stride);
    for (let i = column - first; i < count; i++) {
      store<f64>(target, load<f64>(at(rows, i, j - origin, ld)));
      target += 8;
    }
  }
  return OK;
}

/**
 * Solves R·x = b in place of b for the first n rows and columns of a triangle in panels. x: f64 [n].
 * SINGULAR for a zero on the diagonal, NOT_FINITE for anything there that is not a number.
 */
export function packedSolve(n: i32, r: usize, stride: i32, x: usize): i32 {
  if (n < 0 || stride < n) return INVALID_ARGUMENT;
  for (let i = 0; i < n; i++) {
    const value = load<f64>(packedAt(r, i, i, stride));
    if (value == 0) return SINGULAR;
    if (!isFinite<f64>(value)) return NOT_FINITE;
  }
  for (let i = n - 1; i >= 0; i--) {
    const diagonal = packedAt(r, i, i, stride);
    const target = x + ((<usize>i) << 3);
    store<f64>(target, (load<f64>(target) - dotProduct(n - 1 - i, diagonal + 8, target + 8)) / load<f64>(diagonal));
  }
  return OK;
}
