import { InvalidParameterError } from "../../../errors.js";
import { multiply } from "../../../linalg/dense.js";
import { matrix } from "../../../linalg/matrix.js";
import { packedElements, packedTriangle, packedTriangleBytes, readTriangle } from "../../../linalg/packed-triangle.js";
import { qrUpdate } from "../../../linalg/qr.js";
import { singularDecomposition, singularScratchBytes } from "../../../linalg/singular.js";
import { seededRandom, standardNormal } from "../../../math/random.js";
import { erf } from "../../../math/erf.js";
import { defineTask } from "../../../parallel/task.js";
import type { Executor } from "../../../parallel/executor.js";
import type { WorkContext } from "../../../parallel/work-context.js";
import type { CovarianceRoot, LinearSolution } from "./solution.js";

/** Square roots L of a covariance, L·Lᵀ = Cov: `cholesky`, the lower triangle; `symmetric`, V·√D·Vᵀ of its eigenvectors. */
export type RootKind = "cholesky" | "symmetric";

interface RootInput {
  readonly nColumns: number;
  readonly root: CovarianceRoot;
}

/** The lower triangle by QR of Bᵀ: the covariance is never formed. */
export const choleskyRoot = defineTask("fit/linear/cholesky-root", ({ wasm, scratch }, { nColumns: n, root: { nDirections, values } }: RootInput): Float64Array => {
  const triangle = packedTriangle(scratch.allocate(packedTriangleBytes(n)), n);
  packedElements(wasm, triangle).fill(0);
  const rows = matrix(scratch.f64(nDirections * n), nDirections, n);
  const elements = wasm.f64(rows.pointer, nDirections * n);
  for (let j = 0; j < n; j++) for (let k = 0; k < nDirections; k++) elements[k * n + j] = values[j * nDirections + k];
  qrUpdate(wasm, scratch, triangle, rows);
  const upper = readTriangle(wasm, triangle);
  const lower = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = i; j < n; j++) lower[j * n + i] = upper[i * n + j];
  return lower;
});

/** V·√D·Vᵀ by the singular vectors of Bᵀ. */
export const symmetricRoot = defineTask("fit/linear/symmetric-root", ({ wasm, scratch }, { nColumns: n, root: { nDirections, values } }: RootInput): Float64Array => {
  scratch.allocate(8 * nDirections * n + singularScratchBytes(nDirections, n, 0) + 1024);
  scratch.reset();
  const rows = matrix(scratch.f64(nDirections * n), nDirections, n);
  const elements = wasm.f64(rows.pointer, nDirections * n);
  for (let j = 0; j < n; j++) for (let k = 0; k < nDirections; k++) elements[k * n + j] = values[j * nDirections + k];
  const lengths = singularDecomposition(wasm, scratch, rows, n);
  const out = new Float64Array(n * n);
  for (const [k, length] of lengths.entries()) {
    for (let i = 0; i < n; i++) {
      const factor = length * elements[k * n + i];
      for (let j = 0; j < n; j++) out[i * n + j] += factor * elements[k * n + j];
    }
  }
  return out;
});

function rootOf({ covarianceRoot }: LinearSolution): CovarianceRoot {
  if (!covarianceRoot) throw new InvalidParameterError("the solution has no covariance: there are no more rows than parameters, so that the noise is not known");
  return covarianceRoot;
}

/** A square root L (f64 [M × M]) of the covariance of the coefficients. */
export function covarianceFactor(solution: LinearSolution, kind: RootKind, { executor, signal }: WorkContext): Promise<Float64Array> {
  const task = kind === "cholesky" ? choleskyRoot : symmetricRoot;
  return executor.submit(task, { nColumns: solution.coefficients.length, root: rootOf(solution) }, { signal, label: "a root of the covariance" });
}

/** f64 [M × M]: covariance of the coefficients, σ_ε² inside. */
export function covarianceOf(solution: LinearSolution, executor: Executor): Float64Array {
  const { nDirections, values } = rootOf(solution);
  const n = solution.coefficients.length;
  const transposed = new Float64Array(values.length);
  for (let j = 0; j < n; j++) for (let k = 0; k < nDirections; k++) transposed[k * n + j] = values[j * nDirections + k];
  return multiply(executor, n, n, nDirections, values, transposed);
}

/** How a committee is drawn. */
export interface CommitteeOptions {
  /** K, members; their spread tells the variance with a relative error of √(2/(K − 1)). */
  readonly count: number;
  /** Of the normal deviates, which are drawn member by member, coefficient by coefficient. */
  readonly seed: number;
  /** Other roots, other members, the same law. Default: cholesky. */
  readonly root?: RootKind;
}

/**
 * Coefficients drawn from the posterior, c + L·z with z of independent normal deviates.
 * @returns f64 [K × M]
 * @throws {InvalidParameterError} when the solution has no covariance
 */
export async function drawCommittee(solution: LinearSolution, { count, seed, root = "cholesky" }: CommitteeOptions, context: WorkContext): Promise<Float64Array> {
  const n = solution.coefficients.length;
  const random = seededRandom(seed);
  const deviates = Float64Array.from({ length: count * n }, () => standardNormal(random));
  return committeeOf(solution, await covarianceFactor(solution, root, context), deviates);
}

/**
 * c + L·z for given z.
 * @param factor f64 [M × M]: L
 * @param deviates f64 [K × M]
 */
export function committeeOf({ coefficients }: LinearSolution, factor: Float64Array, deviates: Float64Array): Float64Array {
  const n = coefficients.length;
  const members = new Float64Array(deviates.length);
  for (let first = 0; first < deviates.length; first += n) {
    for (let i = 0; i < n; i++) {
      let value = coefficients[i];
      for (let j = 0; j < n; j++) value += factor[i * n + j] * deviates[first + j];
      members[first + i] = value;
    }
  }
  return members;
}

/**
 * Variances |φᵀ·B|² of predictions, without the noise of data: of an energy with φ the sum of the features of its atoms, of a force
 * component with the gradient of that. The noise of a datum of weight w adds σ_ε²/w².
 * @param rows f64 [rows × M], not weighted
 */
export function predictionVariances(solution: LinearSolution, rows: Float64Array, executor: Executor): Float64Array {
  const { nDirections, values } = rootOf(solution);
  const nRows = rows.length / solution.coefficients.length;
  const projected = multiply(executor, nRows, nDirections, solution.coefficients.length, rows, values);
  return Float64Array.from({ length: nRows }, (_, i) => projected.subarray(i * nDirections, (i + 1) * nDirections).reduce((sum, value) => sum + value * value, 0));
}

/**
 * α² = mean(r²/σ²) on data that were not fitted: variances times it are right on average. Above 1 where error bars are too small, as they
 * are when the rows of a fit are correlated.
 * @throws {InvalidParameterError} without data, or when a variance is not positive
 */
export function calibrationFactor(residuals: ArrayLike<number>, variances: ArrayLike<number>): number {
  return standardized(residuals, variances).reduce((sum, ratio) => sum + ratio * ratio, 0) / residuals.length;
}

/** One point of a calibration curve. */
export interface CalibrationPoint {
  /** k */
  readonly deviations: number;
  /** Share of the data with an error within k standard deviations. */
  readonly observed: number;
  /** Of a normal distribution: erf(k/√2). */
  readonly expected: number;
}

/** Shares of the data within ±kσ against those of a normal distribution. */
export function calibrationCurve(residuals: ArrayLike<number>, variances: ArrayLike<number>, deviations: readonly number[] = [0.5, 1, 1.5, 2, 3]): CalibrationPoint[] {
  const ratios = standardized(residuals, variances);
  return deviations.map((k) => ({
    deviations: k,
    observed: ratios.filter((ratio) => Math.abs(ratio) <= k).length / ratios.length,
    expected: erf(k / Math.SQRT2),
  }));
}

function standardized(residuals: ArrayLike<number>, variances: ArrayLike<number>): number[] {
  if (residuals.length === 0 || residuals.length !== variances.length) {
    throw new InvalidParameterError(`calibration needs residuals and as many variances: there are ${residuals.length} and ${variances.length}`);
  }
  return Array.from(residuals, (residual, i) => {
    if (!(variances[i] > 0)) throw new InvalidParameterError(`variance ${i} is ${variances[i]}; it has to be above 0`);
    return residual / Math.sqrt(variances[i]);
  });
}
