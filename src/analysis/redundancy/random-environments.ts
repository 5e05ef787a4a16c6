import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import type { SpeciesList } from "../../descriptors/descriptor.js";
import type { SingleEnvironment } from "../../environments/single-environment.js";
import { InvalidParameterError } from "../../errors.js";
import { seededRandom } from "../../math/random.js";
import { symbolOf } from "../../structures/periodic-table.js";

/** Neighbors are drawn between these parts of the cutoff. */
const NEAREST = 0.3;
const FARTHEST = 0.95;

/**
 * An environment without symmetry: neighbors of all species in turn, in random directions, their distances uniform between 0.3 and 0.95 of the cutoff.
 * @param cutoff Å
 */
export function randomEnvironment(center: number, species: SpeciesList, nNeighbors: number, cutoff: number, seed: number): SingleEnvironment {
  if (!(Number.isInteger(nNeighbors) && nNeighbors > 0)) throw new InvalidParameterError(`the number of neighbors is ${nNeighbors}; it must be a whole number from 1 on`);
  const random = seededRandom(seed);
  const displacements = new Float64Array(3 * nNeighbors);
  for (let j = 0; j < nNeighbors; j++) displacements.set(drawPosition(random, cutoff), 3 * j);
  const offset = uniformInt(random, 0, species.length - 1);
  const neighbors = Array.from({ length: nNeighbors }, (_, j) => species[(j + offset) % species.length]);
  return { center, neighbors, displacements, label: `random environment of ${symbolOf(center)} with ${nNeighbors} neighbors, seed ${seed}` };
}

function drawPosition(random: RandomGenerator, cutoff: number): number[] {
  const cosine = 2 * uniformFloat64(random) - 1;
  const azimuth = 2 * Math.PI * uniformFloat64(random);
  const r = cutoff * (NEAREST + (FARTHEST - NEAREST) * uniformFloat64(random));
  const sine = Math.sqrt(1 - cosine * cosine);
  return [r * sine * Math.cos(azimuth), r * sine * Math.sin(azimuth), r * cosine];
}
