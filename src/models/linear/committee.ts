import { InvalidParameterError } from "../../errors.js";
import { seededRandom, standardNormal } from "../../math/random.js";
import type { SumModel } from "../sum/model.js";
import type { LinearModel } from "./model.js";
import { linearPartOf } from "./part-of-sum.js";

/** How the members of a committee are drawn. */
export interface CommitteeModelOptions {
  /** K, members; their spread tells a standard deviation with a relative error of 1/√(2 (K − 1)). */
  readonly count: number;
  /** Of the normal deviates, which are drawn member by member, direction by direction. Default 1. */
  readonly seed?: number;
}

/**
 * Potentials drawn from the posterior of the coefficients, c + B z with z of independent normal deviates and B the root of the covariance that the
 * model holds.
 * @param whole a linear model, or a sum with one, such as a linear model on a baseline: members are sums, too
 * @throws {InvalidParameterError} for a model without a covariance, a sum with none or several linear models, and a count below 1
 */
export function committeeOfModel<Whole extends LinearModel | SumModel>(whole: Whole, options: CommitteeModelOptions): Whole[] {
  const { linear, replaced } = linearPartOf(whole);
  return drawMembers(linear, options).map(replaced);
}

function drawMembers(model: LinearModel, { count, seed = 1 }: CommitteeModelOptions): LinearModel[] {
  const { covariance } = model;
  if (!covariance) throw new InvalidParameterError("the model has no covariance of its coefficients that members could be drawn from: fit it with error bars");
  if (!(Number.isInteger(count) && count >= 1)) throw new InvalidParameterError(`a committee of ${count} members; it must be a whole number of at least 1`);
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const deviates = Float64Array.from({ length: covariance.nDirections }, () => standardNormal(random));
    let column = 0;
    const draw = (value: number): number => {
      let drawn = value;
      for (let k = 0; k < deviates.length; k++) drawn += covariance.root[column * deviates.length + k] * deviates[k];
      column++;
      return drawn;
    };
    const terms = model.terms.map((term) => ({ ...term, coefficients: term.coefficients.map(draw) }));
    return model.with({ terms, intercepts: model.intercepts?.map(draw), covariance: undefined });
  });
}
