import { speciesIndices } from "../../descriptors/species.js";
import { buildEnvironments, centersOf, describeEnvironments } from "../../environments/environments.js";
import type { Geometry } from "../../environments/geometry.js";
import { type Matrix, matrix, rowBlock } from "../../linalg/matrix.js";
import { gemm } from "../../linalg/product.js";
import type { Arena } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { RowLayout } from "../local-energy/derivative-rows.js";
import { partName } from "../local-energy/sum.js";
import type { DescribedParts, Prediction } from "../potential.js";
import type { LinearTables, VarianceTables } from "./tables.js";
import { LinearRows } from "./term-rows.js";

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
  addRows(wasm, tables, variance, input, rows, scratch);
  const variances = squaredNorms(wasm, rows, variance, scratch);
  scratch.reset(mark);
  return { energyVariance: variances[0], ...(input.forces && { forceVariances: variances.slice(1) }) };
}

function addRows(wasm: Wasm, tables: LinearTables, { firstIntercept, nColumns }: VarianceTables, { geometry, described, forces }: ErrorBarInput, rows: Matrix, scratch: Arena): void {
  const nAtoms = geometry.atomicNumbers.length;
  const species = speciesIndices(geometry, tables.species);
  const layout: RowLayout = { energy: 0, forces: forces ? 1 : -1, virial: -1, atoms: forces ? Int32Array.from({ length: nAtoms }, (_, atom) => atom) : new Int32Array(0) };
  if (firstIntercept !== undefined) for (const index of species) wasm.f64(rows.pointer, nColumns)[firstIntercept + index]++;
  for (const [t, { descriptor, centers, blocks, width, firstColumn, products }] of tables.terms.entries()) {
    const atoms = centersOf(species, { first: 0, last: nAtoms }, centers);
    if (atoms.length === 0) continue;
    const mark = scratch.mark();
    const columns = tables.species.map((_, s) => (blocks.includes(s) ? firstColumn + blocks.indexOf(s) * width : -1));
    const term = new LinearRows(wasm, { descriptor, centers, columns, width, quadratic: products !== 0 }, nColumns);
    const own = described?.get(partName(t)) ?? describeEnvironments(scratch, buildEnvironments(wasm, scratch, geometry, descriptor, atoms), term.descriptor);
    term.addRows(own, { atoms, species }, layout, rows, scratch);
    scratch.reset(mark);
  }
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
