import { symmetricEigen } from "../../linalg/eigen.js";
import { type Matrix, matrix, rowBlock, transpose } from "../../linalg/matrix.js";
import { gemm, syrk } from "../../linalg/product.js";
import type { Holdings } from "../../parallel/holdings.js";
import { defineTask, type TaskContext } from "../../parallel/task.js";
import type { Pointer } from "../../wasm/memory.js";

/** Principal components that bounds are made of, beside the length of what they leave. */
const COMPONENTS = 24;
/** Rows that the components are taken from, and rows of one task. */
const SAMPLE = 768;
const BLOCK_ROWS = 512;

/** Rows in a few coordinates: distances of these are never larger than those of the rows. */
export interface ShortCoordinates {
  /** f64 [n × columns]: principal components, and the length of what they leave of a row */
  readonly coordinates: Matrix;
  /** f64 [n]: squares of the coordinates, about their common mean */
  readonly squares: Pointer;
}

/** Columns of short coordinates of rows of nFeatures. */
export function shortColumns(nFeatures: number): number {
  return Math.min(COMPONENTS, nFeatures) + 1;
}

interface Basis {
  /** f64 [nFeatures] */
  readonly mean: Pointer;
  /** Orthonormal rows. */
  readonly directions: Matrix;
}

/** The mean and the first principal components of some of the rows; directions that these do not have are 0. */
const basisTask = defineTask("analysis/short-basis", ({ wasm, scratch }: TaskContext, { rows, mean, directions }: Basis & { readonly rows: Matrix }): null => {
  const { rows: n, columns: d } = rows;
  const count = Math.min(SAMPLE, n);
  const sample = matrix(scratch.f64(count * d), count, d);
  const [values, means] = [wasm.f64(sample.pointer, count * d), wasm.f64(mean, d).fill(0)];
  for (let i = 0; i < count; i++) {
    const row = wasm.f64(rows.pointer + 8 * d * Math.floor((i * n) / count), d);
    values.set(row, i * d);
    for (let f = 0; f < d; f++) means[f] += row[f] / count;
  }
  for (let at = 0; at < values.length; at++) values[at] -= means[at % d];
  const isWide = count < d;
  const m = Math.min(count, d);
  const [products, vectors, eigenvalues] = [matrix(scratch.f64(m * m), m, m), matrix(scratch.f64(m * m), m, m), scratch.f64(m)];
  syrk(wasm, scratch, 1, isWide ? sample : transpose(sample), 0, products);
  symmetricEigen(wasm, scratch, products, eigenvalues, vectors);
  const found = wasm.f64(directions.pointer, directions.rows * d).fill(0);
  for (let k = 0; k < Math.min(m, directions.rows); k++) {
    const [vector, out] = [rowBlock(vectors, m - 1 - k, 1), rowBlock(directions, k, 1)];
    if (isWide) gemm(wasm, scratch, 1, vector, sample, 0, out);
    else wasm.f64(out.pointer, d).set(wasm.f64(vector.pointer, d));
  }
  orthonormalize(found, directions.rows, d);
  return null;
});

/** Makes rows orthonormal, in their order (Gram–Schmidt, twice: bounds rely on it); those that depend on others become 0. */
function orthonormalize(rows: Float64Array, count: number, d: number): void {
  const row = (k: number): Float64Array => rows.subarray(k * d, (k + 1) * d);
  const largest = Math.hypot(...row(0));
  for (let k = 0; k < count; k++) {
    const own = row(k);
    for (let pass = 0; pass < 2; pass++) {
      for (let other = 0; other < k; other++) {
        const before = row(other);
        const along = own.reduce((sum, value, f) => sum + value * before[f], 0);
        for (let f = 0; f < d; f++) own[f] -= along * before[f];
      }
    }
    const length = Math.hypot(...own);
    for (let f = 0; f < d; f++) own[f] = length > 1e-6 * largest ? own[f] / length : 0;
  }
}

interface ProjectInput extends ShortCoordinates, Basis {
  readonly rows: Matrix;
}

const projectTask = defineTask("analysis/short-coordinates", ({ wasm, scratch }: TaskContext, input: ProjectInput): null => {
  const { rows, mean, directions, coordinates, squares } = input;
  const { rows: n, columns: d } = rows;
  const p = directions.rows;
  const centered = matrix(scratch.f64(n * d), n, d);
  const [from, to, means] = [wasm.f64(rows.pointer, n * d), wasm.f64(centered.pointer, n * d), wasm.f64(mean, d)];
  for (let i = 0, at = 0; i < n; i++) for (let f = 0; f < d; f++, at++) to[at] = from[at] - means[f];
  gemm(wasm, scratch, 1, centered, transpose(directions), 0, { ...coordinates, columns: p });
  const [short, square] = [wasm.f64(coordinates.pointer, n * (p + 1)), wasm.f64(squares, n)];
  for (let i = 0; i < n; i++) {
    let [whole, part] = [0, 0];
    for (let f = 0; f < d; f++) whole += to[i * d + f] ** 2;
    for (let c = 0; c < p; c++) part += short[i * (p + 1) + c] ** 2;
    const left = Math.max(0, whole - part);
    short[i * (p + 1) + p] = Math.sqrt(left);
    square[i] = part + left;
  }
  return null;
});

/**
 * |x − y|² = |Px − Py|² + |x' − y'|² with P the projection on some orthonormal directions and x' = x − Px; the second term is at least
 * (|x'| − |y'|)², so that Px with |x'| as a further coordinate has distances that are never larger.
 */
export async function shortCoordinates(rows: Matrix, holdings: Holdings, signal: AbortSignal | undefined): Promise<ShortCoordinates> {
  const { executor } = holdings;
  const { rows: n, columns: d } = rows;
  const columns = shortColumns(d);
  const place = (elements: number): Pointer => holdings.allocate(8 * elements, "short coordinates of fingerprints").pointer;
  const basis = { mean: place(d), directions: matrix(place((columns - 1) * d), columns - 1, d) };
  const [coordinates, squares] = [matrix(place(n * columns), n, columns), place(n)];
  await executor.submit(basisTask, { rows, ...basis }, { signal });
  const inputs: ProjectInput[] = [];
  for (let first = 0; first < n; first += BLOCK_ROWS) {
    const count = Math.min(BLOCK_ROWS, n - first);
    inputs.push({ rows: rowBlock(rows, first, count), ...basis, coordinates: rowBlock(coordinates, first, count), squares: squares + 8 * first });
  }
  await executor.map(projectTask, inputs, { signal });
  return { coordinates, squares };
}
