import type { AceFunction } from "../../descriptors/ace/selection.js";
import { InvalidParameterError } from "../../errors.js";
import { symbolOf } from "../../structures/periodic-table.js";
import type { ExportedBond } from "./bond.js";
import type { ExportedTerm } from "./exported-term.js";
import type { YaceFunction } from "./yace-file.js";

/** A center with its bonds, as functions need them. */
export interface ExportedCenter {
  /** Atomic numbers of all elements, in the order of the file. */
  readonly species: readonly number[];
  /** Index in `species`. */
  readonly element: number;
  /** By element of the neighbor. */
  readonly bonds: readonly ExportedBond[];
  /** Whether the pair term is among the functions. */
  readonly withPairs: boolean;
}

/** Functions of a center; those whose coefficient is 0, or whose neighbors are no elements of the file, are left out. */
export function functionsOfCenter(terms: readonly ExportedTerm[], center: ExportedCenter): YaceFunction[] {
  const { species, element } = center;
  const own = terms.flatMap((term) => {
    const coefficients = term.coefficients.get(species[element]);
    return coefficients ? [{ term, coefficients }] : [];
  });
  const singles = species.map((_, neighbor) => singleFactors(own, neighbor, center));
  const many = own.flatMap(({ term, coefficients }) => {
    const { basis: { pairs, functions } } = term;
    return functions.flatMap((own, index) => (own.factors.length > 1 ? manyBodyFunction(term, own, coefficients[pairs.length + index], center) : []));
  });
  return [...singles.flat(), ...many];
}

type Coefficients = readonly { readonly term: ExportedTerm; readonly coefficients: Float64Array }[];

/** Y_00 of orthonormal harmonics: those of the file have Y_00 = 1. */
const HARMONIC = 1 / Math.sqrt(4 * Math.PI);

/** The pair term and functions of one neighbor, as one sum of g_k. */
function singleFactors(all: Coefficients, neighbor: number, { species, element, bonds, withPairs }: ExportedCenter): YaceFunction[] {
  const bond = bonds[neighbor];
  const sums: number[] = [];
  const add = (factor: number, radial: readonly number[]): void => radial.forEach((own, k) => (sums[k] = (sums[k] ?? 0) + factor * own));
  for (const { term, coefficients } of all) {
    const { basis: { pairs, functions } } = term;
    const index = term.species.indexOf(species[neighbor]);
    pairs.forEach(({ species: of, n }, column) => {
      if (withPairs && of === index) add(coefficients[column], bond.pair(term, n));
    });
    functions.forEach((own, f) => {
      const [{ species: of, n, l }, second] = own.factors;
      if (second || of !== index) return;
      if (l !== 0) throw new InvalidParameterError(`ace has a function of one neighbor ${symbolOf(species[neighbor])} with l = ${l}, which turns with the structure: a .yace file has none such`);
      const weight = own.terms.reduce((sum, { coefficient }) => sum + coefficient, 0);
      add(coefficients[pairs.length + f] * weight * HARMONIC, bond.manyBody(term, n, l));
    });
  }
  return sums.flatMap((sum, k) => (sum === 0 ? [] : [{ mu0: element, rank: 1, ndensity: 1, num_ms_combs: 1, mus: [neighbor], ns: [k + 1], ls: [0], ms_combs: [0], ctildes: [sum] }]));
}

function manyBodyFunction({ species: own, offset }: ExportedTerm, { factors, terms }: AceFunction, coefficient: number, { species, element }: ExportedCenter): YaceFunction[] {
  const mus = factors.map((factor) => species.indexOf(own[factor.species]));
  if (coefficient === 0 || mus.includes(-1)) return [];
  const rank = factors.length;
  return [
    {
      mu0: element,
      rank,
      ndensity: 1,
      num_ms_combs: terms.length,
      mus,
      ns: factors.map(({ n }) => offset + n),
      ls: factors.map(({ l }) => l),
      ms_combs: terms.flatMap(({ m }) => [...m]),
      ctildes: terms.map((term) => coefficient * term.coefficient * HARMONIC ** rank),
    },
  ];
}
