import { type NodePlaces, type ParameterLayout } from "../../models/composed/parameters.js";
import { type ComposedNode, isLeaf } from "../../models/composed/tree.js";

/** Parameters that are found, by how. */
export interface ParameterSplit {
  /** Those that the energy is jointly linear in: solved for at any values of the others; ascending. */
  readonly eliminated: Int32Array;
  /** The others that are not frozen; ascending. */
  readonly outer: Int32Array;
}

/** An operand of a product. */
export type Side = "left" | "right";

/**
 * Parameters in which the energy of a node is jointly linear, all others fixed: of the factors of a product those of one.
 * @param sideOf which factor; default: the one with more of them
 */
export function jointlyLinear(layout: ParameterLayout, node: ComposedNode, nSpecies: number, sideOf?: (product: ComposedNode) => Side | undefined): number[] {
  const places = placesOf(layout, node);
  const own = range(places.shift, places.shift < 0 ? 0 : nSpecies);
  if (isLeaf(node)) return [...own, ...range(places.coefficients, places.nCoefficients)];
  const [left, right] = [node.left, node.right].map((operand) => jointlyLinear(layout, operand, nSpecies, sideOf));
  if (node.op === "sum") return [...own, ...left, ...right];
  const side = sideOf?.(node) ?? (left.length >= right.length ? "left" : "right");
  return [...own, ...(side === "left" ? left : right)];
}

/** Splits all parameters but the frozen ones. */
export function splitParameters(layout: ParameterLayout, eliminated: readonly number[], frozen: ReadonlySet<number>): ParameterSplit {
  const linear = new Set(eliminated);
  const outer = [...layout.parameters.keys()].filter((parameter) => !linear.has(parameter) && !frozen.has(parameter));
  return { eliminated: Int32Array.from([...linear].sort((a, b) => a - b)), outer: Int32Array.from(outer) };
}

/**
 * Makes a node a constant whatever the atoms: its linear parameters are set, others stay.
 * @param values changed
 */
export function setConstant(values: Float64Array, layout: ParameterLayout, node: ComposedNode, nSpecies: number, constant: number): void {
  const { shift, coefficients, nCoefficients } = placesOf(layout, node);
  if (shift >= 0) values.fill(constant, shift, shift + nSpecies);
  if (isLeaf(node)) {
    values.fill(0, coefficients, coefficients + nCoefficients);
    return;
  }
  // what has a shift of its own needs none of its operands: one factor 0 is enough
  setConstant(values, layout, node.left, nSpecies, shift >= 0 ? 0 : constant);
  if (node.op === "sum") setConstant(values, layout, node.right, nSpecies, 0);
}

/** Where the parameters of a node stand. */
export function placesOf(layout: ParameterLayout, node: ComposedNode): NodePlaces {
  return layout.nodes.find((places) => places.node === node)!;
}

/** count numbers from `first` on. */
export function range(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => first + i);
}
