import { matrix, type Matrix } from "../../../linalg/matrix.js";
import type { Holdings } from "../../../parallel/holdings.js";
import type { Pointer } from "../../../wasm/memory.js";
import type { Wasm } from "../../../wasm/wasm.js";
import { strideOf } from "../../least-squares/triangle.js";

/** Some of all columns, ascending, in shared memory. */
export interface PlacedColumns {
  /** i32 [count] */
  readonly pointer: Pointer;
  readonly count: number;
}

/** Puts columns where every thread reads them, as long as the holdings last. */
export function placeColumns(columns: Int32Array, holdings: Holdings): PlacedColumns {
  const { pointer } = holdings.allocate(4 * columns.length, "columns of the fit");
  holdings.executor.wasm.i32(pointer, columns.length).set(columns);
  return { pointer, count: columns.length };
}

/** Moves rows together, in place, so that they have some of their columns and the last one, the right-hand side. */
export function compactRows(wasm: Wasm, rows: Matrix, { pointer, count }: PlacedColumns): Matrix {
  const columns = wasm.i32(pointer, count);
  const stride = strideOf(count);
  const values = wasm.f64(rows.pointer, rows.rows * rows.stride);
  for (let i = 0; i < rows.rows; i++) {
    const [from, to] = [i * rows.stride, i * stride];
    // what is written stands never behind what is still to be read
    for (let k = 0; k < count; k++) values[to + k] = values[from + columns[k]];
    values[to + count] = values[from + rows.columns - 1];
    if (stride > count + 1) values[to + count + 1] = 0;
  }
  return matrix(rows.pointer, rows.rows, count + 1, stride);
}
