import { defineTask } from "../../parallel/task.js";
import { writeRows } from "../design/structure-rows.js";
import type { RowsInput } from "../least-squares/chains.js";
import type { StructureTargets } from "../structure-targets.js";
import { KernelRows } from "../../models/sparse-gp/kernel-rows.js";
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
    writeRows(wasm, tables, tables.terms.map((term) => new KernelRows(wasm, term)), structures, design, scratch);
    return null;
  },
);
