import { basisName } from "../../models/composed/parameters.js";
import { freshValues, isValuedLeaf, replaceNode, type StartValue, type ValuedForm, type ValuedLeaf, type ValuedNode, valuedLeaves } from "../valued-form.js";
import { LARGEST_EXPONENT, type Move, SMALLEST_BETA, type SizeLimits } from "./move.js";
import { resizeBasis } from "./resize-basis.js";

/** Functions that a basis gains at once. */
const MORE_FUNCTIONS = 2;
/** Exponents ξ of a leaf that becomes exponential. */
const FIRST_EXPONENTS = 2;

/** Moves (a): two more functions for each basis; β is lowered where the largest exponent would pass its bound. */
export function moreFunctions(valued: ValuedForm, limits: SizeLimits): Move[] {
  return valued.bases.flatMap(({ basis, exponents }, index): Move[] => {
    const size = basis.size + MORE_FUNCTIONS;
    const bounded = boundedExponents(exponents, size);
    if (size > limits.functions || !bounded) return [];
    const to = resizeBasis(valued, index, size, (nu) => (nu < basis.size ? nu : undefined), bounded.exponents);
    return [{ kind: "functions", at: `basis ${basisName(index)}`, to, isExact: !bounded.isLowered }];
  });
}

/** undefined: β cannot be lowered that far. */
function boundedExponents(exponents: readonly StartValue[], size: number): { exponents: readonly StartValue[]; isLowered: boolean } | undefined {
  if (exponents.length === 0) return { exponents, isLowered: false };
  const [alpha, beta] = exponents;
  const largest = (LARGEST_EXPONENT / alpha.value) ** (1 / (size - 1));
  if (beta.value <= largest) return { exponents, isLowered: false };
  return largest < SMALLEST_BETA ? undefined : { exponents: [alpha, { ...beta, value: largest }], isLowered: true };
}

/** Moves (b): one more exponent for each exponential leaf. */
export function moreExponents(valued: ValuedForm, limits: SizeLimits): Move[] {
  return placedLeaves(valued.root).flatMap(({ leaf, path }): Move[] => {
    const before = leaf.xi.length;
    if (leaf.op === "linear" || before >= limits.exponents) return [];
    const c = Array.from({ length: leaf.c.length / before }, (_, f) => [...leaf.c.slice(f * before, (f + 1) * before), { value: 0 }]).flat();
    const to = { ...valued, root: replaceNode(valued.root, leaf, { ...leaf, c, xi: [...leaf.xi, { value: NaN }] }) };
    return [{ kind: "exponents", at: path, to, isExact: true }];
  });
}

/** Moves (c): a linear leaf becomes exponential. */
export function exponentials(valued: ValuedForm): Move[] {
  return placedLeaves(valued.root).flatMap(({ leaf, path }): Move[] => {
    if (leaf.op !== "linear") return [];
    const changed: ValuedLeaf = { ...leaf, op: "exp", c: freshValues(leaf.c.length * FIRST_EXPONENTS, 0), xi: freshValues(FIRST_EXPONENTS, NaN) };
    return [{ kind: "exponential", at: path, to: { ...valued, root: replaceNode(valued.root, leaf, changed) }, isExact: false }];
  });
}

/** Moves (d): E beside N, or N beside E, on the same basis, where the sum does not have it. */
export function partners(valued: ValuedForm, limits: SizeLimits): Move[] {
  if (valuedLeaves(valued.root).length >= limits.leaves) return [];
  return termsOfSums(valued.root).flatMap((terms) =>
    terms.flatMap(({ node, path }): Move[] => {
      if (!isValuedLeaf(node) || node.op === "linear") return [];
      const op = node.op === "exp" ? "neighborExp" : "exp";
      const isThere = terms.some(({ node: other }) => isValuedLeaf(other) && other.op === op && other.basis === node.basis);
      if (isThere) return [];
      const right: ValuedLeaf = { op, basis: node.basis, shift: [], c: freshValues(node.c.length, 0), xi: freshValues(node.xi.length, NaN) };
      const root = replaceNode(valued.root, node, { op: "sum", shift: [], left: node, right });
      return [{ kind: "partner", at: path, to: { ...valued, root }, isExact: true }];
    }),
  );
}

interface PlacedTerm {
  readonly node: ValuedNode;
  readonly path: string;
}

/** Leaves with their paths, from left to right. */
function placedLeaves(node: ValuedNode, path = "root"): { leaf: ValuedLeaf; path: string }[] {
  if (isValuedLeaf(node)) return [{ leaf: node, path }];
  return [...placedLeaves(node.left, `${path}.left`), ...placedLeaves(node.right, `${path}.right`)];
}

/** The terms of every sum of the tree, nested sums as one; a node outside of sums is one of a single term. */
function termsOfSums(node: ValuedNode, path = "root"): PlacedTerm[][] {
  const terms = summands(node, path);
  const inner = terms.flatMap(({ node: term, path: place }) =>
    isValuedLeaf(term) ? [] : [...termsOfSums(term.left, `${place}.left`), ...termsOfSums(term.right, `${place}.right`)],
  );
  return [terms, ...inner];
}

function summands(node: ValuedNode, path: string): PlacedTerm[] {
  if (node.op !== "sum") return [{ node, path }];
  return [...summands(node.left, `${path}.left`), ...summands(node.right, `${path}.right`)];
}
