import { InvalidParameterError, InvalidStructureError } from "../errors.js";
import type { Arena } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";
import { checkSize } from "./estimate.js";
import { chooseGrid } from "./grid.js";
import { latticeFrame } from "./lattice.js";
import type { NeighborInput, NeighborList } from "./layout.js";
import { type Centers, coincidence, findBounds } from "./points.js";
import { countPairs, fillPairs, sortPoints } from "./search.js";

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
  const counted = countPairs(wasm, mark, search, centers);
  return fillPairs(wasm, arena, mark, search, centers, counted, (atom) => coincidence(frame, positions, atom));
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
  for (let c = 0; c < nListed; c++) points.set(positions.subarray(indices[c] * 3, indices[c] * 3 + 3), c * 3);
  if (input.extraCenters) points.set(input.extraCenters, nListed * 3);
  return { atoms, offsets, count, positions: points };
}
