import { matrix, type Matrix } from "../../linalg/matrix.js";
import { qrMerge, qrUpdate } from "../../linalg/qr.js";
import { solveTriangularVector } from "../../linalg/triangular.js";
import type { Holdings } from "../../parallel/holdings.js";
import { defineTask } from "../../parallel/task.js";
import type { Pointer } from "../../wasm/memory.js";

/** An upper triangle with the reduced right-hand side in its last column: f64 [size × stride]. */
export interface Triangle {
  /** f64, row after row, `stride` elements apart. */
  readonly pointer: Pointer;
  /** Unknowns + 1 */
  readonly size: number;
  /** Elements from one row to the next, in the rows that are reduced too. */
  readonly stride: number;
}

/** Elements from one row to the next of a problem with some unknowns: these and the right-hand side, padded to an even number. */
export function strideOf(nColumns: number): number {
  return nColumns + 1 + ((nColumns + 1) % 2);
}

/** Bytes of one triangle of a problem with some unknowns. */
export function triangleBytes(nColumns: number): number {
  return 8 * (nColumns + 1) * strideOf(nColumns);
}

/** Empty triangles, which live as long as the holdings. */
export async function makeTriangles(nColumns: number, count: number, holdings: Holdings, signal?: AbortSignal): Promise<Triangle[]> {
  const triangles = Array.from({ length: count }, () => {
    const { pointer } = holdings.allocate(triangleBytes(nColumns), "triangular factor of the fit");
    return { pointer, size: nColumns + 1, stride: strideOf(nColumns) };
  });
  await holdings.executor.map(clearTriangle, triangles, { signal });
  return triangles;
}

function matrixOf({ pointer, size, stride }: Triangle): Matrix {
  return matrix(pointer, size, size, stride);
}

/** R ← 0. On a thread, because the first touch of new memory takes long. */
const clearTriangle = defineTask("fit/clear-triangle", ({ wasm }, { pointer, size, stride }: Triangle): null => {
  wasm.f64(pointer, size * stride).fill(0);
  return null;
});

interface UpdateInput {
  readonly triangle: Triangle;
  /** f64 [nRows × stride], overwritten */
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

/** What minimises the sum of squares. */
export interface LeastSquaresSolution {
  /** One for each unknown. */
  readonly coefficients: Float64Array;
  /** Norm of what remains of the right-hand side. */
  readonly residual: number;
}

/** Coefficients of R c = q by back substitution, and the norm of the residual. */
export const solveTriangle = defineTask(
  "fit/solve",
  ({ wasm, scratch }, triangle: Triangle): LeastSquaresSolution => {
    const n = triangle.size - 1;
    const values = wasm.f64(triangle.pointer, n * triangle.stride + triangle.size);
    const x = scratch.f64(n);
    const view = wasm.f64(x, n);
    for (let i = 0; i < n; i++) view[i] = values[i * triangle.stride + n];
    solveTriangularVector(wasm, "upper", matrix(triangle.pointer, n, n, triangle.stride), x);
    return { coefficients: view.slice(), residual: Math.abs(values[n * triangle.stride + n]) };
  },
);
