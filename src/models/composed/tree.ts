import type { ClusterBasis, ClusterCutoff } from "../../descriptors/cluster/basis.js";
import { InternalError } from "../../errors.js";

interface Shifted {
  /** Whether a constant for each species is added to the site energy of the node; the usual ones come from `withUsualShifts`. */
  readonly hasShift: boolean;
}

/** Σ_ν c_ν Φ_ν(i): G_N, C_N, T_N, (6). */
export interface LinearLeaf extends Shifted {
  /** c times sums over neighbors. */
  readonly op: "linear";
  /** Position in the bases of the form. */
  readonly basis: number;
}

/** Σ_νl c_νl exp(ξ_l X_ν(i)): X = Φ in E, (13); X = Ψ, the sum of f_c(r_ij) Φ_ν(j) over neighbors, in N, (15, 16). */
export interface ExponentialLeaf extends Shifted {
  /** Exponentials of Φ, or of Ψ. */
  readonly op: "exp" | "neighborExp";
  /** Position in the bases of the form. */
  readonly basis: number;
  /** L, exponents ξ of each function. */
  readonly nExponents: number;
}

/** E_left ⊕ E_right, (21), or E_left · E_right, (23–25). */
export interface Composition extends Shifted {
  /** ⊕ or ⊗. */
  readonly op: "sum" | "product";
  /** First operand. */
  readonly left: ComposedNode;
  /** Second operand. */
  readonly right: ComposedNode;
}

/** A term without operands. */
export type ComposedLeaf = LinearLeaf | ExponentialLeaf;
/** Site energies of a term. Values of parameters are kept apart, see `ParameterLayout`. */
export type ComposedNode = ComposedLeaf | Composition;

/** A composed potential without the values of its parameters. */
export interface ComposedForm {
  /** Of all bases. */
  readonly cutoff: ClusterCutoff;
  /** Leaves that name the same one share its parameters. */
  readonly bases: readonly ClusterBasis[];
  /** Its site energies add up to the energy. */
  readonly root: ComposedNode;
}

/** A node and where it stands: `root.left.right`, as parameters are named. */
export interface PlacedNode {
  readonly node: ComposedNode;
  readonly path: string;
}

/** @returns whether the node has no operands */
export function isLeaf(node: ComposedNode): node is ComposedLeaf {
  return node.op !== "sum" && node.op !== "product";
}

/** All nodes, each before its operands, the left one first. */
export function placedNodes(node: ComposedNode, path = "root"): PlacedNode[] {
  const operands = isLeaf(node) ? [] : [...placedNodes(node.left, `${path}.left`), ...placedNodes(node.right, `${path}.right`)];
  return [{ node, path }, ...operands];
}

/**
 * The rule of shifts: the whole and each factor of a product have one, a product adds its own; of the operands of a sum the left one alone keeps it, on
 * its leftmost node that is no sum. A product to the right of a sum has none; its factors do.
 */
export function withUsualShifts(node: ComposedNode, isShifted = true): ComposedNode {
  const hasShift = isShifted && node.op !== "sum";
  if (isLeaf(node)) return { ...node, hasShift };
  const isProduct = node.op === "product";
  return { ...node, hasShift, left: withUsualShifts(node.left, isProduct || isShifted), right: withUsualShifts(node.right, isProduct) };
}

/** Terms inside each other, at most: what nests deeper is no potential, and model files hold no more. */
export const DEEPEST_TREE = 64;

/** Terms inside each other; without recursion, so that it answers for any tree. */
export function depthOf(root: ComposedNode): number {
  let deepest = 0;
  const open: (readonly [node: ComposedNode, depth: number])[] = [[root, 1]];
  for (let next = open.pop(); next; next = open.pop()) {
    const [node, depth] = next;
    deepest = Math.max(deepest, depth);
    if (!isLeaf(node)) open.push([node.left, depth + 1], [node.right, depth + 1]);
  }
  return deepest;
}

/** Leaves from left to right. */
export function leavesOf(node: ComposedNode): ComposedLeaf[] {
  return isLeaf(node) ? [node] : [...leavesOf(node.left), ...leavesOf(node.right)];
}

/** Whether an atom sees the neighbors of its neighbors: the range is then twice the cutoff. */
export function seesNeighborsOfNeighbors(root: ComposedNode): boolean {
  return leavesOf(root).some(({ op }) => op === "neighborExp");
}

/** Å: how far an atom sees. */
export function rangeOf({ cutoff, root }: Pick<ComposedForm, "cutoff" | "root">): number {
  return seesNeighborsOfNeighbors(root) ? 2 * cutoff.radius : cutoff.radius;
}

/** @throws {InternalError} for a leaf with a basis that the form does not have */
export function checkForm({ bases, root }: ComposedForm): void {
  for (const { basis } of leavesOf(root)) {
    if (!bases[basis]) throw new InternalError(`a leaf names the basis ${basis} of ${bases.length}`);
  }
}
