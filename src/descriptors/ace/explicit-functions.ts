import { InvalidParameterError } from "../../errors.js";
import { atomicNumberOf, symbolOf } from "../../structures/periodic-table.js";
import type { SpeciesList } from "../descriptor.js";
import type { AceParameters } from "./parameters.js";
import type { PairFunction } from "./products.js";
import { type AceFunction, type Factor, functionsOf } from "./selection.js";

/** A function as parameters list it. */
export type ExplicitFunction = NonNullable<AceParameters["functions"]>[number];

/** Chemical symbols that a list names; undefined where it names none. */
export function namedSpecies(list: readonly ExplicitFunction[] | undefined): string[] | undefined {
  const symbols = [...new Set(list?.flatMap(({ neighbors }) => neighbors ?? []))];
  return symbols.length > 0 ? symbols : undefined;
}

/**
 * The functions of a list, in its order: those of the pair term first.
 * @throws {InvalidParameterError} for a function that does not exist
 */
export function explicitFunctions(list: readonly ExplicitFunction[], species: SpeciesList): { pairs: PairFunction[]; functions: AceFunction[] } {
  const pairs: PairFunction[] = [];
  const functions: AceFunction[] = [];
  list.forEach((own, index) => {
    const what = `ace: functions[${index}]`;
    const neighbors = neighborsOf(own, species, what);
    if ("pair" in own) pairs.push({ species: neighbors[0], n: own.n[0] });
    else functions.push(manyBodyFunction(own, neighbors, what));
  });
  return { pairs, functions };
}

function neighborsOf({ neighbors, n }: ExplicitFunction, species: SpeciesList, what: string): number[] {
  if (!neighbors) {
    if (species.length === 1) return n.map(() => 0);
    throw new InvalidParameterError(`${what} names no neighbors; with the species ${species.map(symbolOf).join(", ")} it must name one for each n`);
  }
  if (neighbors.length !== n.length) throw new InvalidParameterError(`${what} has ${neighbors.length} neighbors and ${n.length} n; it must have as many`);
  return neighbors.map((symbol) => {
    const index = species.indexOf(atomicNumberOf(symbol));
    if (index < 0) throw new InvalidParameterError(`${what} names ${symbol}, which is not among the species ${species.map(symbolOf).join(", ")}`);
    return index;
  });
}

type ManyBodyFunction = Exclude<ExplicitFunction, { pair: true }>;

function manyBodyFunction(own: ManyBodyFunction, neighbors: readonly number[], what: string): AceFunction {
  const { n, l, terms, coupling = 0 } = own;
  if (l.length !== n.length) throw new InvalidParameterError(`${what} has ${n.length} n and ${l.length} l; it must have as many`);
  const factors = n.map((value, t): Factor => ({ species: neighbors[t], n: value, l: l[t] }));
  if (terms) {
    checkTerms(terms, l, what);
    return { factors, terms, coupling };
  }
  const sorted = [...factors].sort((a, b) => a.n + a.l - b.n - b.l || a.species - b.species || a.l - b.l || a.n - b.n);
  const all = functionsOf(sorted);
  if (coupling < all.length) return all[coupling];
  if (all.length > 0) throw new InvalidParameterError(`${what}.coupling is ${coupling}; these n and l have ${all.length}, counted from 0`);
  throw new InvalidParameterError(
    `${what} has l = ${l.join(", ")}, which do not couple to a function that turns with nothing: their sum must be even and none larger than the others together`,
  );
}

function checkTerms(terms: NonNullable<ManyBodyFunction["terms"]>, l: readonly number[], what: string): void {
  for (const { m } of terms) {
    if (m.length !== l.length) throw new InvalidParameterError(`${what} has a term with ${m.length} m; it must have ${l.length}, one for each l`);
    if (m.some((own, t) => Math.abs(own) > l[t])) throw new InvalidParameterError(`${what} has a term with m = ${m.join(", ")}; |m| must not exceed its l (${l.join(", ")})`);
    if (m.reduce((sum, own) => sum + own, 0) !== 0) throw new InvalidParameterError(`${what} has a term with m = ${m.join(", ")}; they must add up to 0`);
  }
}
