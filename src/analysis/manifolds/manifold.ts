import type { EnvironmentDescriber } from "../../environments/environment-derivatives.js";
import type { SingleEnvironment } from "../../environments/single-environment.js";

/** Why a path ends. */
export type ManifoldEnd =
  /** It is back where it began. */
  | "closed"
  /** It is as long as was wanted. */
  | "length"
  /** The direction is not soft enough any more. */
  | "stiff"
  /** Another direction is about as soft, or has become softer: which to follow is not told. */
  | "crossing"
  /** The direction turns faster than the smallest step can follow. */
  | "turning"
  /** Two atoms come too near. */
  | "close-atoms";

/** How the softest mode of an environment is followed. */
export interface ManifoldOptions {
  /** Å of displacement of all atoms together for one step. Default: 0.01. */
  readonly step?: number | undefined;
  /** Å: of the path. Default: 2. */
  readonly length?: number | undefined;
  /**
   * Radians: the direction may turn by as much in half a step, which becomes shorter where it turns faster and up to four times longer where it turns less.
   * Absent: all steps have the same length.
   */
  readonly turn?: number | undefined;
  /** How often each point is brought back to the fingerprint of the first along stiff directions, 0 … 3. Default: 0. */
  readonly corrections?: number | undefined;
  /** Whether the path ends where it comes back to its beginning. Default: true. */
  readonly closes?: boolean | undefined;
  /** The singular value of the direction that is followed may be this part of the largest. Default: any. */
  readonly stiffness?: number | undefined;
  /** The next singular value must be this many times the softest; 0: a path goes on through all crossings. Default: 1.5. */
  readonly separation?: number | undefined;
  /**
   * What happens behind the first point where another direction becomes as soft: the path ends, or goes on along the direction that it had, which is then
   * not the softest any more, and tells of it in `crossings`. Default: end.
   */
  readonly crossings?: "end" | "follow" | undefined;
  /** Å: how near two atoms may come. Default: 0.7. */
  readonly closest?: number | undefined;
  /** Another descriptor whose distance to the first point is reported: what this one does not see. */
  readonly reference?: EnvironmentDescriber | undefined;
  /** A property of the environment along the path. Default: `fourBodyEnergy` where there are four neighbors, else none. */
  readonly energy?: ((environment: SingleEnvironment) => number) | undefined;
  /** Hears of each point; must not throw. */
  readonly onPoint?: ((point: ManifoldPoint) => void) | undefined;
  /** Ends it with a CancelledError. */
  readonly signal?: AbortSignal | undefined;
}

/** A point of a path along which a fingerprint hardly changes. */
export interface ManifoldPoint {
  /** Å: from the first point, along the path */
  readonly pathLength: number;
  /** Å, nNeighbors × 3 */
  readonly displacements: Float64Array;
  /** |F(x) − F(x₀)| */
  readonly variation: number;
  /** Å: |x − x₀| after the best rotation about the center */
  readonly displacement: number;
  /** As `variation`, of the reference. */
  readonly referenceDistance?: number | undefined;
  /** Of the environment. */
  readonly energy?: number | undefined;
  /** Of the derivatives there, per Å. */
  readonly singularValues: {
    /** Of the stiffest direction. */
    readonly largest: number;
    /** The last but one; absent where there is one alone. */
    readonly next?: number | undefined;
    /** Of the softest direction. */
    readonly softest: number;
    /** Of the direction that is followed: the softest, unless others crossed it. */
    readonly followed: number;
  };
  /** Directions that are softer than the one that is followed. */
  readonly nSofter: number;
}

/** A path along the softest direction of a fingerprint, and what it amounts to. */
export interface Manifold {
  /** From the environment it began with, at least that. */
  readonly points: readonly ManifoldPoint[];
  /** Why it ends. */
  readonly end: ManifoldEnd;
  /** In a sentence. */
  readonly endMessage: string;
  /** The largest of `variation`. */
  readonly variation: number;
  /** Å: the largest of `displacement`. */
  readonly displacement: number;
  /** The largest of `referenceDistance`. */
  readonly referenceDistance?: number | undefined;
  /** The smallest and the largest of `energy`. */
  readonly energyRange?: readonly [number, number] | undefined;
  /** Å along the path: points before which another direction has become softer than the one that is followed, or stiffer again. */
  readonly crossings: readonly number[];
}

/** What a path amounts to. */
export function summarizePath(points: readonly ManifoldPoint[], end: ManifoldEnd, endMessage: string): Manifold {
  const energies = points.flatMap(({ energy }) => energy ?? []);
  const distances = points.flatMap(({ referenceDistance }) => referenceDistance ?? []);
  return {
    points,
    end,
    endMessage,
    variation: Math.max(...points.map(({ variation }) => variation)),
    displacement: Math.max(...points.map(({ displacement }) => displacement)),
    referenceDistance: distances.length > 0 ? Math.max(...distances) : undefined,
    crossings: points.flatMap(({ pathLength, nSofter }, i) => (i > 0 && nSofter !== points[i - 1].nSofter ? [pathLength] : [])),
    energyRange: energies.length > 0 ? [Math.min(...energies), Math.max(...energies)] : undefined,
  };
}
