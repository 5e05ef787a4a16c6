import { InvalidParameterError } from "../../errors.js";
import { covalentRadius } from "../../structures/covalent-radii.js";
import { atomicNumberOf, symbolOf } from "../../structures/periodic-table.js";
import type { AceParameters } from "./parameters.js";
import type { PairRadialSpec } from "./radial/pair-radial.js";
import { steepness } from "./radial/transforms.js";

/** Å: nearest neighbors of the elements in their common form, as ACEpotentials has them; others: twice the covalent radius. */
const BOND_LENGTHS: Readonly<Record<string, number>> = { H: 1.2, Li: 3, C: 1.4, N: 1.6, O: 1.7, Si: 2.4, Fe: 2.5, Ni: 2.5, Cu: 2.6, Ge: 2.5, Nb: 2.9, Mo: 2.7, Ta: 2.9 };

/** Å: distance of nearest neighbors of an element in its common form, which its r0 is where nobody gave it. */
export function usualBondLength(atomicNumber: number): number {
  return BOND_LENGTHS[symbolOf(atomicNumber)] ?? Math.round(20 * covalentRadius(atomicNumber)) / 10;
}

/** Å: r0 of a pair: its own, else the mean of the elements. */
export function bondLength(parameters: Pick<AceParameters, "bondLengths">, center: number, neighbor: number): number {
  const given = canonical(parameters.bondLengths ?? {});
  const [a, b] = [symbolOf(center), symbolOf(neighbor)];
  const ofPair = given[`${a}-${b}`] ?? given[`${b}-${a}`];
  const ofElement = (z: number): number => given[symbolOf(z)] ?? usualBondLength(z);
  return ofPair ?? 0.5 * (ofElement(center) + ofElement(neighbor));
}

/** With symbols as they are written in the periodic table. */
function canonical(bondLengths: Readonly<Record<string, number>>): Record<string, number> {
  const name = (key: string): string => key.split("-").map((symbol) => symbolOf(atomicNumberOf(symbol))).join("-");
  return Object.fromEntries(Object.entries(bondLengths).map(([key, length]) => [name(key), length]));
}

/**
 * Radial functions of a neighbor around a center; a point that is no atom sees neighbors as their own kind does.
 * @param center atomic number
 */
export function radialOf(parameters: AceParameters, center: number | undefined, neighbor: number): PairRadialSpec {
  const bond = parameters.bonds?.find((own) => atomicNumberOf(own.center) === (center ?? neighbor) && atomicNumberOf(own.neighbor) === neighbor);
  const pair = bond?.pair ?? parameters.pair;
  const own = {
    radial: bond?.radial ?? parameters.radial,
    cutoff: (bond?.cutoff ?? parameters.cutoff).radius,
    pair: pair === false ? undefined : pair,
    bondLength: bondLength(parameters, center ?? neighbor, neighbor),
  };
  for (const part of [own.radial, own.pair]) {
    if (typeof part !== "object" || !("transform" in part) || part.innerCutoff < own.bondLength) continue;
    const pairName = `${symbolOf(center ?? neighbor)}-${symbolOf(neighbor)}`;
    throw new InvalidParameterError(`ace: innerCutoff is ${part.innerCutoff} Å; it must be below the bond length of ${pairName}, ${own.bondLength} Å (bondLengths)`);
  }
  return own;
}

/** Å: up to where a pair has functions. */
export function reachOf({ cutoff, pair }: PairRadialSpec): number {
  return pair && pair !== "radial" ? Math.max(cutoff, pair.cutoff?.radius ?? cutoff) : cutoff;
}

/** @throws {InvalidParameterError} for unknown elements, cutoffs beyond 50 Å, and transforms that do not fit their cutoffs */
export function checkBonds(parameters: AceParameters): void {
  for (const key of Object.keys(parameters.bondLengths ?? {})) {
    const symbols = key.split("-");
    if (symbols.length > 2) throw new InvalidParameterError(`ace: bondLengths has "${key}"; it must be a chemical symbol or two with a dash between them, as Si-O`);
    symbols.forEach(atomicNumberOf);
  }
  for (const { center, neighbor } of parameters.bonds ?? []) [center, neighbor].forEach(atomicNumberOf);
  const all = [{ ...parameters, where: "" }, ...(parameters.bonds ?? []).map((bond) => ({ ...parameters, ...bond, where: ` of ${bond.center}-${bond.neighbor}` }))];
  for (const { radial, cutoff, pair, where } of all) {
    if (radial.type === "polynomials") checkTransform(radial, cutoff.radius, `radial${where}`);
    else checkRadial(radial, where);
    if (typeof pair === "object") checkTransform(pair, (pair.cutoff ?? cutoff).radius, `pair${where}`);
  }
}

type Transformed = Pick<Extract<AceParameters["radial"], { type: "polynomials" }>, "transform" | "innerCutoff" | "recursion">;

function checkTransform({ transform, innerCutoff, recursion }: Transformed, cutoff: number, what: string): void {
  if (innerCutoff >= cutoff) throw new InvalidParameterError(`ace: ${what}.innerCutoff is ${innerCutoff} Å; it must be below the cutoff, ${cutoff} Å`);
  if (transform.type === "agnesi" && transform.q < transform.p) {
    throw new InvalidParameterError(`ace: ${what}.transform has q = ${transform.q} and p = ${transform.p}; q must not be below p`);
  }
  if (transform.type === "agnesi" && !(steepness(transform.p, transform.q) > 0)) {
    throw new InvalidParameterError(`ace: ${what}.transform has p = ${transform.p} and q = ${transform.q}, with which y does not fall with the distance (a = 0): raise q`);
  }
  if (recursion && (recursion.a.length !== recursion.b.length || recursion.a.length !== recursion.c.length)) {
    throw new InvalidParameterError(`ace: ${what}.recursion has ${recursion.a.length}, ${recursion.b.length} and ${recursion.c.length} numbers in a, b and c; they must be as many`);
  }
}

function checkRadial(radial: Exclude<AceParameters["radial"], { type: "polynomials" }>, where: string): void {
  if (radial.innerSwitch && radial.innerSwitch.width > radial.innerSwitch.radius) {
    throw new InvalidParameterError(`ace: radial${where}.innerSwitch has a width of ${radial.innerSwitch.width} Å; it must not exceed its radius, ${radial.innerSwitch.radius} Å`);
  }
}
