import type { DescriptorEvaluator } from "../../descriptors/descriptor.js";
import { speciesIndices } from "../../descriptors/species.js";
import { buildEnvironments, centersOf, type DescribedEnvironments, describeEnvironments, namingStructure } from "../../environments/environments.js";
import { type Matrix, matrix } from "../../linalg/matrix.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import { rowsOf, type StructureTargets } from "../structure-targets.js";
import type { RowLayout } from "../../models/local-energy/derivative-rows.js";
import { finishRows, layoutOf } from "./row-layout.js";

/** Shape of a design matrix. */
export interface DesignShape {
  /** Atomic numbers, ascending */
  readonly species: readonly number[];
  readonly nColumns: number;
  /** Elements from one row to the next: nColumns and the target, padded to an even number. */
  readonly stride: number;
}

/** The centers of a term in one structure. */
export interface StructureCenters {
  /** Atoms that are centers, in the order of the rows of the descriptor. */
  readonly atoms: Int32Array;
  /** Species index of every atom. */
  readonly species: Int32Array;
}

/** A term of a model that is linear in its coefficients, on one thread. */
export interface DesignTerm {
  readonly descriptor: DescriptorEvaluator;
  /** Species indices of its centers; null for all atoms. */
  readonly centers: readonly number[] | null;
  /** Adds its part to the rows of a structure: derivatives with the sign of ∂E, without weights. */
  addRows(described: DescribedEnvironments, centers: StructureCenters, layout: RowLayout, design: Matrix, scratch: Arena): void;
}

/**
 * Writes the rows of some structures, one after the other: what the terms add, reference values in column nColumns, every row divided by
 * its σ.
 * @param design f64 [rows × stride]
 * @param addConstants what is in the rows whatever the environments
 */
export function writeRows(
  wasm: Wasm,
  shape: DesignShape,
  terms: readonly DesignTerm[],
  structures: readonly StructureTargets[],
  design: Pointer,
  scratch: Arena,
  addConstants?: (species: Int32Array, layout: RowLayout, design: Matrix) => void,
): void {
  let next = design;
  for (const targets of structures) {
    const nRows = rowsOf(targets);
    wasm.f64(next, nRows * shape.stride).fill(0);
    const target = matrix(next, nRows, shape.nColumns + 1, shape.stride);
    namingStructure(targets.geometry.label, () => {
      const species = speciesIndices(targets.geometry, shape.species);
      const layout = layoutOf(targets);
      addConstants?.(species, layout, target);
      for (const [t, term] of terms.entries()) addTerm(wasm, term, targets, t, species, layout, target, scratch);
      finishRows(wasm, targets, layout, target, scratch);
    });
    next += 8 * nRows * shape.stride;
  }
}

function addTerm(
  wasm: Wasm,
  term: DesignTerm,
  { geometry, described: known }: StructureTargets,
  index: number,
  species: Int32Array,
  layout: RowLayout,
  target: Matrix,
  scratch: Arena,
): void {
  const atoms = centersOf(species, { first: 0, last: geometry.atomicNumbers.length }, term.centers);
  if (atoms.length === 0) return;
  const mark = scratch.mark();
  const described = known?.[index] ?? describeEnvironments(scratch, buildEnvironments(wasm, scratch, geometry, term.descriptor.tables, atoms), term.descriptor);
  term.addRows(described, { atoms, species }, layout, target, scratch);
  scratch.reset(mark);
}
