// A panel of rows becomes a lower triangle: A·H₁·H₂… = [L 0] with Householder reflectors H = I − tau·vᵀ·v of whole rows, which are contiguous.
// Recursive (Elmroth & Gustavson, IBM J. Res. Dev. 44, 605 (2000), doi:10.1147/rd.444.0605), in compact WY form: H₁·H₂… = I − Vᵀ·T·V.
import { INVALID_ARGUMENT, NOT_FINITE, OK } from "../status";
import { multiply, productScratch } from "./gemm";
import { ALL } from "./kernel";
import { at, copyBlock, dotProduct, NEGLIGIBLE_SQUARE, scaleVector, subtractScaled } from "./vector";

/** Rows that are reflected one by one. */
const STRIP: i32 = 8;

/** out: f64 [1], bytes of scratch of `rowReflectors`. */
export function rowReflectorsScratchBytes(rows: i32, columns: i32, out: usize): i32 {
  if (rows < 0 || columns < 0) return INVALID_ARGUMENT;
  store<f64>(out, 16 * <f64>rows * <f64>rows + <f64>productScratch(rows, max(rows, columns), max(rows, columns)));
  return OK;
}

/** Row i loses its own part of L to `lower`, becomes v (0 before column i, 1 there), and acts on the rows up to `end`. */
function reflectRow(i: i32, first: i32, end: i32, columns: i32, a: usize, lda: i32, lower: usize, t: usize, size: i32): i32 {
  const row = at(a, i, 0, lda);
  const pivot = at(a, i, i, lda);
  const rest = columns - i - 1;
  const alpha = load<f64>(pivot);
  const below = dotProduct(rest, pivot + 8, pivot + 8);
  const square = alpha * alpha + below;
  if (!isFinite<f64>(square)) return NOT_FINITE;
  // what has lost its digits to underflow gives no reflector that is orthogonal
  const something = below > NEGLIGIBLE_SQUARE;
  const beta = something ? (alpha >= 0 ? -sqrt(square) : sqrt(square)) : alpha;
  const tau = something ? (beta - alpha) / beta : 0;
  copyBlock(1, i, row, lda, at(lower, i, 0, size), size);
  store<f64>(at(lower, i, i, size), beta);
  memory.fill(row, 0, (<usize>i) << 3);
  store<f64>(pivot, 1);
  if (something) scaleVector(rest, 1 / (alpha - beta), pivot + 8);
  for (let k = i + 1; k < end; k++) {
    const other = at(a, k, i, lda);
    subtractScaled(rest + 1, tau * dotProduct(rest + 1, pivot, other), pivot, other);
  }
  // column i of T: −tau·T·(V·vᵀ) above the diagonal, in place of the products
  for (let k = first; k < i; k++) store<f64>(at(t, k, i, size), dotProduct(rest + 1, pivot, at(a, k, i, lda)));
  for (let k = first; k < i; k++) {
    let sum = 0.0;
    for (let c = k; c < i; c++) sum += load<f64>(at(t, k, c, size)) * load<f64>(at(t, c, i, size));
    store<f64>(at(t, k, i, size), -tau * sum);
  }
  store<f64>(at(t, i, i, size), tau);
  return OK;
}

/** Rows from `to` on, `count` of them, times the reflectors of the rows first … first + k − 1. w: 2·count·k numbers. */
function reflectRows(first: i32, k: i32, to: i32, count: i32, columns: i32, a: usize, lda: i32, t: usize, size: i32, w: usize, scratch: usize): void {
  const v = at(a, first, first, lda);
  const target = at(a, to, first, lda);
  const u = w + ((<usize>count * k) << 3);
  const depth = columns - first;
  multiply(0, 1, count, k, depth, 1, target, lda, v, lda, 0, w, k, ALL, scratch);
  multiply(0, 0, count, k, k, 1, w, k, at(t, first, first, size), size, 0, u, k, ALL, scratch);
  multiply(0, 0, count, depth, k, -1, u, k, v, lda, 1, target, lda, ALL, scratch);
}

/** T₁₂ = −T₁·(V₁·V₂ᵀ)·T₂ */
function joinT(first: i32, left: i32, right: i32, columns: i32, a: usize, lda: i32, t: usize, size: i32, w: usize, scratch: usize): void {
  const second = first + left;
  const u = w + ((<usize>left * right) << 3);
  multiply(0, 1, left, right, columns - second, 1, at(a, first, second, lda), lda, at(a, second, second, lda), lda, 0, w, right, ALL, scratch);
  multiply(0, 0, left, right, left, -1, at(t, first, first, size), size, w, right, 0, u, right, ALL, scratch);
  multiply(0, 0, left, right, right, 1, u, right, at(t, second, second, size), size, 0, at(t, first, second, size), size, ALL, scratch);
}

function factorRows(first: i32, count: i32, columns: i32, a: usize, lda: i32, lower: usize, t: usize, size: i32, w: usize, scratch: usize): i32 {
  if (count <= STRIP) {
    for (let i = first; i < first + count; i++) {
      const status = reflectRow(i, first, first + count, columns, a, lda, lower, t, size);
      if (status != OK) return status;
    }
    return OK;
  }
  let left = STRIP;
  while (2 * left < count) left *= 2;
  const right = count - left;
  const status = factorRows(first, left, columns, a, lda, lower, t, size, w, scratch);
  if (status != OK) return status;
  reflectRows(first, left, first + left, right, columns, a, lda, t, size, w, scratch);
  const second = factorRows(first + left, right, columns, a, lda, lower, t, size, w, scratch);
  if (second != OK) return second;
  joinT(first, left, right, columns, a, lda, t, size, w, scratch);
  return OK;
}

/**
 * A (rows × columns) = [L 0]·(I − Vᵀ·T·V)ᵀ. The first k = min(rows, columns) rows of A become those of V, with zeros before the unit diagonal.
 * lower, t: f64 [rows × rows], out: L and T, zero beyond column k and opposite to their triangles. NOT_FINITE when a row is not finite;
 * A is then undefined. scratch: as `rowReflectorsScratchBytes(rows, columns)` says.
 */
export function rowReflectors(rows: i32, columns: i32, a: usize, lda: i32, lower: usize, t: usize, scratch: usize): i32 {
  if (rows < 0 || columns < 0 || lda < columns) return INVALID_ARGUMENT;
  memory.fill(lower, 0, (<usize>rows * rows) << 3);
  memory.fill(t, 0, (<usize>rows * rows) << 3);
  const products = scratch + ((<usize>rows * rows) << 4);
  const k = min(rows, columns);
  const status = factorRows(0, k, columns, a, lda, lower, t, rows, scratch, products);
  if (status != OK || k == rows) return status;
  reflectRows(0, k, k, rows - k, columns, a, lda, t, rows, scratch, products);
  copyBlock(rows - k, k, at(a, k, 0, lda), lda, at(lower, k, 0, rows), rows);
  return OK;
}
