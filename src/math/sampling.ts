import { uniformInt } from "pure-rand/distribution/uniformInt";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";

/** `count` different whole numbers of [0, total), each set equally likely, ascending. */
export function sampleIndices(total: number, count: number, random: RandomGenerator): Int32Array {
  const all = Int32Array.from({ length: total }, (_, i) => i);
  const size = Math.min(count, total);
  for (let i = 0; i < size; i++) {
    const other = uniformInt(random, i, total - 1);
    [all[i], all[other]] = [all[other], all[i]];
  }
  return all.slice(0, size).sort();
}

/** Puts the elements into a random order, in place (Fisher & Yates). */
export function shuffle(values: Int32Array, random: RandomGenerator): Int32Array {
  for (let i = values.length - 1; i > 0; i--) {
    const other = uniformInt(random, 0, i);
    [values[i], values[other]] = [values[other], values[i]];
  }
  return values;
}
