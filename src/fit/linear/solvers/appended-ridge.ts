import { NumericalError } from "../../../errors.js";
import { matrix } from "../../../linalg/matrix.js";
import { packedElements, packedIndex, packedTriangle, packedTriangleBytes } from "../../../linalg/packed-triangle.js";
import { qrUpdate } from "../../../linalg/qr.js";
import { defineTask } from "../../../parallel/task.js";
import { type ReducedRows, sumOfSquares as sumOfSquaresOf } from "./reduced-rows.js";
import type { LinearSolution } from "./solution.js";
import { invertTriangle } from "./triangle-inverse.js";

interface AppendedRidgeInput {
  readonly rows: ReducedRows;
  readonly scale: Float64Array;
  readonly regularization: number;
}

/** A diagonal element below this share of its column is rounding error: the column depends on those before it. */
const DEPENDENT = 1e-14;

/**
 * Ridge with a given λ, by QR of [R; √λ·Γ]: the condition is that of the rows, not its square, and no singular values are needed.
 * @throws {NumericalError} when λ = 0 and some columns depend on others
 */
export const appendedRidge = defineTask("fit/linear/ridge", (context, { rows, scale, regularization }: AppendedRidgeInput): LinearSolution => {
  const { wasm, scratch } = context;
  const n = rows.nColumns;
  if (regularization === 0) expectIndependent(rows);
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
  const dense = scratch.f64(n * n);
  const square = wasm.f64(dense, n * n).fill(0);
  const target = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const first = packedIndex(triangle.stride, i, i);
    square.set(elements.subarray(first, first + n - i), i * (n + 1));
    target[i] = elements[first + n - i];
  }
  return solutionOf(rows, scale, regularization, invertTriangle(context, n, dense), target);
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

function solutionOf(rows: ReducedRows, scale: Float64Array, regularization: number, inverse: Float64Array, target: Float64Array): LinearSolution {
  const n = rows.nColumns;
  const coefficients = new Float64Array(n);
  let determinedByPrior = 0;
  for (let i = 0; i < n; i++) {
    let [sum, square] = [0, 0];
    for (let j = i; j < n; j++) {
      sum += inverse[i * n + j] * target[j];
      square += inverse[i * n + j] ** 2;
    }
    coefficients[i] = sum;
    determinedByPrior += regularization * scale[i] ** 2 * square;
  }
  const sumOfSquares = sumOfSquaresOf(rows, coefficients);
  const effectiveParameters = n - determinedByPrior;
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
      covarianceRoot: { nDirections: n, values: inverse.map((value) => value * Math.sqrt(noiseVariance)) },
    }),
  };
}
