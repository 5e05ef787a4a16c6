import type { DescriptorTables } from "../../descriptors/descriptor.js";
import type { PlacedActiveRows } from "../../linalg/active-rows.js";
import type { Pointer } from "../../wasm/memory.js";
import type { PotentialTables } from "../potential.js";

/** One term Σ_i c_{Z_i} · φ(x_i) as the threads see it. */
export interface LinearTermTables {
  readonly descriptor: DescriptorTables;
  /** Species indices of its centers; null for all atoms. */
  readonly centers: readonly number[] | null;
  /** Species index of the centers of every block of coefficients. */
  readonly blocks: readonly number[];
  readonly nFeatures: number;
  /** Columns φ(x): those of the descriptor, and their products where the term is quadratic. */
  readonly width: number;
  /** Of its first block among all columns. */
  readonly firstColumn: number;
  /** f64 [blocks × nFeatures] */
  readonly linear: Pointer;
  /** f64 [blocks × nFeatures × nFeatures]: α of ½ xᵀ α x; 0 where there are no products */
  readonly products: Pointer;
}

/** What the variance needs. */
export interface VarianceTables {
  readonly nColumns: number;
  readonly nDirections: number;
  /** f64 [nColumns × nDirections]: B of Cov = B Bᵀ */
  readonly root: Pointer;
  /** f64 [nColumns]: variance of every coefficient where nothing is known */
  readonly prior: Pointer;
}

export interface LinearTables extends PotentialTables {
  readonly type: "linear";
  /** Atomic numbers, ascending */
  readonly species: readonly number[];
  /** eV, by species index: of isolated atoms, and intercepts */
  readonly atomEnergies: readonly number[];
  readonly terms: readonly LinearTermTables[];
  /** Coefficients of all terms, and intercepts. */
  readonly nColumns: number;
  /** Of the intercept of the first species; undefined where there are none. */
  readonly firstIntercept: number | undefined;
  /** undefined where the variance is not wanted */
  readonly variance: VarianceTables | undefined;
  /** By species index; null: nothing but atoms without neighbors was seen of this species. Undefined where grades are not wanted. */
  readonly activeSets: readonly (PlacedActiveRows | null)[] | undefined;
  /** Of potentials with the same columns, for `evaluateAll`. */
  readonly alike: readonly LinearTables[];
}
