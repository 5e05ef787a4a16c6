/** Reference values that potentials are fitted to. */
export type TargetName = "energy" | "forces" | "virial";

/** A key of the file that was read as a target, and in how many structures. */
export interface KeyUse {
  readonly key: string;
  readonly structures: number;
}

/** What a data set holds, and which keys of the files it was read from. */
export interface DatasetReport {
  readonly files: readonly string[];
  readonly structures: number;
  readonly atoms: number;
  /** Ascending by atomic number. */
  readonly species: readonly { readonly atomicNumber: number; readonly symbol: string; readonly atoms: number }[];
  /** Structures with an energy. */
  readonly energies: number;
  /** Cartesian components, three for each atom with a force. */
  readonly forceComponents: number;
  /** Structures with a virial. */
  readonly virials: number;
  /** Empty for structures that were not read from a file. */
  readonly keys: Readonly<Record<TargetName, readonly KeyUse[]>>;
  /** Sorted by name. */
  readonly configTypes: readonly { readonly name: string; readonly structures: number; readonly atoms: number }[];
  /** Choices that the reader made where the data allowed several. */
  readonly warnings: readonly string[];
}

/** Where the targets came from; what a reader knows beyond the structures themselves. */
export type KeyReport = Pick<DatasetReport, "files" | "keys" | "warnings">;

export const noKeyReport: KeyReport = { files: [], keys: { energy: [], forces: [], virial: [] }, warnings: [] };
