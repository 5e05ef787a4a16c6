import { uniformInt } from "pure-rand/distribution/uniformInt";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";

/** Pairs (i, j), i < j, of n things: all where there are no more, a seeded sample otherwise. */
export function randomPairs(n: number, count: number, random: RandomGenerator): [number, number][] {
  const pairs: [number, number][] = [];
  if ((n * (n - 1)) / 2 <= count) {
    for (let j = 1; j < n; j++) for (let i = 0; i < j; i++) pairs.push([i, j]);
    return pairs;
  }
  while (pairs.length < count) {
    const [i, j] = [uniformInt(random, 0, n - 1), uniformInt(random, 0, n - 1)];
    if (i !== j) pairs.push([Math.min(i, j), Math.max(i, j)]);
  }
  return pairs;
}

/** The value in the middle; of an even number the upper one of the two. */
export function medianOf(values: readonly number[]): number {
  return Float64Array.from(values).sort()[values.length >> 1];
}
