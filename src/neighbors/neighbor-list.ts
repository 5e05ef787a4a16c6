import { InvalidParameterError, InvalidStructureError } from "../errors.js";
import type { Arena, Pointer } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";
import { checkSize } from "./estimate.js";
import { chooseGrid } from "./grid.js";
import { latticeFrame } from "./lattice.js";
import { type Centers, coincidence, findBounds } from "./points.js";
import { countPairs, fillPairs, sortPoints } from "./search.js";

/** Atoms, cell and range of a neighbor list. */
export interface NeighborInput {
  /** Å, nAtoms × 3: an array, or a pointer into the WebAssembly memory. Atoms may be anywhere, also outside the cell. */
  readonly positions: Float64Array | Pointer;
  readonly nAtoms: number;
  /** Å, 3 × 3, rows are lattice vectors; rows of directions that are not periodic are not used. null: no cell. */
  readonly cell: ArrayLike<number> | null;
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
  readonly nAtoms: number;
  readonly nCenters: number;
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
  readonly dy: Pointer;
  readonly dz: Pointer;
  readonly distances: Pointer;
}

/**
 * Builds the neighbor list of one structure in the arena; everything but the list is gone from the arena afterwards.
 * Pairs of a center come in the order of the search (rows of cells, atoms of a cell by number), which depends on the input only.
 * Cost O(nAtoms + nPairs).
 * @throws {InvalidParameterError} cutoff or centers out of range
 * @throws {InvalidStructureError} singular cell, positions that are not finite, two atoms closer than 10⁻⁶ Å
 * @throws {ResourceError} more pairs than memory holds
 * @throws {ArenaOverflow} when the arena is too small
 */
export function buildNeighborList(wasm: Wasm, arena: Arena, input: NeighborInput): NeighborList {
  checkInput(input);
  const frame = latticeFrame(input.cell, input.pbc);
  checkSize(frame, input, countCenters(input));
  const positions = typeof input.positions === "number" ? wasm.f64(input.positions, input.nAtoms * 3) : input.positions;
  const centers = placeCenters(wasm, arena, input, positions);
  const bounds = findBounds(frame, positions, centers.positions);
  const grid = chooseGrid(frame, bounds, input.cutoff, input.nAtoms, Math.max(1, centers.count));
  const mark = arena.mark();
  const search = sortPoints(wasm, arena, input, grid, centers, positions);
  const nPairs = countPairs(wasm, mark, search, input.cutoff, centers);
  return fillPairs(wasm, arena, mark, search, input.cutoff, centers, nPairs, (atom) => coincidence(frame, positions, atom));
}

function checkInput(input: NeighborInput): void {
  const { nAtoms, cutoff, centers, extraCenters } = input;
  if (!(cutoff > 0 && cutoff < Infinity)) {
    throw new InvalidParameterError(`cutoff is ${cutoff} Å; it must be a finite number above 0`);
  }
  if (typeof input.positions !== "number" && input.positions.length !== nAtoms * 3) {
    throw new InvalidStructureError(`positions has ${input.positions.length} numbers for ${nAtoms} atoms; it must have 3 per atom`);
  }
  const bad = centers?.find((atom) => !(atom >= 0 && atom < nAtoms));
  if (bad !== undefined) throw new InvalidParameterError(`centers names atom ${bad}; there are ${nAtoms} atoms, counted from 0`);
  if (extraCenters && extraCenters.length % 3 !== 0) {
    throw new InvalidParameterError(`extraCenters has ${extraCenters.length} numbers; it must have 3 per center`);
  }
}

function countCenters(input: NeighborInput): number {
  return (input.centers?.length ?? input.nAtoms) + (input.extraCenters?.length ?? 0) / 3;
}

function placeCenters(wasm: Wasm, arena: Arena, input: NeighborInput, positions: Float64Array): Centers {
  const nListed = input.centers?.length ?? input.nAtoms;
  const count = countCenters(input);
  const offsets = arena.i32(count + 1);
  const atoms = arena.i32(count);
  const indices = wasm.i32(atoms, count).fill(-1);
  if (input.centers) indices.set(input.centers);
  else for (let atom = 0; atom < nListed; atom++) indices[atom] = atom;
  if (!input.centers && count === nListed) return { atoms, offsets, count, positions: null };
  const points = new Float64Array(count * 3);
  for (let c = 0; c < nListed; c++) points.set(positions.subarray(indices[c]! * 3, indices[c]! * 3 + 3), c * 3);
  if (input.extraCenters) points.set(input.extraCenters, nListed * 3);
  return { atoms, offsets, count, positions: points };
}
