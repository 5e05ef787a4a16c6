import { NumericalError } from "../../errors.js";
import { attachKernel, type KernelParameters, kernelRemedy } from "../../kernels/registry.js";
import { matrix, rowBlock } from "../../linalg/matrix.js";
import { packedCholesky, packedElements, packedIndex } from "../../linalg/packed-triangle.js";
import { defineTask } from "../../parallel/task.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { Triangle } from "../least-squares/triangle.js";
import type { Jitter } from "./schema.js";

/** Rows of the kernel matrix that are computed at a time. */
export const PRIOR_ROWS = 64;

interface RegularizationInput {
  readonly kernel: KernelParameters;
  readonly jitter: Jitter;
  /** f64 [nSparse × nFeatures] */
  readonly points: Pointer;
  readonly nSparse: number;
  readonly nFeatures: number;
  /** Whether the last feature is the weight of the row. */
  readonly weighsRows: boolean;
  readonly triangle: Triangle;
  readonly firstColumn: number;
}

/**
 * Lᵀ of K_MM + jitter = L Lᵀ into the diagonal block of a term: rows that stand for the prior of the coefficients.
 * @throws {NumericalError} when the kernel matrix is not positive definite
 */
export const regularize = defineTask("fit/regularize", ({ wasm, scratch }, input: RegularizationInput): null => {
  const { kernel, jitter, nSparse, triangle, firstColumn } = input;
  kernelMatrix(wasm, input, scratch);
  const values = packedElements(wasm, triangle);
  const diagonal = Array.from({ length: nSparse }, (_, i) => packedIndex(triangle.stride, firstColumn + i, firstColumn + i));
  jitters(Float64Array.from(diagonal, (place) => values[place]), jitter).forEach((added, i) => (values[diagonal[i]] += added));
  try {
    packedCholesky(wasm, scratch, triangle, firstColumn, nSparse);
  } catch (error) {
    const remedy = kernelRemedy(kernel);
    if (error instanceof NumericalError && remedy !== undefined) error.message += `; ${remedy}`;
    throw error;
  }
  return null;
});

/**
 * What is added to each element of the diagonal. A relative jitter is that of the correlation matrix, K_ij / √(K_ii K_jj), whose condition
 * neither δ nor the length of fingerprints changes; an absolute one of 10⁻⁸ is rounded away where fingerprints of length 10 give K_ii = 10⁸ at ζ = 4.
 * A fingerprint of zeros gets the share of the average.
 */
export function jitters(diagonal: Float64Array, jitter: Jitter): Float64Array {
  if (typeof jitter === "number") return new Float64Array(diagonal.length).fill(jitter);
  const average = diagonal.reduce((sum, value) => sum + value, 0) / diagonal.length;
  return diagonal.map((value) => jitter.relative * (value > 0 ? value : average));
}

/** K_MM into the diagonal block: rows of its lower half become columns of the triangle. */
function kernelMatrix(wasm: Wasm, input: RegularizationInput, scratch: Arena): void {
  const { points, nSparse, nFeatures, triangle, firstColumn } = input;
  const evaluator = attachKernel(wasm, input.kernel, input);
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
