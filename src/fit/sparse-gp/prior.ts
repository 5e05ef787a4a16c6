import { NumericalError } from "../../errors.js";
import { attachKernel, type KernelParameters, kernelRemedy } from "../../kernels/registry.js";
import { matrix, rowBlock } from "../../linalg/matrix.js";
import { packedCholesky, packedElements, packedIndex } from "../../linalg/packed-triangle.js";
import { defineTask } from "../../parallel/task.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { Triangle } from "../least-squares/triangle.js";

/** Rows of the kernel matrix that are computed at a time. */
export const PRIOR_ROWS = 64;

interface RegularizationInput {
  readonly kernel: KernelParameters;
  readonly jitter: number;
  /** f64 [nSparse × nFeatures] */
  readonly points: Pointer;
  readonly nSparse: number;
  readonly nFeatures: number;
  readonly triangle: Triangle;
  readonly firstColumn: number;
}

/**
 * Lᵀ of K_MM + jitter·1 = L Lᵀ into the diagonal block of a term: rows that stand for the prior of the coefficients.
 * @throws {NumericalError} when the kernel matrix is not positive definite
 */
export const regularize = defineTask("fit/regularize", ({ wasm, scratch }, input: RegularizationInput): null => {
  const { kernel, jitter, nSparse, triangle, firstColumn } = input;
  kernelMatrix(wasm, input, scratch);
  const values = packedElements(wasm, triangle);
  for (let i = firstColumn; i < firstColumn + nSparse; i++) values[packedIndex(triangle.stride, i, i)] += jitter;
  try {
    packedCholesky(wasm, scratch, triangle, firstColumn, nSparse);
  } catch (error) {
    const remedy = kernelRemedy(kernel);
    if (error instanceof NumericalError && remedy !== undefined) error.message += `; ${remedy}`;
    throw error;
  }
  return null;
});

/** K_MM into the diagonal block: rows of its lower half become columns of the triangle. */
function kernelMatrix(wasm: Wasm, input: RegularizationInput, scratch: Arena): void {
  const { points, nSparse, nFeatures, triangle, firstColumn } = input;
  const evaluator = attachKernel(wasm, input.kernel);
  const rows = matrix(points, nSparse, nFeatures);
  const mark = scratch.mark();
  const stride = nSparse + (nSparse % 2);
  const block = scratch.f64(Math.min(PRIOR_ROWS, nSparse) * stride);
  for (let first = 0; first < nSparse; first += PRIOR_ROWS) {
    const count = Math.min(PRIOR_ROWS, nSparse - first);
    const columns = first + count;
    evaluator.matrix(rowBlock(rows, first, count), rowBlock(rows, 0, columns), matrix(block, count, columns, stride), scratch);
    wasm.routines.packedSetColumns(firstColumn, firstColumn + first, count, triangle.pointer, triangle.stride, block, stride);
  }
  scratch.reset(mark);
}
