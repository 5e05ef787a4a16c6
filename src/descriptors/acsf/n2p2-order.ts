import { InvalidParameterError } from "../../errors.js";
import { atomicNumberOf, symbolOf } from "../../structures/periodic-table.js";
import type { FunctionKind, SymmetryFunction } from "./symmetry-function.js";
import type { CenterFunction } from "./parameters.js";

/** Numbers of n2p2's types. */
export const kindOfType = { 2: "g2", 3: "g4", 9: "g5", 12: "weightedRadial", 13: "weightedAngular" } as const;
/** G1 is a radial function with η = 0. */
const typeOfKind = new Map<FunctionKind, number>([["g1", 2], ...Object.entries(kindOfType).map(([type, kind]) => [kind, Number(type)] as const)]);

/** A function of one element of the center, with numbers for symbols. */
export interface NumberedFunction extends Omit<SymmetryFunction, "centers"> {
  readonly center: number;
}

/** @throws {InvalidParameterError} for elements that do not exist */
export function numbersOfFunction(given: CenterFunction): NumberedFunction {
  const { center, type, neighbors = [], eta, shift, radius, zeta = 0, lambda = 0 } = given;
  const wanted = type === 2 ? 1 : type === 3 || type === 9 ? 2 : 0;
  if (neighbors.length !== wanted) {
    throw new InvalidParameterError(
      `acsf: a function of type ${type} for ${center} has ${neighbors.length} elements of neighbors; type 2 has one, 3 and 9 have two, 12 and 13 none`,
    );
  }
  const numbers = neighbors.map(atomicNumberOf).sort((a, b) => a - b);
  return { center: atomicNumberOf(center), kind: kindOfType[type], neighbors: numbers, eta, shift, kappa: 0, zeta, lambda, radius };
}

/**
 * The opposite.
 * @throws {InvalidParameterError} for a function that n2p2 does not have
 */
export function namesOfFunction({ center, kind, neighbors, eta, shift, zeta, lambda, radius }: NumberedFunction): CenterFunction {
  if (kind === "g3") throw new InvalidParameterError("acsf: n2p2 has no functions with a cosine of the distance; leave g3 out");
  const isAngular = zeta > 0;
  return {
    center: symbolOf(center),
    type: typeOfKind.get(kind) as CenterFunction["type"],
    ...(neighbors.length > 0 && { neighbors: neighbors.map(symbolOf) }),
    eta,
    shift,
    ...(isAngular && { zeta, lambda }),
    radius,
  };
}

/**
 * n2p2's order of the functions of an element: ascending by type, cutoff radius, η, shift, ζ, λ and elements of the neighbors; the order of a
 * file does not count.
 */
export function compareFunctions(a: Omit<SymmetryFunction, "centers">, b: Omit<SymmetryFunction, "centers">): number {
  const key = ({ kind, radius, eta, shift, zeta, lambda, neighbors }: Omit<SymmetryFunction, "centers">): number[] => {
    return [typeOfKind.get(kind)!, radius, eta, shift, zeta, lambda, ...neighbors];
  };
  const [left, right] = [key(a), key(b)];
  const differing = left.findIndex((value, i) => value !== right[i]);
  return differing < 0 ? 0 : left[differing] - right[differing];
}
