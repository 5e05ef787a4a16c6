import { symmetricEigen } from "../../linalg/eigen.js";
import { matrix, readMatrix, writeMatrix } from "../../linalg/matrix.js";
import type { Arena } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";

/** λ as shares of the largest eigenvalue: 10⁻¹² … 10, two for each power of ten. Below, kernels are rounding. */
const SHARES = Array.from({ length: 27 }, (_, i) => 10 ** (-12 + i / 2));

/** Eigenvalues, ascending, and eigenvectors in rows. */
interface Eigensystem {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

function eigensystem(wasm: Wasm, arena: Arena, n: number, a: Float64Array): Eigensystem {
  const mark = arena.mark();
  const [target, vectors] = [matrix(arena.f64(n * n), n, n), matrix(arena.f64(n * n), n, n)];
  const values = arena.f64(n);
  writeMatrix(wasm, target, a);
  symmetricEigen(wasm, arena, target, values, vectors);
  // rounding of what is not negative
  const result = { values: wasm.f64(values, n).map((value) => Math.max(0, value)), vectors: readMatrix(wasm, vectors) };
  arena.reset(mark);
  return result;
}

/** Products of the features of structures, and what is known of them. */
export interface KernelRegression {
  /** n × n: φ_i · φ_j */
  readonly kernel: Float64Array;
  readonly n: number;
  /** n × nSpecies: shares of the species; their energies are not penalised. */
  readonly composition: Float64Array;
  readonly nSpecies: number;
  /** n: energy per atom */
  readonly targets: Float64Array;
}

/**
 * Predictions of ridge regression with features of structures, energies of isolated atoms beside them: min Σ (y − c·β − φ·w)² + λ|w|². λ is the one
 * with the least error of leaving out one structure, in closed form from one eigendecomposition of the kernel without what the composition
 * explains (Golub, Heath & Wahba, Technometrics 21, 215 (1979), doi:10.1080/00401706.1979.10489751; Frisch & Waugh 1933).
 */
export function predictByRidge(wasm: Wasm, arena: Arena, data: KernelRegression, train: Int32Array, test: Int32Array): Float64Array {
  const m = train.length;
  const basis = compositionBasis(data, train);
  const targets = Float64Array.from(train, (i) => data.targets[i]);
  const left = targets.slice();
  removeSpan(left, basis);
  const { values, vectors } = eigensystem(wasm, arena, m, projectedKernel(data, train, basis));
  const components = Float64Array.from({ length: m }, (_, k) => dot(vectors.subarray(k * m, (k + 1) * m), left));
  const lambda = leastLeaveOneOut({ values, vectors }, components, left, basis);
  const weights = new Float64Array(m);
  for (let k = 0; k < m; k++) {
    const factor = lambda === Infinity ? 0 : components[k] / (values[k] + lambda);
    for (let i = 0; i < m; i++) weights[i] += factor * vectors[k * m + i];
  }
  removeSpan(weights, basis);
  const beyond = Float64Array.from(train, (i, k) => targets[k] - kernelSum(data, i, train, weights));
  const energies = compositionEnergies(wasm, arena, data, train, beyond);
  return Float64Array.from(test, (i) => kernelSum(data, i, train, weights) + compositionSum(data, i, energies));
}

function kernelSum({ kernel, n }: KernelRegression, i: number, train: Int32Array, weights: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < train.length; k++) sum += kernel[i * n + train[k]] * weights[k];
  return sum;
}

function compositionSum({ composition, nSpecies }: Pick<KernelRegression, "composition" | "nSpecies">, i: number, energies: Float64Array): number {
  let sum = 0;
  for (let s = 0; s < nSpecies; s++) sum += composition[i * nSpecies + s] * energies[s];
  return sum;
}

/** Orthonormal vectors that span the columns of the composition. */
function compositionBasis({ composition, nSpecies }: KernelRegression, train: Int32Array): Float64Array[] {
  const basis: Float64Array[] = [];
  for (let s = 0; s < nSpecies; s++) {
    const column = Float64Array.from(train, (i) => composition[i * nSpecies + s]);
    const length = Math.sqrt(dot(column, column));
    removeSpan(column, basis);
    removeSpan(column, basis);
    const rest = Math.sqrt(dot(column, column));
    if (rest > 1e-10 * length) basis.push(column.map((value) => value / rest));
  }
  return basis;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function removeSpan(vector: Float64Array, basis: readonly Float64Array[]): void {
  for (const q of basis) {
    const share = dot(vector, q);
    for (let i = 0; i < vector.length; i++) vector[i] -= share * q[i];
  }
}

/** (1 − QQᵀ) K (1 − QQᵀ) of the training structures. */
function projectedKernel({ kernel, n }: KernelRegression, train: Int32Array, basis: readonly Float64Array[]): Float64Array {
  const m = train.length;
  const out = new Float64Array(m * m);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < m; j++) out[i * m + j] = kernel[train[i] * n + train[j]];
    removeSpan(out.subarray(i * m, (i + 1) * m), basis);
  }
  for (let j = 0; j < m; j++) {
    const column = Float64Array.from({ length: m }, (_, i) => out[i * m + j]);
    removeSpan(column, basis);
    column.forEach((value, i) => (out[i * m + j] = value));
  }
  for (let i = 0; i < m; i++) for (let j = 0; j < i; j++) out[i * m + j] = out[j * m + i] = 0.5 * (out[i * m + j] + out[j * m + i]);
  return out;
}

/**
 * λ with the least mean of the squared residuals (y − ŷ)_i/(1 − H_ii); Infinity where a model without features does best. Both are sums over
 * directions of λ/(λ_k + λ), so that nothing cancels where λ is small; directions without variance keep what the composition leaves of them.
 */
function leastLeaveOneOut({ values, vectors }: Eigensystem, components: Float64Array, left: Float64Array, basis: readonly Float64Array[]): number {
  const m = left.length;
  const largest = values[m - 1];
  const ofComposition = Float64Array.from(left, (_, i) => basis.reduce((sum, q) => sum + q[i] ** 2, 0));
  let [best, least] = [Infinity, leaveOneOutMean(left, ofComposition.map((value) => 1 - value))];
  const rounding = m * Number.EPSILON * largest;
  const flat = values.filter((value) => !(value > rounding)).length;
  const [restOfResiduals, restOfFree] = [new Float64Array(m), ofComposition.map((value) => (flat > basis.length ? -value : 0))];
  // the composition has as many directions without variance as it has vectors: with no others nothing is left of them
  for (let k = 0; flat > basis.length && k < flat; k++) {
    for (let i = 0, at = k * m; i < m; i++, at++) {
      restOfResiduals[i] += components[k] * vectors[at];
      restOfFree[i] += vectors[at] * vectors[at];
    }
  }
  for (const share of largest > 0 ? SHARES : []) {
    const lambda = share * largest;
    const [residuals, free] = [restOfResiduals.slice(), restOfFree.slice()];
    for (let k = flat; k < m; k++) {
      const lost = lambda / (values[k] + lambda);
      const factor = lost * components[k];
      for (let i = 0, at = k * m; i < m; i++, at++) {
        residuals[i] += factor * vectors[at];
        free[i] += lost * vectors[at] * vectors[at];
      }
    }
    const mean = leaveOneOutMean(residuals, free);
    if (mean < least) [best, least] = [lambda, mean];
  }
  return best;
}

/** @param free 1 − H_ii; a structure that alone decides about a species (0) cannot be left out and does not count */
function leaveOneOutMean(residuals: Float64Array, free: Float64Array): number {
  let [sum, count] = [0, 0];
  residuals.forEach((residual, i) => {
    if (!(free[i] > 1e-14)) return;
    sum += (residual / free[i]) ** 2;
    count++;
  });
  return count > 0 ? sum / count : Infinity;
}

/** Energies of the species that fit best, of least norm where several do. */
function compositionEnergies(
  wasm: Wasm,
  arena: Arena,
  { composition, nSpecies }: Pick<KernelRegression, "composition" | "nSpecies">,
  rows: Int32Array,
  targets: Float64Array,
): Float64Array {
  const normal = new Float64Array(nSpecies * nSpecies);
  const sums = new Float64Array(nSpecies);
  rows.forEach((row, k) => {
    const shares = composition.subarray(row * nSpecies, (row + 1) * nSpecies);
    for (let s = 0; s < nSpecies; s++) {
      sums[s] += shares[s] * targets[k];
      for (let t = 0; t < nSpecies; t++) normal[s * nSpecies + t] += shares[s] * shares[t];
    }
  });
  const { values, vectors } = eigensystem(wasm, arena, nSpecies, normal);
  const out = new Float64Array(nSpecies);
  for (let k = 0; k < nSpecies; k++) {
    if (!(values[k] > 1e-10 * values[nSpecies - 1])) continue;
    const vector = vectors.subarray(k * nSpecies, (k + 1) * nSpecies);
    const factor = dot(vector, sums) / values[k];
    for (let s = 0; s < nSpecies; s++) out[s] += factor * vector[s];
  }
  return out;
}

/** What the composition does not explain of some energies, by least squares. */
export function withoutComposition(wasm: Wasm, arena: Arena, of: Pick<KernelRegression, "composition" | "nSpecies" | "targets">): Float64Array {
  const energies = compositionEnergies(wasm, arena, of, Int32Array.from(of.targets.keys()), of.targets);
  return of.targets.map((target, i) => target - compositionSum(of, i, energies));
}

/** Normal equations of a linear fit: AᵀA, Aᵀy, yᵀy and the number of rows of A. */
export interface NormalEquations {
  /** size × size */
  readonly products: Float64Array;
  readonly moments: Float64Array;
  readonly squares: number;
  readonly count: number;
}

/** The sum over structures. */
export function sumEquations(parts: readonly NormalEquations[]): NormalEquations {
  const size = parts[0].moments.length;
  const [products, moments] = [new Float64Array(size * size), new Float64Array(size)];
  let [squares, count] = [0, 0];
  for (const part of parts) {
    part.products.forEach((value, i) => (products[i] += value));
    part.moments.forEach((value, i) => (moments[i] += value));
    squares += part.squares;
    count += part.count;
  }
  return { products, moments, squares, count };
}

/**
 * Coefficients of min |y − A w|² + λ|w|², λ by generalised cross-validation (Golub, Heath & Wahba 1979), from normal equations that are known
 * alone: |y − Aw|²/(1 − tr H/n)² least.
 */
export function solveByCrossValidation(wasm: Wasm, arena: Arena, { products, moments, squares, count }: NormalEquations): Float64Array {
  const size = moments.length;
  const { values, vectors } = eigensystem(wasm, arena, size, products);
  const components = Float64Array.from({ length: size }, (_, k) => dot(vectors.subarray(k * size, (k + 1) * size), moments));
  const largest = values[size - 1];
  const coefficients = new Float64Array(size);
  if (!(largest > 0)) return coefficients;
  let [best, least] = [Infinity, Infinity];
  for (const share of SHARES) {
    const lambda = share * largest;
    let [left, traces] = [squares, 0];
    for (let k = 0; k < size; k++) {
      const whole = values[k] + lambda;
      left -= (components[k] ** 2 * (values[k] + 2 * lambda)) / whole ** 2;
      traces += values[k] / whole;
    }
    const score = traces < count ? Math.max(0, left) / (1 - traces / count) ** 2 : Infinity;
    if (score < least) [best, least] = [lambda, score];
  }
  if (best === Infinity) best = SHARES[SHARES.length - 1] * largest;
  for (let k = 0; k < size; k++) {
    const factor = components[k] / (values[k] + best);
    for (let i = 0; i < size; i++) coefficients[i] += factor * vectors[k * size + i];
  }
  return coefficients;
}

/** Σ (y − A w)² over the rows of normal equations. */
export function squaredErrors({ products, moments, squares }: NormalEquations, w: Float64Array): number {
  const size = w.length;
  let sum = squares;
  for (let i = 0; i < size; i++) sum += w[i] * (dot(products.subarray(i * size, (i + 1) * size), w) - 2 * moments[i]);
  return Math.max(0, sum);
}
