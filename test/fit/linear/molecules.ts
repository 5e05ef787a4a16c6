// Molecules of hydrogen, carbon and oxygen at random places, some without the one or the other species.
import { Dataset, type Structure } from "../../../src/structures/index.js";
import { randomSource } from "../../linalg/dense.js";
import { makeStructure } from "../../models/systems.js";

/** Atoms at least 0.9 Å apart in a box that a cutoff of 4 Å does not span. */
export function molecule(seed: number, atomicNumbers: readonly number[], size = 4): Structure {
  const random = randomSource(seed);
  const places: number[][] = [];
  while (places.length < atomicNumbers.length) {
    const place = [0, 1, 2].map(() => size * (random() + 1) * 0.5);
    if (places.every((other) => Math.hypot(...other.map((x, k) => x - place[k])) > 0.9)) places.push(place);
  }
  const positions = Float64Array.from(places.flat());
  const atoms = { atomicNumbers: Uint8Array.from(atomicNumbers), positions, cell: null, pbc: [false, false, false] as [boolean, boolean, boolean], label: `molecule ${seed}` };
  return makeStructure(atoms, { energy: -atomicNumbers.length + Math.sin(seed), forces: positions.map((x, k) => Math.cos(3 * x + k + seed)) });
}

/** One oxygen atom in each structure at most, so that no oxygen has another one for a neighbor. */
export function molecules(): Dataset {
  const kinds = [[6, 1, 1, 8, 1, 6, 1], [6, 6, 1, 1, 1, 1], [1, 8, 1, 1, 6, 1], [1, 1, 1, 1, 1]];
  const structures = Array.from({ length: 32 }, (_, i) => molecule(50 + i, kinds[i % kinds.length], 3 + (i % 3)));
  return Dataset.from([...structures, molecule(500, [8]), molecule(501, [1, 6])]);
}
