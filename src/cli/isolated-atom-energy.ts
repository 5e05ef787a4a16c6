import type { Model } from "../models/model-type.js";

/** Energy of the atoms of a structure when each is alone, eV; undefined for a potential that has none. */
export function isolatedAtomEnergy(model: Model, atomicNumbers: Uint8Array): number | undefined {
  const { species, isolatedAtomEnergies } = model;
  return isolatedAtomEnergies && atomicNumbers.reduce((sum, atomicNumber) => sum + isolatedAtomEnergies[species.indexOf(atomicNumber)], 0);
}
