import { gemm } from "../../linalg/product.js";
import { type Matrix, matrix, transpose } from "../../linalg/matrix.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";

/** Eigenvalues closer than this, relative to the largest, have no derivatives of their own. */
const DEGENERATE = 1e-9;

/** Eigenvalues of a symmetric matrix, ascending, with their vectors in rows. */
export interface Spectrum {
  /** f64 [n] */
  readonly values: Pointer;
  readonly vectors: Matrix;
  /** Place of each by descending magnitude. */
  readonly columns: Int32Array;
  /** First and last + 1 of the eigenvalues that are the same as eigenvalue k. */
  readonly groups: readonly (readonly [number, number])[];
}

/** Orders eigenvalues by magnitude and finds those that are the same. */
export function sortedSpectrum(wasm: Wasm, values: Pointer, vectors: Matrix): Spectrum {
  const n = vectors.rows;
  const eigenvalues = wasm.f64(values, n);
  const order = Int32Array.from({ length: n }, (_, k) => k).sort((k, l) => Math.abs(eigenvalues[l]) - Math.abs(eigenvalues[k]) || l - k);
  const columns = new Int32Array(n);
  order.forEach((k, place) => (columns[k] = place));
  const near = DEGENERATE * Math.max(Math.abs(eigenvalues[0]), Math.abs(eigenvalues[n - 1]));
  const groups: [number, number][] = [];
  for (let first = 0, last = 0; first < n; first = last) {
    do last++;
    while (last < n && eigenvalues[last] - eigenvalues[last - 1] <= near);
    for (let k = first; k < last; k++) groups.push([first, last]);
  }
  return { values, vectors, columns, groups };
}

/** Derivatives of a matrix of pairs, as `PairMatrix` has them. */
interface Slopes {
  readonly slopes: Pointer;
  readonly strains: Pointer;
}

interface SpectrumOutput {
  /** f64 [n × 3 × nFeatures] */
  readonly out: Pointer;
  /** f64 [3 × 3 × nFeatures] */
  readonly strain: Pointer;
  readonly nFeatures: number;
}

/** ∂λ = vᵀ ∂M v, with the mean over the vectors of one eigenvalue. */
export function spectrumJacobian(wasm: Wasm, scratch: Arena, spectrum: Spectrum, of: Slopes, { out, strain, nFeatures }: SpectrumOutput): void {
  const { vectors } = spectrum;
  const n = vectors.rows;
  const product = matrix(scratch.f64(3 * n * n), 3 * n, n);
  gemm(wasm, scratch, 1, matrix(of.slopes, 3 * n, n), transpose(vectors), 0, product);
  const v = wasm.f64(vectors.pointer, n * n);
  const slopes = wasm.f64(product.pointer, 3 * n * n);
  const own = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let axis = 0; axis < 3; axis++) {
      const row = 3 * i + axis;
      for (let k = 0; k < n; k++) own[k] = 2 * v[k * n + i] * slopes[row * n + k];
      writeMeans(spectrum, own, wasm.f64(out + 8 * row * nFeatures, nFeatures));
    }
  }
  const turned = matrix(product.pointer, n, n);
  for (let slot = 0; slot < 6; slot++) {
    gemm(wasm, scratch, 1, vectors, matrix(of.strains + 8 * slot * n * n, n, n), 0, turned);
    const rows = wasm.f64(turned.pointer, n * n);
    own.fill(0);
    for (let k = 0; k < n; k++) for (let j = 0; j < n; j++) own[k] += rows[k * n + j] * v[k * n + j];
    for (const ab of tensorPlaces[slot]) writeMeans(spectrum, own, wasm.f64(strain + 8 * ab * nFeatures, nFeatures));
  }
}

/** Components of a symmetric tensor in the order xx yy zz yz xz xy. */
const tensorPlaces = [[0], [4], [8], [5, 7], [2, 6], [1, 3]] as const;

function writeMeans({ columns, groups }: Spectrum, own: Float64Array, target: Float64Array): void {
  own.forEach((_, k) => (target[columns[k]] = meanOf(groups[k], (l) => own[l])));
}

function meanOf([first, last]: readonly [number, number], valueOf: (k: number) => number): number {
  let sum = 0;
  for (let k = first; k < last; k++) sum += valueOf(k);
  return sum / (last - first);
}

/** The gradient on the elements of the matrix that gradients on its eigenvalues are, twice, as M_ij and M_ji are one: 2 Σ g v vᵀ. */
export function spectrumWeights(wasm: Wasm, scratch: Arena, { vectors, columns, groups }: Spectrum, gradients: Float64Array, out: Pointer): void {
  const n = vectors.rows;
  const mark = scratch.mark();
  const scaled = matrix(scratch.f64(n * n), n, n);
  const [from, to] = [wasm.f64(vectors.pointer, n * n), wasm.f64(scaled.pointer, n * n)];
  for (let k = 0; k < n; k++) {
    const weight = 2 * meanOf(groups[k], (l) => gradients[columns[l]]);
    for (let i = 0; i < n; i++) to[k * n + i] = weight * from[k * n + i];
  }
  gemm(wasm, scratch, 1, transpose(vectors), scaled, 0, matrix(out, n, n));
  scratch.reset(mark);
}
