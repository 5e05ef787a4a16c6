import type { Parametric } from "../../models/parametric.js";
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
 * The sets that are analyzed: linear parameters, all, and of a composition the linear ones of each operand.
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
  const op = composed?.form.root.op;
  if (op === "sum" || op === "product") {
    for (const side of ["left", "right"]) sets.push(make(side, (p) => isLinear(p) && parameters[p].name.startsWith(`root.${side}.`)));
  }
  return sets;
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
