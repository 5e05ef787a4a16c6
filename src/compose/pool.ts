import type { ClusterCutoff, SpeciesMode } from "../descriptors/cluster/basis.js";
import { InvalidParameterError } from "../errors.js";
import { parseNotation } from "../models/composed/notation.js";
import { type ComposedForm, isLeaf } from "../models/composed/tree.js";

/**
 * Terms that a search starts from, one leaf each.
 * @throws {InvalidParameterError} with the place in a text that is not in the notation, and for one that is composed already
 */
export function poolForms(pool: readonly string[], { cutoff, species }: { readonly cutoff: ClusterCutoff; readonly species: SpeciesMode }): ComposedForm[] {
  return pool.map((text) => {
    const term = parseNotation(text, species);
    if (isLeaf(term.root)) return { cutoff, ...term };
    throw new InvalidParameterError(`the pool has "${text}", which is composed already; its terms are single ones such as G4, C8, E[G4L2], N[E[G4L2]]`);
  });
}
