import type { Dataset } from "./dataset.js";
import { isIsolatedAtom } from "./isolated-atom.js";
import { shuffledOrder } from "./split.js";

/**
 * Training structures in the seeded order in which smaller shares are taken of them: a smaller share is part of every larger one,
 * holds the groups (config_type) in their shares, and always has all isolated atoms and at least one structure of each species.
 */
export class TrainingOrder {
  private readonly isolated: readonly number[];
  /** All but the isolated atoms. */
  private readonly others: readonly number[];

  /** @param among indices of the structures to choose from; default: all */
  constructor(
    private readonly dataset: Dataset,
    seed: number,
    among: readonly number[] = Array.from({ length: dataset.nStructures }, (_, i) => i),
  ) {
    this.isolated = among.filter((index) => isIsolatedAtom(dataset, index));
    this.others = shuffledOrder(dataset, among.filter((index) => !isIsolatedAtom(dataset, index)), { seed, stratify: true });
  }

  /** Ascending indices of the structures of a share, 0 < fraction ≤ 1. */
  take(fraction: number): number[] {
    return this.first(Math.ceil(fraction * this.others.length));
  }

  /** The same for a number of structures beside the isolated atoms. */
  first(count: number): number[] {
    const { dataset, isolated, others } = this;
    const taken = [...isolated, ...others.slice(0, count)];
    const present = new Set(taken.flatMap((index) => [...atomicNumbersOf(dataset, index)]));
    for (const index of others.slice(count)) {
      const species = atomicNumbersOf(dataset, index);
      if (species.every((atomicNumber) => present.has(atomicNumber))) continue;
      taken.push(index);
      species.forEach((atomicNumber) => present.add(atomicNumber));
    }
    return taken.sort((a, b) => a - b);
  }

  /** Divides the structures into folds of nearly equal size; isolated atoms are in none of them. Ascending indices. */
  folds(count: number): number[][] {
    const folds = Array.from({ length: count }, (): number[] => []);
    this.others.forEach((index, place) => folds[place % count].push(index));
    return folds.map((fold) => fold.sort((a, b) => a - b));
  }

  /** Structures that can be divided into folds. */
  get divisible(): number {
    return this.others.length;
  }
}

function atomicNumbersOf(dataset: Dataset, index: number): Uint8Array {
  return dataset.atomicNumbers.subarray(dataset.offsets[index], dataset.offsets[index + 1]);
}
