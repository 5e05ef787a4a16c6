import { clusterFeatureCount, type ClusterBasis, type ClusterCutoff, speciesWeightCount } from "../descriptors/cluster/basis.js";
import { InternalError } from "../errors.js";
import { isLinearKind, layoutParameters } from "../models/composed/parameters.js";
import { type ComposedForm, type ComposedNode, isLeaf } from "../models/composed/tree.js";

/** A parameter of a candidate: where training starts. */
export interface StartValue {
  /** NaN: not drawn yet. */
  readonly value: number;
  /** Position among the parameters of the form that the candidate comes from; absent: the parameter is new. */
  readonly place?: number | undefined;
}

/** A basis with the values of its parameters. */
export interface ValuedBasis {
  readonly basis: ClusterBasis;
  /** α and β; empty for polynomials. */
  readonly exponents: readonly StartValue[];
  /** As `speciesWeightCount`. */
  readonly weights: readonly StartValue[];
}

/** A leaf with the values of its parameters. */
export interface ValuedLeaf {
  readonly op: "linear" | "exp" | "neighborExp";
  readonly basis: number;
  /** One for each species, or none. */
  readonly shift: readonly StartValue[];
  /** [feature], or [feature][l] */
  readonly c: readonly StartValue[];
  /** Empty for linear leaves. */
  readonly xi: readonly StartValue[];
}

/** A sum or a product with the values of its parameters. */
export interface ValuedComposition {
  readonly op: "sum" | "product";
  readonly shift: readonly StartValue[];
  readonly left: ValuedNode;
  readonly right: ValuedNode;
}

/** A node with the values of its parameters. */
export type ValuedNode = ValuedLeaf | ValuedComposition;

/** A composed potential as a tree that holds its values, which moves rebuild. */
export interface ValuedForm {
  readonly cutoff: ClusterCutoff;
  readonly nSpecies: number;
  readonly bases: readonly ValuedBasis[];
  readonly root: ValuedNode;
}

/** What training takes: a form, its values in the order of the layout, and which of them are new. */
export interface StartForm {
  readonly form: ComposedForm;
  readonly values: Float64Array;
  /** Positions of parameters that the parent does not have. */
  readonly fresh: readonly number[];
  /** For each parameter its position in the parent; undefined where it is new. */
  readonly places: readonly (number | undefined)[];
}

/** @returns whether the node has no operands */
export function isValuedLeaf(node: ValuedNode): node is ValuedLeaf {
  return node.op !== "sum" && node.op !== "product";
}

/** New parameters of one value. */
export function freshValues(count: number, value: number): StartValue[] {
  return Array.from({ length: count }, () => ({ value }));
}

/**
 * A form and the values of its parameters as one tree.
 * @param values in the order of the layout
 */
export function valuedForm(form: ComposedForm, values: ArrayLike<number>, nSpecies: number): ValuedForm {
  const layout = layoutParameters(form, nSpecies);
  const take = (start: number, count: number): StartValue[] =>
    start < 0 ? [] : Array.from({ length: count }, (_, i) => ({ value: values[start + i], place: start + i }));
  const bases = form.bases.map((basis, b): ValuedBasis => {
    const { alpha, weights, nWeights } = layout.bases[b];
    return { basis, exponents: take(alpha, 2), weights: take(weights, nWeights) };
  });
  const valued = (node: ComposedNode): ValuedNode => {
    const places = layout.nodes.find((entry) => entry.node === node);
    if (!places) throw new InternalError("a node is not in its own layout");
    const shift = take(places.shift, nSpecies);
    if (!isLeaf(node)) return { op: node.op, shift, left: valued(node.left), right: valued(node.right) };
    const xi = take(places.exponents, node.op === "linear" ? 0 : node.nExponents);
    return { op: node.op, basis: node.basis, shift, c: take(places.coefficients, places.nCoefficients), xi };
  };
  return { cutoff: form.cutoff, nSpecies, bases, root: valued(form.root) };
}

/** The opposite of `valuedForm`. Bases that no leaf uses are left out, the others stand in the order of their first use. */
export function startForm(valued: ValuedForm): StartForm {
  const { bases, root } = withUsedBases(valued);
  const form: ComposedForm = { cutoff: valued.cutoff, bases: bases.map(({ basis }) => basis), root: plainNode(root) };
  const numbers = [...bases.flatMap(({ exponents, weights }) => [...exponents, ...weights]), ...nodesOf(root).flatMap(valuesOf)];
  const { parameters } = layoutParameters(form, valued.nSpecies);
  if (numbers.length !== parameters.length) throw new InternalError(`${numbers.length} values for ${parameters.length} parameters`);
  return {
    form,
    values: Float64Array.from(numbers, ({ value }) => value),
    fresh: numbers.flatMap(({ place }, p) => (place === undefined ? [p] : [])),
    places: numbers.map(({ place }) => place),
  };
}

/** Coefficients of a parent that a candidate does not have any more: positions among the parameters of the parent. */
export function droppedCoefficients(parent: ComposedForm, nSpecies: number, { places }: Pick<StartForm, "places">): number[] {
  const kept = new Set(places);
  return layoutParameters(parent, nSpecies).parameters.flatMap(({ kind }, p) => (isLinearKind(kind) && kind !== "shift" && !kept.has(p) ? [p] : []));
}

/** All nodes, each before its operands, the left one first. */
export function nodesOf(node: ValuedNode): ValuedNode[] {
  return isValuedLeaf(node) ? [node] : [node, ...nodesOf(node.left), ...nodesOf(node.right)];
}

/** Leaves from left to right. */
export function valuedLeaves(node: ValuedNode): ValuedLeaf[] {
  return nodesOf(node).filter(isValuedLeaf);
}

/** The same tree with other leaves. */
export function mapLeaves(node: ValuedNode, change: (leaf: ValuedLeaf) => ValuedNode): ValuedNode {
  if (isValuedLeaf(node)) return change(node);
  return { ...node, left: mapLeaves(node.left, change), right: mapLeaves(node.right, change) };
}

/** The same tree with another node in place of one, which is told by its identity. */
export function replaceNode(node: ValuedNode, old: ValuedNode, replacement: ValuedNode): ValuedNode {
  if (node === old) return replacement;
  if (isValuedLeaf(node)) return node;
  return { ...node, left: replaceNode(node.left, old, replacement), right: replaceNode(node.right, old, replacement) };
}

/** Numbers of c and of weights that a basis asks for: those of a leaf for one exponent. */
export function basisCounts(basis: ClusterBasis, nSpecies: number): { readonly features: number; readonly weights: number } {
  return { features: clusterFeatureCount(basis, nSpecies), weights: speciesWeightCount(basis, nSpecies) };
}

function valuesOf(node: ValuedNode): readonly StartValue[] {
  return isValuedLeaf(node) ? [...node.shift, ...node.c, ...node.xi] : node.shift;
}

function withUsedBases({ bases, root }: ValuedForm): Pick<ValuedForm, "bases" | "root"> {
  const used = [...new Set(valuedLeaves(root).map(({ basis }) => basis))];
  return { bases: used.map((basis) => bases[basis]), root: mapLeaves(root, (leaf) => ({ ...leaf, basis: used.indexOf(leaf.basis) })) };
}

function plainNode(node: ValuedNode): ComposedNode {
  const hasShift = node.shift.length > 0;
  if (!isValuedLeaf(node)) return { op: node.op, hasShift, left: plainNode(node.left), right: plainNode(node.right) };
  if (node.op === "linear") return { op: node.op, hasShift, basis: node.basis };
  return { op: node.op, hasShift, basis: node.basis, nExponents: node.xi.length };
}
