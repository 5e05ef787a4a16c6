import { packedElements, packedIndex } from "../../linalg/packed-triangle.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { Triangle } from "../least-squares/triangle.js";
import type { ReducedRows } from "./solvers/reduced-rows.js";

/** Reduced rows without the columns that are 0 in all of them. */
export interface ReducedColumns {
  /** Of the columns that are left. */
  readonly rows: ReducedRows;
  /** Numbers of the columns that are left, ascending. */
  readonly kept: Int32Array;
  /** Norm of every column over all weighted rows; 0 for those that are left out. */
  readonly norms: Float64Array;
}

/**
 * Copies R, Qᵀy and the norm of the residual out of a triangle. A column that is 0 in every row is 0 in R, and so is its row, which no
 * reflector has touched: both can be left out.
 * @param nRows rows that were reduced
 */
export function readReduced(wasm: Wasm, triangle: Triangle, nRows: number): ReducedColumns {
  const n = triangle.size - 1;
  const elements = packedElements(wasm, triangle);
  const norms = new Float64Array(n);
  forEachRow(triangle, (i, first) => {
    for (let j = i; j < n; j++) norms[j] += elements[first + j - i] ** 2;
  });
  const kept = Int32Array.from(norms.keys()).filter((column) => norms[column] !== 0);
  const size = kept.length;
  const factor = new Float64Array(size * size);
  const target = new Float64Array(size);
  for (const [a, i] of kept.entries()) {
    const first = packedIndex(triangle.stride, i, i);
    for (let b = a; b < size; b++) factor[a * size + b] = elements[first + kept[b] - i];
    target[a] = elements[first + n - i];
  }
  const residual = Math.abs(elements[packedIndex(triangle.stride, n, n)]);
  return { rows: { nColumns: size, factor, target, residual, nRows }, kept, norms: norms.map(Math.sqrt) };
}

/** The same with columns numbered among all, of which only some were reduced. */
export function amongAllColumns({ rows, kept, norms }: ReducedColumns, reduced: Int32Array, nColumns: number): ReducedColumns {
  const all = new Float64Array(nColumns);
  reduced.forEach((column, k) => (all[column] = norms[k]));
  return { rows, kept: kept.map((column) => reduced[column]), norms: all };
}

function forEachRow({ size, stride }: Triangle, visit: (row: number, first: number) => void): void {
  for (let i = 0; i < size - 1; i++) visit(i, packedIndex(stride, i, i));
}
