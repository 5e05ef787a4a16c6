import { matrix } from "../../linalg/matrix.js";
import { packedElements, packedIndex, packedSolve, type PackedTriangle, packedTriangle, packedTriangleBytes, trailingTriangle } from "../../linalg/packed-triangle.js";
import { qrMerge, qrUpdate } from "../../linalg/qr.js";
import type { Holdings } from "../../parallel/holdings.js";
import { defineTask } from "../../parallel/task.js";
import type { Pointer } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";

/** Unknowns of a least-squares problem as the columns of R, with the reduced right-hand side in the last one: size = unknowns + 1. */
export type Triangle = PackedTriangle;

/** Elements from one row to the next in the rows of a problem with some unknowns: these and the right-hand side, padded to an even number. */
export function strideOf(nColumns: number): number {
  return nColumns + 1 + ((nColumns + 1) % 2);
}

/** Bytes of one triangle of a problem with some unknowns. */
export function triangleBytes(nColumns: number): number {
  return packedTriangleBytes(nColumns + 1);
}

/** Empty triangles, which live as long as the holdings. */
export async function makeTriangles(nColumns: number, count: number, holdings: Holdings, signal?: AbortSignal): Promise<Triangle[]> {
  const triangles = Array.from({ length: count }, () =>
    packedTriangle(holdings.allocate(triangleBytes(nColumns), "triangular factor of the fit").pointer, nColumns + 1),
  );
  await holdings.executor.map(clearTriangle, triangles, { signal });
  return triangles;
}

/** R ← 0. On a thread, because the first touch of new memory takes long. */
const clearTriangle = defineTask("fit/clear-triangle", ({ wasm }, triangle: Triangle): null => {
  packedElements(wasm, triangle).fill(0);
  return null;
});

/** Rows for a triangle. */
export interface UpdateInput {
  readonly triangle: Triangle;
  /** f64 [nRows × strideOf(unknowns)], overwritten */
  readonly design: Pointer;
  readonly nRows: number;
  /** Columns before this one are 0 in all rows, so that R does not change there; default: 0. */
  readonly firstColumn?: number | undefined;
}

/** R ← triangular factor of [R; A]. Not pure (R changes), so it reserves its scratch before it writes. */
export const updateTriangle = defineTask("fit/update-triangle", ({ wasm, scratch }, { triangle, design, nRows, firstColumn = 0 }: UpdateInput): null => {
  const { triangle: changed, first } = trailingTriangle(triangle, firstColumn);
  qrUpdate(wasm, scratch, changed, matrix(design + 8 * first, nRows, changed.size, strideOf(triangle.size - 1)));
  return null;
});

/** R ← triangular factor of [R; S]. */
export const mergeTriangles = defineTask("fit/merge-triangles", ({ wasm, scratch }, [into, from]: readonly [Triangle, Triangle]): null => {
  qrMerge(wasm, scratch, into, from);
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
    const values = packedElements(wasm, triangle);
    const x = scratch.f64(n);
    const view = wasm.f64(x, n);
    for (let i = 0; i < n; i++) view[i] = values[packedIndex(triangle.stride, i, n)];
    packedSolve(wasm, triangle, n, x);
    return { coefficients: view.slice(), residual: Math.abs(values[packedIndex(triangle.stride, n, n)]) };
  },
);

/** R without the right-hand side, copied out of WebAssembly memory: its rows one after the other, each from the diagonal on. */
export function readFactor(wasm: Wasm, triangle: Triangle): Float64Array {
  const n = triangle.size - 1;
  const values = packedElements(wasm, triangle);
  const factor = new Float64Array((n * (n + 1)) / 2);
  for (let i = 0, next = 0; i < n; next += n - i, i++) {
    const first = packedIndex(triangle.stride, i, i);
    factor.set(values.subarray(first, first + n - i), next);
  }
  return factor;
}
