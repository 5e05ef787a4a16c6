import type { EnvironmentDescriber } from "../environments/environment-derivatives.js";
import type { SingleEnvironment } from "../environments/single-environment.js";

/** Neighbors up to this many times the distance of the third nearest belong to the core. */
const REACH = 1.35;
/** Most neighbors of a core: a first and a second shell of a bcc crystal, and two more. */
const MOST = 16;

/** Neighbors whose moves show less than this share of those of the best seen one fade already. */
const FADED = 0.1;

/** The nearest neighbors of an environment, alone. */
export interface Core {
  /** The center with these neighbors. */
  readonly environment: SingleEnvironment;
  /** Which neighbors of `whole` they are. */
  readonly members: readonly number[];
  /** With all neighbors. */
  readonly whole: SingleEnvironment;
}

/**
 * The center with its nearest neighbors alone: the first shell of a crystal (4 of diamond, 12 of fcc, 14 of bcc), a center with its bonds. Neighbors
 * farther out fade towards the cutoff, and there are more of them than a descriptor resolves: the softest mode of a whole environment is one of theirs.
 * Neighbors that fade are left out here, too.
 */
export function coreOf(environment: SingleEnvironment, describer: EnvironmentDescriber): Core {
  const near = nearest(environment);
  const alone = withNeighbors(environment, near);
  const members = seenNeighbors(alone, describer).map((k) => near[k]);
  return { environment: withNeighbors(environment, members), members, whole: environment };
}

/** The whole environment with the neighbors of the core elsewhere. */
export function inPlace({ whole, members }: Core, displacements: ArrayLike<number>): SingleEnvironment {
  const moved = whole.displacements.slice();
  members.forEach((j, k) => moved.set([displacements[3 * k], displacements[3 * k + 1], displacements[3 * k + 2]], 3 * j));
  return { ...whole, displacements: moved };
}

/** Whether a neighbor shows less than a tenth as well as the best seen one. */
export function hasFaded(environment: SingleEnvironment, describer: EnvironmentDescriber): boolean {
  return seenNeighbors(environment, describer).length < environment.neighbors.length;
}

function seenNeighbors(environment: SingleEnvironment, describer: EnvironmentDescriber): number[] {
  const { jacobian } = describer.derivatives(environment);
  const width = 3 * describer.nFeatures;
  const seen = Array.from(environment.neighbors, (_, j) => Math.hypot(...jacobian.subarray(j * width, (j + 1) * width)));
  const limit = FADED * Math.max(0, ...seen);
  return [...seen.keys()].filter((j) => seen[j] >= limit);
}

/** Nearest first. */
function nearest({ neighbors, displacements }: SingleEnvironment): number[] {
  const distances = Float64Array.from(neighbors, (_, j) => Math.hypot(...displacements.subarray(3 * j, 3 * j + 3)));
  const order = Array.from(distances.keys()).sort((a, b) => distances[a] - distances[b] || a - b);
  const limit = order.length > 3 ? REACH * distances[order[2]] : Infinity;
  return order.slice(0, MOST).filter((j) => distances[j] <= limit);
}

function withNeighbors(environment: SingleEnvironment, kept: readonly number[]): SingleEnvironment {
  const { neighbors, displacements } = environment;
  return { ...environment, neighbors: kept.map((j) => neighbors[j]), displacements: Float64Array.from(kept.flatMap((j) => [...displacements.subarray(3 * j, 3 * j + 3)])) };
}
