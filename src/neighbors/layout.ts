import type { Arena, Pointer } from "../wasm/memory.js";
import { placeRecord } from "../wasm/records.js";
import type { Wasm } from "../wasm/wasm.js";

/** Atoms, cell and range of a neighbor list. */
export interface NeighborInput {
  /** Å, nAtoms × 3: an array, or a pointer into the WebAssembly memory. Atoms may be anywhere, also outside the cell. */
  readonly positions: Float64Array | Pointer;
  /** At least 0. */
  readonly nAtoms: number;
  /** Å, 3 × 3, rows are lattice vectors; rows of directions that are not periodic are not used. null: no cell. */
  readonly cell: ArrayLike<number> | null;
  /** Whether the structure repeats along each lattice vector; those must not be 0. */
  readonly pbc: readonly [boolean, boolean, boolean];
  /** Å: pairs with a distance below it, not equal to it, are listed. */
  readonly cutoff: number;
  /** Atoms to list the neighbors of, in this order; default: all. */
  readonly centers?: Int32Array;
  /** Å, n × 3: further centers that are not atoms, after the others. */
  readonly extraCenters?: Float64Array;
}

/**
 * Neighbors of each center, in compressed rows: pairs of center c are `offsets[c] … offsets[c + 1] − 1`. Pointers into the
 * WebAssembly memory. Displacements point from the center to the neighbor: d = r(neighbor) + shift · cell − r(center).
 * An atom is not its own neighbor, its images are. An extra center at the position of an atom has it as neighbor at distance 0.
 */
export interface NeighborList {
  /** Atoms of the structure. */
  readonly nAtoms: number;
  /** Atoms that are centers, then extra centers. */
  readonly nCenters: number;
  /** Of all centers together. */
  readonly nPairs: number;
  /** i32 [nCenters]: atom that the center is; −1 for an extra center */
  readonly centerAtoms: Pointer;
  /** i32 [nCenters + 1] */
  readonly offsets: Pointer;
  /** i32 [nPairs]: atom that the neighbor is, or is an image of */
  readonly neighborAtoms: Pointer;
  /** i32 [nPairs × 3]: lattice vectors added to the given position of the neighbor */
  readonly shifts: Pointer;
  /** f64 [nPairs] each, Å: components and length of the displacement */
  readonly dx: Pointer;
  /** See `dx`. */
  readonly dy: Pointer;
  /** See `dx`. */
  readonly dz: Pointer;
  /** See `dx`: the length. */
  readonly distances: Pointer;
}

/** Writes centers first … last − 1 of a list as routines take them; indices into the arrays of pairs stay those of the whole. */
export function placeNeighborList(
  wasm: Wasm, arena: Arena, list: Omit<NeighborList, "shifts">, first = 0, last = list.nCenters,
): Pointer {
  const { nAtoms, centerAtoms, offsets, neighborAtoms, dx, dy, dz, distances } = list;
  const pairsBefore = (center: number): number => wasm.i32(offsets + 4 * center, 1)[0];
  return placeRecord(wasm, arena, "NeighborList", {
    nAtoms, nCenters: last - first, nPairs: pairsBefore(last) - pairsBefore(first),
    centerAtoms: centerAtoms + 4 * first, offsets: offsets + 4 * first, neighborAtoms, shifts: 0, dx, dy, dz, distances,
  });
}
