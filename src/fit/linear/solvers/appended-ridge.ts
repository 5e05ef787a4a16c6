import { matrix } from "../../../linalg/matrix.js";
import { packedElements, packedIndex, packedSolve, packedTriangle, packedTriangleBytes } from "../../../linalg/packed-triangle.js";
import { qrUpdate } from "../../../linalg/qr.js";
import { defineTask } from "../../../parallel/task.js";
import type { ReducedRows } from "./reduced-rows.js";

interface AppendedRidgeInput {
  readonly rows: ReducedRows;
  readonly scale: Float64Array;
  readonly regularization: number;
}

/**
 * Coefficients of a ridge with a given λ, by QR of [R; √λ·Γ]: the condition is that of the rows, not its square.
 * @throws {NumericalError} when λ = 0 and R is singular
 */
export const appendedRidge = defineTask("fit/linear/ridge", ({ wasm, scratch }, { rows, scale, regularization }: AppendedRidgeInput): Float64Array => {
  const n = rows.nColumns;
  const triangle = packedTriangle(scratch.allocate(packedTriangleBytes(n + 1)), n + 1);
  const elements = packedElements(wasm, triangle).fill(0);
  for (let i = 0; i < n; i++) {
    elements.set(rows.factor.subarray(i * n + i, i * n + n), packedIndex(triangle.stride, i, i));
    elements[packedIndex(triangle.stride, i, n)] = rows.target[i];
  }
  if (regularization > 0) {
    const appended = matrix(scratch.f64(n * (n + 1)), n, n + 1);
    const values = wasm.f64(appended.pointer, n * (n + 1)).fill(0);
    for (let i = 0; i < n; i++) values[i * (n + 2)] = Math.sqrt(regularization) * scale[i];
    qrUpdate(wasm, scratch, triangle, appended);
  }
  const x = scratch.f64(n);
  const solution = wasm.f64(x, n);
  for (let i = 0; i < n; i++) solution[i] = elements[packedIndex(triangle.stride, i, n)];
  packedSolve(wasm, triangle, n, x);
  return solution.slice();
});
