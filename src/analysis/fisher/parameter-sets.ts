import type { Parametric } from "../../models/parametric.js";
import { type ComposedNode, isLeaf } from "../../models/composed/tree.js";
import type { ParameterSet } from "./eigen-system.js";

/** A set of parameters by name. */
export interface NamedSet {
  readonly name: string;
  /** Numbers of its parameters that something in the data depends on. */
  readonly parameters: readonly number[];
  /** Of those that nothing depends on. */
  readonly unused: readonly number[];
  readonly gauge: readonly Float64Array[];
}

/**
 * The sets that are analyzed: linear parameters, all, and of a composition the linear ones of each operand; of a sum also those of each operand as a potential
 * of its own, whose columns are in the whole. Those of a product alone are other ones: see `operandsAlone`.
 * @param diagonal Σ w j² of every parameter
 */
export function parameterSets(parametric: Parametric, diagonal: Float64Array): NamedSet[] {
  const { parameters, composed } = parametric;
  const isUsed = Array.from(diagonal, (value) => value !== 0);
  const gauge = parametric.gaugeModes?.() ?? [];
  const make = (name: string, belongs: (p: number) => boolean): NamedSet => {
    const own = parameters.map((_, p) => p).filter(belongs);
    const used = own.filter((p) => isUsed[p]);
    return { name, parameters: used, unused: own.filter((p) => !isUsed[p]), gauge: gaugeWithin(gauge, own, used) };
  };
  const isLinear = (p: number): boolean => parameters[p].isLinear;
  const sets = [make("linear", isLinear)];
  if (!parameters.every((parameter) => parameter.isLinear)) sets.push(make("all", () => true));
  const root = composed?.form.root;
  if (root === undefined || isLeaf(root)) return sets;
  const isOf = (side: Side, p: number): boolean => isLinear(p) && parameters[p].name.startsWith(`root.${side}.`);
  for (const side of SIDES) sets.push(make(side, (p) => isOf(side, p)));
  const shared = sharedShift(root);
  if (shared === undefined) return sets;
  for (const side of SIDES) {
    const takesShared = !movesEnergy(root[side]);
    sets.push(make(`${side} alone`, (p) => isOf(side, p) || (takesShared && parameters[p].name.startsWith(`${shared}.shift[`))));
  }
  return sets;
}

/** An operand. */
export type Side = "left" | "right";
export const SIDES: readonly Side[] = ["left", "right"];

/**
 * Path of a node of a sum whose shift moves the whole energy, so that columns of an operand alone, with a shift of its own, are columns of the whole; undefined
 * where the root is no sum, or has no such shift.
 */
export function sharedShift(root: ComposedNode): string | undefined {
  return root.op === "sum" ? pathOfShift(root, "root") : undefined;
}

/** Whether a shift of a term moves its energy as such. */
export function movesEnergy(node: ComposedNode): boolean {
  return pathOfShift(node, "root") !== undefined;
}

/** Of the first node with but sums above it that has a shift. */
function pathOfShift(node: ComposedNode, path: string): string | undefined {
  if (node.hasShift) return path;
  return node.op === "sum" ? (pathOfShift(node.left, `${path}.left`) ?? pathOfShift(node.right, `${path}.right`)) : undefined;
}

/** Gauge directions that lie in the parameters of a set, in those that are used. */
function gaugeWithin(gauge: readonly Float64Array[], own: readonly number[], used: readonly number[]): Float64Array[] {
  const inside = new Set(own);
  const restricted = gauge.filter((direction) => direction.every((value, p) => value === 0 || inside.has(p))).map((direction) => Float64Array.from(used, (p) => direction[p]));
  return restricted.filter((direction) => direction.some((value) => value !== 0));
}

/** As the eigensystem takes it. */
export function setOf({ parameters, gauge }: NamedSet): ParameterSet {
  return { parameters, gauge };
}
