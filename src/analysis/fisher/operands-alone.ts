import { ComposedModel } from "../../models/composed/model.js";
import { layoutParameters } from "../../models/composed/parameters.js";
import { type ComposedNode, isLeaf } from "../../models/composed/tree.js";
import type { ComposedParts } from "../../models/parametric.js";
import type { Potential } from "../../models/potential.js";
import { movesEnergy, sharedShift, type Side, SIDES } from "./parameter-sets.js";

/** An operand of the root of a composed potential as a potential of its own. */
export interface OperandAlone {
  readonly side: Side;
  readonly potential: Potential;
}

/** Both operands of a composed potential whose columns of J are not those of the whole: of products; none of others. */
export function operandsAlone({ parametric, species }: Potential): OperandAlone[] {
  const composed = parametric?.composed;
  const root = composed?.form.root;
  if (!composed || !root || isLeaf(root) || sharedShift(root) !== undefined) return [];
  return SIDES.map((side) => ({ side, potential: new ComposedModel({ species, ...termAlone(composed, side, species.length) }) }));
}

/** An operand with the parameters that it has in the whole; the shift that a whole potential has is 0 where the operand has none. */
export function termAlone({ form, values }: ComposedParts, side: Side, nSpecies: number): ComposedParts {
  const root = form.root as Extract<ComposedNode, { readonly left: ComposedNode }>;
  const own = withUsedBases({ ...form, root: withShift(root[side]) });
  const whole = new Map(layoutParameters(form, nSpecies).parameters.map(({ name }, p) => [name, values[p]]));
  const { parameters, bases } = layoutParameters(own.form, nSpecies);
  const nOfBases = bases.reduce((sum, { alpha, nWeights }) => sum + (alpha >= 0 ? 2 : 0) + nWeights, 0);
  const wholeBases = layoutParameters(form, nSpecies).bases;
  const ofBases = own.kept.flatMap((b) => {
    const { alpha, weights, nWeights } = wholeBases[b];
    return [...(alpha >= 0 ? values.subarray(alpha, alpha + 2) : []), ...(nWeights > 0 ? values.subarray(weights, weights + nWeights) : [])];
  });
  const ofNodes = parameters.slice(nOfBases).map(({ name }) => whole.get(name.replace(/^root/u, `root.${side}`)) ?? 0);
  return { form: own.form, values: Float64Array.from([...ofBases, ...ofNodes]) };
}

/** A whole potential has a shift: on its leftmost node that is no sum. */
function withShift(node: ComposedNode): ComposedNode {
  if (node.op !== "sum") return { ...node, hasShift: true };
  return movesEnergy(node) ? node : { ...node, left: withShift(node.left) };
}

/** The form with the bases that its leaves name alone. */
function withUsedBases(form: ComposedParts["form"]): { form: ComposedParts["form"]; kept: number[] } {
  const used = new Set<number>();
  const visit = (node: ComposedNode): void => {
    if (isLeaf(node)) return void used.add(node.basis);
    visit(node.left);
    visit(node.right);
  };
  visit(form.root);
  const kept = [...used].sort((a, b) => a - b);
  const renumber = (node: ComposedNode): ComposedNode =>
    isLeaf(node) ? { ...node, basis: kept.indexOf(node.basis) } : { ...node, left: renumber(node.left), right: renumber(node.right) };
  return { form: { ...form, bases: kept.map((b) => form.bases[b]), root: renumber(form.root) }, kept };
}
