import { InvalidParameterError, NumericalError } from "../../../errors.js";
import { matrix } from "../../../linalg/matrix.js";
import { packedElements, packedIndex, type PackedTriangle, packedTriangle, packedTriangleBytes } from "../../../linalg/packed-triangle.js";
import { qrUpdate } from "../../../linalg/qr.js";
import { defineTask } from "../../../parallel/task.js";
import type { WorkContext } from "../../../parallel/work-context.js";
import type { Wasm } from "../../../wasm/wasm.js";
import type { ReducedRows } from "./reduced-rows.js";

/** What a solver needs of a triangle that all rows were reduced to, the right-hand side in its last column. */
export function readReducedRows(wasm: Wasm, triangle: PackedTriangle, nRows: number): ReducedRows {
  const n = triangle.size - 1;
  const elements = packedElements(wasm, triangle);
  const factor = new Float64Array(n * n);
  const target = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const first = packedIndex(triangle.stride, i, i);
    factor.set(elements.subarray(first, first + n - i), i * (n + 1));
    target[i] = elements[first + n - i];
  }
  return { nColumns: n, factor, target, residual: Math.abs(elements[packedIndex(triangle.stride, n, n)]), nRows };
}

interface DenseInput {
  readonly values: Float64Array;
  readonly nColumns: number;
  readonly targets: Float64Array;
}

export const reduceDenseTask = defineTask("fit/linear/reduce-dense", ({ wasm, scratch }, { values, nColumns: n, targets }: DenseInput): ReducedRows => {
  const nRows = targets.length;
  const triangle = packedTriangle(scratch.allocate(packedTriangleBytes(n + 1)), n + 1);
  const dense = matrix(scratch.f64(nRows * (n + 1)), nRows, n + 1);
  const elements = wasm.f64(dense.pointer, nRows * (n + 1));
  packedElements(wasm, triangle).fill(0);
  for (let i = 0; i < nRows; i++) {
    elements.set(values.subarray(i * n, (i + 1) * n), i * (n + 1));
    elements[i * (n + 1) + n] = targets[i];
  }
  qrUpdate(wasm, scratch, triangle, dense);
  return readReducedRows(wasm, triangle, nRows);
});

/**
 * Reduces rows that are in memory as a whole; what is larger streams through `reduceRows`.
 * @param values f64 [rows × columns], weighted
 * @param targets f64 [rows], weighted
 * @throws {InvalidParameterError} when lengths do not fit; {NumericalError} when a value is not finite
 */
export async function reduceDenseRows(values: Float64Array, nColumns: number, targets: Float64Array, { executor, signal }: WorkContext): Promise<ReducedRows> {
  if (values.length !== nColumns * targets.length) {
    throw new InvalidParameterError(`${values.length} values for ${targets.length} rows of ${nColumns} columns: there have to be ${nColumns * targets.length}`);
  }
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new NumericalError(`row ${Math.floor(bad / nColumns)}, column ${bad % nColumns} of the fit is ${values[bad]}`);
  const badTarget = targets.findIndex((value) => !Number.isFinite(value));
  if (badTarget >= 0) throw new NumericalError(`target ${badTarget} of the fit is ${targets[badTarget]}`);
  return executor.submit(reduceDenseTask, { values, nColumns, targets }, { signal });
}
