import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { type RandomState, restoreRandom, saveRandom, seededRandom } from "../../math/random.js";
import { checkLosses, checkProblem, indexOfSmallest } from "../dimensions.js";
import type { Dimension, Optimizer, Point, Problem } from "../optimizer.js";
import type { NatarajanCaroOptions } from "./options.js";

type Coordinates = readonly number[];

export type NatarajanCaroState = {
  readonly dimensions: readonly Dimension[];
  readonly random: RandomState;
  /** Tells so far. */
  readonly generation: number;
  /** Per particle, in units of the range, whole dimensions included. */
  readonly positions: readonly Coordinates[];
  /** Best position of each particle and its loss; empty before the first losses. */
  readonly personalBests: readonly Coordinates[];
  readonly personalLosses: readonly number[];
};

/**
 * The swarm of Kondati Natarajan & Caro 2020, eqs. (14) to (16), as the published program runs it: no inertia, no limit of the
 * velocity, a coordinate that leaves its range is drawn anew in the range, and the social best is the best point of the current
 * generation alone. Every dimension is continuous and rounded for the evaluation, so the first and last level of a list are half as
 * likely as the others. The start is not used.
 */
export class NatarajanCaroSwarm implements Optimizer<NatarajanCaroState> {
  readonly type = "particle-swarm";

  constructor(private readonly options: NatarajanCaroOptions) {}

  init(problem: Problem): NatarajanCaroState {
    checkProblem(problem);
    const random = seededRandom(problem.seed);
    const positions = Array.from({ length: this.options.particles }, () => problem.dimensions.map(() => uniformFloat64(random)));
    return { dimensions: problem.dimensions, random: saveRandom(random), generation: 0, positions, personalBests: [], personalLosses: [] };
  }

  ask({ dimensions, positions }: NatarajanCaroState): readonly Point[] {
    return positions.map((position) => position.map((x, d) => roundedLevel(dimensions[d], x)));
  }

  tell(state: NatarajanCaroState, losses: readonly number[]): NatarajanCaroState {
    const { positions } = state;
    checkLosses(losses, positions.length);
    const isBetter = losses.map((loss, i) => state.generation === 0 || loss < state.personalLosses[i]);
    const personalBests = positions.map((position, i) => (isBetter[i] ? position : state.personalBests[i]));
    const personalLosses = losses.map((loss, i) => (isBetter[i] ? loss : state.personalLosses[i]));
    const socialBest = positions[indexOfSmallest(losses)];
    const random = restoreRandom(state.random);
    const { cognitiveCoefficient, socialCoefficient, timeStep } = this.options;
    const moved = positions.map((position, i) =>
      position.map((x, d) => {
        const own = (cognitiveCoefficient * uniformFloat64(random) * (personalBests[i][d] - x)) / timeStep;
        const social = (socialCoefficient * uniformFloat64(random) * (socialBest[d] - x)) / timeStep;
        const next = x + (own + social);
        return next < 0 || next > 1 ? uniformFloat64(random) : next + 0; // −0 would not survive JSON
      }),
    );
    return { ...state, random: saveRandom(random), generation: state.generation + 1, positions: moved, personalBests, personalLosses };
  }
}

function roundedLevel(dimension: Dimension, x: number): number {
  return dimension.kind === "continuous" ? x : Math.round(x * (dimension.levels - 1));
}
