import { z } from "zod";
import { seededRandom } from "../../math/random.js";
import { validate } from "../../validation.js";
import { checkLosses, checkProblem, pointAt } from "../dimensions.js";
import type { Optimizer, OptimizerType, Point, Problem } from "../optimizer.js";
import { latinHypercube } from "./latin-hypercube-design.js";
import { batchSize, pointCount } from "./options.js";

/** `optimizer: { type: latin-hypercube }`: a design with one point in each interval of every dimension. */
export const latinHypercubeSchema = z.strictObject({
  /** Chooses a Latin hypercube. */
  type: z.literal("latin-hypercube"),
  points: pointCount.max(10_000).default(64).describe("of the whole design"),
  batch: batchSize,
  centered: z.boolean().default(false).describe("in the middle of each stratum instead of anywhere in it"),
  exchanges: z.number().int().min(0).max(100_000).default(1000).describe("tried to move the closest points apart (maximin); 0: a plain design"),
});

/** Options of the Latin-hypercube design with every default filled in. */
export type LatinHypercubeOptions = z.input<typeof latinHypercubeSchema>;

type LatinHypercubeState = {
  /** Not yet told. */
  readonly points: readonly Point[];
};

/** A Latin hypercube, batch by batch; the start is not used. */
class LatinHypercubeDesign implements Optimizer<LatinHypercubeState> {
  readonly type = "latin-hypercube";

  constructor(private readonly options: z.output<typeof latinHypercubeSchema>) {}

  init(problem: Problem): LatinHypercubeState {
    checkProblem(problem);
    const { dimensions, seed } = problem;
    const design = latinHypercube({ ...this.options, dimensions: dimensions.length }, seededRandom(seed));
    return { points: design.map((unit) => pointAt(dimensions, unit)) };
  }

  ask({ points }: LatinHypercubeState): readonly Point[] {
    return points.slice(0, this.options.batch);
  }

  tell(state: LatinHypercubeState, losses: readonly number[]): LatinHypercubeState {
    checkLosses(losses, this.ask(state).length);
    return { points: state.points.slice(losses.length) };
  }
}

export const latinHypercubeType: OptimizerType = {
  type: "latin-hypercube",
  schema: latinHypercubeSchema,
  create: (options) => new LatinHypercubeDesign(validate(latinHypercubeSchema, options, { what: "latin-hypercube" })),
};
