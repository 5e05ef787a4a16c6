import { NumericalError } from "../../../errors.js";
import { matrix } from "../../../linalg/matrix.js";
import { packedElements, packedIndex, packedSolveMatrix, type PackedTriangle } from "../../../linalg/packed-triangle.js";
import { Holdings } from "../../../parallel/holdings.js";
import { defineTask } from "../../../parallel/task.js";
import type { WorkContext } from "../../../parallel/work-context.js";
import { mergeOnThreads } from "../../least-squares/shared-update.js";
import { makeTriangles, solveTriangle } from "../../least-squares/triangle.js";
import { type ReducedRows, sumOfSquares as sumOfSquaresOf } from "./reduced-rows.js";
import type { LinearSolution } from "./solution.js";

/** Columns of the inverse that one task makes. */
const SLAB = 128;

/** A diagonal element below this share of its column is rounding error: the column depends on those before it. */
const DEPENDENT = 1e-14;

/** What else is asked for. */
export interface RidgeOptions {
  /** Whether the covariance is wanted: M² numbers. */
  readonly covariance: boolean;
}

/**
 * Ridge with a given λ, by QR of [R; √λ·Γ], two triangles: the condition is that of the rows, not its square, and no singular values are
 * needed. 2/3·M³ operations, on all threads where columns are many, and M³/3 for the inverse.
 * @throws {NumericalError} when λ = 0 and some columns depend on others; {ResourceError}; {CancelledError}
 */
export async function appendedRidge(rows: ReducedRows, scale: Float64Array, regularization: number, options: RidgeOptions, context: WorkContext): Promise<LinearSolution> {
  const { executor, signal, onProgress } = context;
  if (regularization === 0) expectIndependent(rows);
  const holdings = new Holdings(executor);
  try {
    const n = rows.nColumns;
    const [triangle, appended] = await makeTriangles(n, regularization > 0 ? 2 : 1, holdings, signal);
    const elements = packedElements(executor.wasm, triangle);
    for (let i = 0; i < n; i++) {
      elements.set(rows.factor.subarray(i * n + i, i * n + n), packedIndex(triangle.stride, i, i));
      elements[packedIndex(triangle.stride, i, n)] = rows.target[i];
    }
    if (appended) {
      const values = packedElements(executor.wasm, appended);
      for (let i = 0; i < n; i++) values[packedIndex(appended.stride, i, i)] = Math.sqrt(regularization) * scale[i];
      await mergeOnThreads(triangle, appended, context);
    }
    const { coefficients } = await executor.submit(solveTriangle, triangle, { signal, label: "the ridge" });
    const inputs = Array.from({ length: Math.ceil(n / SLAB) }, (_, k): InverseInput => ({ triangle, first: k * SLAB, count: Math.min(SLAB, n - k * SLAB) }));
    let done = 0;
    const onDone = (): void => onProgress?.({ stage: "solver, inverse", done: ++done, total: inputs.length, unit: "parts" });
    const inverse = await executor.map(inverseColumns, inputs, { signal, label: () => "the inverse of the ridge", onDone });
    return solutionOf(rows, scale, regularization, coefficients, inverse, options);
  } finally {
    holdings.release();
  }
}

interface InverseInput {
  readonly triangle: PackedTriangle;
  readonly first: number;
  readonly count: number;
}

/** Some columns of the inverse of a triangle. */
interface InverseColumns {
  readonly first: number;
  readonly count: number;
  /** f64 [(first + count) × count]: what is below is 0 */
  readonly values: Float64Array;
}

/** Columns of the inverse of the triangle without its last row and column, which is the target's. */
export const inverseColumns = defineTask("fit/linear/inverse-columns", ({ wasm, scratch }, { triangle, first, count }: InverseInput): InverseColumns => {
  const rows = first + count;
  const columns = matrix(scratch.f64(rows * count), rows, count);
  const values = wasm.f64(columns.pointer, rows * count).fill(0);
  for (let k = 0; k < count; k++) values[(first + k) * count + k] = 1;
  packedSolveMatrix(wasm, scratch, triangle, rows, columns);
  return { first, count, values: values.slice() };
});

function expectIndependent({ nColumns: n, factor }: ReducedRows): void {
  const dependent: number[] = [];
  for (let j = 0; j < n; j++) {
    let square = 0;
    for (let i = 0; i <= j; i++) square += factor[i * n + j] ** 2;
    if (!(Math.abs(factor[j * (n + 1)]) > DEPENDENT * Math.sqrt(square))) dependent.push(j);
  }
  if (dependent.length === 0) return;
  const named = dependent.slice(0, 5).join(", ") + (dependent.length > 5 ? ", …" : "");
  throw new NumericalError(
    `without regularization the coefficients are not determined: ${dependent.length} of ${n} columns are zero or depend on others (${named}); ` +
      "set a regularization above 0, or use the solver bayesian-ridge, truncated-svd or rank-revealing-qr",
  );
}

function solutionOf(
  rows: ReducedRows,
  scale: Float64Array,
  regularization: number,
  coefficients: Float64Array,
  inverse: readonly InverseColumns[],
  { covariance }: RidgeOptions,
): LinearSolution {
  const n = rows.nColumns;
  const effectiveParameters = n - regularization * inverse.reduce((sum, columns) => sum + scaledSquares(columns, scale), 0);
  const sumOfSquares = sumOfSquaresOf(rows, coefficients);
  const freedom = rows.nRows - effectiveParameters;
  const noiseVariance = freedom > 1e-9 * rows.nRows ? sumOfSquares / freedom : undefined;
  return {
    coefficients,
    sumOfSquares,
    rank: n,
    effectiveParameters,
    regularization,
    ...(noiseVariance !== undefined && {
      noiseVariance,
      ...(covariance && { covarianceRoot: { nDirections: n, values: joinColumns(inverse, n, Math.sqrt(noiseVariance)) } }),
    }),
  };
}

/** Σ (γ_i·x_ik)² */
function scaledSquares({ count, values }: InverseColumns, scale: Float64Array): number {
  return values.reduce((sum, value, e) => sum + (value * scale[Math.floor(e / count)]) ** 2, 0);
}

function joinColumns(inverse: readonly InverseColumns[], n: number, factor: number): Float64Array {
  const joined = new Float64Array(n * n);
  for (const { first, count, values } of inverse) {
    for (let i = 0; i < first + count; i++) for (let k = 0; k < count; k++) joined[i * n + first + k] = values[i * count + k] * factor;
  }
  return joined;
}
