import type { KernelRowTables } from "../../models/sparse-gp/tables.js";
import type { DesignShape } from "../design/structure-rows.js";

/** What threads read to write rows of the design matrix: tables in shared memory, and plain numbers. Its columns are the sparse points of all terms. */
export interface DesignTables extends DesignShape {
  readonly terms: readonly KernelRowTables[];
}
