import type { Geometry } from "../../environments/geometry.js";
import { type Matrix, matrix } from "../../linalg/matrix.js";
import { solveTriangular } from "../../linalg/triangular.js";
import type { Arena, MemoryPool, Region } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import { wholeLayout } from "../local-energy/parameter-rows.js";
import type { DescribedParts, Prediction } from "../potential.js";
import { addCoefficientRows } from "./parameter-rows.js";
import type { PosteriorTables, SparseGpTables } from "./tables.js";

/** Rows whose variances are computed together. */
const BLOCK_ROWS = 240;

/** What a fit leaves open of the coefficients of a sparse Gaussian process: of all terms, one after the other. */
export interface SparseGpPosterior {
  /** Upper triangle R of (K_MM + K_MN Λ⁻¹ K_NM) = RᵀR = Cov⁻¹, row by row from the diagonal on */
  readonly factor: Float64Array;
}

/** Numbers of a triangle with so many rows. */
export function triangleElements(size: number): number {
  return (size * (size + 1)) / 2;
}

/** Puts L = Rᵀ into shared memory. */
export function placePosterior(wasm: Wasm, pool: MemoryPool, { factor }: SparseGpPosterior, nColumns: number, regions: Region[]): PosteriorTables {
  const region = pool.allocate(8 * nColumns * nColumns, "posterior of the coefficients");
  regions.push(region);
  const lower = wasm.f64(region.pointer, nColumns * nColumns).fill(0);
  for (let i = 0, next = 0; i < nColumns; i++) for (let j = i; j < nColumns; j++, next++) lower[j * nColumns + i] = factor[next];
  return { nColumns, factor: region.pointer };
}

interface BarInput {
  readonly geometry: Geometry;
  readonly described: DescribedParts | undefined;
  readonly forces: boolean;
}

/**
 * Variances of the energy of a structure and of its forces by what the fit leaves open of the coefficients, φᵀ Cov φ with the rows φ that a fit would
 * have, as |L⁻¹ φ|². Far from all sparse points φ vanishes and these with it: that is for the variance of local energies to tell.
 */
export function posteriorBars(wasm: Wasm, tables: SparseGpTables, posterior: PosteriorTables, input: BarInput, scratch: Arena): Pick<Prediction, "energyVariance" | "forceVariances"> {
  const mark = scratch.mark();
  const { nColumns } = posterior;
  const nRows = 1 + (input.forces ? input.geometry.positions.length : 0);
  const rows = matrix(scratch.f64(nRows * nColumns), nRows, nColumns);
  wasm.f64(rows.pointer, nRows * nColumns).fill(0);
  addCoefficientRows(wasm, tables, input, wholeLayout({ forces: input.forces, virial: false }, input.geometry.atomicNumbers.length), rows, scratch);
  const variances = variancesOf(wasm, rows, posterior, scratch);
  scratch.reset(mark);
  return { energyVariance: variances[0], ...(input.forces && { forceVariances: variances.slice(1) }) };
}

/** Some rows at a time, as columns of a right-hand side. */
function variancesOf(wasm: Wasm, rows: Matrix, { nColumns, factor }: PosteriorTables, scratch: Arena): Float64Array {
  const out = new Float64Array(rows.rows);
  const lower = matrix(factor, nColumns, nColumns);
  for (let first = 0; first < rows.rows; first += BLOCK_ROWS) {
    const mark = scratch.mark();
    const count = Math.min(BLOCK_ROWS, rows.rows - first);
    const columns = matrix(scratch.f64(nColumns * count), nColumns, count);
    const [source, target] = [wasm.f64(rows.pointer + 8 * first * nColumns, count * nColumns), wasm.f64(columns.pointer, nColumns * count)];
    for (let row = 0; row < count; row++) for (let k = 0; k < nColumns; k++) target[k * count + row] = source[row * nColumns + k];
    solveTriangular(wasm, scratch, "lower", lower, columns);
    const solved = wasm.f64(columns.pointer, nColumns * count);
    for (let k = 0; k < nColumns; k++) for (let row = 0; row < count; row++) out[first + row] += solved[k * count + row] ** 2;
    scratch.reset(mark);
  }
  return out;
}
