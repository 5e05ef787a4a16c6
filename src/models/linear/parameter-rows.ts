import { speciesIndices } from "../../descriptors/species.js";
import { buildEnvironments, centersOf, describeEnvironments } from "../../environments/environments.js";
import type { Geometry } from "../../environments/geometry.js";
import type { Matrix } from "../../linalg/matrix.js";
import type { Arena } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { RowLayout } from "../local-energy/derivative-rows.js";
import { partName } from "../local-energy/sum.js";
import type { DescribedParts } from "../potential.js";
import type { LinearTables } from "./tables.js";
import { LinearRows } from "./term-rows.js";

/** A structure, and what is known of its environments. */
export interface RowsInput {
  readonly geometry: Geometry;
  readonly described?: DescribedParts | undefined;
}

/** Adds the rows that a fit would have, by coefficients of all terms and intercepts: derivatives with the sign of ∂E. */
export function addCoefficientRows(wasm: Wasm, tables: LinearTables, { geometry, described }: RowsInput, layout: RowLayout, rows: Matrix, scratch: Arena): void {
  const { nColumns, firstIntercept } = tables;
  const species = speciesIndices(geometry, tables.species);
  if (firstIntercept !== undefined) for (const index of species) wasm.f64(rows.pointer, nColumns)[firstIntercept + index]++;
  for (const [t, { descriptor, centers, blocks, width, firstColumn, products }] of tables.terms.entries()) {
    const atoms = centersOf(species, { first: 0, last: species.length }, centers);
    if (atoms.length === 0) continue;
    const mark = scratch.mark();
    const columns = tables.species.map((_, s) => (blocks.includes(s) ? firstColumn + blocks.indexOf(s) * width : -1));
    const term = new LinearRows(wasm, { descriptor, centers, columns, width, quadratic: products !== 0 }, nColumns);
    const own = described?.get(partName(t)) ?? describeEnvironments(scratch, buildEnvironments(wasm, scratch, geometry, descriptor, atoms), term.descriptor);
    term.addRows(own, { atoms, species }, layout, rows, scratch);
    scratch.reset(mark);
  }
}
