import { uniformInt } from "pure-rand/distribution/uniformInt";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import type { StructurePart } from "../environments/describe-task.js";
import { copyGeometry } from "../environments/environments.js";
import { seededRandom } from "../math/random.js";
import { sampleIndices } from "../math/sampling.js";
import type { Dataset } from "../structures/dataset.js";

/**
 * Seeded random structures until they have so many atoms together; of a structure with more, a random part of the atoms as centers.
 * @returns at least one structure that has atoms, if there is one
 */
export function sampleStructures(dataset: Dataset, nCenters: number, seed: number): StructurePart[] {
  const random = seededRandom(seed);
  const parts: StructurePart[] = [];
  let found = 0;
  for (const index of shuffled(dataset.nStructures, seededRandom(seed + 1))) {
    const count = dataset.atomCount(index);
    if (count === 0) continue;
    if (found >= nCenters) break;
    // a second structure that is much too large would be most of the sample
    if (parts.length > 0 && found + count > 2 * nCenters) continue;
    const centers = count > 2 * nCenters ? sampleIndices(count, nCenters, random) : null;
    parts.push({ geometry: copyGeometry(dataset.structure(index)), centers });
    found += centers?.length ?? count;
  }
  return parts;
}

/** 0 … count − 1 in random order. */
function* shuffled(count: number, random: RandomGenerator): Generator<number> {
  const all = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = 0; i < count; i++) {
    const other = uniformInt(random, i, count - 1);
    [all[i], all[other]] = [all[other], all[i]];
    yield all[i];
  }
}
