import type { KnownNeighbors } from "../neighbors/known-list.js";
import type { Structure } from "../structures/structure.js";

/** What of a structure a potential needs. */
export interface Geometry extends Pick<Structure, "atomicNumbers" | "positions" | "cell" | "pbc" | "label"> {
  /** Pairs that are known already, to be used instead of searching: they must be complete up to the cutoff. */
  readonly neighbors?: KnownNeighbors;
}

/** Atoms `first … last − 1` of a structure, as centers of their environments. */
export interface CenterRange {
  /** From 0. */
  readonly first: number;
  /** One after the last atom. */
  readonly last: number;
}
