import { NumericalError } from "../errors.js";
import { solveLinear } from "../fit/composed/least-squares.js";
import { beginDescent, descend, type DescentState } from "../fit/composed/levenberg-marquardt.js";
import { jointlyLinear, placesOf, type Side, splitParameters } from "../fit/composed/linear-part.js";
import { trainByProjection } from "../fit/composed/projection-training.js";
import type { Trained, TrainedForm, TrainingContext } from "../fit/composed/training.js";
import { isLinearKind, layoutParameters } from "../models/composed/parameters.js";
import { type ComposedNode, isLeaf } from "../models/composed/tree.js";
import type { TrainingJob } from "./candidate.js";

/** Starts from disturbed values are judged before they have converged. */
const RESTART_ITERATIONS = 40;
const RESTART_TOLERANCE = 1e-4;

/**
 * Trains a candidate: without starts as any fit of its form does, else from the values of its parent, the new linear parameters solved for first, and from
 * disturbed ones, of which the best is followed on all data where it is better on the share.
 * @throws {NumericalError} where no start has a finite loss
 */
export async function trainCandidate(context: TrainingContext, { form, starts, fresh }: Pick<TrainingJob, "form" | "starts" | "fresh">): Promise<Trained> {
  if (!starts) return finite(await trainByProjection(context, form));
  const { data, options } = context;
  const whole: TrainedForm = { form, layout: layoutParameters(form, data.nSpecies) };
  const split = splitParameters(whole.layout, jointlyLinear(whole.layout, form.root, data.nSpecies), data.frozen(whole));
  const [all, share, space] = [data.problem(whole, false), data.problem(whole, true), data.space(whole)];
  const begun = async (problem: typeof all, values: Float64Array): Promise<DescentState> => beginDescent(problem, space, await withFresh(context, whole, values, fresh), split);
  const [own, ...disturbed] = starts;
  const first = await descend(all, space, split, await begun(all, own), options);
  const limits = { tolerance: RESTART_TOLERANCE, maximumIterations: Math.min(RESTART_ITERATIONS, options.maximumIterations) };
  let [best, known] = [first, await beginDescent(share, space, first.values, split)];
  for (const values of disturbed) {
    const tried = await descend(share, space, split, await begun(share, values), limits);
    if (!(tried.loss < known.loss)) continue;
    const followed = await descend(all, space, split, await beginDescent(all, space, tried.values, split), options);
    if (!(followed.loss < best.loss)) continue;
    [best, known] = [followed, tried];
  }
  return finite(best);
}

function finite({ values, loss }: Trained): Trained {
  if (loss < Infinity) return { values, loss };
  throw new NumericalError("no start has finite energies and forces");
}

/** Values with the linear parameters solved for that new ones are jointly linear with, on all data: of a product those of the new factor. */
async function withFresh({ data }: TrainingContext, whole: TrainedForm, values: Float64Array, fresh: readonly number[]): Promise<Float64Array> {
  const { layout, form } = whole;
  const isNew = new Set(fresh.filter((p) => isLinearKind(layout.parameters[p].kind)));
  const countNew = (node: ComposedNode): number => {
    const { coefficients, nCoefficients } = placesOf(layout, node);
    if (isLeaf(node)) return Array.from({ length: nCoefficients }, (_, c) => coefficients + c).filter((p) => isNew.has(p)).length;
    return countNew(node.left) + countNew(node.right);
  };
  const sideOf = (node: ComposedNode): Side | undefined => {
    if (isLeaf(node)) return undefined;
    const [left, right] = [countNew(node.left), countNew(node.right)];
    return left === right ? undefined : left > right ? "left" : "right";
  };
  const eliminated = jointlyLinear(layout, form.root, data.nSpecies, sideOf).sort((a, b) => a - b);
  const bounded = data.space(whole).bounded(values);
  return (await solveLinear(data.problem(whole, false), bounded, Int32Array.from(eliminated))).values;
}
