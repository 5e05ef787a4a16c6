import { type ComposedForm, type ComposedNode, isLeaf } from "../../models/composed/tree.js";
import type { ClusterBasis } from "../../descriptors/cluster/basis.js";

/**
 * Names a form whatever the order of its operands, so that none is tried twice: of all orders of the operands of its sums and products the text that comes first.
 * Bases are named by their first use in the text; sums are flat, products are not (each has its own shift).
 */
export function canonicalKey({ bases, root }: Pick<ComposedForm, "bases" | "root">): string {
  const keys = arrangements(root).map((tokens) => written(tokens, bases));
  return keys.reduce((least, key) => (key < least ? key : least));
}

/** Text, or a use of a basis by its position in the form. */
type Token = string | number;

/** Every order of the operands. */
function arrangements(node: ComposedNode): Token[][] {
  if (isLeaf(node)) return [leafTokens(node.op, node.basis, node.op === "linear" ? 0 : node.nExponents)];
  const operands = node.op === "sum" ? summands(node) : [node.left, node.right];
  const sign = node.op === "sum" ? "+" : "x";
  return permutations(operands).flatMap((order) =>
    combinations(order.map(arrangements)).map((parts) => ["(", ...parts.flatMap((part, i) => (i > 0 ? [sign, ...part] : part)), ")"]),
  );
}

function leafTokens(op: "linear" | "exp" | "neighborExp", basis: number, nExponents: number): Token[] {
  if (op === "linear") return [basis];
  return [op === "exp" ? "E" : "N", basis, `L${nExponents}`];
}

function summands(node: ComposedNode): ComposedNode[] {
  return node.op === "sum" ? [...summands(node.left), ...summands(node.right)] : [node];
}

function written(tokens: readonly Token[], bases: readonly ClusterBasis[]): string {
  const uses = [...new Set(tokens.filter((token) => typeof token === "number"))];
  return tokens.map((token) => (typeof token === "string" ? token : `${basisText(bases[token])}#${uses.indexOf(token)}`)).join("");
}

function basisText({ body, radial, size, degrees = [] }: ClusterBasis): string {
  return `${body}${radial[0]}${size}[${degrees.join(",")}]`;
}

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, i) => permutations([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]));
}

/** One of each list, in all ways. */
function combinations<Item>(lists: readonly (readonly Item[])[]): Item[][] {
  return lists.reduce<Item[][]>((found, list) => found.flatMap((head) => list.map((item) => [...head, item])), [[]]);
}
