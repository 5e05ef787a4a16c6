import { NumericalError } from "../../errors.js";
import { attachKernel, type KernelParameters, kernelRemedy } from "../../kernels/registry.js";
import { cholesky } from "../../linalg/triangular.js";
import { matrix } from "../../linalg/matrix.js";
import { defineTask } from "../../parallel/task.js";
import type { Pointer } from "../../wasm/memory.js";
import type { Triangle } from "../least-squares/triangle.js";

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
  const { kernel, jitter, points, nSparse, nFeatures, triangle, firstColumn } = input;
  const rows = matrix(points, nSparse, nFeatures);
  const block = matrix(triangle.pointer + 8 * firstColumn * (triangle.stride + 1), nSparse, nSparse, triangle.stride);
  attachKernel(wasm, kernel).matrix(rows, rows, block, scratch);
  const values = wasm.f64(block.pointer, (nSparse - 1) * block.stride + nSparse);
  for (let i = 0; i < nSparse; i++) values[i * (block.stride + 1)] += jitter;
  try {
    cholesky(wasm, scratch, block);
  } catch (error) {
    const remedy = kernelRemedy(kernel);
    if (error instanceof NumericalError && remedy !== undefined) error.message += `; ${remedy}`;
    throw error;
  }
  for (let i = 0; i < nSparse; i++) {
    for (let j = 0; j < i; j++) {
      values[j * block.stride + i] = values[i * block.stride + j];
      values[i * block.stride + j] = 0;
    }
  }
  return null;
});
