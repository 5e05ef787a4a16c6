import { hasSpeciesWeights, speciesPairs } from "../../descriptors/cluster/basis.js";
import { tripletKey } from "../../descriptors/cluster/parameters.js";
import { symbolOf } from "../../structures/periodic-table.js";
import type { Dataset } from "../../structures/dataset.js";
import { energyZeroWarnings, type IsolatedAtomEnergies } from "../isolated-atoms.js";
import type { ComposedData } from "./open-data.js";
import { spaceOptions } from "./open-data.js";
import type { ResolvedComposedFit } from "./schema.js";
import type { Trained, TrainedForm } from "./training.js";

/** What may ruin the model, as far as its data and values tell. */
export function trainingWarnings(
  { model, fit }: ResolvedComposedFit,
  { form, layout }: TrainedForm,
  dataset: Dataset,
  { pairsOfSpecies, tripletsOfSpecies, species }: Pick<ComposedData, "pairsOfSpecies" | "tripletsOfSpecies" | "species">,
  { values }: Trained,
  isolated: IsolatedAtomEnergies | undefined,
): string[] {
  const { bounds } = spaceOptions(fit, form.cutoff.radius);
  const missing = model.species === "alike" ? [] : speciesPairs(species.length).filter((_, pair) => pairsOfSpecies[pair] === 0);
  const pairs = speciesPairs(species.length);
  const hasWeights = form.bases.some((basis) => basis.body === 3 && hasSpeciesWeights(basis, species.length));
  const absent = hasWeights ? tripletsOfSpecies.flatMap((count, key) => (count > 0 ? [] : [tripletKey(species[Math.floor(key / pairs.length)], ...pairOf(key % pairs.length))])) : [];
  function pairOf(pair: number): [number, number] {
    return [species[pairs[pair][0]], species[pairs[pair][1]]];
  }
  const stuck = layout.parameters.filter(({ kind }, parameter) => {
    const range = kind === "alpha" ? bounds.alpha : kind === "beta" ? bounds.beta : undefined;
    return range?.includes(values[parameter]);
  });
  return [
    ...missing.map(([a, b]) => `no ${symbolOf(species[a])} and ${symbolOf(species[b])} atoms of the data are within ${form.cutoff.radius} Å: the data says nothing of this pair, and forces between such atoms mean nothing`),
    ...(absent.length > 0 ? [`no atoms of the data are neighbors like ${absent.join(", ")} (the center in the middle): three-body factors of these stay at 1`] : []),
    ...(stuck.length > 0 ? [`${stuck.map(({ name }) => name).join(", ")} ended at a bound: widen fit.bounds, or choose fewer functions`] : []),
    ...(isolated && model.isolatedAtomEnergies !== undefined && model.isolatedAtomEnergies !== "none" ? energyZeroWarnings(model.isolatedAtomEnergies, dataset, fit.sigma, isolated) : []),
  ];
}
