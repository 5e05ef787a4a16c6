import type { Geometry } from "../../environments/geometry.js";
import { type Matrix, matrix, rowBlock } from "../../linalg/matrix.js";
import { gemm } from "../../linalg/product.js";
import type { Arena } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import { wholeLayout } from "../local-energy/parameter-rows.js";
import type { DescribedParts, Prediction } from "../potential.js";
import { addCoefficientRows } from "./parameter-rows.js";
import type { LinearTables, VarianceTables } from "./tables.js";

/** Rows that are multiplied with the root of the covariance together. */
const BLOCK_ROWS = 240;

/** What the error bars of one structure are made from. */
export interface ErrorBarInput {
  readonly geometry: Geometry;
  readonly described: DescribedParts | undefined;
  readonly forces: boolean;
}

/**
 * Variances of the energy of a structure and of its forces: those of the rows J that a fit would have, |J_k B|² for Cov = B Bᵀ. A Jacobian and one
 * product cost less than a backward pass for each of some twenty members of a committee, and are exact.
 */
export function errorBars(wasm: Wasm, tables: LinearTables, variance: VarianceTables, input: ErrorBarInput, scratch: Arena): Pick<Prediction, "energyVariance" | "forceVariances"> {
  const mark = scratch.mark();
  const nAtoms = input.geometry.atomicNumbers.length;
  const nRows = 1 + (input.forces ? 3 * nAtoms : 0);
  const rows = matrix(scratch.f64(nRows * variance.nColumns), nRows, variance.nColumns);
  wasm.f64(rows.pointer, nRows * variance.nColumns).fill(0);
  addCoefficientRows(wasm, tables, input, wholeLayout({ forces: input.forces, virial: false }, nAtoms), rows, scratch);
  const variances = squaredNorms(wasm, rows, variance, scratch);
  scratch.reset(mark);
  return { energyVariance: variances[0], ...(input.forces && { forceVariances: variances.slice(1) }) };
}

/** Of rows times the root of the covariance. */
function squaredNorms(wasm: Wasm, rows: Matrix, { root, nColumns, nDirections }: VarianceTables, scratch: Arena): Float64Array {
  const out = new Float64Array(rows.rows);
  const factor = matrix(root, nColumns, nDirections);
  for (let first = 0; first < rows.rows; first += BLOCK_ROWS) {
    const mark = scratch.mark();
    const count = Math.min(BLOCK_ROWS, rows.rows - first);
    const products = matrix(scratch.f64(count * nDirections), count, nDirections);
    gemm(wasm, scratch, 1, rowBlock(rows, first, count), factor, 0, products);
    const values = wasm.f64(products.pointer, count * nDirections);
    for (let e = 0; e < values.length; e++) out[first + Math.floor(e / nDirections)] += values[e] ** 2;
    scratch.reset(mark);
  }
  return out;
}
