/** Value of a key in the comment line of an extended XYZ frame. Arrays keep their shape as nested arrays. */
export type InfoValue = string | number | boolean | InfoValue[] | { readonly [key: string]: InfoValue } | null;

/** Per-atom column that pestle does not interpret, kept for output. `type` is the letter of the extended XYZ format. */
export interface AtomColumn {
  readonly name: string;
  readonly type: "S" | "R" | "I" | "L";
  readonly width: number;
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

/** One frame: atoms, cell, reference values, and everything else the file said. Plain data: it may cross threads. */
export interface Structure {
  readonly atomicNumbers: Uint8Array;
  /** Å, nAtoms × 3 */
  readonly positions: Float64Array;
  /** Å, 3 × 3, rows are lattice vectors; null without a cell */
  readonly cell: Float64Array | null;
  readonly pbc: readonly [boolean, boolean, boolean];
  readonly targets: Targets;
  /** Group of the frame for weights, splits and tables; "" if the data has none. */
  readonly configType: string;
  /** Other keys of the comment line in file order. */
  readonly info: ReadonlyMap<string, InfoValue>;
  /** Keys of `info` whose whole numbers were written as reals ("1.0", not "1"), so that they are written as reals again. */
  readonly realKeys?: ReadonlySet<string>;
  readonly columns: readonly AtomColumn[];
  /** Keys under which the targets stood in the file; they are written under the same keys unless others are chosen. */
  readonly targetKeys?: { readonly energy?: string; readonly forces?: string; readonly virial?: string };
  /** Where it came from, for messages: "frame 12 of Si_train.xyz.gz" (frames count from 1). */
  readonly label: string;
}
