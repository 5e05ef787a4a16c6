import type { FrameBlock } from "../frame-block.js";
import type { Structure, Targets } from "../structure.js";
import type { ColumnReader } from "./column-reader.js";
import type { KeyTally, TargetKeys } from "./target-keys.js";

/** What a reader knows of the content that it reads. */
export interface ReadSource {
  /** For the location of a `FormatError`: the path, or "standard input". */
  readonly file: string;
  /** For labels ("frame 12 of Si.xyz.gz"): the file without its folders. */
  readonly name: string;
  /** Keys of the reference values that were asked for; a format without keys passes over them. */
  readonly keys: TargetKeys;
  /** Atomic numbers of the atom types 1, 2, … that stand in place of symbols; absent: such numbers are refused. */
  readonly types?: readonly number[];
  /** Columns beyond the reference values that were asked for; a format gives it the numbers that stand under their keys. */
  readonly columns: ColumnReader;
  /** Takes a note of the keys that were read as reference values, where the format has keys. */
  readonly tally: KeyTally;
  /**
   * Whether the arrays of a frame (but not those of `info` and `atomInfo`) may stand in memory that the next frame uses again, because whoever asks
   * copies them before. Default: false.
   */
  readonly mayUseAgain?: boolean;
}

/**
 * Reads structures from the (decompressed) bytes of one file: gets chunks of any size one after the other, and holds no more than a
 * chunk and a frame. Chunks may be used again by their owner after the call.
 */
export interface StructureReader {
  /**
   * Frames that are complete with this chunk, in order.
   * @throws {FormatError} with line and column, or what else tells the place
   */
  push(chunk: Uint8Array): Iterable<Structure>;
  /**
   * The frames that are left at the end of the file.
   * @throws {FormatError} when the last frame is not complete
   */
  finish(): Iterable<Structure>;
  /**
   * Makes `pushBlocks` ready, which takes the place of `push` from then on.
   * @internal
   */
  prepareBlocks?(): Promise<void>;
  /**
   * As `push`, where whoever asks copies the frames before the next is asked for; many may come at once. It keeps the tally of those.
   * @internal
   */
  pushBlocks?(chunk: Uint8Array): Iterable<Structure | FrameBlock>;
}

/** Values of a model for one structure; written beside the reference values, never over them. */
export interface PredictedValues {
  /** eV */
  readonly energy?: number;
  /** eV/Å, nAtoms × 3 */
  readonly forces?: ArrayLike<number>;
  /** eV, 3 × 3 row-major, −volume · stress */
  readonly virial?: ArrayLike<number>;
  /** Of the whole structure, by name, in the units of the model. */
  readonly properties?: Readonly<Record<string, number>>;
  /** eV, nAtoms */
  readonly localEnergies?: ArrayLike<number>;
  /** eV², nAtoms */
  readonly localVariances?: ArrayLike<number>;
  /** 0 … 1, nAtoms: standard deviation of each local energy, as a share of what it is where nothing is known */
  readonly uncertainties?: ArrayLike<number>;
  /** How far each environment lies outside of the training data: up to 1 inside, infinite where it has what they had not. */
  readonly extrapolationGrades?: ArrayLike<number>;
  /** Standard deviation of each local energy over the members of a committee, as a share of the limit that the training data gave. */
  readonly committeeSpreads?: ArrayLike<number>;
  /** nAtoms: "inside" the training domain, or by which measure each environment lies outside */
  readonly domains?: readonly string[];
  /** eV: standard deviation of the energy */
  readonly energyDeviation?: number | undefined;
  /** eV/Å, nAtoms × 3 */
  readonly forceDeviations?: ArrayLike<number> | undefined;
}

/** How structures are written; a format passes over what it has no place for. */
export interface FormatStructureOptions {
  /** Keys for the reference values. Default: those they were read from, else `energy`, `forces`, `virial` and `config_type`. */
  readonly keys?: Readonly<Partial<Record<keyof Targets | "configType", string>>>;
  /** Put before the names of predicted values. Default: `pestle_`, as in `pestle_energy`. */
  readonly predictionPrefix?: string;
}

/** Turns structures into the content of a file, one after the other. */
export interface StructureWriter {
  /** @throws {InvalidStructureError} for a structure that the format cannot hold */
  push(structure: Structure, predictions?: PredictedValues): string | Uint8Array;
  /** What ends the file. */
  finish(): string | Uint8Array;
}

/** A file format of structures. */
export interface StructureFormat {
  /** As messages name it: "extended XYZ". */
  readonly name: string;
  /**
   * Whether a file is of this format. `head` is its first bytes, decompressed: 4096, or all of a shorter file; empty for a file that is to
   * be written, where only the name can tell. `path` is as given, without an ending `.gz`.
   */
  matches(path: string, head: Uint8Array): boolean;
  /** A reader for one file. It gives eV, Å and eV/Å; `unitFactor` converts from other units. */
  read(source: ReadSource): StructureReader;
  /** A writer for one file; absent where the format is only read. */
  write?(options: FormatStructureOptions): StructureWriter;
}
