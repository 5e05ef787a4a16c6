import { descriptorCost } from "../../descriptors/registry.js";
import type { Dataset } from "../../structures/dataset.js";
import { centersIn, termShape } from "../design/estimate.js";
import { columnCount } from "../../models/linear/term.js";
import type { ResolvedLinearFit } from "./schema.js";

/**
 * Floating-point operations of energy and forces for each atom: those of the descriptors with contracted derivatives, as they are counted,
 * two for every coefficient and four for every product of columns. A baseline, which is the same for all candidates, is left out.
 * @returns undefined where those of a descriptor are not counted
 */
export function countOperations({ model }: ResolvedLinearFit, dataset: Dataset): number | undefined {
  const nSpecies = dataset.species().length;
  let total = 0;
  for (const term of model.terms) {
    const shape = termShape(term, dataset);
    const { descriptor, nFeatures, nCenters } = shape;
    let nPairs = 0;
    for (let i = 0; i < dataset.nStructures; i++) nPairs += centersIn(shape, dataset, i).nPairs;
    const counted = descriptorCost(descriptor.name)?.arithmetic?.(descriptor.parameters, { nSpecies, nCenters, nPairs });
    if (!counted) return undefined;
    const width = columnCount(nFeatures, term.quadratic);
    total += counted.backward + nCenters * (2 * width + 4 * (width - nFeatures));
  }
  return total / dataset.nAtoms;
}
