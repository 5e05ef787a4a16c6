import { NumericalError } from "../../errors.js";
import { attachKernel, type KernelParameters, kernelRemedy } from "../../kernels/registry.js";
import { cholesky, solveTriangularVector } from "../../linalg/triangular.js";
import { matrix } from "../../linalg/matrix.js";
import { qrMerge, qrUpdate } from "../../linalg/qr.js";
import { namingStructure } from "../../environments/environments.js";
import { defineTask } from "../../parallel/task.js";
import type { Pointer } from "../../wasm/memory.js";
import { DesignRows } from "./design-rows.js";
import { type FitPlan, rowsOf, type StructureTargets } from "./plan.js";

/** An upper triangle with the reduced right-hand side in its last column: f64 [size × stride]. */
export interface Triangle {
  readonly pointer: Pointer;
  /** Sparse points of all terms + 1 */
  readonly size: number;
  readonly stride: number;
}

const matrixOf = ({ pointer, size, stride }: Triangle) => matrix(pointer, size, size, stride);

/** R ← 0. On a thread, because the first touch of new memory takes long. */
export const clearTriangle = defineTask("fit/clear-triangle", ({ wasm }, { pointer, size, stride }: Triangle): null => {
  wasm.f64(pointer, size * stride).fill(0);
  return null;
});

interface BlockInput {
  readonly plan: FitPlan;
  readonly structures: readonly StructureTargets[];
  /** f64 [rows × stride], out */
  readonly design: Pointer;
}

/** Rows of the design matrix of some structures, with the right-hand side, weighted. */
export const buildBlock = defineTask("fit/build-block", ({ wasm, scratch }, { plan, structures, design }: BlockInput): null => {
  const rows = new DesignRows(wasm, plan);
  let target = design;
  for (const structure of structures) {
    namingStructure(structure.geometry.label, () => rows.fill(structure, target, scratch));
    target += 8 * rowsOf(structure) * plan.stride;
  }
  return null;
});

interface UpdateInput {
  readonly triangle: Triangle;
  readonly design: Pointer;
  readonly nRows: number;
}

/** R ← triangular factor of [R; A]. Not pure (R changes), so it reserves its scratch before it writes. */
export const updateTriangle = defineTask("fit/update-triangle", ({ wasm, scratch }, { triangle, design, nRows }: UpdateInput): null => {
  qrUpdate(wasm, scratch, matrixOf(triangle), matrix(design, nRows, triangle.size, triangle.stride));
  return null;
});

/** R ← triangular factor of [R; S]. */
export const mergeTriangles = defineTask("fit/merge-triangles", ({ wasm, scratch }, [into, from]: readonly [Triangle, Triangle]): null => {
  qrMerge(wasm, scratch, matrixOf(into), matrixOf(from));
  return null;
});

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

/** Coefficients of R c = q by back substitution, and the norm of the residual. */
export const solveTriangle = defineTask(
  "fit/solve",
  ({ wasm, scratch }, triangle: Triangle): { coefficients: Float64Array; residual: number } => {
    const n = triangle.size - 1;
    const values = wasm.f64(triangle.pointer, n * triangle.stride + triangle.size);
    const x = scratch.f64(n);
    const view = wasm.f64(x, n);
    for (let i = 0; i < n; i++) view[i] = values[i * triangle.stride + n];
    solveTriangularVector(wasm, "upper", matrix(triangle.pointer, n, n, triangle.stride), x);
    return { coefficients: view.slice(), residual: Math.abs(values[n * triangle.stride + n]) };
  },
);
