import { InvalidParameterError } from "../../errors.js";
import type { Dimension, Point } from "../optimizer.js";
import { GaussianProcess } from "./gaussian-process.js";
import { type Influence, influencesOf } from "./influence.js";
import { fitGpParameters, subset } from "./length-scales.js";
import { winsorize } from "./losses.js";
import { minimizeOverSpace } from "./minimize.js";
import { fitPolynomial, type Polynomial } from "./polynomial.js";

/** Kinds of models of the loss. */
export const surrogateModels = ["linear", "quadratic", "gp"] as const;
/** A kind of model of the loss. */
export type SurrogateModel = (typeof surrogateModels)[number];

/** A point and what is predicted of it. */
export interface PredictedMinimum {
  /** In the search space. */
  readonly point: Point;
  /** In the unit of the losses. */
  readonly loss: number;
}

/** A cheap stand-in for the loss, fitted to evaluated points. */
export interface Surrogate {
  /** The one that was fitted, chosen by its leave-one-out R² where it was left open. */
  readonly model: SurrogateModel;
  /** Share of the variance of the losses that is explained: of the fitted points, and of each point by a fit to the others. */
  readonly rSquared: {
    /** 1: every point is met. */
    readonly training: number;
    /** Below 0 where the mean of the others predicts better. */
    readonly leaveOneOut: number;
  };
  /** Larger losses were lowered to this before the fit; infinite when none was. */
  readonly limit: number;
  /** The loss that the model expects at a point. */
  predict(point: Point): number;
  /** Where the prediction is lowest in the whole space, and the prediction there. */
  minimum(): PredictedMinimum;
  /** What each dimension does to the loss. */
  influences(): readonly Influence[];
}

/** Points that a Gaussian process takes. */
const MAXIMUM_POINTS = 300;

/**
 * Fits a surrogate to evaluated points; `auto` takes the model with the largest leave-one-out R². Losses far above the others
 * (penalties) are lowered first. Leave out the points that were not evaluated in full.
 * @throws {InvalidParameterError} for fewer than three points, or losses that do not go with the points
 */
export function fitSurrogate(
  points: readonly Point[],
  losses: readonly number[],
  dimensions: readonly Dimension[],
  model: SurrogateModel | "auto" = "auto",
): Surrogate {
  if (points.length !== losses.length) throw new InvalidParameterError(`got ${losses.length} losses for ${points.length} points`);
  if (points.length < 3) throw new InvalidParameterError(`a surrogate needs 3 points or more, there are ${points.length}; evaluate more first`);
  if (!losses.every(Number.isFinite)) throw new InvalidParameterError("a loss of the surrogate is not a finite number; leave that point out");
  const { losses: lowered, limit } = winsorize(losses);
  const names = model === "auto" ? surrogateModels : [model];
  const fits = names.map((name) => ({ name, fit: fitModel(name, dimensions, points, lowered) }));
  const judged = fits.map(({ name, fit }) => ({
    name,
    fit,
    rSquared: { training: rSquared(fit.targets, fit.fitted), leaveOneOut: rSquared(fit.targets, fit.leftOut) },
  }));
  const best = judged.reduce((a, b) => (b.rSquared.leaveOneOut > a.rSquared.leaveOneOut ? b : a));
  const lossOf = (point: Point): number => best.fit.predict(point);
  return {
    model: best.name,
    rSquared: best.rSquared,
    limit,
    predict: lossOf,
    minimum: () => {
      const lowest = points[lowered.indexOf(Math.min(...lowered))];
      const [found] = minimizeOverSpace(dimensions, lossOf, { seed: 1, starts: [lowest] });
      return { point: found.point, loss: found.value };
    },
    influences: () => influencesOf(dimensions, lossOf),
  };
}

interface FittedModel extends Polynomial {
  readonly targets: readonly number[];
}

function fitModel(model: SurrogateModel, dimensions: readonly Dimension[], points: readonly Point[], losses: readonly number[]): FittedModel {
  if (model !== "gp") return { ...fitPolynomial(dimensions, points, losses, model === "linear" ? 1 : 2), targets: losses };
  const chosen = subset(losses, MAXIMUM_POINTS);
  const inputs = chosen.map((i) => points[i]);
  const targets = chosen.map((i) => losses[i]);
  const process = new GaussianProcess(dimensions, inputs, targets, fitGpParameters(dimensions, inputs, targets));
  const predict = (point: Point): number => process.predictMean(point);
  return { predict, fitted: inputs.map(predict), leftOut: process.leaveOneOut(), targets };
}

/** 1 − residual / total sum of squares; 0 where all losses are the same. */
function rSquared(targets: readonly number[], predictions: readonly number[]): number {
  const mean = targets.reduce((sum, target) => sum + target, 0) / targets.length;
  const total = targets.reduce((sum, target) => sum + (target - mean) ** 2, 0);
  const residual = targets.reduce((sum, target, i) => sum + (target - predictions[i]) ** 2, 0);
  return total > 0 ? 1 - residual / total : 0;
}
