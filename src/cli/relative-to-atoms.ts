import type { Assessment } from "../analysis/assessment.js";
import type { Model } from "../models/model-type.js";
import type { StructureRecord } from "../report/report-data.js";
import type { Dataset } from "../structures/dataset.js";

/** What was predicted, with the energies that the pictures of a report are relative to where the model has them. */
export function relativeToAtoms(model: Model, dataset: Dataset, { comparisons }: Assessment): StructureRecord[] {
  return comparisons.map((comparison, index) => ({
    ...comparison,
    isolatedAtomEnergy: isolatedAtomEnergy(model, dataset.structure(index).atomicNumbers),
  }));
}

/** Energy of the atoms of a structure when each is alone, eV; undefined for a potential that has none. */
function isolatedAtomEnergy(model: Model, atomicNumbers: Uint8Array): number | undefined {
  const { species, isolatedAtomEnergies } = model;
  return isolatedAtomEnergies && atomicNumbers.reduce((sum, atomicNumber) => sum + isolatedAtomEnergies[species.indexOf(atomicNumber)], 0);
}
