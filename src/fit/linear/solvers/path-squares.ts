import { defineTask } from "../../../parallel/task.js";
import type { ReducedRows } from "./reduced-rows.js";

interface PathSquaresInput {
  /** What the columns were chosen by. */
  readonly rows: ReducedRows;
  /** Columns of the rows in the order that they were chosen in; none depends on those before. */
  readonly path: readonly number[];
  /** Other rows, with the same columns. */
  readonly others: ReducedRows;
}

/**
 * Sum of squared residuals of other rows with the coefficients that least squares have after each step of a path. Gram–Schmidt on the
 * chosen columns, twice, with the same steps on the columns of the other rows: A·C⁻¹ for the factor C of the chosen columns.
 */
export const pathSquares = defineTask("fit/linear/path-squares", (_, { rows, path, others }: PathSquaresInput): number[] => {
  const basis: Float64Array[] = [];
  const carried: Float64Array[] = [];
  const rest = others.target.slice();
  return path.map((column) => {
    const direction = columnOf(rows, column);
    const other = columnOf(others, column);
    for (let pass = 0; pass < 2; pass++) {
      for (const [k, q] of basis.entries()) {
        const overlap = dot(q, direction);
        subtract(direction, overlap, q);
        subtract(other, overlap, carried[k]);
      }
    }
    const length = Math.sqrt(dot(direction, direction));
    basis.push(direction.map((value) => value / length));
    carried.push(other.map((value) => value / length));
    subtract(rest, dot(basis[basis.length - 1], rows.target), carried[carried.length - 1]);
    return dot(rest, rest) + others.residual ** 2;
  });
});

function columnOf({ nColumns, factor }: ReducedRows, column: number): Float64Array {
  return Float64Array.from({ length: nColumns }, (_, i) => (i <= column ? factor[i * nColumns + column] : 0));
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function subtract(from: Float64Array, factor: number, what: Float64Array): void {
  for (let i = 0; i < from.length; i++) from[i] -= factor * what[i];
}
