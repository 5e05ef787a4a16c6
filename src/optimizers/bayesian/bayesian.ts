import { uniformInt } from "pure-rand/distribution/uniformInt";
import { z } from "zod";
import { type RandomState, restoreRandom, saveRandom, seededRandom } from "../../math/random.js";
import { validate } from "../../validation.js";
import { checkLosses, checkProblem, pointAt } from "../dimensions.js";
import type { Dimension, Optimizer, OptimizerType, Point, Problem } from "../optimizer.js";
import { GaussianProcess, type GpParameters } from "../surrogate/gaussian-process.js";
import { fitGpParameters, subset } from "../surrogate/length-scales.js";
import { winsorize } from "../surrogate/losses.js";
import { spread } from "../surrogate/minimize.js";
import { proposeBatch } from "./batch.js";

/** `optimizer: { type: bayesian }`: a Gaussian process of the loss, and expected improvement. */
export const bayesianSchema = z.strictObject({
  /** Chooses Bayesian optimization. */
  type: z.literal("bayesian"),
  initialPoints: z.number().int().min(2).max(1000).optional().describe("evaluated before the first model; default: 2 per dimension, 8 at least"),
  batch: z.number().int().min(1).max(64).default(4).describe("points per generation, evaluated side by side"),
  maximumPoints: z
    .number()
    .int()
    .min(20)
    .max(1000)
    .default(300)
    .describe("that the Gaussian process takes: the best half and an even choice of the others; time grows with the third power"),
});

/** Options of the Bayesian optimizer with every default filled in. */
export type BayesianOptions = z.input<typeof bayesianSchema>;

type BayesianState = {
  readonly dimensions: readonly Dimension[];
  readonly random: RandomState;
  /** Told so far. */
  readonly points: readonly Point[];
  readonly losses: readonly number[];
  readonly pending: readonly Point[];
  /** Of the last model, where the next one begins. */
  readonly parameters: GpParameters | null;
};

/**
 * Bayesian optimization: a Gaussian process with Matérn 5/2 covariance and a length scale per dimension (Snoek, Larochelle & Adams
 * 2012, arXiv:1206.2944), expected improvement, batches by constant liar. The first generation is the start, if there is one, and a
 * scrambled Sobol sequence.
 */
class BayesianOptimizer implements Optimizer<BayesianState> {
  readonly type = "bayesian";

  constructor(private readonly options: z.output<typeof bayesianSchema>) {}

  init(problem: Problem): BayesianState {
    checkProblem(problem);
    const { dimensions, seed, start } = problem;
    const { initialPoints = Math.max(2 * dimensions.length, 8) } = this.options;
    const unit = spread(dimensions.length, seed);
    const pending = Array.from({ length: initialPoints }, (_, i) => pointAt(dimensions, unit(i)));
    if (start) pending[0] = start;
    return { dimensions, random: saveRandom(seededRandom(seed)), points: [], losses: [], pending, parameters: null };
  }

  ask({ pending }: BayesianState): readonly Point[] {
    return pending;
  }

  tell(state: BayesianState, losses: readonly number[]): BayesianState {
    checkLosses(losses, state.pending.length);
    return this.propose({ ...state, points: [...state.points, ...state.pending], losses: [...state.losses, ...losses] });
  }

  private propose(state: BayesianState): BayesianState {
    const { dimensions, points } = state;
    const random = restoreRandom(state.random);
    const lowered = winsorize(state.losses).losses;
    const parameters = fitGpParameters(dimensions, points, lowered, state.parameters ?? undefined);
    const chosen = subset(lowered, this.options.maximumPoints);
    const process = new GaussianProcess(
      dimensions,
      chosen.map((i) => points[i]),
      chosen.map((i) => lowered[i]),
      parameters,
    );
    const order = lowered.map((_, i) => i).sort((a, b) => lowered[a] - lowered[b] || a - b);
    const pending = proposeBatch(
      dimensions,
      process,
      {
        size: this.options.batch,
        best: lowered[order[0]],
        known: points,
        incumbents: order.slice(0, 5).map((i) => points[i]),
        seed: uniformInt(random, 0, 0x7fffffff),
      },
      random,
    );
    return { ...state, pending, parameters, random: saveRandom(random) };
  }
}

export const bayesianType: OptimizerType = {
  type: "bayesian",
  schema: bayesianSchema,
  create: (options) => new BayesianOptimizer(validate(bayesianSchema, options, { what: "bayesian" })),
};
