import { symbolOf } from "../../structures/periodic-table.js";
import type { SpeciesList } from "../descriptor.js";
import { type ExplicitFunction, explicitFunctions } from "./explicit-functions.js";
import type { PairFunction } from "./products.js";
import type { AceFunction, Factor } from "./selection.js";

/** How parameters list a function, by its coupling. */
export function listedFunction(factors: readonly Factor[], coupling: number, species: SpeciesList): ExplicitFunction {
  return { ...neighborsOf(factors, species), n: factors.map(({ n }) => n), l: factors.map(({ l }) => l), ...(coupling > 0 && { coupling }) };
}

export function listedPair(pair: PairFunction, species: SpeciesList): ExplicitFunction {
  return { pair: true, ...neighborsOf([pair], species), n: [pair.n] };
}

/** All couplings of some factors, as a list has them: in a choice by degree they may be others that span the same. */
export function listedCouplings(factors: readonly Factor[], count: number, species: SpeciesList): AceFunction[] {
  const list = Array.from({ length: count }, (_, coupling) => listedFunction(factors, coupling, species));
  return explicitFunctions(list, species).functions;
}

function neighborsOf(factors: readonly { readonly species: number }[], species: SpeciesList): { neighbors?: string[] } {
  return species.length === 1 ? {} : { neighbors: factors.map((own) => symbolOf(species[own.species])) };
}
