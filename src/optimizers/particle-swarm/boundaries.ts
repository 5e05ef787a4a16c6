import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";

export interface Motion {
  readonly position: number;
  readonly velocity: number;
}

/** What becomes of a coordinate that left [0, 1]. */
export type Boundary = (position: number, velocity: number, random: RandomGenerator) => Motion;

/** Names as in the options. */
export const boundaries: Readonly<Record<"reflect" | "absorb" | "resample" | "periodic", Boundary>> = {
  reflect: (position, velocity) => {
    const folded = Math.abs(position) % 2;
    const isReversed = Math.floor(position) % 2 !== 0;
    return { position: folded > 1 ? 2 - folded : folded, velocity: isReversed ? -velocity : velocity };
  },
  absorb: (position) => ({ position: position < 0 ? 0 : 1, velocity: 0 }),
  resample: (_position, _velocity, random) => ({ position: uniformFloat64(random), velocity: 0 }),
  periodic: (position, velocity) => ({ position: position - Math.floor(position), velocity }),
};
