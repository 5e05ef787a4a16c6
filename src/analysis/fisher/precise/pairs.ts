import type { SpeciesList } from "../../../descriptors/descriptor.js";
import { speciesIndices } from "../../../descriptors/species.js";
import type { ClusterCutoff } from "../../../descriptors/cluster/basis.js";
import type { PreciseArithmetic } from "../../../math/precise/arithmetic.js";
import type { Precise } from "../../../math/precise/binding.js";
import type { PlainNeighborList } from "../../../neighbors/plain.js";
import type { Geometry } from "../../../environments/geometry.js";
import { cutoffFunction } from "./cutoff.js";

/** Atoms of a structure and its pairs, each unordered pair once: positions and cell are taken as the doubles that they are. */
export interface PrecisePairs {
  readonly nAtoms: number;
  readonly nPairs: number;
  /** By atom. */
  readonly species: Int32Array;
  /** First atom of every pair. */
  readonly i: Int32Array;
  /** Second atom, an image of it; it may be the first one. */
  readonly j: Int32Array;
  /** Number of the unordered pair of species among `speciesPairs`. */
  readonly kind: Int32Array;
  /** Å */
  readonly distance: Precise;
  /** From i to j, of length 1; nPairs × 3 */
  readonly direction: Precise;
  /** f_c */
  readonly cut: Precise;
  /** f_c′, 1/Å */
  readonly cutSlope: Precise;
}

/** How much further pairs are searched in double precision than the cutoff, which decides in high precision. */
export const SEARCH_MARGIN = 1 + 1e-9;

/**
 * Distances and cutoff functions of all pairs within the cutoff.
 * @param list of all atoms, out to the cutoff times `SEARCH_MARGIN`
 * @throws {InvalidStructureError} for a species that is not in the list
 */
export function precisePairs(numbers: PreciseArithmetic, geometry: Geometry, list: PlainNeighborList, cutoff: ClusterCutoff, known: SpeciesList): PrecisePairs {
  const species = speciesIndices(geometry, known);
  const kept = unorderedPairs(list);
  const [distance, cut, cutSlope] = [0, 1, 2].map(() => numbers.vector(kept.length));
  const direction = numbers.vector(3 * kept.length);
  const [i, j, kind] = [0, 1, 2].map(() => new Int32Array(kept.length));
  const mark = numbers.mark();
  const radius = numbers.scalar();
  numbers.setNumber(radius, cutoff.radius);
  let nPairs = 0;
  for (const { atom, entry } of kept) {
    const neighbor = list.neighborAtoms[entry];
    const [r, u] = [numbers.at(distance, nPairs), numbers.at(direction, 3 * nPairs)];
    placeDisplacement(numbers, geometry, atom, neighbor, list.cellShifts.subarray(3 * entry, 3 * entry + 3), r, u);
    if (numbers.compare(r, radius) >= 0) continue;
    for (let axis = 0; axis < 3; axis++) numbers.divide(numbers.at(u, axis), numbers.at(u, axis), r);
    cutoffFunction(numbers, cutoff, r, numbers.at(cut, nPairs), numbers.at(cutSlope, nPairs));
    i[nPairs] = atom;
    j[nPairs] = neighbor;
    kind[nPairs++] = pairKind(species[atom], species[neighbor], known.length);
  }
  numbers.reset(mark);
  return { nAtoms: species.length, nPairs, species, i, j, kind, distance, direction, cut, cutSlope };
}

/** Number of an unordered pair of species in the order (0,0), (0,1) … (1,1) … */
export function pairKind(a: number, b: number, nSpecies: number): number {
  const [low, high] = a < b ? [a, b] : [b, a];
  return low * nSpecies - (low * (low - 1)) / 2 + high - low;
}

/** Of each pair of entries i → j and j → i one. */
function unorderedPairs({ offsets, neighborAtoms, cellShifts, centerAtoms }: PlainNeighborList): { atom: number; entry: number }[] {
  const kept: { atom: number; entry: number }[] = [];
  for (let center = 0; center < centerAtoms.length; center++) {
    const atom = centerAtoms[center];
    for (let entry = offsets[center]; entry < offsets[center + 1]; entry++) {
      const neighbor = neighborAtoms[entry];
      const ownShift = [0, 1, 2].map((axis) => cellShifts[3 * entry + axis]).find((shift) => shift !== 0) ?? 0;
      if (atom < neighbor || (atom === neighbor && ownShift > 0)) kept.push({ atom, entry });
    }
  }
  return kept;
}

/** d = x_j + shift · cell − x_i in `d`, |d| in `r`. */
function placeDisplacement(numbers: PreciseArithmetic, { positions, cell }: Geometry, i: number, j: number, shifts: Int32Array, r: Precise, d: Precise): void {
  const mark = numbers.mark();
  const [t, square] = [numbers.scalar(), numbers.scalar()];
  for (let axis = 0; axis < 3; axis++) {
    const component = numbers.at(d, axis);
    numbers.setNumber(component, positions[3 * j + axis]);
    numbers.setNumber(t, positions[3 * i + axis]);
    numbers.subtract(component, component, t);
    for (let vector = 0; vector < 3; vector++) {
      if (!cell || shifts[vector] === 0) continue;
      numbers.setNumber(t, cell[3 * vector + axis]);
      numbers.scale(t, t, shifts[vector]);
      numbers.add(component, component, t);
    }
    numbers.multiplyAdd(square, component, component, square);
  }
  numbers.squareRoot(r, square);
  numbers.reset(mark);
}
