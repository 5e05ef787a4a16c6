import { basisName } from "../../models/composed/parameters.js";
import type { ComposedForm } from "../../models/composed/tree.js";
import { resizeBasis } from "../moves/resize-basis.js";
import {
  droppedCoefficients,
  isValuedLeaf,
  replaceNode,
  type StartForm,
  startForm,
  type StartValue,
  type ValuedComposition,
  type ValuedForm,
  type ValuedLeaf,
  valuedLeaves,
  type ValuedNode,
} from "../valued-form.js";

/** A part that a form can do without, and what is left. */
export interface Block {
  /** What is dropped, such as `first function of basis a`. */
  readonly what: string;
  /** Factors of products are dropped last. */
  readonly isFactor: boolean;
  /** The form without it, with the values that it has. */
  readonly start: StartForm;
  /** Positions of the dropped coefficients among the parameters of the form; dropping them at fixed others is what a block costs. */
  readonly coefficients: readonly number[];
}

/**
 * Every block of a form: the first and the last function of a basis of Gaussians, the last one of polynomials, each exponent, each operand of a sum, each
 * factor of a product.
 */
export function blocksOf(form: ComposedForm, values: ArrayLike<number>, valued: ValuedForm): Block[] {
  const blockOf = ({ what, isFactor = false, rest }: Part): Block => {
    const start = startForm(rest);
    return { what, isFactor, start, coefficients: droppedCoefficients(form, valued.nSpecies, start) };
  };
  const parts = [...functionParts(valued), ...exponentParts(valued), ...operandParts(valued)];
  return parts.map(blockOf).filter(({ coefficients }) => coefficients.length > 0 && coefficients.every((p) => Number.isFinite(values[p])));
}

interface Part {
  readonly what: string;
  readonly isFactor?: boolean;
  readonly rest: ValuedForm;
}

function functionParts(valued: ValuedForm): Part[] {
  return valued.bases.flatMap(({ basis, exponents }, index): Part[] => {
    const size = basis.size - 1;
    if (size < 1) return [];
    const last = { what: `last function of basis ${basisName(index)}`, rest: resizeBasis(valued, index, size, (nu) => nu, exponents) };
    if (basis.radial !== "gaussian") return [last];
    const [alpha, beta] = exponents;
    const risen = [{ ...alpha, value: alpha.value * beta.value }, beta];
    return [{ what: `first function of basis ${basisName(index)}`, rest: resizeBasis(valued, index, size, (nu) => nu + 1, risen) }, last];
  });
}

function exponentParts(valued: ValuedForm): Part[] {
  return valuedLeaves(valued.root).flatMap((leaf, n): Part[] => {
    const count = leaf.xi.length;
    if (count < 2) return [];
    return leaf.xi.map((_, l) => {
      const changed: ValuedLeaf = { ...leaf, c: leaf.c.filter((__, i) => i % count !== l), xi: leaf.xi.filter((__, i) => i !== l) };
      return { what: `exponent ${l + 1} of term ${n + 1}`, rest: { ...valued, root: replaceNode(valued.root, leaf, changed) } };
    });
  });
}

function operandParts(valued: ValuedForm, node = valued.root, path = "root"): Part[] {
  if (isValuedLeaf(node)) return [];
  const drop = (side: "left" | "right"): Part => {
    const replacement = node.op === "sum" ? withoutOperand(node, side) : withoutFactor(node, side);
    const rest = { ...valued, root: replaceNode(valued.root, node, replacement) };
    return { what: `${node.op === "sum" ? "operand" : "factor"} ${path}.${side}`, isFactor: node.op === "product", rest };
  };
  return [drop("left"), drop("right"), ...operandParts(valued, node.left, `${path}.left`), ...operandParts(valued, node.right, `${path}.right`)];
}

/** The other operand, which takes over the shift. */
function withoutOperand({ left, right }: ValuedComposition, side: "left" | "right"): ValuedNode {
  return side === "right" ? left : withShift(right, shiftOf(left));
}

/** The other factor times what is left of the dropped one when its coefficients are 0, plus the shift of the product. */
function withoutFactor(product: ValuedComposition, side: "left" | "right"): ValuedNode {
  const [dropped, kept] = side === "left" ? [product.left, product.right] : [product.right, product.left];
  const factors = constantOf(dropped);
  const shift = shiftOf(kept).map(({ value, place }, s): StartValue => ({ value: value * factors[s] + (product.shift[s]?.value ?? 0), place }));
  // several species may have several factors; the coefficients have but one
  const scaled = scaledBy(kept, factors.reduce((sum, factor) => sum + factor, 0) / factors.length);
  // right of a sum the left operand has the shift
  return withShift(scaled, product.shift.length > 0 ? shift : []);
}

/** Shifts of the leftmost node that is no sum. */
function shiftOf(node: ValuedNode): readonly StartValue[] {
  return node.op === "sum" ? shiftOf(node.left) : node.shift;
}

function withShift(node: ValuedNode, shift: readonly StartValue[]): ValuedNode {
  return node.op === "sum" ? { ...node, left: withShift(node.left, shift) } : { ...node, shift };
}

/** Site energies of a term whose coefficients are 0, by species. */
function constantOf(node: ValuedNode): number[] {
  const shift = node.shift.map(({ value }) => value);
  if (isValuedLeaf(node)) return shift;
  const [left, right] = [constantOf(node.left), constantOf(node.right)];
  return combine(node.op === "sum" ? "sum" : "product", left, right).map((value, s) => value + (shift[s] ?? 0));
}

function combine(op: "sum" | "product", left: readonly number[], right: readonly number[]): number[] {
  const count = Math.max(left.length, right.length);
  return Array.from({ length: count }, (_, s) => (op === "sum" ? (left[s] ?? 0) + (right[s] ?? 0) : (left[s] ?? 0) * (right[s] ?? 0)));
}

/** The site energies of a term times a factor, the shift of the leftmost node left as it is: one factor of a product is enough. */
function scaledBy(node: ValuedNode, factor: number): ValuedNode {
  if (isValuedLeaf(node)) return { ...node, c: node.c.map(({ value, place }) => ({ value: value * factor, place })) };
  if (node.op === "sum") return { ...node, left: scaledBy(node.left, factor), right: scaledBy(node.right, factor) };
  return { ...node, left: scaledTerm(node.left, factor) };
}

/** The whole of a term times a factor, shifts included. */
function scaledTerm(node: ValuedNode, factor: number): ValuedNode {
  const shift = node.shift.map(({ value, place }) => ({ value: value * factor, place }));
  if (isValuedLeaf(node)) return { ...node, c: node.c.map(({ value, place }) => ({ value: value * factor, place })), shift };
  if (node.op === "sum") return { ...node, left: scaledTerm(node.left, factor), right: scaledTerm(node.right, factor) };
  return { ...node, shift, left: scaledTerm(node.left, factor) };
}
