import type { ParameterKind } from "../models/composed/parameters.js";
import type { FourErrors, OnBoth } from "./candidate.js";

/** A parameter of the result, and how well the data determine it. */
export interface DescribedParameter {
  /** As in the model file. */
  readonly name: string;
  /** What it is of. */
  readonly kind: ParameterKind;
  /** In its own unit. */
  readonly value: number;
  /** Standard error by the bound of Cramér and Rao, all parameters free, gauge directions left out; null where it is not known. */
  readonly error: number | null;
  /** Share of the parameter in the directions that the data do not determine, 0 … 1; null where it is not known. */
  readonly sloppiness: number | null;
}

/** The result of a search, looked at once more. */
export interface ResultDescription {
  /** In the order of the potential. */
  readonly parameters: readonly DescribedParameter[];
  /** In the four metrics. */
  readonly errors: OnBoth<FourErrors> & {
    /** Of structures that the search has never seen; absent: there are none. */
    readonly test?: FourErrors;
  };
}
