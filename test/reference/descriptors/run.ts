import type { Executor } from "../../../src/parallel/index.js";
import type { Comparisons } from "../comparisons.js";
import type { ReferenceFolder } from "../folder.js";

/** What comparisons of a folder share. */
export interface ReferenceRun {
  readonly folder: ReferenceFolder;
  readonly executor: Executor;
  readonly comparisons: Comparisons;
}

/** What index.json says of a file. */
export interface IndexEntry {
  readonly file: string;
  readonly frame: string;
  readonly descriptor: string;
}

/** Compares one file. */
export type CompareFile = (run: ReferenceRun, entry: IndexEntry) => Promise<void> | void;

/** Keys of a file that say where its values are from. */
export const headKeys = ["file", "frame", "descriptor", "params", "shapes", "note", "pbc", "dscribe_version", "dscribe_commit"];
