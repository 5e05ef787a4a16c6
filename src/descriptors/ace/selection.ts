import { InvalidParameterError } from "../../errors.js";
import { type CouplingTerm, couplings } from "./couplings.js";

/** One factor A_{μ n l m} of a function, all m together. */
export interface Factor {
  /** Index of the neighbor's species. */
  readonly species: number;
  /** Of the radial function, from 1. */
  readonly n: number;
  /** Of the spherical harmonic. */
  readonly l: number;
}

/** A function of the basis: Σ_terms coefficient · Re Π_t A_{μ_t n_t l_t m_t}. */
export interface AceFunction {
  readonly factors: readonly Factor[];
  readonly terms: readonly CouplingTerm[];
  /** Of the couplings of these factors, from 0. */
  readonly coupling: number;
}

/** What a choice by degree needs. */
export interface DegreeSelection {
  /** Of neighbors. */
  readonly nSpecies: number;
  /** Largest degree of each correlation order, from order 1 on. */
  readonly degrees: readonly number[];
  /** How much l counts in the degree. */
  readonly lWeight: number;
  /** The functions of lowest degree, relative to the largest of their order, are kept. */
  readonly maximumFunctions?: number | undefined;
  /** Largest number of factors of each species in a function; default: the order. */
  readonly mostFactors?: readonly number[] | undefined;
  /** What a factor of each species adds to the degree; default: 0. */
  readonly speciesWeights?: readonly number[] | undefined;
}

/** More functions than this are refused: the solution of a fit with so many takes hours. */
export const MOST_FUNCTIONS = 50_000;

/** Slack of sums of degrees. */
const SLACK = 1e-9;

/**
 * All functions up to a total degree: for each order in the order of their degree, then of their factors.
 * @throws {InvalidParameterError} none, or far too many
 */
export function functionsByDegree(selection: DegreeSelection): AceFunction[] {
  const { degrees, maximumFunctions, mostFactors } = selection;
  const functions = factorSets(selection).flatMap(({ factors }) => functionsOf(factors));
  if (functions.length === 0) throw noFunctions(degrees, mostFactors);
  if (maximumFunctions === undefined || functions.length <= maximumFunctions) return functions;
  const share = ({ factors }: AceFunction): number => factors.reduce((sum, factor) => sum + degreeOf(factor, selection), 0) / degrees[factors.length - 1];
  const kept = new Set([...functions].sort((a, b) => share(a) - share(b)).slice(0, maximumFunctions));
  return functions.filter((own) => kept.has(own));
}

/** What a factor adds to the degree of a function. */
function degreeOf({ species, n, l }: Factor, { lWeight, speciesWeights }: DegreeSelection): number {
  return n + lWeight * l + (speciesWeights?.[species] ?? 0);
}

/** Every independent coupling of some factors; equal ones must stand side by side. */
export function functionsOf(factors: readonly Factor[]): AceFunction[] {
  return rememberedCouplings(factors).map((terms, coupling) => ({ factors, terms, coupling }));
}

function noFunctions(degrees: readonly number[], mostFactors: readonly number[] = []): InvalidParameterError {
  const what = `ace: degree ${degrees.join(", ")} leaves no functions`;
  if (mostFactors.some(Number.isFinite)) return new InvalidParameterError(`${what} with mostFactors ${mostFactors.join(", ")}: allow more factors of a species, or a higher degree`);
  return new InvalidParameterError(`${what}; order 1 needs 1 or more, order 2 needs 2 or more`);
}

/** Factors whose sums over neighbors couple to functions that no rotation changes, and their degree. */
export interface FactorSet {
  /** Equal ones side by side. */
  readonly factors: readonly Factor[];
  /** Σ (n + lWeight · l + what species weigh). */
  readonly degree: number;
}

/**
 * The factors of all functions up to a total degree: for each order in the order of their degree, equal factors side by side. Some have several
 * couplings, and some none.
 * @throws {InvalidParameterError} far too many
 */
export function factorSets(selection: DegreeSelection): FactorSet[] {
  return selection.degrees.flatMap((degree, i) => factorSetsOfOrder(i + 1, degree, selection));
}

function factorSetsOfOrder(order: number, degree: number, selection: DegreeSelection): FactorSet[] {
  const { nSpecies, degrees, mostFactors } = selection;
  const free = mostFactors?.slice() ?? Array.from({ length: nSpecies }, () => order);
  if (free.reduce((sum, own) => sum + own, 0) < order) return [];
  const singles = singleFactors(degree - (order - 1), selection);
  const found: FactorSet[] = [];
  const compare = compareFactors(selection.lWeight);
  const extend = (factors: readonly Factor[], first: number, used: number): void => {
    const left = order - factors.length;
    if (left === 0) {
      if (couplesToZero(factors)) found.push({ factors: [...factors].sort(compare), degree: used });
      if (found.length > MOST_FUNCTIONS) throw tooMany(order, degrees);
      return;
    }
    for (let i = first; i < singles.length; i++) {
      const { factor, degree: own } = singles[i];
      const next = used + own;
      // singles ascend in degree, so those that follow are no less
      if (next + (left - 1) * own > degree + SLACK) break;
      if (free[factor.species] === 0) continue;
      free[factor.species]--;
      extend([...factors, factor], i, next);
      free[factor.species]++;
    }
  };
  extend([], 0, 0);
  return found.sort((a, b) => a.degree - b.degree);
}

function tooMany(order: number, degrees: readonly number[]): InvalidParameterError {
  return new InvalidParameterError(
    `ace: degree ${degrees[order - 1]} at order ${order} gives more than ${MOST_FUNCTIONS} functions: lower the degree or the order, or raise lWeight`,
  );
}

function singleFactors(largest: number, selection: DegreeSelection): { factor: Factor; degree: number }[] {
  const singles: { factor: Factor; degree: number }[] = [];
  for (let species = 0; species < selection.nSpecies; species++) {
    const at = (n: number, l: number): { factor: Factor; degree: number } => ({ factor: { species, n, l }, degree: degreeOf({ species, n, l }, selection) });
    for (let l = 0; at(1, l).degree <= largest + SLACK; l++) {
      for (let n = 1; at(n, l).degree <= largest + SLACK; n++) singles.push(at(n, l));
    }
  }
  return singles.sort((a, b) => a.degree - b.degree || compareFactors(selection.lWeight)(a.factor, b.factor));
}

/** The order of the factors in a function, whatever species weigh. */
function compareFactors(lWeight: number): (a: Factor, b: Factor) => number {
  return (a, b) => a.n + lWeight * a.l - (b.n + lWeight * b.l) || a.species - b.species || a.l - b.l || a.n - b.n;
}

function couplesToZero(factors: readonly Factor[]): boolean {
  const sum = factors.reduce((total, { l }) => total + l, 0);
  return sum % 2 === 0 && factors.every(({ l }) => 2 * l <= sum);
}

const knownCouplings = new Map<string, CouplingTerm[][]>();

/** Couplings depend on the l and on which factors are equal only. */
function rememberedCouplings(factors: readonly Factor[]): CouplingTerm[][] {
  const kinds: number[] = [];
  factors.forEach((own, t) => kinds.push(t > 0 && isSame(own, factors[t - 1]) ? kinds[t - 1] : t));
  const key = `${factors.map(({ l }) => l).join(" ")} | ${kinds.join(" ")}`;
  let known = knownCouplings.get(key);
  if (!known) knownCouplings.set(key, (known = couplings(factors.map(({ l }) => l), kinds)));
  return known;
}

export function isSame(a: Factor, b: Factor): boolean {
  return a.species === b.species && a.n === b.n && a.l === b.l;
}
