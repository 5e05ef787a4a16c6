import { InvalidParameterError } from "../../errors.js";
import { atomicNumberOf, symbolOf } from "../../structures/periodic-table.js";
import type { SpeciesList } from "../descriptor.js";
import type { AceParameters } from "./parameters.js";

type MostFactors = AceParameters["mostFactors"];

/**
 * Atomic numbers that limits of factors name.
 * @throws {InvalidParameterError} for an unknown symbol or an element that is named twice
 */
export function limitedSpecies(mostFactors: MostFactors): number[] {
  const species = Object.keys(mostFactors ?? {}).map(atomicNumberOf);
  const twice = species.find((z, i) => species.indexOf(z) < i);
  if (twice !== undefined) throw new InvalidParameterError(`ace: mostFactors names ${symbolOf(twice)} twice: leave one of them out`);
  return species;
}

/** @throws {InvalidParameterError} for limits that name no elements, other species, or stand beside listed functions */
export function checkMostFactors({ mostFactors, functions }: AceParameters, ownSpecies: SpeciesList | undefined): void {
  if (mostFactors && functions) {
    throw new InvalidParameterError("ace: mostFactors limits the functions that a degree chooses and has no effect on those that are listed: leave mostFactors or functions out");
  }
  mostFactorsOf(mostFactors, ownSpecies ?? limitedSpecies(mostFactors));
}

/**
 * Largest number of factors of each species of a list; infinite where nothing is said.
 * @throws {InvalidParameterError} for limits of other species
 */
export function mostFactorsOf(mostFactors: MostFactors, species: SpeciesList): number[] {
  const limited = limitedSpecies(mostFactors);
  const foreign = limited.find((z) => !species.includes(z));
  if (foreign !== undefined) {
    throw new InvalidParameterError(`ace: mostFactors names ${symbolOf(foreign)}, which is not among the species ${species.map(symbolOf).join(", ")}: leave it out`);
  }
  const limits = Object.values(mostFactors ?? {});
  return species.map((z) => limits[limited.indexOf(z)] ?? Infinity);
}
