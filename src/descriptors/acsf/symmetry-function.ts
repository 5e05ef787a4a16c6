/** Kinds of symmetry functions; G4 is the narrow one of n2p2 (type 3), G5 the wide one (type 9), the weighted ones are types 12 and 13. */
export type FunctionKind = "g1" | "g2" | "g3" | "g4" | "g5" | "weightedRadial" | "weightedAngular";

/** One column: a function of the neighbors of a center. Parameters that a kind does not have are 0. */
export interface SymmetryFunction {
  readonly kind: FunctionKind;
  /** Atomic numbers, ascending: one for pairs, two for triplets, none where neighbors of all species count by their weight. */
  readonly neighbors: readonly number[];
  /** Å⁻² */
  readonly eta: number;
  /** Å */
  readonly shift: number;
  /** Å⁻¹ */
  readonly kappa: number;
  readonly zeta: number;
  readonly lambda: number;
  /** Å */
  readonly radius: number;
  /** Atomic numbers of the centers that have it; undefined: all */
  readonly centers: readonly number[] | undefined;
}
