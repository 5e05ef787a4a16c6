import { speciesIndices } from "../../descriptors/species.js";
import { buildEnvironments, centersOf, describeEnvironments } from "../../environments/environments.js";
import type { Geometry } from "../../environments/geometry.js";
import type { Matrix } from "../../linalg/matrix.js";
import type { Arena } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { RowLayout } from "../local-energy/derivative-rows.js";
import { partName } from "../local-energy/sum.js";
import type { DescribedParts } from "../potential.js";
import { KernelRows } from "./kernel-rows.js";
import type { SparseGpTables } from "./tables.js";

/** A structure, and what is known of its environments. */
export interface RowsInput {
  readonly geometry: Geometry;
  readonly described?: DescribedParts | undefined;
}

/** Adds the rows that a fit would have, by the coefficients of all terms: derivatives with the sign of ∂E. */
export function addCoefficientRows(
  wasm: Wasm, { terms, species: known }: SparseGpTables, { geometry, described }: RowsInput, layout: RowLayout, rows: Matrix, scratch: Arena,
): void {
  const species = speciesIndices(geometry, known);
  for (const [t, term] of terms.entries()) {
    const centers = centersOf(species, { first: 0, last: species.length }, term.centers);
    if (centers.length === 0) continue;
    const mark = scratch.mark();
    const kernel = new KernelRows(wasm, term);
    const own = described?.get(partName(t)) ?? describeEnvironments(scratch, buildEnvironments(wasm, scratch, geometry, term.descriptor, centers), kernel.descriptor);
    kernel.addRows(own, undefined, layout, rows, scratch);
    scratch.reset(mark);
  }
}
