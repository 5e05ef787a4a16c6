import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { z } from "zod";
import { type RandomState, restoreRandom, saveRandom, seededRandom } from "../../math/random.js";
import { validate } from "../../validation.js";
import { checkLosses, checkProblem, pointAt } from "../dimensions.js";
import type { Dimension, Optimizer, OptimizerType, Point, Problem } from "../optimizer.js";
import { batchSize, pointCount } from "./options.js";

/** `optimizer: { type: random }`: independent points. */
export const randomSchema = z.strictObject({
  /** Chooses random points. */
  type: z.literal("random"),
  points: pointCount.optional().describe("in all; default: goes on until the budget is used up"),
  batch: batchSize,
});

/** Options of random points with every default filled in. */
export type RandomOptions = z.input<typeof randomSchema>;

type RandomSearchState = {
  readonly dimensions: readonly Dimension[];
  readonly random: RandomState;
  /** Points told so far. */
  readonly told: number;
};

/** Uniform random points; the start is not used. */
class RandomSearch implements Optimizer<RandomSearchState> {
  readonly type = "random";

  constructor(private readonly options: z.output<typeof randomSchema>) {}

  init(problem: Problem): RandomSearchState {
    checkProblem(problem);
    return { dimensions: problem.dimensions, random: saveRandom(seededRandom(problem.seed)), told: 0 };
  }

  ask(state: RandomSearchState): readonly Point[] {
    return this.draw(state).points;
  }

  tell(state: RandomSearchState, losses: readonly number[]): RandomSearchState {
    const { points, random } = this.draw(state);
    checkLosses(losses, points.length);
    return { ...state, random, told: state.told + losses.length };
  }

  private draw({ dimensions, random, told }: RandomSearchState): { points: readonly Point[]; random: RandomState } {
    const { points: total = Number.POSITIVE_INFINITY, batch } = this.options;
    const generator = restoreRandom(random);
    const unit = Array.from({ length: Math.min(batch, total - told) }, () => dimensions.map(() => uniformFloat64(generator)));
    return { points: unit.map((coordinates) => pointAt(dimensions, coordinates)), random: saveRandom(generator) };
  }
}

export const randomType: OptimizerType = {
  type: "random",
  schema: randomSchema,
  create: (options) => new RandomSearch(validate(randomSchema, options, { what: "random" })),
};
