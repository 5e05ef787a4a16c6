import { randomSource } from "../../linalg/dense.js";
import type { Environments } from "../calculator.js";

/** Random centers with these numbers of neighbors within the cutoff, no nearer than 0.7 Å to the center. */
export function randomEnvironments(counts: readonly number[], nSpecies: number, cutoff: number, seed: number): Environments {
  const random = randomSource(seed);
  const speciesOfNext = (): number => Math.min(nSpecies - 1, Math.floor(((random() + 1) / 2) * nSpecies));
  const offsets = [0];
  const displacements: number[] = [];
  for (const count of counts) {
    offsets.push(offsets.at(-1) + count);
    for (let k = 0; k < count; k++) {
      const direction = [random(), random(), random()];
      // uniform in the ball
      const r = Math.cbrt(0.7 ** 3 + ((random() + 1) / 2) * (0.999 * cutoff ** 3 - 0.7 ** 3));
      displacements.push(...direction.map((x) => (x * r) / Math.hypot(...direction)));
    }
  }
  return {
    centerSpecies: counts.map(speciesOfNext),
    offsets,
    neighborSpecies: Array.from({ length: offsets.at(-1) }, speciesOfNext),
    displacements: Float64Array.from(displacements),
  };
}
