import type { SpeciesList } from "../../descriptors/descriptor.js";
import type { Provenance } from "../model-type.js";
import type { ComposedForm } from "./tree.js";

/** What a composed potential consists of. */
export interface ComposedModelOptions {
  /** Atomic numbers, ascending */
  readonly species: SpeciesList;
  /** Bases and terms. */
  readonly form: ComposedForm;
  /** In the order of `layoutParameters`, α and β as they are. */
  readonly values: Float64Array;
  /** eV, by species index; absent: energies are not relative to isolated atoms */
  readonly isolatedAtomEnergies?: readonly number[] | undefined;
  /** Default: nothing is known. */
  readonly provenance?: Provenance;
}
