import type { TargetName } from "./dataset-report.js";
import type { Structure } from "./structure.js";

/** What is kept of a structure for output only. */
export type StructureInfo = Pick<Structure, "info" | "atomInfo" | "source">;

/** The same, taken from the text of a file when it is asked for: most of it never is. */
export interface UnreadInfo {
  readInfo(): StructureInfo;
}

/**
 * Many structures one after the other, in the arrangement of a data set, which need no further check. The arrays are good until more is read.
 */
export interface FrameBlock {
  /** nStructures */
  readonly atomCounts: Int32Array;
  /** nAtoms */
  readonly atomicNumbers: Uint8Array;
  /** Å, nAtoms × 3 */
  readonly positions: Float64Array;
  /** Å, nStructures × 9; NaN without a cell */
  readonly cells: Float64Array;
  /** nStructures × 3, 0 or 1 */
  readonly pbc: Uint8Array;
  /** As the columns of a data set; NaN where absent */
  readonly targets: Readonly<Record<TargetName, Float64Array>>;
  readonly configTypes: readonly string[];
  readonly labels: readonly string[];
  readonly infos: readonly UnreadInfo[];
}
