import type { Wasm } from "../wasm/wasm.js";
import type { Potential, PotentialEvaluator, PotentialTables } from "./potential.js";

/** An array of a model file. */
export interface NamedArray {
  /** Unique in the file: `terms[0].coefficients`. */
  readonly name: string;
  /** Row-major; the product is the length of the values. */
  readonly shape: readonly number[];
  /** Stored with every bit. */
  readonly values: Float64Array;
}

/** A file that went into a result. */
export interface FileRecord {
  /** What it was used as: "train", "validation", "test", "sparse", … */
  readonly role: string;
  /** As the options name it, in a model file of `pestle fit` without its folders; "standard input" for that. */
  readonly path: string;
  /** Hexadecimal; of the bytes on disk, compressed or not. */
  readonly sha256: string;
}

/** Where a model came from: everything needed to make it again. JSON. */
export interface Provenance {
  /** Of pestle, Node.js and the model file's writer */
  readonly versions?: Readonly<Record<string, string>>;
  /** Files and their checksums */
  readonly data?: readonly FileRecord[];
  /** Options of the fit with every default filled in */
  readonly options?: unknown;
  /** Errors on training and test data */
  readonly metrics?: unknown;
  /** By what error bars are multiplied. */
  readonly calibration?: ErrorBarCalibration | undefined;
}

/**
 * What makes the error bars of a model as large as its errors, from data that it was not fitted to: a bar becomes √((factor · bar)² + floor²). What is
 * absent is left as it is.
 */
export interface ErrorBarCalibration {
  /** Factor of standard deviations of energies. */
  readonly energy?: number | undefined;
  /** Factor of those of forces. */
  readonly forces?: number | undefined;
  /** eV/atom: floor of those of energies, which grows with the number of atoms as the energy does. Absent: 0. */
  readonly energyFloor?: number | undefined;
  /** eV/Å: floor of those of force components. Absent: 0. */
  readonly forcesFloor?: number | undefined;
  /** Whether errors and bars are those of training structures by the members of a committee that were not fitted to them. Absent: no. */
  readonly outOfBag?: boolean | undefined;
  /** Structures that they are from. */
  readonly structures?: number | undefined;
  /** Files that they are from. */
  readonly data?: readonly FileRecord[] | undefined;
}

/** What a model file holds of a model: JSON and arrays. */
export interface ModelContent {
  /** What is not an array, as JSON; each type of model checks its own on reading. */
  readonly parameters: unknown;
  /** In the order in which the file holds them. */
  readonly arrays: readonly NamedArray[];
}

/** A model as a part of another one. */
export interface ModelPart extends ModelContent {
  /** As in model files. */
  readonly type: string;
  /** Of its error bars. Absent: they are as they are. */
  readonly calibration?: ErrorBarCalibration | undefined;
}

/** How a type of models reaches the types of models that its own are made of. */
export interface PartTypes {
  /** What a model file is to hold of a part. */
  encode(part: Model): ModelPart;
  /** @throws {FormatError | InvalidParameterError} also for a type that this version does not know */
  decode(part: ModelPart, file: string): Model;
  /** Binds the tables of a part to the same thread. */
  attach(wasm: Wasm, tables: PotentialTables): PotentialEvaluator;
}

/** A potential that can be stored. */
export interface Model extends Potential {
  /** Empty where nothing is known of it. */
  readonly provenance: Provenance;
  /** What its descriptors took from data and what that costs, in sentences for people. Absent: its type has none. */
  readonly findings?: readonly string[] | undefined;
  /** The same model with another account of where it came from, for example with metrics. */
  withProvenance(provenance: Provenance): Model;
}

/** One line of the registry. */
export interface ModelType {
  /** As in the model file. */
  readonly type: string;
  /** What a model file is to hold. Only for models of this type. */
  encode(model: Model, parts: PartTypes): ModelContent;
  /** @throws {FormatError | InvalidParameterError} when the content is not a model of this type; `file` is for messages */
  decode(content: ModelContent, provenance: Provenance, file: string, parts: PartTypes): Model;
  /** Binds tables of this type to the instance of one thread. */
  attach(wasm: Wasm, tables: PotentialTables, parts: PartTypes): PotentialEvaluator;
}
