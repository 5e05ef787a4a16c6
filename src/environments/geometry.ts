import type { Structure } from "../structures/structure.js";

/** What of a structure a potential needs. */
export type Geometry = Pick<Structure, "atomicNumbers" | "positions" | "cell" | "pbc" | "label">;

/** Atoms `first … last − 1` of a structure, as centers of their environments. */
export interface CenterRange {
  readonly first: number;
  readonly last: number;
}
