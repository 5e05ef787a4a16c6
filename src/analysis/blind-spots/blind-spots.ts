import type { EnvironmentSource } from "../../environments/collect.js";

/** What two structures with a blind pair say of energies. */
export interface PairEnergy {
  /** eV, E_a − E_b of the whole structures. */
  readonly difference: number;
  /**
   * Σ |X − X′| over all centers of both structures, each with its partner, scaled; of the best partners. 0 but for rounding: every sum of local
   * energies by this descriptor gives both structures the same energy.
   */
  readonly distance: number;
  /** Whether that is so: then the difference is a bound on errors. */
  readonly isBound: boolean;
  /** eV: of two energies that no model of this descriptor tells apart, one at least is wrong by so much, and so is their RMSE; 0 where there is no bound. */
  readonly leastError: number;
  /** eV per unit of `distance`: how steep a model must be, at least, to have both energies right; absent where the distance is 0. */
  readonly slope?: number;
}

/** What the forces on the centers of a blind pair are. */
export interface PairForces {
  /** eV/Å, |F_a − R F_b| with the rotation that lays b on a. */
  readonly difference: number;
  /** eV/Å, |F_a| and |F_b|, whatever the rotation. */
  readonly norms: readonly [number, number];
}

/** Two environments that are close for a descriptor and far from each other. */
export interface BlindPair {
  /** Atom of the data. */
  readonly a: EnvironmentSource;
  /** Another atom of the data. */
  readonly b: EnvironmentSource;
  /** Scaled |X_a − X_b|: columns over their deviations in the data. */
  readonly distance: number;
  /** |X_a − X_b| as the descriptor gives it. */
  readonly plainDistance: number;
  /** Whether that is rounding: the descriptor cannot tell them apart. */
  readonly isIdentical: boolean;
  /** Å, see `structuralDistance`. */
  readonly structuralDistance: number;
  /** Whether that is exact; otherwise it is an upper bound. */
  readonly isExact: boolean;
  /** Between the rows of the reference; absent without one. */
  readonly referenceDistance?: number;
  /** (structural distance / its median) / (distance / its median): 1 for a usual pair, large for a blind one. */
  readonly score: number;
  /** Of b onto a, 3 × 3, row by row. */
  readonly rotation: readonly number[];
  /** Absent where an energy is missing, the structures are not of the same atoms, or one and the same. */
  readonly energy?: PairEnergy;
  /** Absent where forces are missing. */
  readonly forces?: PairForces;
}

/** What no model of the descriptor can do on the data. */
export interface ErrorBound {
  /** eV: RMSE of energies of structures over the data, at least. */
  readonly rmse: number;
  /** eV: largest error of an energy, at least. */
  readonly maximum: number;
  /** Structures that have others of equal fingerprints and another energy. */
  readonly structures: number;
  /** Structures with energies in the data. */
  readonly of: number;
}

/** Usual pairs of environments of one species, for comparison. */
export interface UsualPairs {
  /** Scaled distance of fingerprints. */
  readonly distance: number;
  /** Å. */
  readonly structuralDistance: number;
  /** Between the rows of the reference; absent without one. */
  readonly referenceDistance?: number;
}

/** What was looked at for one species of centers. */
export interface SpeciesSearch {
  /** Chemical symbol of the centers. */
  readonly species: string;
  /** In the data. */
  readonly total: number;
  /** Of these looked at: a seeded sample where they are fewer. */
  readonly environments: number;
  /** Of these left where congruent ones count once. */
  readonly distinct: number;
  /** Columns that are not of one value. */
  readonly columns: number;
  /** Neighbors of each environment that were looked at. */
  readonly neighbors: number;
  /** Pairs of neighbors. */
  readonly pairs: number;
  /** Those of them whose structural distance was computed. */
  readonly compared: number;
  /** Medians over random pairs; absent where there are fewer than two distinct environments. */
  readonly usual?: UsualPairs;
}

/** Pairs of environments that a descriptor does not tell apart, and what follows from them. */
export interface BlindSpots {
  /** By species of centers. */
  readonly searches: readonly SpeciesSearch[];
  /** Worst first. */
  readonly pairs: readonly BlindPair[];
  /** Pairs that are identical for the descriptor and not congruent, of those that were compared. */
  readonly identical: number;
  /** Absent where no two structures of the data are equal for the descriptor and different in energy. */
  readonly bound?: ErrorBound;
  /** What could not be looked at, in sentences. */
  readonly remarks: readonly string[];
}
