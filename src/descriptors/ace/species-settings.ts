import { InvalidParameterError } from "../../errors.js";
import { atomicNumberOf, symbolOf } from "../../structures/periodic-table.js";
import type { SpeciesList } from "../descriptor.js";
import type { AceParameters } from "./parameters.js";

/** What a choice by degree may be told of each species, and what holds for the others. */
const DEFAULTS = { mostFactors: Infinity, speciesWeights: 0 } as const;
type Setting = keyof typeof DEFAULTS;
const SETTINGS = Object.keys(DEFAULTS) as Setting[];

type SpeciesSettings = Pick<AceParameters, Setting>;

/**
 * Atomic numbers that the settings of a choice by degree name.
 * @throws {InvalidParameterError} for an unknown symbol or an element that is named twice
 */
export function namedInSettings(parameters: SpeciesSettings): number[] {
  return [...new Set(SETTINGS.flatMap((key) => named(key, parameters)))];
}

function named(key: Setting, parameters: SpeciesSettings): number[] {
  const species = Object.keys(parameters[key] ?? {}).map(atomicNumberOf);
  const twice = species.find((z, i) => species.indexOf(z) < i);
  if (twice !== undefined) throw new InvalidParameterError(`ace: ${key} names ${symbolOf(twice)} twice: leave one of them out`);
  return species;
}

/** @throws {InvalidParameterError} for settings that name no elements, other species, or stand beside listed functions */
export function checkSpeciesSettings(parameters: AceParameters, ownSpecies: SpeciesList | undefined): void {
  for (const key of SETTINGS) {
    if (parameters[key] && parameters.functions) {
      throw new InvalidParameterError(`ace: ${key} belongs to the functions that a degree chooses and has no effect on those that are listed: leave ${key} or functions out`);
    }
    bySpecies(key, parameters, ownSpecies ?? named(key, parameters));
  }
}

/**
 * A setting for each species of a list.
 * @throws {InvalidParameterError} for other species
 */
export function bySpecies(key: Setting, parameters: SpeciesSettings, species: SpeciesList): number[] {
  const given = named(key, parameters);
  const foreign = given.find((z) => !species.includes(z));
  if (foreign !== undefined) {
    throw new InvalidParameterError(`ace: ${key} names ${symbolOf(foreign)}, which is not among the species ${species.map(symbolOf).join(", ")}: leave it out`);
  }
  const values = Object.values(parameters[key] ?? {});
  return species.map((z) => values[given.indexOf(z)] ?? DEFAULTS[key]);
}
