import { matrix } from "../../linalg/matrix.js";
import { packedElements, type PackedTriangle, packedTriangle, packedTriangleBytes } from "../../linalg/packed-triangle.js";
import { qrMerge, qrUpdate } from "../../linalg/qr.js";
import { defineTask } from "../../parallel/task.js";
import type { Arena } from "../../wasm/memory.js";
import { BLOCK_ROWS } from "../least-squares/blocks.js";
import { strideOf } from "../least-squares/triangle.js";
import { readReducedRows } from "../linear/solvers/dense-rows.js";
import type { ReducedRows } from "../linear/solvers/reduced-rows.js";
import type { ComposedPotential } from "../../models/composed/bound-form.js";
import { type PlacedStructure, StructureRows } from "./structure-rows.js";

/** Rows of some structures. */
export interface ReduceInput {
  readonly at: ComposedPotential;
  readonly structures: readonly PlacedStructure[];
  /** Columns of the result among those of the rows that are made. */
  readonly columns: Int32Array;
  /** Whether these are rows by the linear parameters alone. */
  readonly linearOnly: boolean;
}

/** Writes the rows of some structures, selected and weighted, and reduces them to a triangle: its elements. */
export const reduceStructures = defineTask("fit/composed/reduce", ({ wasm, scratch }, { at, structures, columns, linearOnly }: ReduceInput): Float64Array => {
  const size = columns.length + 1;
  const stride = strideOf(columns.length);
  const triangle = emptyTriangle(scratch, size);
  packedElements(wasm, triangle).fill(0);
  const room = Math.max(BLOCK_ROWS, ...structures.map(({ targets }) => targets.nRows));
  const design = scratch.f64(room * stride);
  let filled = 0;
  const fold = (): void => {
    if (filled > 0) qrUpdate(wasm, scratch, triangle, matrix(design, filled, size, stride));
    filled = 0;
  };
  const rows = new StructureRows(wasm, scratch, at, linearOnly);
  for (const structure of structures) {
    const { nRows } = structure.targets;
    if (filled + nRows > room) fold();
    const out = wasm.f64(design + 8 * filled * stride, nRows * stride);
    rows.forEach(structure, (row, value, weight, index) => {
      const first = index * stride;
      for (let k = 0; k < columns.length; k++) out[first + k] = weight * row[columns[k]];
      out[first + columns.length] = weight * value;
    });
    filled += nRows;
  }
  fold();
  return packedElements(wasm, triangle).slice();
});

/** Triangles of one problem. */
export interface MergeInput {
  /** Elements of each. */
  readonly parts: readonly Float64Array[];
  readonly nColumns: number;
  /** Of all of them. */
  readonly nRows: number;
}

/** Merges triangles in their order, and reads what is left. */
export const mergeReduced = defineTask("fit/composed/merge", ({ wasm, scratch }, { parts, nColumns, nRows }: MergeInput): ReducedRows => {
  const [into, from] = [emptyTriangle(scratch, nColumns + 1), emptyTriangle(scratch, nColumns + 1)];
  packedElements(wasm, into).set(parts[0]);
  for (const part of parts.slice(1)) {
    packedElements(wasm, from).set(part);
    qrMerge(wasm, scratch, into, from);
  }
  return readReducedRows(wasm, into, nRows);
});

function emptyTriangle(scratch: Arena, size: number): PackedTriangle {
  return packedTriangle(scratch.allocate(packedTriangleBytes(size)), size);
}

/** What is compared with the targets of some structures: columns times coefficients. */
export interface LossInput extends Pick<ReduceInput, "at" | "structures" | "columns"> {
  /** One for each column. */
  readonly coefficients: Float64Array;
}

/** Sums over the rows of some structures. */
export interface SquaredResiduals {
  /** Σ (residual/σ)² */
  readonly loss: number;
  /** Σ (residual/atoms)², eV², and how many. */
  readonly energies: readonly [sum: number, count: number];
  /** Σ residual², eV²/Å², of components, and how many. */
  readonly forces: readonly [sum: number, count: number];
}

/** What is left of the targets of some structures. */
export const squaredResiduals = defineTask("fit/composed/loss", ({ wasm, scratch }, { at, structures, columns, coefficients }: LossInput): SquaredResiduals => {
  let loss = 0;
  const [energies, forces] = [[0, 0] as [number, number], [0, 0] as [number, number]];
  const rows = new StructureRows(wasm, scratch, at, true);
  for (const structure of structures) {
    const { pairs: { nAtoms }, targets } = structure;
    const numbers = wasm.i32(targets.rows, targets.nRows).slice();
    const afterForces = targets.forces ? 1 + 3 * nAtoms : 1;
    rows.forEach(structure, (row, value, weight, index) => {
      let rest = value;
      for (let k = 0; k < columns.length; k++) rest -= coefficients[k] * row[columns[k]];
      loss += (weight * rest) ** 2;
      const number = numbers[index];
      if (number >= afterForces) return;
      const sums = number === 0 ? energies : forces;
      sums[0] += (number === 0 ? rest / nAtoms : rest) ** 2;
      sums[1]++;
    });
  }
  return { loss, energies, forces };
});
