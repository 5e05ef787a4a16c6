import { type Matrix, matrix } from "../../linalg/matrix.js";
import { LinearRows, type LinearTermRows } from "../../models/linear/term-rows.js";
import type { RowLayout } from "../../models/local-energy/derivative-rows.js";
import { defineTask } from "../../parallel/task.js";
import type { Wasm } from "../../wasm/wasm.js";
import { type DesignShape, writeRows } from "../design/structure-rows.js";
import type { RowsInput } from "../least-squares/chains.js";
import { rowsOf, type StructureTargets } from "../structure-targets.js";
import { compactRows, type PlacedColumns } from "./reach/compact-rows.js";

/** What threads read to write rows of a linear model. */
export interface LinearDesign extends DesignShape {
  readonly terms: readonly LinearTermRows[];
  /** Column of the constant of the first species; undefined where there are none. */
  readonly firstIntercept: number | undefined;
}

/** Structures whose rows make one block. */
export interface LinearRowsInput {
  readonly design: LinearDesign;
  /** That are kept; default: all */
  readonly columns?: PlacedColumns | undefined;
  readonly structures: readonly StructureTargets[];
}

/** Rows of a linear model, with the right-hand side, weighted. They are written in all columns, then those that are not kept go. */
export const writeLinearRows = defineTask("fit/linear-rows", ({ wasm, scratch }, { rows, design: target }: RowsInput<LinearRowsInput>): null => {
  const { design, columns, structures } = rows;
  const terms = design.terms.map((term) => new LinearRows(wasm, term, design.nColumns));
  writeRows(wasm, design, terms, structures, target, scratch, (species, layout, matrixOfStructure) => addIntercepts(wasm, design, species, layout, matrixOfStructure));
  const nRows = structures.reduce((sum, targets) => sum + rowsOf(targets), 0);
  if (columns) compactRows(wasm, matrix(target, nRows, design.nColumns + 1, design.stride), columns);
  return null;
});

function addIntercepts(wasm: Wasm, { firstIntercept, nColumns }: LinearDesign, species: Int32Array, { energy }: RowLayout, target: Matrix): void {
  if (firstIntercept === undefined || energy < 0) return;
  const row = wasm.f64(target.pointer + 8 * energy * target.stride, nColumns);
  for (const index of species) row[firstIntercept + index]++;
}
