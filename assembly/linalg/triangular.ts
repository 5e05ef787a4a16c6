// Triangular solves, left side: op(T)·X = B with X overwriting B. Diagonal blocks directly, everything else by products.
import { nmadd } from "../math/simd";
import { INVALID_ARGUMENT, NOT_FINITE, OK, SINGULAR } from "../status";
import { ALL } from "./kernel";
import { multiply } from "./gemm";
import { at, dotProduct, subtractScaled } from "./vector";

const BLOCK: i32 = 64;

/** SINGULAR for a zero on the diagonal, NOT_FINITE for anything that is not a number. */
export function checkDiagonal(n: i32, t: usize, ldt: i32): i32 {
  for (let i = 0; i < n; i++) {
    const value = load<f64>(at(t, i, i, ldt));
    if (value == 0) return SINGULAR;
    if (!isFinite<f64>(value)) return NOT_FINITE;
  }
  return OK;
}

/** One right-hand side. Element (i, j) of the triangle is read as a row where possible: dots over rows, or updates by rows. */
function solveVector(n: i32, forward: bool, byRows: bool, t: usize, ldt: i32, x: usize): void {
  for (let step = 0; step < n; step++) {
    const i = forward ? step : n - 1 - step;
    const target = x + ((<usize>i) << 3);
    const first = forward ? 0 : i + 1;
    const count = forward ? i : n - 1 - i;
    let value = load<f64>(target);
    if (byRows) {
      value -= dotProduct(count, at(t, i, first, ldt), x + ((<usize>first) << 3));
      store<f64>(target, value / load<f64>(at(t, i, i, ldt)));
    } else {
      // the stored row i holds column i of op(T): the elements that still wait for x_i
      value /= load<f64>(at(t, i, i, ldt));
      store<f64>(target, value);
      const waiting = forward ? i + 1 : 0;
      const number = forward ? n - 1 - i : i;
      subtractScaled(number, value, at(t, i, waiting, ldt), x + ((<usize>waiting) << 3));
    }
  }
}

/** Solves one diagonal block for `width` ≤ 8 columns whose values live in four vectors. */
function solveStrip(n: i32, forward: bool, t: usize, rowStride: usize, columnStride: usize, b: usize, rowBytes: usize): void {
  for (let step = 0; step < n; step++) {
    const i = forward ? step : n - 1 - step;
    const target = b + <usize>i * rowBytes;
    let j = forward ? 0 : i + 1;
    const end = forward ? i : n;
    let coefficient = t + <usize>i * rowStride + <usize>j * columnStride;
    let known = b + <usize>j * rowBytes;
    let x0 = v128.load(target);
    let x1 = v128.load(target, 16);
    let x2 = v128.load(target, 32);
    let x3 = v128.load(target, 48);
    for (; j < end; j++) {
      const factor = v128.load_splat<f64>(coefficient);
      x0 = nmadd(factor, v128.load(known), x0);
      x1 = nmadd(factor, v128.load(known, 16), x1);
      x2 = nmadd(factor, v128.load(known, 32), x2);
      x3 = nmadd(factor, v128.load(known, 48), x3);
      coefficient += columnStride;
      known += rowBytes;
    }
    const pivot = v128.load_splat<f64>(t + <usize>i * (rowStride + columnStride));
    v128.store(target, f64x2.div(x0, pivot));
    v128.store(target, f64x2.div(x1, pivot), 16);
    v128.store(target, f64x2.div(x2, pivot), 32);
    v128.store(target, f64x2.div(x3, pivot), 48);
  }
}

/** A diagonal block for any number of columns. */
function solveBlock(
  n: i32, columns: i32, forward: bool, t: usize, rowStride: usize, columnStride: usize, b: usize, rowBytes: usize,
): void {
  let c = 0;
  if (ASC_FEATURE_SIMD) {
    for (; c + 8 <= columns; c += 8) solveStrip(n, forward, t, rowStride, columnStride, b + ((<usize>c) << 3), rowBytes);
  }
  for (; c < columns; c++) {
    for (let step = 0; step < n; step++) {
      const i = forward ? step : n - 1 - step;
      const target = b + <usize>i * rowBytes + ((<usize>c) << 3);
      let value = load<f64>(target);
      const end = forward ? i : n;
      for (let j = forward ? 0 : i + 1; j < end; j++) {
        value -= load<f64>(t + <usize>i * rowStride + <usize>j * columnStride) * load<f64>(b + <usize>j * rowBytes + ((<usize>c) << 3));
      }
      store<f64>(target, value / load<f64>(t + <usize>i * (rowStride + columnStride)));
    }
  }
}

/** op(T)·X = B without checks. */
export function solveInPlace(upper: i32, trans: i32, n: i32, columns: i32, t: usize, ldt: i32, b: usize, ldb: i32, scratch: usize): void {
  // lower, or upper transposed, starts at the top
  const forward = (upper != 0) == (trans != 0);
  if (columns == 1 && ldb == 1) {
    solveVector(n, forward, trans == 0, t, ldt, b);
    return;
  }
  const rowBytes = (<usize>ldb) << 3;
  const rowStride: usize = trans ? 8 : (<usize>ldt) << 3;
  const columnStride: usize = trans ? (<usize>ldt) << 3 : 8;
  const blocks = (n + BLOCK - 1) / BLOCK;
  for (let step = 0; step < blocks; step++) {
    const start = (forward ? step : blocks - 1 - step) * BLOCK;
    const size = min(BLOCK, n - start);
    const block = b + <usize>start * rowBytes;
    // subtract what the solved rows contribute
    const from = forward ? 0 : start + size;
    const known = forward ? start : n - from;
    if (known > 0) {
      const factor = trans ? at(t, from, start, ldt) : at(t, start, from, ldt);
      multiply(trans, 0, size, columns, known, -1, factor, ldt, b + <usize>from * rowBytes, ldb, 1, block, ldb, ALL, scratch);
    }
    solveBlock(size, columns, forward, at(t, start, start, ldt), rowStride, columnStride, block, rowBytes);
  }
}

/**
 * Solves op(T)·X = B in place of B (n × columns). T: n×n, lower or (upper = 1) upper triangle; trans = 1 uses its transpose.
 * The other triangle is not read. One column with ldb = 1 is solved as a vector and needs no scratch; otherwise scratch is
 * `gemmScratchBytes(64, columns, n)`.
 */
export function solveTriangular(
  upper: i32, trans: i32, n: i32, columns: i32, t: usize, ldt: i32, b: usize, ldb: i32, scratch: usize,
): i32 {
  if (n < 0 || columns < 0 || ldt < n || ldb < columns) return INVALID_ARGUMENT;
  if (n == 0 || columns == 0) return OK;
  const status = checkDiagonal(n, t, ldt);
  if (status != OK) return status;
  solveInPlace(upper, trans, n, columns, t, ldt, b, ldb, scratch);
  return OK;
}
