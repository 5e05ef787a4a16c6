/** A row-major matrix of doubles, or a view of one: rows and columns say how it is meant. */
@unmanaged
export class Matrix {
  /** f64 */
  pointer: usize;
  rows: i32;
  columns: i32;
  /** Elements from one stored row to the next */
  stride: i32;
  /** 1 for a view of the transpose: element (i, j) is stored at j · stride + i */
  transposed: i32;
}

/** Whether the shape is possible and stored rows do not overlap. */
export function isSound(a: Matrix): bool {
  return a.rows >= 0 && a.columns >= 0 && (a.transposed ? a.rows : a.columns) <= a.stride;
}

/** The same for a matrix that a routine writes: stored, not transposed, and of this shape. */
export function isTarget(c: Matrix, rows: i32, columns: i32): bool {
  return isSound(c) && !c.transposed && c.rows == rows && c.columns == columns;
}
