import { bandInverseTrace, factorBand, solveBand } from "../../../linalg/band.js";
import { type Matrix, matrix, transpose } from "../../../linalg/matrix.js";
import { gemm } from "../../../linalg/product.js";
import { defineTask, type TaskContext } from "../../../parallel/task.js";
import type { BandForm } from "./band-form.js";
import type { RidgeScanPoint } from "./solution.js";

const LOG_TWO_PI = Math.log(2 * Math.PI);

/** A ridge of a band form with some λ > 0. */
export interface BandPoint extends RidgeScanPoint {
  /** With the σ_ε² that maximises it. */
  readonly logEvidence: number;
  /** Of that in ln λ. */
  readonly slope: number;
  /** That σ_ε². */
  readonly noiseVariance: number;
}

/** What a task needs of a band form. */
export type BandInput = Omit<BandForm, "scale">;

interface PointInput {
  readonly form: BandInput;
  readonly regularization: number;
}

/** Everything that a choice of λ asks for: 7·M·width² operations, by rotations alone. */
export const bandPoint = defineTask("fit/linear/band-point", ({ wasm, scratch }, { form, regularization }: PointInput): BandPoint => {
  const { band, target, residual, nRows } = form;
  const n = band.size;
  const { band: factor, right, rest } = factorBand(wasm, scratch, band, target, regularization);
  const diagonals = wasm.f64(factor.pointer, n * (factor.width + 1));
  let logDeterminant = 0;
  for (let i = 0; i < n; i++) logDeterminant += 2 * Math.log(diagonals[i * (factor.width + 1)]);
  const determinedByPrior = regularization * bandInverseTrace(wasm, scratch, factor);
  solveBand(wasm, factor, right);
  const solution = wasm.f64(right, n);
  const squaredNorm = solution.reduce((sum, value) => sum + value * value, 0);
  const sumOfSquares = residual ** 2 + bandSquares(form, wasm.f64(band.pointer, n * (band.width + 1)), wasm.f64(target, n), solution);
  // a λ that leaves all or none of them is known to ε·M, which may lie outside
  const effectiveParameters = Math.min(n, Math.max(0, n - determinedByPrior));
  const freedom = nRows - effectiveParameters;
  const noiseVariance = (residual ** 2 + rest) / nRows;
  return {
    regularization,
    sumOfSquares,
    effectiveParameters,
    gcv: freedom > 1e-9 * nRows ? (nRows * sumOfSquares) / freedom ** 2 : Infinity,
    noiseVariance,
    logEvidence: noiseVariance > 0 ? -0.5 * (nRows * (Math.log(noiseVariance) + 1 + LOG_TWO_PI) + logDeterminant - n * Math.log(regularization)) : Infinity,
    slope: 0.5 * (effectiveParameters - (regularization * squaredNorm) / noiseVariance),
  };
});

/** |B·z − q|², by its own elements: a difference of squares would lose digits. */
function bandSquares({ band: { size, width } }: BandInput, band: Float64Array, target: Float64Array, solution: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < size; i++) {
    let value = target[i];
    for (let k = 0; k <= Math.min(width, size - 1 - i); k++) value -= band[i * (width + 1) + k] * solution[i + k];
    sum += value * value;
  }
  return sum;
}

/** f64 [M]: scaled coefficients ĉ = V·z of a ridge, z from the band. */
export const bandCoefficients = defineTask("fit/linear/band-coefficients", (context, { form, regularization }: PointInput): Float64Array => {
  const { wasm, scratch } = context;
  const n = form.band.size;
  const { band: factor, right } = factorBand(wasm, scratch, form.band, form.target, regularization);
  solveBand(wasm, factor, right);
  rotateBack(context, form, matrix(right, n, 1), n);
  return wasm.f64(right, n).slice();
});

interface RootInput extends PointInput {
  readonly first: number;
  readonly count: number;
}

/** f64 [M × count]: columns first … first + count − 1 of V·C⁻¹, a root of (R̃ᵀ·R̃ + λ)⁻¹. */
export const bandRoot = defineTask("fit/linear/band-root", (context, { form, regularization, first, count }: RootInput): Float64Array => {
  const { wasm, scratch } = context;
  const n = form.band.size;
  const root = matrix(scratch.f64(n * count), n, count);
  const { band: factor, right } = factorBand(wasm, scratch, form.band, form.target, regularization);
  const elements = wasm.f64(root.pointer, n * count);
  const column = wasm.f64(right, n);
  for (let k = 0; k < count; k++) {
    column.fill(0)[first + k] = 1;
    solveBand(wasm, { ...factor, size: first + k + 1 }, right);
    for (let i = 0; i < n; i++) elements[i * count + k] = column[i];
  }
  rotateBack(context, form, root, first + count);
  return elements.slice();
});

/** X ← V·X for the rotations V of a band form, the last block first; rows of X from `filled` on are 0. */
function rotateBack({ wasm, scratch }: TaskContext, { band: { size, width }, reflectors, factors }: BandInput, x: Matrix, filled: number): void {
  const last = Math.ceil(Math.min(filled, size) / width) - 2;
  for (let block = last; block >= 0; block--) {
    const [first, next] = [block * width, (block + 1) * width];
    const mark = scratch.mark();
    const count = Math.min(width, size - next);
    const v = matrix(reflectors.pointer + 8 * (first * reflectors.stride + next), count, size - next, reflectors.stride);
    const t = matrix(factors + 8 * first * width, count, count, width);
    const rows = { ...x, pointer: x.pointer + 8 * next * x.stride, rows: size - next };
    const products = matrix(scratch.f64(count * x.columns), count, x.columns);
    const weights = matrix(scratch.f64(count * x.columns), count, x.columns);
    gemm(wasm, scratch, 1, v, rows, 0, products);
    gemm(wasm, scratch, 1, t, products, 0, weights);
    gemm(wasm, scratch, -1, transpose(v), weights, 1, rows);
    scratch.reset(mark);
  }
}
