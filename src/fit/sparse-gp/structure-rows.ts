import { namingStructure } from "../../environments/environments.js";
import { defineTask } from "../../parallel/task.js";
import type { RowsInput } from "../least-squares/chains.js";
import { rowsOf, type StructureTargets } from "../structure-targets.js";
import { DesignRows } from "./design-rows.js";
import type { DesignTables } from "./design-tables.js";

/** Structures whose rows make one block. */
export interface StructureRows {
  readonly tables: DesignTables;
  readonly structures: readonly StructureTargets[];
}

/** Rows of the design matrix of some structures, with the right-hand side, weighted. */
export const writeStructureRows = defineTask(
  "fit/structure-rows",
  ({ wasm, scratch }, { rows: { tables, structures }, design }: RowsInput<StructureRows>): null => {
    const rows = new DesignRows(wasm, tables);
    let target = design;
    for (const structure of structures) {
      namingStructure(structure.geometry.label, () => rows.fill(structure, target, scratch));
      target += 8 * rowsOf(structure) * tables.stride;
    }
    return null;
  },
);
