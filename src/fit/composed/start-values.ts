import { InvalidParameterError } from "../../errors.js";
import { type ComposedNode, placedNodes } from "../../models/composed/tree.js";
import { suggestionFor } from "../../suggestion.js";
import { beginDescent } from "./levenberg-marquardt.js";
import { jointlyLinear, setConstant, splitParameters } from "./linear-part.js";
import { keptDescent, nameOf, type Trained, type TrainedForm, type TrainingContext, type TrainingData } from "./training.js";

/**
 * Values to go on from: those that are given, in the middle of their ranges the others, and factors of products 1 where none of their linear
 * parameters is given.
 * @throws {InvalidParameterError} for a name that no parameter has, and an α or β that no Gaussian has
 */
export function startValues(given: Readonly<Record<string, number>>, whole: TrainedForm, data: TrainingData): Float64Array {
  const { layout, form } = whole;
  const names = layout.parameters.map(({ name }) => name);
  const values = data.space(whole).initial();
  for (const { node } of placedNodes(form.root)) {
    if (node.op === "product") setConstant(values, layout, smallerFactor(whole, node.left, node.right, data.nSpecies), data.nSpecies, 1);
  }
  for (const [name, value] of Object.entries(given)) {
    const parameter = names.indexOf(name);
    if (parameter < 0) {
      throw new InvalidParameterError(`fit.start names ${JSON.stringify(name)}, which is no parameter of ${nameOf(whole)}${suggestionFor(name, names) || `; they are ${listed(names)}`}`);
    }
    const least = layout.parameters[parameter].kind === "alpha" ? 0 : layout.parameters[parameter].kind === "beta" ? 1 : -Infinity;
    if (!(value > least)) throw new InvalidParameterError(`fit.start: ${name} is ${value}; it must be a number above ${least}`);
    values[parameter] = value;
  }
  return values;
}

/** The factor that is not eliminated, see `jointlyLinear`. */
function smallerFactor({ layout }: TrainedForm, left: ComposedNode, right: ComposedNode, nSpecies: number): ComposedNode {
  return jointlyLinear(layout, left, nSpecies).length >= jointlyLinear(layout, right, nSpecies).length ? right : left;
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 8).join(", ");
  return names.length > 8 ? `${shown} …` : shown;
}

/** One descent from given values. */
export async function trainFrom(context: TrainingContext, whole: TrainedForm, values: Float64Array): Promise<Trained> {
  const { data } = context;
  const [problem, space] = [data.problem(whole, false), data.space(whole)];
  const split = splitParameters(whole.layout, jointlyLinear(whole.layout, whole.form.root, data.nSpecies), data.frozen(whole));
  const state = await keptDescent(context, `${nameOf(whole)}, given start`, problem, space, split, () => beginDescent(problem, space, values, split));
  context.onRecord?.({ potential: nameOf(whole), step: "descent", loss: state.loss, count: state.iterations });
  return { values: state.values, loss: state.loss };
}

