import type { Dataset } from "../dataset.js";
import { KnownStructures } from "../same-structure.js";

/** Fewer structures say nothing. */
const FEWEST = 4;

/**
 * A sentence about energies that are all the same number, in structures that are not: a placeholder, or the key of something else.
 * @param name of the data: "training"
 */
export function equalEnergyWarnings(dataset: Dataset, name: string): string[] {
  const known = new KnownStructures(dataset);
  let [count, energy] = [0, NaN];
  for (let i = 0; i < dataset.nStructures; i++) {
    const own = dataset.energies[i];
    if (dataset.atomCount(i) < 2 || Number.isNaN(own)) continue;
    if (count > 0 && own !== energy) return [];
    if (known.find(dataset, i) !== undefined) continue;
    known.add(i);
    energy = own;
    count++;
  }
  if (count < FEWEST) return [];
  return [`all energies of the ${name} data are ${energy} eV, in ${count} structures that differ: it looks as if they were never computed, or stand under another key (keys.energy, --energy-key)`];
}
