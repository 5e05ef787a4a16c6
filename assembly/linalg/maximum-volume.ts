// Rows of a tall matrix with locally the largest determinant, by swaps (Goreinov, Oseledets, Savostyanov, Tyrtyshnikov & Zamarashkin,
// "How to find a good submatrix", in Matrix Methods: Theory, Algorithms and Applications, 247 (2010), doi:10.1142/9789812836021_0015).
import { nmadd } from "../math/simd";
import { INVALID_ARGUMENT, NOT_FINITE, OK } from "../status";
import { at, subtractScaled } from "./vector";

/** Position of the largest magnitude in row i, put at `place` when it exceeds what is there (value f64, then row and column i32). */
function lookAt(i: i32, k: i32, row: usize, place: usize): void {
  let largest = load<f64>(place);
  let column = -1;
  // what is not a number stays there
  for (let j = 0; j < k && !isNaN<f64>(largest); j++) {
    const size = abs(load<f64>(row + ((<usize>j) << 3)));
    if (!(size <= largest)) {
      largest = size;
      column = j;
    }
  }
  if (column < 0) return;
  store<f64>(place, largest);
  store<i32>(place, i, 8);
  store<i32>(place, column, 12);
}

/** row ← row − factor·step, and whether an element is now larger than all before: one pass for most rows. */
function updateRow(k: i32, factor: f64, step: usize, row: usize, largest: f64): bool {
  let j = 0;
  let exceeds = false;
  if (ASC_FEATURE_SIMD) {
    const both = f64x2.splat(factor);
    const limit = f64x2.splat(largest);
    let above = i64x2.splat(0);
    for (; j + 2 <= k; j += 2) {
      const offset = (<usize>j) << 3;
      const value = nmadd(both, v128.load(step + offset), v128.load(row + offset));
      v128.store(row + offset, value);
      above = v128.or(above, v128.not(f64x2.le(f64x2.abs(value), limit)));
    }
    exceeds = v128.any_true(above);
  }
  for (; j < k; j++) {
    const offset = (<usize>j) << 3;
    const value = load<f64>(row + offset) - factor * load<f64>(step + offset);
    store<f64>(row + offset, value);
    if (!(abs(value) <= largest)) exceeds = true;
  }
  return exceeds;
}

/**
 * While an element of C = B·A⁻¹ (n × k) exceeds the limit in magnitude: the row of the largest one, (i, j), takes the place of active row j,
 * active[j] = i, which multiplies |det A| by |C_ij|; C and the inverse (m × k, columns as those of C) follow by rank-one updates. Ends after
 * `steps` swaps, whose number goes to active[k] (i32 [k + 1]). scratch: k + 2 numbers. NOT_FINITE when an element of C is not.
 */
export function swapRows(
  n: i32, m: i32, k: i32, steps: i32, limit: f64, c: usize, inverse: usize, active: usize, scratch: usize,
): i32 {
  if (n < 0 || m < 0 || k < 0 || !(limit >= 1)) return INVALID_ARGUMENT;
  const place = scratch;
  const step = scratch + 16;
  store<f64>(place, 0);
  store<i32>(place, -1, 8);
  for (let i = 0; i < n; i++) lookAt(i, k, at(c, i, 0, k), place);
  let swaps = 0;
  for (; swaps < steps; swaps++) {
    const largest = load<f64>(place);
    if (!isFinite<f64>(largest)) return NOT_FINITE;
    if (!(largest > limit)) break;
    const i = load<i32>(place, 8);
    const j = load<i32>(place, 12);
    const offset = (<usize>j) << 3;
    memory.copy(step, at(c, i, 0, k), (<usize>k) << 3);
    const pivot = load<f64>(step + offset);
    store<f64>(step + offset, pivot - 1);
    store<i32>(active + ((<usize>j) << 2), i);
    store<f64>(place, 0);
    for (let row = 0; row < n; row++) {
      const values = at(c, row, 0, k);
      if (updateRow(k, load<f64>(values + offset) / pivot, step, values, load<f64>(place))) lookAt(row, k, values, place);
    }
    for (let row = 0; row < m; row++) {
      const values = at(inverse, row, 0, k);
      subtractScaled(k, load<f64>(values + offset) / pivot, step, values);
    }
  }
  if (!isFinite<f64>(load<f64>(place))) return NOT_FINITE;
  store<i32>(active + ((<usize>k) << 2), swaps);
  return OK;
}
