import type { Wasm } from "../wasm/wasm.js";
import type { Potential, PotentialEvaluator, PotentialPlan } from "./potential.js";

/** An array of a model file. */
export interface NamedArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

/** Where a model came from: everything needed to make it again. JSON. */
export interface Provenance {
  /** Of pestle, Node.js and the model file's writer */
  readonly versions?: Readonly<Record<string, string>>;
  /** Files and their checksums */
  readonly data?: readonly { readonly role: string; readonly path: string; readonly sha256: string }[];
  /** Options of the fit with every default filled in */
  readonly options?: unknown;
  /** Errors on training and test data */
  readonly metrics?: unknown;
}

/** What a model file holds of a model: JSON and arrays. */
export interface ModelContent {
  readonly parameters: unknown;
  readonly arrays: readonly NamedArray[];
}

/** A potential that can be stored. */
export interface Model extends Potential {
  readonly provenance: Provenance;
  /** The same model with another account of where it came from, for example with metrics. */
  withProvenance(provenance: Provenance): Model;
}

/** One line of the registry. */
export interface ModelType {
  readonly type: string;
  encode(model: Model): ModelContent;
  /** @throws {FormatError | InvalidParameterError} when the content is not a model of this type; `file` is for messages */
  decode(content: ModelContent, provenance: Provenance, file: string): Model;
  attach(wasm: Wasm, plan: PotentialPlan): PotentialEvaluator;
}
