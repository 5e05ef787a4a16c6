import type { ColumnShape } from "./column.js";

/** Reference values that potentials are fitted to. */
export type TargetName = "energy" | "forces" | "virial";

/** A key of the file that was read as a target, and in how many structures. */
export interface KeyUse {
  /** As the file writes it. */
  readonly key: string;
  /** At least 1. */
  readonly structures: number;
}

/** A name of the file that was not read, and in how many structures: columns that may be asked for. */
export interface UnreadName extends KeyUse {
  /** Whether it stands for structures or atoms. */
  readonly per: ColumnShape["per"];
}

/** How much of a column there is. */
export interface ColumnReport extends ColumnShape {
  /** Structures with a number. */
  readonly structures: number;
  /** All numbers, those that are absent left out. */
  readonly numbers: number;
}

/** How many atoms of one species there are. */
export interface SpeciesCount {
  /** Z */
  readonly atomicNumber: number;
  /** Chemical symbol. */
  readonly symbol: string;
  /** In all structures. */
  readonly atoms: number;
}

/** How large one configuration type is. */
export interface GroupCount {
  /** "" for structures without one. */
  readonly name: string;
  /** At least 1. */
  readonly structures: number;
  /** In these structures. */
  readonly atoms: number;
}

/** What a data set holds, and which keys of the files it was read from. */
export interface DatasetReport {
  /** As given; empty for structures that were not read from a file. */
  readonly files: readonly string[];
  /** Number of structures. */
  readonly structures: number;
  /** In all structures. */
  readonly atoms: number;
  /** Ascending by atomic number. */
  readonly species: readonly SpeciesCount[];
  /** Structures with an energy. */
  readonly energies: number;
  /** Cartesian components, three for each atom with a force. */
  readonly forceComponents: number;
  /** Structures with a virial. */
  readonly virials: number;
  /** Every column: energy, forces, virial, and those that were asked for. */
  readonly columns: readonly ColumnReport[];
  /** By column; empty for structures that were not read from a file. */
  readonly keys: Readonly<Record<TargetName, readonly KeyUse[]>> & Readonly<Record<string, readonly KeyUse[]>>;
  /** What else the files say under names, those of structures first, sorted by name. */
  readonly unread: readonly UnreadName[];
  /** Sorted by name. */
  readonly configTypes: readonly GroupCount[];
  /** Choices that the reader made where the data allowed several. */
  readonly warnings: readonly string[];
}

/** Where the columns came from; what a reader knows beyond the structures themselves. */
export type KeyReport = Pick<DatasetReport, "files" | "keys" | "unread" | "warnings">;

export const noKeyReport: KeyReport = { files: [], keys: { energy: [], forces: [], virial: [] }, unread: [], warnings: [] };
