import { InvalidParameterError } from "../../errors.js";
import { type SumModel } from "../sum/model.js";
import { LinearModel } from "./model.js";

/** A linear potential, alone or in a sum. */
export interface LinearPart<Whole extends LinearModel | SumModel> {
  readonly linear: LinearModel;
  /** The whole with another one in its place. */
  replaced(linear: LinearModel): Whole;
}

/**
 * The linear potential of a model: the model itself, or the one linear part of a sum that is no baseline.
 * @throws {InvalidParameterError} for a sum with none or several
 */
export function linearPartOf<Whole extends LinearModel | SumModel>(model: Whole): LinearPart<Whole> {
  if (model instanceof LinearModel) return { linear: model, replaced: (linear) => linear as Whole };
  const found = model.parts.flatMap((part, index) => (part.model instanceof LinearModel && !part.isBaseline ? [{ linear: part.model, index }] : []));
  if (found.length !== 1) throw new InvalidParameterError(`the sum has ${found.length || "no"} linear potentials beside baselines; it must have one`);
  const [{ linear, index }] = found;
  return { linear, replaced: (other) => model.withPart(index, other) as Whole };
}
