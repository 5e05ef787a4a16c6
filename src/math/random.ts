import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus, xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";

/**
 * Generator for a seed that a user gave (a whole number up to 2⁵³). The seed is hashed first: xoroshiro128+ started from 1, 2, 3 …
 * begins with almost the same numbers. The finalizer is that of MurmurHash3 (Appleby, public domain).
 */
export function seededRandom(seed: number): RandomGenerator {
  const low = seed | 0;
  const high = Math.floor(seed / 2 ** 32) | 0;
  return xoroshiro128plus(finalize(finalize(low ^ 0x9e3779b9) ^ finalize(high ^ 0x85ebca6b)));
}

/** A normal deviate of mean 0 and variance 1 from two uniform ones (Box & Muller 1958). */
export function standardNormal(random: RandomGenerator): number {
  const radius = Math.sqrt(-2 * Math.log(1 - uniformFloat64(random)));
  return radius * Math.cos(2 * Math.PI * uniformFloat64(random));
}

/** Where a generator stands: whole numbers, which survive JSON. */
export type RandomState = readonly number[];

/** The state of a generator made here; `restoreRandom` goes on from it with the same numbers. */
export function saveRandom(random: RandomGenerator): RandomState {
  return [...random.getState()];
}

/** The generator that was saved. */
export function restoreRandom(state: RandomState): RandomGenerator {
  return xoroshiro128plusFromState(state);
}

function finalize(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
