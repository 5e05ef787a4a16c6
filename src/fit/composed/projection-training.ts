import { layoutParameters } from "../../models/composed/parameters.js";
import { type ComposedForm, type Composition, isLeaf } from "../../models/composed/tree.js";
import { spread } from "../../optimizers/surrogate/minimize.js";
import { solveLinear } from "./least-squares.js";
import { beginDescent, type DescentState } from "./levenberg-marquardt.js";
import { jointlyLinear, type ParameterSplit, setConstant, type Side, splitParameters } from "./linear-part.js";
import { placeValues, type SubForm, subForm } from "./sub-form.js";
import { keptDescent, nameOf, type Trained, type TrainedForm, type TrainingContext } from "./training.js";

/** Descents of starts are judged before they have converged. */
const START_ITERATIONS = 60;
const START_TOLERANCE = 1e-4;
/** Random values of a term for each of its starts: those with the best linear solutions are starts. */
const SCREENED = 8;
/** Random starts of a composition: linear solutions tell little of where they end, so that more of them would only be sifted by chance. */
const COMPARED_STARTS = 8;
/** Starts of a composition that are followed, of those that linear solutions compare. */
const FOLLOWED_STARTS = 8;
/** Of these, those that are followed on all data. */
const FINISHED_STARTS = 3;
/** Starts of a composition beside random ones: from either operand. */
const SURE_STARTS = 2;
/** Of the starts of a term, those that are followed on all data: several, as optima of terms are many and nearly alike. */
const finishedTerms = (starts: number): number => Math.min(starts, Math.max(4, Math.ceil(starts / 3)));

/**
 * Trains a form by variable projection: a term from several starts, a composition from its operands trained alone. It is never worse on the data than
 * any of them: with one factor 1, or one summand 0, it begins as the better operand.
 */
export async function trainByProjection(context: TrainingContext, form: ComposedForm, known = new Map<string, Trained>()): Promise<Trained> {
  const whole: TrainedForm = { form, layout: layoutParameters(form, context.data.nSpecies) };
  const name = nameOf(whole);
  const before = known.get(name);
  if (before) return before;
  const { root } = form;
  const state = isLeaf(root) ? await trainTerm(context, whole) : await trainComposition(context, whole, root, known);
  const trained = { values: state.values, loss: state.loss };
  context.onRecord?.({ potential: name, step: "descent", loss: trained.loss, count: state.iterations });
  known.set(name, trained);
  return trained;
}

/** How many descents a training will be at most, forms that occur twice counted once. */
export function countDescents(form: ComposedForm, nSpecies: number, starts: number, known = new Set<string>()): number {
  const whole = { form, layout: layoutParameters(form, nSpecies) };
  if (known.has(nameOf(whole))) return 0;
  known.add(nameOf(whole));
  const { root } = form;
  if (isLeaf(root)) return hasSearched(whole) ? starts + finishedTerms(starts) : 1;
  const own = [root.left, root.right].map((operand) => countDescents(subForm(form, whole.layout, operand, nSpecies).form, nSpecies, starts, known));
  const followed = Math.min(FOLLOWED_STARTS, starts + SURE_STARTS);
  return own[0] + own[1] + followed + Math.min(FINISHED_STARTS, followed) + 1;
}

/** The best of several starts on a share of the data, then on all. */
async function trainTerm(context: TrainingContext, whole: TrainedForm): Promise<DescentState> {
  const split = splitOf(context, whole);
  const initial = context.data.space(whole).initial();
  if (!hasSearched(whole)) return fromBest(context, whole, split, [], { finished: 0, known: [initial] });
  const { starts } = context.options;
  const solved: Trained[] = [];
  for (const values of randomStarts(context, whole, split.outer, initial, SCREENED * starts)) solved.push(await solveLinear(context.data.problem(whole, true), values, split.eliminated));
  return fromBest(context, whole, split, leastFirst(solved).slice(0, starts).map(({ values }) => values), { finished: finishedTerms(starts) });
}

function hasSearched({ layout }: TrainedForm): boolean {
  return layout.parameters.some(({ kind }) => kind === "alpha" || kind === "exponent");
}

/** Values at points that are spread evenly over the ranges of starts. */
function randomStarts({ data, options }: TrainingContext, whole: TrainedForm, outer: Int32Array, values: Float64Array, count: number): Float64Array[] {
  const space = data.space(whole);
  const searched = space.searched(outer);
  if (searched.length === 0) return [values];
  const unit = spread(searched.length, options.seed);
  return Array.from({ length: count }, (_, i) => space.placed(values, searched, unit(i)));
}

/** Which descents are finished, and what their loss must not exceed. */
interface Finishing {
  /** Of the starts, the best. */
  readonly finished: number;
  /** Starts on all data beside. */
  readonly known?: readonly Float64Array[];
  readonly ceiling?: number;
}

/** Descends from starts on the share of the data, and from the best of them on all data. */
async function fromBest(context: TrainingContext, whole: TrainedForm, split: ParameterSplit, starts: readonly Float64Array[], { finished, known = [], ceiling = Infinity }: Finishing): Promise<DescentState> {
  const { data, options } = context;
  const [share, all, space, name] = [data.problem(whole, true), data.problem(whole, false), data.space(whole), nameOf(whole)];
  const limits = { tolerance: START_TOLERANCE, maximumIterations: Math.min(START_ITERATIONS, options.maximumIterations) };
  const tried: DescentState[] = [];
  for (const [i, start] of starts.entries()) {
    tried.push(await keptDescent(context, `${name}, start ${i + 1}`, share, space, split, () => beginDescent(share, space, start, split), limits));
  }
  const best = leastFirst(tried).slice(0, finished);
  const ends: DescentState[] = [];
  for (const [i, values] of [...best.map((state) => state.values), ...known].entries()) {
    ends.push(await keptDescent(context, `${name}, descent ${i + 1}`, all, space, split, () => beginDescent(all, space, values, split)));
  }
  return balanced(leastFirst(ends), ceiling, options.alike, (values) => all.misfit(values));
}

/**
 * Of ends with about the least loss the one whose errors of energies and forces are the smallest, whatever their weights.
 * @param ends the least loss first, @param ceiling of losses, which the least may exceed
 */
export async function balanced<End extends Trained>(ends: readonly End[], ceiling: number, alike: number, misfitOf: (values: Float64Array) => Promise<number>): Promise<End> {
  const [best] = ends;
  let [taken, least] = [best, Infinity];
  for (const end of ends.filter(({ loss }) => loss === best.loss || loss <= Math.min(ceiling, (1 + alike) * best.loss))) {
    const misfit = await misfitOf(end.values);
    if (misfit < least) [taken, least] = [end, misfit];
  }
  return taken;
}

function leastFirst<Entry extends { readonly loss: number }>(entries: readonly Entry[]): Entry[] {
  return [...entries].sort((a, b) => (a.loss < b.loss ? -1 : Number(a.loss > b.loss)));
}

function splitOf({ data }: TrainingContext, whole: TrainedForm): ParameterSplit {
  return splitParameters(whole.layout, jointlyLinear(whole.layout, whole.form.root, data.nSpecies), data.frozen(whole));
}

interface Operand extends Trained {
  readonly side: Side;
  readonly sub: SubForm;
}

async function trainComposition(context: TrainingContext, whole: TrainedForm, root: Composition, known: Map<string, Trained>): Promise<DescentState> {
  const { nSpecies } = context.data;
  const operands: Operand[] = [];
  for (const side of ["left", "right"] as const) {
    const sub = subForm(whole.form, whole.layout, root[side], nSpecies);
    operands.push({ side, sub, ...(await trainByProjection(context, sub.form, known)) });
  }
  const [better, worse] = operands[1].loss < operands[0].loss ? [operands[1], operands[0]] : operands;
  const base = context.data.space(whole).initial();
  placeValues(base, worse.sub, worse.values);
  placeValues(base, better.sub, better.values);
  const split = splitOf(context, whole);
  const sure = await grownFrom(context, whole, root, better, base, false);
  const tried = [sure, await grownFrom(context, whole, root, worse, base, true)];
  const count = Math.min(context.options.starts, COMPARED_STARTS);
  for (const start of randomStarts(context, whole, outerOf(context, whole, worse), base, count)) tried.push(await grownFrom(context, whole, root, better, start, true));
  const followed = leastFirst(tried).slice(0, FOLLOWED_STARTS);
  return fromBest(context, whole, split, followed.map(({ values }) => values), { finished: FINISHED_STARTS, known: [sure.values], ceiling: better.loss });
}

/** Parameters of an operand that the other one does not share. */
function outerOf({ data }: TrainingContext, { layout, form }: TrainedForm, { sub, side }: Operand): Int32Array {
  const root = form.root as Composition;
  const other = new Set(subForm(form, layout, side === "left" ? root.right : root.left, data.nSpecies).places);
  return sub.places.filter((place) => place >= 0 && !other.has(place)).sort();
}

/**
 * A composition that begins as one of its operands: the other one is 1 in a product, 0 in a sum, and what of it is linear is solved for then, with the
 * operand as it is in a product.
 * @param share whether on the share of the data
 */
async function grownFrom({ data }: TrainingContext, whole: TrainedForm, root: Composition, { side }: Operand, from: Float64Array, share: boolean): Promise<Trained> {
  const values = from.slice();
  const other: Side = side === "left" ? "right" : "left";
  const isProduct = root.op === "product";
  if (isProduct) {
    setConstant(values, whole.layout, root[other], data.nSpecies, 1);
    const { shift } = whole.layout.nodes[0];
    if (shift >= 0) values.fill(0, shift, shift + data.nSpecies);
  }
  const eliminated = jointlyLinear(whole.layout, root, data.nSpecies, (product) => (product === root ? other : undefined));
  return solveLinear(data.problem(whole, share), values, Int32Array.from(eliminated).sort());
}
