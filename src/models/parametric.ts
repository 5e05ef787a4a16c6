import type { ComposedForm } from "./composed/tree.js";

/** A parameter that predictions are differentiable in. */
export interface PotentialParameter {
  /** Unique in the potential. */
  readonly name: string;
  /** At present, in its own unit. */
  readonly value: number;
  /** Whether energy, forces and virial are linear in it, the others fixed. */
  readonly isLinear: boolean;
  /** A positive one that is best counted in its logarithm. */
  readonly isLogarithmic?: boolean | undefined;
}

/** Which rows of derivatives by the parameters are asked for. */
export interface ParameterRowsRequest {
  /** 3 × nAtoms rows after that of the energy, eV/Å by the unit of the parameter. */
  readonly forces: boolean;
  /** 6 rows after those, eV by the unit of the parameter: xx, yy, zz, yz, xz, xy of −dE/dε. */
  readonly virial: boolean;
  /** Columns of the parameters that are linear only, in their order. Default: all. */
  readonly linearOnly?: boolean | undefined;
}

/** What a potential says of the parameters that its evaluators have `parameterRows` of. */
export interface Parametric {
  /** In the order of the columns. */
  readonly parameters: readonly PotentialParameter[];
  /**
   * Directions in the space of all parameters along which no prediction changes whatever the data are, at the present values: one for each product of
   * terms. Absent: there are none.
   */
  gaugeModes?(): readonly Float64Array[];
  /** Of a composed potential, whose derivatives can be formed with any number of bits; absent: it is none. */
  readonly composed?: ComposedParts | undefined;
}

/** What a composed potential is made of. */
export interface ComposedParts {
  /** Bases and terms. */
  readonly form: ComposedForm;
  /** In the order of its layout, α and β as they are. */
  readonly values: Float64Array;
}

/** Rows of one structure. */
export function parameterRowCount({ forces, virial }: ParameterRowsRequest, nAtoms: number): number {
  return 1 + (forces ? 3 * nAtoms : 0) + (virial ? 6 : 0);
}
