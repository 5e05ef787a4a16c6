import { z } from "zod";
import { validate } from "../../validation.js";
import { checkLosses, checkProblem, pointAt } from "../dimensions.js";
import type { Dimension, Optimizer, OptimizerType, Point, Problem } from "../optimizer.js";
import { batchSize, pointCount } from "./options.js";
import { sobolSequence } from "./sobol-sequence.js";

/** `optimizer: { type: sobol }`: a scrambled Sobol sequence. */
export const sobolSchema = z.strictObject({
  /** Chooses a Sobol sequence. */
  type: z.literal("sobol"),
  points: pointCount.optional().describe("of the whole design, best a power of 2; default: goes on until the budget is used up"),
  batch: batchSize,
  scramble: z.boolean().default(true).describe("another sequence for every seed; false: the plain sequence, which begins in the corner"),
});

/** Options of the Sobol design with every default filled in. */
export type SobolOptions = z.input<typeof sobolSchema>;

type SobolState = {
  readonly dimensions: readonly Dimension[];
  readonly seed: number;
  /** Points told so far. */
  readonly told: number;
};

/** A Sobol sequence, batch by batch; the start is not used. */
class Sobol implements Optimizer<SobolState> {
  readonly type = "sobol";

  constructor(private readonly options: z.output<typeof sobolSchema>) {}

  init(problem: Problem): SobolState {
    checkProblem(problem);
    sobolSequence(problem.dimensions.length); // refuses too many dimensions at once
    return { dimensions: problem.dimensions, seed: problem.seed, told: 0 };
  }

  ask({ dimensions, seed, told }: SobolState): readonly Point[] {
    const { points = Number.POSITIVE_INFINITY, batch, scramble } = this.options;
    const pointOf = sobolSequence(dimensions.length, scramble ? seed : undefined);
    return Array.from({ length: Math.min(batch, points - told) }, (_, i) => pointAt(dimensions, pointOf(told + i)));
  }

  tell(state: SobolState, losses: readonly number[]): SobolState {
    checkLosses(losses, this.ask(state).length);
    return { ...state, told: state.told + losses.length };
  }
}

export const sobolType: OptimizerType = {
  type: "sobol",
  schema: sobolSchema,
  create: (options) => new Sobol(validate(sobolSchema, options, { what: "sobol" })),
};
