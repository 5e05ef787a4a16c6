import { seededRandom } from "../../../src/math/random.js";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import type { ComposedForm } from "../../../src/models/composed/tree.js";
import { parseNotation } from "../../../src/models/composed/notation.js";
import type { PlainStructure } from "../../models/composed/plain.js";

/** A form of the notation with a cutoff of 4 Å. */
export function formOf(text: string, radius = 4): ComposedForm {
  return { cutoff: { radius, function: "poly4" }, ...parseNotation(text) };
}

/** Small periodic cells with atoms at random places, not too close. */
export function randomStructures(count: number, nAtoms: number, seed: number, nSpecies = 1): PlainStructure[] {
  const random = seededRandom(seed);
  const length = 5.5;
  return Array.from({ length: count }, () => {
    const positions: number[][] = [];
    while (positions.length < nAtoms) {
      const place = [0, 1, 2].map(() => length * uniformFloat64(random));
      const isFree = positions.every((other) => Math.hypot(...place.map((x, k) => Math.abs(((x - other[k] + 1.5 * length) % length) - length / 2))) > 1.9);
      if (isFree) positions.push(place);
    }
    return { positions, species: positions.map((_, atom) => atom % nSpecies), cell: [[length, 0, 0], [0, length, 0], [0, 0, length]], pbc: [true, true, true] };
  });
}
