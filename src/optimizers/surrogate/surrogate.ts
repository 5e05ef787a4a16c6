import { z } from "zod";
import { seededRandom } from "../../math/random.js";
import { validate } from "../../validation.js";
import { latinHypercube } from "../designs/latin-hypercube-design.js";
import { batchSize } from "../designs/options.js";
import { sobolSequence } from "../designs/sobol-sequence.js";
import { checkLosses, checkProblem, indexOfSmallest, pointAt } from "../dimensions.js";
import type { Dimension, Optimizer, OptimizerType, Point, Problem } from "../optimizer.js";
import { fitSurrogate, surrogateModels } from "./fit-surrogate.js";
import { proposeLow } from "./proposals.js";

/** `optimizer: { type: surrogate }`: a design, then the minimum of a model of the loss. */
export const surrogateSchema = z.strictObject({
  /** Chooses a surrogate of a design. */
  type: z.literal("surrogate"),
  design: z.enum(["latin-hypercube", "sobol"]).default("latin-hypercube").describe("design of experiments"),
  points: z.number().int().min(3).max(10_000).optional().describe("of the design; default: 10 per dimension"),
  model: z
    .enum([...surrogateModels, "auto"])
    .default("auto")
    .describe("what is fitted to the losses; auto: the one with the largest leave-one-out R²"),
  confirmations: z.number().int().min(1).max(1000).default(4).describe("low points of the model that are evaluated per round"),
  rounds: z.number().int().min(1).max(1000).default(3).describe("of fitting the model to all points and evaluating its low points"),
  batch: batchSize,
});

/** Options of the surrogate with every default filled in. */
export type SurrogateOptions = z.input<typeof surrogateSchema>;

type SurrogateState = {
  readonly dimensions: readonly Dimension[];
  readonly seed: number;
  /** Told so far. */
  readonly points: readonly Point[];
  readonly losses: readonly number[];
  /** Still to be told; empty at the end. */
  readonly queue: readonly Point[];
  /** Rounds of proposals so far. */
  readonly round: number;
};

/**
 * Offline optimization: a design of experiments, a model of its losses, and the evaluation of the model's minima. The start, if there is
 * one, comes before the design.
 */
class SurrogateOptimizer implements Optimizer<SurrogateState> {
  readonly type = "surrogate";

  constructor(private readonly options: z.output<typeof surrogateSchema>) {}

  init(problem: Problem): SurrogateState {
    checkProblem(problem);
    const { dimensions, seed, start } = problem;
    const n = dimensions.length;
    const { points = Math.max(10 * n, 3), design } = this.options;
    const sobol = design === "sobol" ? sobolSequence(n, seed) : undefined;
    const unit = sobol
      ? Array.from({ length: points }, (_, i) => sobol(i))
      : latinHypercube({ points, dimensions: n, centered: false, exchanges: 1000 }, seededRandom(seed));
    const queue = unit.map((coordinates) => pointAt(dimensions, coordinates));
    return { dimensions, seed, points: [], losses: [], queue: start ? [start, ...queue] : queue, round: 0 };
  }

  ask({ queue }: SurrogateState): readonly Point[] {
    return queue.slice(0, this.options.batch);
  }

  tell(state: SurrogateState, losses: readonly number[]): SurrogateState {
    const asked = this.ask(state);
    checkLosses(losses, asked.length);
    const told = { ...state, points: [...state.points, ...asked], losses: [...state.losses, ...losses], queue: state.queue.slice(asked.length) };
    if (told.queue.length > 0 || told.round === this.options.rounds) return told;
    return { ...told, queue: this.propose(told), round: told.round + 1 };
  }

  private propose({ dimensions, seed, points, losses, round }: SurrogateState): readonly Point[] {
    const surrogate = fitSurrogate(points, losses, dimensions, this.options.model);
    const starts = [points[indexOfSmallest(losses)]];
    return proposeLow(dimensions, surrogate.predict, points, this.options.confirmations, { seed: seed + round, starts });
  }
}

export const surrogateType: OptimizerType = {
  type: "surrogate",
  schema: surrogateSchema,
  create: (options) => new SurrogateOptimizer(validate(surrogateSchema, options, { what: "surrogate" })),
};
