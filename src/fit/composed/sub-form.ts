import { layoutParameters, type ParameterLayout } from "../../models/composed/parameters.js";
import { type ComposedForm, type ComposedNode, isLeaf, leavesOf, placedNodes, withUsualShifts } from "../../models/composed/tree.js";
import { placesOf } from "./linear-part.js";

/** An operand as a potential of its own. */
export interface SubForm {
  /** With its bases only, and the shifts of a whole. */
  readonly form: ComposedForm;
  /** Of the operand alone. */
  readonly layout: ParameterLayout;
  /** Where each of its parameters stands in the whole; −1: the whole has no such shift. */
  readonly places: Int32Array;
}

/** An operand of a composition as a potential of its own, and where its parameters stand in the whole. */
export function subForm(whole: ComposedForm, wholeLayout: ParameterLayout, node: ComposedNode, nSpecies: number): SubForm {
  const bases = [...new Set(leavesOf(node).map(({ basis }) => basis))].sort((a, b) => a - b);
  const root = withUsualShifts(onBases(node, bases));
  const form = { cutoff: whole.cutoff, bases: bases.map((basis) => whole.bases[basis]), root };
  const layout = layoutParameters(form, nSpecies);
  const places = new Int32Array(layout.parameters.length).fill(-1);
  const copy = (from: number, to: number, count: number): void => {
    if (from >= 0 && to >= 0) for (let i = 0; i < count; i++) places[from + i] = to + i;
  };
  for (const [b, own] of layout.bases.entries()) {
    const target = wholeLayout.bases[bases[b]];
    copy(own.alpha, target.alpha, 1);
    copy(own.beta, target.beta, 1);
    copy(own.weights, target.weights, own.nWeights);
  }
  const originals = placedNodes(node);
  for (const [n, { node: copied }] of placedNodes(root).entries()) {
    const [own, target] = [placesOf(layout, copied), placesOf(wholeLayout, originals[n].node)];
    copy(own.shift, target.shift, nSpecies);
    copy(own.coefficients, target.coefficients, own.nCoefficients);
    copy(own.exponents, target.exponents, !isLeaf(copied) || copied.op === "linear" ? 0 : copied.nExponents);
  }
  return { form, layout, places };
}

function onBases(node: ComposedNode, bases: readonly number[]): ComposedNode {
  if (isLeaf(node)) return { ...node, basis: bases.indexOf(node.basis) };
  return { ...node, left: onBases(node.left, bases), right: onBases(node.right, bases) };
}

/** Puts values of an operand alone into those of the whole. */
export function placeValues(whole: Float64Array, { places }: SubForm, own: Float64Array): void {
  for (const [parameter, place] of places.entries()) if (place >= 0) whole[place] = own[parameter];
}
