/** φ(r) of one pair of species. */
export interface PairFunction {
  /** Å: 0 from here on */
  readonly cutoff: number;
  /** Writes φ in eV and φ′ in eV/Å at r below the cutoff: two numbers, so that a pair takes no memory. */
  at(r: number, out: Float64Array): void;
}

/** Functions of all pairs of species. */
export interface PairFunctions {
  /** Atomic numbers */
  readonly species: readonly number[];
  /** Å, of the neighbor list: the largest of all */
  readonly cutoff: number;
  /** [species × species], symmetric; undefined: these two do not interact */
  readonly functions: readonly (PairFunction | undefined)[];
}
