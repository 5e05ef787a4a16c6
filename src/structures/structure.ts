import type { Column } from "./column.js";

/** A value that a file gives for a whole frame. Arrays keep their shape as nested arrays. */
export type InfoValue = string | number | boolean | InfoValue[] | { readonly [key: string]: InfoValue } | null;

/** What a file says of each atom and pestle does not interpret, kept for output. */
export interface AtomInfo {
  /** As in the file. */
  readonly name: string;
  /** Of the numbers or texts. */
  readonly type: "text" | "real" | "integer" | "logical";
  /** Values of one atom. */
  readonly width: number;
  /** nAtoms × width; 0 and 1 for logical ones. */
  readonly values: readonly string[] | Float64Array | Int32Array | Uint8Array;
}

/** Reference values, where the data has them. */
export interface Targets {
  /** eV */
  readonly energy?: number;
  /** eV/Å, nAtoms × 3 */
  readonly forces?: Float64Array;
  /** eV, 3 × 3 row-major; −dE/dε = −volume · stress, positive when compressed */
  readonly virial?: Float64Array;
}

/** How a file wrote a column. */
export interface ColumnSource {
  /** In the file. */
  readonly key: string;
  /** By what the numbers of the file were multiplied. */
  readonly factor: number;
  /** How its numbers were written. */
  readonly type: "real" | "integer" | "logical";
}

/** How the text of a file wrote a structure, so that the same format writes it alike again; other formats pass over it. */
export interface StructureSource {
  /** Name of the format. */
  readonly format: string;
  /** Keys under which the targets stood, where they are not the plain names; they are written under the same keys unless others are chosen. */
  readonly targetKeys?: Readonly<Partial<Record<keyof Targets, string>>>;
  /**
   * The virial as the file wrote it, where it was a stress or not nine numbers in quotes: it is written again as it was as long as it says
   * the same.
   */
  readonly virial?: {
    /** In the file. */
    readonly key: string;
    /** Whether the file gave −virial/volume. */
    readonly isStress: boolean;
    /** Six numbers, nine that stand column by column, or three rows. */
    readonly value: InfoValue;
    /** Whether whole numbers were written as reals. */
    readonly isReal: boolean;
  };
  /** By name: how columns stood that are not under their own names as reals in units of pestle. */
  readonly columns?: Readonly<Record<string, ColumnSource>>;
  /** Keys of `info` whose whole numbers were written as reals ("1.0", not "1"). */
  readonly realKeys?: ReadonlySet<string>;
}

/** One frame: atoms, cell, reference values, and everything else the file said. Plain data: it may cross threads. */
export interface Structure {
  /** nAtoms, 1 … 118 */
  readonly atomicNumbers: Uint8Array;
  /** Å, nAtoms × 3 */
  readonly positions: Float64Array;
  /** Å, 3 × 3, rows are lattice vectors; null without a cell */
  readonly cell: Float64Array | null;
  /** Whether the cell repeats along each lattice vector. */
  readonly pbc: readonly [boolean, boolean, boolean];
  /** Reference values; those that the structure does not have are absent. */
  readonly targets: Targets;
  /** Columns beyond the targets that were asked for, by name; absent where the structure has none. */
  readonly columns?: ReadonlyMap<string, Column>;
  /** Group of the frame for weights, splits and tables; "" if the data has none. */
  readonly configType: string;
  /** What else the file says of the frame, in its order. */
  readonly info: ReadonlyMap<string, InfoValue>;
  /** What else the file says of the atoms, in its order. */
  readonly atomInfo: readonly AtomInfo[];
  /** Undefined where the format's own way of writing serves. */
  readonly source?: StructureSource;
  /** Where it came from, for messages: "frame 12 of Si_train.xyz.gz" (frames count from 1). */
  readonly label: string;
}
