// Register tile of a sum of outer products: C[row][column] (+)= Σ_k A[k][row] · B[k][column], rows ≤ 4, columns a few vectors.
// It is the inner loop of everything that couples radial, angular and species channels.
import { broadcast, lanes, loadBroadcast, timesPlus } from "./lanes";

/**
 * ROWS and VECTORS are literals at every call, so that the branches on them vanish and the sums stay in registers.
 * Steps in bytes: A moves aStep per k and aRow per row; B moves bStep per k; C moves cRow per row.
 */
// @ts-ignore: decorator
@inline
function tile<T>(
  ROWS: i32,
  VECTORS: i32,
  count: i32,
  a: usize,
  aStep: usize,
  aRow: usize,
  b: usize,
  bStep: usize,
  c: usize,
  cRow: usize,
  accumulate: bool,
): void {
  const zero = broadcast<T>(0);
  let c00 = zero, c01 = zero, c02 = zero, c03 = zero;
  let c10 = zero, c11 = zero, c12 = zero, c13 = zero;
  let c20 = zero, c21 = zero, c22 = zero, c23 = zero;
  let c30 = zero, c31 = zero;
  if (accumulate) {
    c00 = load<T>(c);
    if (VECTORS > 1) c01 = load<T>(c, sizeof<T>());
    if (VECTORS > 2) c02 = load<T>(c, 2 * sizeof<T>());
    if (VECTORS > 3) c03 = load<T>(c, 3 * sizeof<T>());
    if (ROWS > 1) {
      const r = c + cRow;
      c10 = load<T>(r);
      if (VECTORS > 1) c11 = load<T>(r, sizeof<T>());
      if (VECTORS > 2) c12 = load<T>(r, 2 * sizeof<T>());
      if (VECTORS > 3) c13 = load<T>(r, 3 * sizeof<T>());
    }
    if (ROWS > 2) {
      const r = c + 2 * cRow;
      c20 = load<T>(r);
      if (VECTORS > 1) c21 = load<T>(r, sizeof<T>());
      if (VECTORS > 2) c22 = load<T>(r, 2 * sizeof<T>());
      if (VECTORS > 3) c23 = load<T>(r, 3 * sizeof<T>());
    }
    if (ROWS > 3) {
      const r = c + 3 * cRow;
      c30 = load<T>(r);
      if (VECTORS > 1) c31 = load<T>(r, sizeof<T>());
    }
  }
  for (let k = 0; k < count; k++) {
    const b0 = load<T>(b);
    let b1 = zero, b2 = zero, b3 = zero;
    if (VECTORS > 1) b1 = load<T>(b, sizeof<T>());
    if (VECTORS > 2) b2 = load<T>(b, 2 * sizeof<T>());
    if (VECTORS > 3) b3 = load<T>(b, 3 * sizeof<T>());
    const a0 = loadBroadcast<T>(a);
    c00 = timesPlus<T>(a0, b0, c00);
    if (VECTORS > 1) c01 = timesPlus<T>(a0, b1, c01);
    if (VECTORS > 2) c02 = timesPlus<T>(a0, b2, c02);
    if (VECTORS > 3) c03 = timesPlus<T>(a0, b3, c03);
    if (ROWS > 1) {
      const a1 = loadBroadcast<T>(a + aRow);
      c10 = timesPlus<T>(a1, b0, c10);
      if (VECTORS > 1) c11 = timesPlus<T>(a1, b1, c11);
      if (VECTORS > 2) c12 = timesPlus<T>(a1, b2, c12);
      if (VECTORS > 3) c13 = timesPlus<T>(a1, b3, c13);
    }
    if (ROWS > 2) {
      const a2 = loadBroadcast<T>(a + 2 * aRow);
      c20 = timesPlus<T>(a2, b0, c20);
      if (VECTORS > 1) c21 = timesPlus<T>(a2, b1, c21);
      if (VECTORS > 2) c22 = timesPlus<T>(a2, b2, c22);
      if (VECTORS > 3) c23 = timesPlus<T>(a2, b3, c23);
    }
    if (ROWS > 3) {
      const a3 = loadBroadcast<T>(a + 3 * aRow);
      c30 = timesPlus<T>(a3, b0, c30);
      if (VECTORS > 1) c31 = timesPlus<T>(a3, b1, c31);
    }
    a += aStep;
    b += bStep;
  }
  store<T>(c, c00);
  if (VECTORS > 1) store<T>(c, c01, sizeof<T>());
  if (VECTORS > 2) store<T>(c, c02, 2 * sizeof<T>());
  if (VECTORS > 3) store<T>(c, c03, 3 * sizeof<T>());
  if (ROWS > 1) {
    const r = c + cRow;
    store<T>(r, c10);
    if (VECTORS > 1) store<T>(r, c11, sizeof<T>());
    if (VECTORS > 2) store<T>(r, c12, 2 * sizeof<T>());
    if (VECTORS > 3) store<T>(r, c13, 3 * sizeof<T>());
  }
  if (ROWS > 2) {
    const r = c + 2 * cRow;
    store<T>(r, c20);
    if (VECTORS > 1) store<T>(r, c21, sizeof<T>());
    if (VECTORS > 2) store<T>(r, c22, 2 * sizeof<T>());
    if (VECTORS > 3) store<T>(r, c23, 3 * sizeof<T>());
  }
  if (ROWS > 3) {
    const r = c + 3 * cRow;
    store<T>(r, c30);
    if (VECTORS > 1) store<T>(r, c31, sizeof<T>());
  }
}

/** `rows` (1 to 3) × `columns` (a multiple of the lanes), any number of columns. */
function rowsOf<T>(
  ROWS: i32,
  columns: i32,
  count: i32,
  a: usize,
  aStep: usize,
  aRow: usize,
  b: usize,
  bStep: usize,
  c: usize,
  cRow: usize,
  accumulate: bool,
): void {
  let vectors = columns / lanes<T>();
  while (vectors >= 4) {
    if (ROWS == 3) tile<T>(3, 4, count, a, aStep, aRow, b, bStep, c, cRow, accumulate);
    else if (ROWS == 2) tile<T>(2, 4, count, a, aStep, aRow, b, bStep, c, cRow, accumulate);
    else tile<T>(1, 4, count, a, aStep, aRow, b, bStep, c, cRow, accumulate);
    vectors -= 4;
    b += 4 * sizeof<T>();
    c += 4 * sizeof<T>();
  }
  if (vectors >= 2) {
    if (ROWS == 3) tile<T>(3, 2, count, a, aStep, aRow, b, bStep, c, cRow, accumulate);
    else if (ROWS == 2) tile<T>(2, 2, count, a, aStep, aRow, b, bStep, c, cRow, accumulate);
    else tile<T>(1, 2, count, a, aStep, aRow, b, bStep, c, cRow, accumulate);
    vectors -= 2;
    b += 2 * sizeof<T>();
    c += 2 * sizeof<T>();
  }
  if (vectors == 1) {
    if (ROWS == 3) tile<T>(3, 1, count, a, aStep, aRow, b, bStep, c, cRow, accumulate);
    else if (ROWS == 2) tile<T>(2, 1, count, a, aStep, aRow, b, bStep, c, cRow, accumulate);
    else tile<T>(1, 1, count, a, aStep, aRow, b, bStep, c, cRow, accumulate);
  }
}

/** C[rows × columns] (+)= Σ_k A[k] ⊗ B[k]; columns must be a multiple of the lanes of T. */
export function outerProducts<T>(
  rows: i32,
  columns: i32,
  count: i32,
  a: usize,
  aStep: usize,
  aRow: usize,
  b: usize,
  bStep: usize,
  c: usize,
  cRow: usize,
  accumulate: bool,
): void {
  for (; rows >= 3; rows -= 3) {
    rowsOf<T>(3, columns, count, a, aStep, aRow, b, bStep, c, cRow, accumulate);
    a += 3 * aRow;
    c += 3 * cRow;
  }
  if (rows == 2) rowsOf<T>(2, columns, count, a, aStep, aRow, b, bStep, c, cRow, accumulate);
  else if (rows == 1) rowsOf<T>(1, columns, count, a, aStep, aRow, b, bStep, c, cRow, accumulate);
}

/** Exactly four rows: a value and its three derivatives. */
export function outerProducts4<T>(
  columns: i32,
  count: i32,
  a: usize,
  aStep: usize,
  aRow: usize,
  b: usize,
  bStep: usize,
  c: usize,
  cRow: usize,
): void {
  let vectors = columns / lanes<T>();
  while (vectors >= 2) {
    tile<T>(4, 2, count, a, aStep, aRow, b, bStep, c, cRow, false);
    vectors -= 2;
    b += 2 * sizeof<T>();
    c += 2 * sizeof<T>();
  }
  if (vectors == 1) tile<T>(4, 1, count, a, aStep, aRow, b, bStep, c, cRow, false);
}
