import { Ace } from "../../descriptors/ace/ace.js";
import { basisOf, degreeSelection, pairFunctions } from "../../descriptors/ace/basis.js";
import { type ExplicitFunction, explicitFunctions } from "../../descriptors/ace/explicit-functions.js";
import { countInvariants } from "../../descriptors/ace/invariant-count.js";
import { listedFunction, listedPair } from "../../descriptors/ace/reduced-list.js";
import { type AceFunction, type Factor, factorSets } from "../../descriptors/ace/selection.js";
import type { SpeciesList } from "../../descriptors/descriptor.js";
import { aceDerivatives } from "./ace-derivatives.js";
import { degreeClass } from "./invariants.js";
import type { Derivatives } from "./real-pruning.js";

/** A cluster expansion whose columns are functions of a list, without the pair term. */
export interface ListedExpansion {
  readonly descriptor: Ace;
  readonly species: SpeciesList;
  /** One for each column. */
  readonly functions: readonly ExplicitFunction[];
  readonly pairs: readonly ExplicitFunction[];
  /** Columns by degree, order and place. */
  readonly order: readonly number[];
  /** Of each column: the same for those of one degree and order. */
  readonly classes: readonly number[];
  /** Derivatives by random sums over neighbors. */
  point(): Derivatives;
}

/** Functions of an expansion one by one. */
interface ListedParts extends Pick<ListedExpansion, "species" | "pairs" | "classes"> {
  readonly listed: readonly ExplicitFunction[];
  /** The same with their terms. */
  readonly functions: readonly AceFunction[];
}

/** The functions of an expansion one by one, each with the coupling that a list gives it. */
export function listedExpansion({ parameters, ownSpecies }: Ace, given: SpeciesList, seed: number): ListedExpansion {
  const { species, listed, pairs, functions: made, classes } = listedParts({ parameters, ownSpecies }, given);
  const { degree: _degree, maximumFunctions: _maximum, mostFactors: _factors, speciesWeights: _weights, pruning: _pruning, ...rest } = parameters;
  const descriptor = new Ace({ ...rest, pair: false, functions: listed, species: ownSpecies ? rest.species : undefined });
  const order = classes.map((_, column) => column).sort((a, b) => classes[a] - classes[b] || a - b);
  return { descriptor, species, functions: listed, pairs, order, classes, point: () => aceDerivatives(made, seed) };
}

/** The functions without the descriptor: what plans need to know. */
export function listedParts({ parameters, ownSpecies }: Pick<Ace, "parameters" | "ownSpecies">, given: SpeciesList): ListedParts {
  const species = ownSpecies ?? given;
  const { functions: listed, pairs } = parameters.functions ? separated(parameters.functions) : byDegree(parameters, species);
  const { functions } = explicitFunctions(listed, species);
  const degrees = functions.map(({ factors }) => degreeClass(degreeOf(factors, parameters.lWeight)));
  return { species, listed, pairs, functions, classes: classNumbers(degrees.map((degree, column) => [degree, functions[column].factors.length])) };
}

function separated(list: readonly ExplicitFunction[]): { functions: ExplicitFunction[]; pairs: ExplicitFunction[] } {
  return { functions: list.filter((own) => !("pair" in own)), pairs: list.filter((own) => "pair" in own) };
}

function byDegree(parameters: Ace["parameters"], species: SpeciesList): { functions: ExplicitFunction[]; pairs: ExplicitFunction[] } {
  const pairs = pairFunctions(parameters, species).map((own) => listedPair(own, species));
  if (parameters.maximumFunctions !== undefined) {
    const { functions } = basisOf(parameters, species);
    return { pairs, functions: functions.map(({ factors, coupling }) => listedFunction(factors, coupling, species)) };
  }
  const sets = factorSets(degreeSelection(parameters, species));
  return { pairs, functions: sets.flatMap(({ factors }) => Array.from({ length: countInvariants(factors) }, (_, coupling) => listedFunction(factors, coupling, species))) };
}

function degreeOf(factors: readonly Factor[], lWeight: number): number {
  return factors.reduce((sum, { n, l }) => sum + n + lWeight * l, 0);
}

/** Positions of pairs of numbers in their order. */
function classNumbers(pairs: readonly (readonly [number, number])[]): number[] {
  const sorted = [...new Map(pairs.map((own) => [own.join(" "), own])).values()].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const places = new Map(sorted.map((own, place) => [own.join(" "), place]));
  return pairs.map((own) => places.get(own.join(" "))!);
}
