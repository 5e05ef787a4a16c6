import { singularRows } from "../analysis/information/singular-rows.js";
import { type Matrix, matrix } from "../linalg/matrix.js";
import { defineTask, type TaskContext } from "../parallel/task.js";

/**
 * Largest error of the products x·x′ of all pairs of rows, in units of the largest |x|², where the first k principal components stand for the rows:
 * one number for each k = 0, 1, 2 … The components are those about the origin, as kernels are not centered. What is left of two rows has a product
 * no larger than the larger of their squared lengths, and a row with itself reaches that, so that pairs need not be gone through.
 * @returns all 0 where every row is 0
 */
export const kernelErrorsTask = defineTask("audit/kernel-errors", ({ wasm, scratch }: TaskContext, { x }: { readonly x: Matrix }): Float64Array => {
  const { rows: n, columns: d } = x;
  const isTall = n > d;
  const { values, left, scaled } = singularRows(wasm, scratch, isTall ? transposed(wasm, scratch, x) : x);
  const rank = values.length;
  const remaining = new Float64Array(n);
  const errors = new Float64Array(rank + 1);
  const factors = wasm.f64(left.pointer, left.rows * left.columns);
  const products = wasm.f64(scaled.pointer, scaled.rows * scaled.columns);
  // smallest first: sums of squares without cancellation
  for (let k = rank - 1; k >= 0; k--) {
    for (let i = 0; i < n; i++) {
      const along = isTall ? products[k * n + i] : values[k] * factors[k * n + i];
      remaining[i] += along * along;
    }
    errors[k] = remaining.reduce((most, square) => Math.max(most, square), 0);
  }
  const largest = errors[0];
  return largest > 0 ? errors.map((error) => error / largest) : errors;
});

function transposed(wasm: TaskContext["wasm"], scratch: TaskContext["scratch"], { pointer, rows, columns }: Matrix): Matrix {
  const copy = matrix(scratch.f64(rows * columns), columns, rows);
  const [from, to] = [wasm.f64(pointer, rows * columns), wasm.f64(copy.pointer, rows * columns)];
  for (let i = 0; i < rows; i++) for (let f = 0; f < columns; f++) to[f * rows + i] = from[i * columns + f];
  return copy;
}
