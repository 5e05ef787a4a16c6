import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import { z } from "zod";
import { type RandomState, restoreRandom, saveRandom, seededRandom } from "../../math/random.js";
import { validate } from "../../validation.js";
import { checkLosses, checkProblem, indexOfSmallest, unitOf, valueAt } from "../dimensions.js";
import type { Dimension, Optimizer, OptimizerType, Point, Problem } from "../optimizer.js";
import { keyOf } from "../surrogate/encoding.js";
import { fitSurrogate, surrogateModels } from "../surrogate/fit-surrogate.js";
import { type Interval, minimizeOverSpace, spread } from "../surrogate/minimize.js";
import { reduceRegion } from "./region.js";

const share = z.number().min(0).max(1);

/** `optimizer: { type: domain-reduction }`: ever smaller designs around the best point. */
export const domainReductionSchema = z.strictObject({
  /** Chooses sequential domain reduction. */
  type: z.literal("domain-reduction"),
  points: z.number().int().min(3).max(10_000).optional().describe("per iteration; default: 1.5 (dimensions + 1), 8 at least"),
  model: z
    .enum([...surrogateModels, "auto", "none"])
    .default("quadratic")
    .describe("fitted to the points in the region, whose minimum the region follows; none: it follows the best point"),
  panning: share.default(1).describe("γ of a region that goes on in one direction"),
  oscillation: share.default(0.7).describe("γ of a region that goes to and fro"),
  zoom: share.default(0.8).describe("η: what remains of a region whose optimum stays in the middle"),
  tolerance: z.number().positive().max(1).default(0.001).describe("ends when no range of the region is larger, as a share of the whole range"),
});

/** Options of sequential domain reduction with every default filled in. */
export type DomainReductionOptions = z.input<typeof domainReductionSchema>;

type DomainReductionState = {
  readonly dimensions: readonly Dimension[];
  readonly random: RandomState;
  /** Told so far. */
  readonly points: readonly Point[];
  readonly losses: readonly number[];
  readonly pending: readonly Point[];
  /** Of unit coordinates; the width of a category's is the probability that its level is left free. */
  readonly region: readonly Interval[];
  /** Where the optimum lay in the region before: −1 to 1. */
  readonly displacement: readonly number[];
};

/**
 * Sequential domain reduction: a design in a region, the optimum in it, and a region around that which pans, shrinks when the optimum
 * oscillates, and zooms in when it stays. Stander & Craig 2002, Engineering Computations 19, 431, doi:10.1108/02644400210430190.
 */
class DomainReduction implements Optimizer<DomainReductionState> {
  readonly type = "domain-reduction";

  constructor(private readonly options: z.output<typeof domainReductionSchema>) {}

  init(problem: Problem): DomainReductionState {
    checkProblem(problem);
    const { dimensions, seed, start } = problem;
    const random = seededRandom(seed);
    const region = dimensions.map(() => ({ low: 0, high: 1 }));
    const pending = this.design(dimensions, region, start, random);
    return { dimensions, random: saveRandom(random), points: [], losses: [], pending, region, displacement: dimensions.map(() => 0) };
  }

  ask({ pending }: DomainReductionState): readonly Point[] {
    return pending;
  }

  tell(state: DomainReductionState, losses: readonly number[]): DomainReductionState {
    checkLosses(losses, state.pending.length);
    if (losses.length === 0) return state;
    const told = { ...state, points: [...state.points, ...state.pending], losses: [...state.losses, ...losses] };
    const random = restoreRandom(state.random);
    const optimum = this.optimum(told, random);
    const best = told.points[indexOfSmallest(told.losses)];
    const { region, displacement } = reduceRegion(state.dimensions, state, optimum, best, this.options);
    const isDone = state.dimensions.every((dimension, d) => dimension.kind === "categorical" || region[d].high - region[d].low < this.options.tolerance);
    const first = told.points.some((point) => keyOf(point) === keyOf(optimum)) ? undefined : optimum;
    const pending = isDone && state.dimensions.some(({ kind }) => kind !== "categorical") ? [] : this.design(state.dimensions, region, first, random, best);
    return { ...told, region, displacement, pending, random: saveRandom(random) };
  }

  /** The lowest point of a model of the region, or the best point where the model promises no less. */
  private optimum({ dimensions, points, losses, region }: DomainReductionState, random: RandomGenerator): Point {
    const best = indexOfSmallest(losses);
    const { model } = this.options;
    if (model === "none") return points[best];
    const isInside = (point: Point): boolean =>
      dimensions.every((dimension, d) => {
        const u = unitOf(dimension, point[d]);
        return dimension.kind === "categorical" || (u >= region[d].low - margin(dimension) && u <= region[d].high + margin(dimension));
      });
    const inside = points.flatMap((point, i) => (isInside(point) ? [i] : []));
    const used = inside.length > dimensions.length + 2 ? inside : points.map((_, i) => i);
    const surrogate = fitSurrogate(
      used.map((i) => points[i]),
      used.map((i) => losses[i]),
      dimensions,
      model,
    );
    const seed = uniformInt(random, 0, 0x7fffffff);
    const [lowest] = minimizeOverSpace(dimensions, surrogate.predict, { seed, region, starts: [points[best]], candidates: 512 });
    return lowest.value < losses[best] ? lowest.point : points[best];
  }

  private design(
    dimensions: readonly Dimension[],
    region: readonly Interval[],
    first: Point | undefined,
    random: RandomGenerator,
    best?: Point,
  ): readonly Point[] {
    const count = this.options.points ?? Math.max(8, Math.ceil(1.5 * (dimensions.length + 1)));
    const unit = spread(dimensions.length, uniformInt(random, 0, 0x7fffffff));
    const points = Array.from({ length: count }, (_, i) =>
      unit(i).map((u, d) => {
        const { low, high } = region[d];
        const dimension = dimensions[d];
        if (dimension.kind !== "categorical") return valueAt(dimension, low + u * (high - low));
        return best && uniformFloat64(random) >= high - low ? best[d] : valueAt(dimension, u);
      }),
    );
    if (first) points[0] = [...first];
    return points;
  }
}

/** Half a level: a region cuts through the cells of levels. */
function margin(dimension: Dimension): number {
  return dimension.kind === "continuous" ? 0 : 0.5 / dimension.levels;
}

export const domainReductionType: OptimizerType = {
  type: "domain-reduction",
  schema: domainReductionSchema,
  create: (options) => new DomainReduction(validate(domainReductionSchema, options, { what: "domain-reduction" })),
};
