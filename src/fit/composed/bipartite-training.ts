import { layoutParameters } from "../../models/composed/parameters.js";
import { type ComposedForm, type ComposedLeaf, type ComposedNode, type Composition, isLeaf, leavesOf } from "../../models/composed/tree.js";
import { throwIfAborted } from "../../parallel/executor.js";
import type { ComposedProblem } from "./least-squares.js";
import { solveLinear } from "./least-squares.js";
import { placesOf, range, setConstant, type Side } from "./linear-part.js";
import type { ParameterSpace } from "./parameter-space.js";
import { nameOf, type Trained, type TrainedForm, type TrainingContext } from "./training.js";
import { searchWindow, type WindowSearchOptions } from "./window-search.js";

/** Which parts of one operand are trained. */
export interface PartSwitches {
  /** Coefficients and shifts. */
  readonly linear: boolean;
  /** α, β, ξ and factors of species. */
  readonly nonLinear: boolean;
}

/** How operands take turns. */
export interface BipartiteOptions extends Pick<WindowSearchOptions, "initialPoints" | "proposals" | "reduction"> {
  readonly left: PartSwitches;
  readonly right: PartSwitches;
  /** Of all parts, at most. */
  readonly sweeps: number;
  /** Of the linear parts alone, at most, after the others. */
  readonly linearSweeps: number;
  /** Relative gain of a sweep below which sweeps end, when it happens twice in a row. */
  readonly tolerance: number;
}

/** A term of the tree, with what is trained together with it. */
interface Term {
  readonly leaf: ComposedLeaf;
  /** Of its parent; left for a term alone. */
  readonly side: Side;
  /** Shifts beside its own that the energy is jointly linear in, by their nodes. */
  readonly shifted: readonly ComposedNode[];
}

const LINEAR_TOLERANCE = 1e-6;
const SMALL_SWEEPS = 2;

/**
 * Dual bipartite training (Wang et al., arXiv:2504.19372, FIG. 3): the left term alone, then the right one with the left one frozen, then both in turn;
 * of each the non-linear parameters by Bayesian optimization, for every candidate the linear ones by least squares. The loss never grows. A composition
 * takes the part of a term where trees are deeper.
 */
export async function trainBipartite(context: TrainingContext, options: BipartiteOptions, form: ComposedForm): Promise<Trained> {
  return new BipartiteTraining(context, options, { form, layout: layoutParameters(form, context.data.nSpecies) }).train();
}

/** Searches of a training, at most. */
export function countSearches({ root }: Pick<ComposedForm, "root">, { sweeps }: Pick<BipartiteOptions, "sweeps">): number {
  const terms = leavesOf(root).length;
  if (isLeaf(root)) return 1;
  // a composite operand is trained on the way
  return terms * sweeps + [root.left, root.right].reduce((sum, operand) => sum + countSearches({ root: operand }, { sweeps }), 0);
}

class BipartiteTraining {
  private readonly problem: ComposedProblem;
  private readonly space: ParameterSpace;
  private readonly frozen: ReadonlySet<number>;
  private values: Float64Array;
  private loss = Infinity;
  /** Searches so far: each has a name and a seed of its own. */
  private searches = 0;

  constructor(
    private readonly context: TrainingContext,
    private readonly options: BipartiteOptions,
    private readonly whole: TrainedForm,
  ) {
    const { data } = context;
    this.problem = data.problem(whole, false);
    this.space = data.space(whole);
    this.frozen = data.frozen(whole);
    this.values = this.space.initial();
  }

  async train(): Promise<Trained> {
    await this.trainNode(this.whole.form.root, "left", []);
    return { values: this.values, loss: this.loss };
  }

  /** A node, all others as they are. */
  private async trainNode(node: ComposedNode, side: Side, shifted: readonly ComposedNode[]): Promise<void> {
    if (isLeaf(node)) return this.trainTerm({ leaf: node, side, shifted }, true);
    this.ignoreRight(node);
    await this.trainNode(node.left, "left", shifted);
    this.loss = await this.problem.loss(this.values);
    await this.trainNode(node.right, "right", [...shifted, ...shiftOf(node)]);
    const terms = termsOf(node, side, shifted);
    await this.sweep(terms, true, this.options.sweeps, this.options.tolerance);
    await this.sweep(terms, false, this.options.linearSweeps, LINEAR_TOLERANCE);
  }

  private ignoreRight(node: Composition): void {
    const { layout } = this.whole;
    const { nSpecies } = this.context.data;
    const { shift } = placesOf(layout, node);
    if (shift >= 0) this.values.fill(0, shift, shift + nSpecies);
    setConstant(this.values, layout, node.right, nSpecies, node.op === "product" ? 1 : 0);
  }

  private async sweep(terms: readonly Term[], withNonLinear: boolean, count: number, tolerance: number): Promise<void> {
    for (let done = 0, small = 0; done < count && small < SMALL_SWEEPS; done++) {
      const before = this.loss;
      for (const term of terms) await this.trainTerm(term, withNonLinear);
      small = before - this.loss < tolerance * before ? small + 1 : 0;
    }
  }

  private async trainTerm(term: Term, withNonLinear: boolean): Promise<void> {
    throwIfAborted(this.problem.work.signal);
    const { linear, nonLinear } = this.options[term.side];
    const eliminated = linear ? this.linearOf(term) : new Int32Array();
    const solved = await this.solve(this.values, eliminated);
    if (solved.loss < this.loss || this.loss === Infinity) ({ values: this.values, loss: this.loss } = solved);
    const searched = this.space.searched(this.nonLinearOf(term), true);
    if (withNonLinear && nonLinear && searched.length > 0) await this.search(searched, eliminated);
  }

  private async search(searched: Int32Array, eliminated: Int32Array): Promise<void> {
    const { context: { kept, options, onRecord, progress }, whole } = this;
    const name = `${nameOf(whole)}, search ${++this.searches}`;
    const losses = [...((await kept?.find({ name }))?.arrays[0] ?? [])];
    const count = (this.options.initialPoints + this.options.proposals) * searched.length;
    const isKnown = losses.length === count;
    let evaluation = 0;
    const lossOf = async (point: readonly number[]): Promise<number> => {
      const index = evaluation++;
      if (index >= losses.length) {
        throwIfAborted(this.problem.work.signal);
        losses.push((await this.solve(this.space.placed(this.values, searched, point), eliminated)).loss);
        kept?.later({ name }, () => ({ arrays: [Float64Array.from(losses)] }), losses.length === count ? () => progress?.isSafe() : undefined);
      }
      return losses[index];
    };
    const start = this.loss < Infinity ? this.space.unitOf(this.values, searched) : undefined;
    const found = await searchWindow({ ...this.options, nDimensions: searched.length, seed: options.seed + this.searches, start }, lossOf);
    if (found && found.loss < this.loss) ({ values: this.values, loss: this.loss } = await this.solve(this.space.placed(this.values, searched, found.point), eliminated));
    if (isKnown) progress?.found();
    else progress?.finished();
    onRecord?.({ potential: nameOf(whole), step: `search ${this.searches}`, loss: this.loss, count: evaluation });
  }

  private async solve(values: Float64Array, eliminated: Int32Array): Promise<Trained> {
    return eliminated.length > 0 ? solveLinear(this.problem, values, eliminated) : { values, loss: await this.problem.loss(values) };
  }

  private linearOf({ leaf, shifted }: Term): Int32Array {
    const { coefficients, nCoefficients } = placesOf(this.whole.layout, leaf);
    const shifts = [leaf, ...shifted].flatMap((node) => {
      const { shift } = placesOf(this.whole.layout, node);
      return shift < 0 ? [] : range(shift, this.context.data.nSpecies);
    });
    return Int32Array.from(new Set([...shifts, ...range(coefficients, nCoefficients)])).sort();
  }

  private nonLinearOf({ leaf }: Term): Int32Array {
    const { layout, form } = this.whole;
    const { alpha, beta, weights, nWeights } = layout.bases[leaf.basis];
    const { exponents } = placesOf(layout, leaf);
    // a basis that several terms share moves with the first of them
    const isFirst = leavesOf(form.root).find(({ basis }) => basis === leaf.basis) === leaf;
    const ofBasis = isFirst ? [...(alpha < 0 ? [] : [alpha, beta]), ...range(weights, nWeights)] : [];
    const own = [...ofBasis, ...(leaf.op === "linear" ? [] : range(exponents, leaf.nExponents))];
    return Int32Array.from(own.filter((parameter) => !this.frozen.has(parameter)));
  }
}

/** Terms from left to right. */
function termsOf(node: ComposedNode, side: Side, shifted: readonly ComposedNode[]): Term[] {
  if (isLeaf(node)) return [{ leaf: node, side, shifted }];
  const own = [...shifted, ...shiftOf(node)];
  return [...termsOf(node.left, "left", own), ...termsOf(node.right, "right", own)];
}

/** Nodes whose shift counts with both operands: its own, or that of the left operand of a sum. */
function shiftOf(node: Composition): ComposedNode[] {
  if (node.op === "product") return [node];
  let left = node.left;
  while (left.op === "sum") left = left.left;
  return [left];
}
