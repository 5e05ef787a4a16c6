import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import { seededRandom } from "../../math/random.js";
import { logExpectedImprovement } from "../../optimizers/bayesian/expected-improvement.js";
import { indexOfSmallest } from "../../optimizers/dimensions.js";
import { reduceRegion, type Region } from "../../optimizers/domain-reduction/region.js";
import type { Dimension, Point } from "../../optimizers/optimizer.js";
import { GaussianProcess, type GpParameters } from "../../optimizers/surrogate/gaussian-process.js";
import { fitGpParameters } from "../../optimizers/surrogate/length-scales.js";
import { spread } from "../../optimizers/surrogate/minimize.js";

/** How many points, and how the window around the best one narrows. */
export interface WindowSearchOptions {
  readonly nDimensions: number;
  readonly seed: number;
  /** For each dimension, before the first model. */
  readonly initialPoints: number;
  /** For each dimension, of largest expected improvement. */
  readonly proposals: number;
  /** γ_pan, γ_osc, η, and the least share of the whole range. */
  readonly reduction: { readonly panning: number; readonly oscillation: number; readonly zoom: number; readonly narrowest: number };
  /** A point that is known to be good, which comes first. */
  readonly start?: Point | undefined;
}

/** A point with its loss. */
export interface Found {
  readonly point: Point;
  readonly loss: number;
}

/** Points that compete for one proposal. */
const CANDIDATES = 1000;

/**
 * Bayesian optimization with sequential domain reduction over the unit cube: Sobol points, then the largest expected improvement by a Gaussian process of
 * the logarithm of the loss among uniform points of a window, which pans and narrows around the best point (Stander & Craig 2002,
 * doi:10.1108/02644400210430190) after every ⌈d/2⌉ proposals. Losses that are not finite count as the worst finite one.
 * @param lossOf a positive number, or infinity; called with the points one after the other
 * @returns undefined when no loss was finite
 */
export async function searchWindow(options: WindowSearchOptions, lossOf: (point: Point) => Promise<number>): Promise<Found | undefined> {
  const { nDimensions: n, start, seed } = options;
  const random = seededRandom(seed);
  const dimensions = Array.from({ length: n }, (): Dimension => ({ kind: "continuous" }));
  const unit = spread(n, seed);
  const points: Point[] = [];
  const losses: number[] = [];
  const take = async (point: Point): Promise<void> => {
    points.push(point);
    losses.push(await lossOf(point));
  };
  for (let i = 0; i < options.initialPoints * n; i++) await take(i === 0 && start ? start : unit(i));
  const every = Math.ceil(n / 2);
  let region: Region = { region: dimensions.map(() => ({ low: 0, high: 1 })), displacement: dimensions.map(() => 0) };
  let parameters: GpParameters | undefined;
  for (let k = 0; k < options.proposals * n && losses.some(Number.isFinite); k++) {
    const logarithms = comparable(losses);
    const best = points[indexOfSmallest(logarithms)];
    if (k % every === 0) {
      region = reduceRegion(dimensions, region, best, best, options.reduction);
      parameters = fitGpParameters(dimensions, points, logarithms, parameters);
    }
    await take(mostPromising(new GaussianProcess(dimensions, points, logarithms, parameters!), region, Math.min(...logarithms), random));
  }
  const least = indexOfSmallest(losses);
  return losses[least] < Infinity ? { point: points[least], loss: losses[least] } : undefined;
}

/** log₁₀ of losses, the worst finite one for those that are not. */
function comparable(losses: readonly number[]): number[] {
  const logarithms = losses.map((loss) => Math.log10(Math.max(loss, Number.MIN_VALUE)));
  const worst = logarithms.filter(Number.isFinite).reduce((most, value) => Math.max(most, value), -Infinity);
  return logarithms.map((value) => Math.min(value, worst));
}

function mostPromising(process: GaussianProcess, { region }: Region, best: number, random: RandomGenerator): Point {
  let chosen: Point = [];
  let most = -Infinity;
  for (let i = 0; i < CANDIDATES; i++) {
    const point = region.map(({ low, high }) => low + uniformFloat64(random) * (high - low));
    const { mean, variance } = process.predict(point);
    const improvement = logExpectedImprovement(mean, variance, best);
    if (i > 0 && !(improvement > most)) continue;
    [chosen, most] = [point, improvement];
  }
  return chosen;
}
