import { speciesIndices } from "../../../descriptors/species.js";
import { buildEnvironments, centersOf, type DescribedEnvironments, type EnvironmentRange, namingStructure } from "../../../environments/environments.js";
import type { Geometry } from "../../../environments/geometry.js";
import type { EnvironmentBatch } from "../../../neighbors/environment-batch.js";
import { defineTask } from "../../../parallel/task.js";
import type { Wasm } from "../../../wasm/wasm.js";
import { type SpeciesSet, speciesSet } from "./column-classes.js";

/**
 * Which species the neighbors of a structure's atoms are, [term][species of the center, by position among those of the data]: every set that
 * the neighbors of some center make, once. None where there is no center. Behind the terms stands an empty set for every species that is there,
 * for constants.
 */
export type Neighborhoods = readonly (readonly (readonly SpeciesSet[])[])[];

/** Environments of a term, as far as species are asked. */
export interface TermRange extends EnvironmentRange {
  /** Species indices of the centers among those of the data; null for all atoms. */
  readonly centers: readonly number[] | null;
}

interface NeighborhoodsInput {
  /** Atomic numbers of the data, ascending. */
  readonly species: readonly number[];
  readonly terms: readonly TermRange[];
  readonly structures: readonly { readonly geometry: Geometry; readonly described?: readonly (DescribedEnvironments | null)[] }[];
}

/** Neighborhoods of some structures, from the lists that are there already, or a search: a hundredth of what a descriptor takes. */
export const findNeighborhoods = defineTask("fit/linear/neighborhoods", ({ wasm, scratch }, { species, terms, structures }: NeighborhoodsInput): Neighborhoods[] =>
  structures.map(({ geometry, described }) =>
    namingStructure(geometry.label, () => {
      const indices = speciesIndices(geometry, species);
      const ofTerms = terms.map((term, t) => {
        const atoms = centersOf(indices, { first: 0, last: indices.length }, term.centers);
        if (atoms.length === 0) return species.map(() => []);
        const mark = scratch.mark();
        const { batch } = described?.[t] ?? buildEnvironments(wasm, scratch, geometry, term, atoms);
        const found = setsOf(wasm, batch, atoms.map((atom) => indices[atom]), term.species, species.length);
        scratch.reset(mark);
        return found;
      });
      return [...ofTerms, species.map((_, s) => (indices.includes(s) ? [0n] : []))];
    }),
  ),
);

/**
 * Sets of neighbors by species of the center.
 * @param centers of every center, its species among those of the data
 * @param listed what species indices of neighbors refer to
 */
function setsOf(wasm: Wasm, batch: EnvironmentBatch, centers: Int32Array, listed: readonly number[], nSpecies: number): SpeciesSet[][] {
  const offsets = wasm.i32(batch.offsets, batch.nCenters + 1);
  const neighbors = wasm.i32(batch.neighborSpecies, batch.nPairs);
  const isThere = new Uint8Array(listed.length);
  const sets = Array.from({ length: nSpecies }, () => new Set<SpeciesSet>());
  for (let center = 0; center < batch.nCenters; center++) {
    isThere.fill(0);
    for (let pair = offsets[center]; pair < offsets[center + 1]; pair++) isThere[neighbors[pair]] = 1;
    sets[centers[center]].add(speciesSet(listed.filter((_, index) => isThere[index] === 1)));
  }
  return sets.map((some) => [...some]);
}

/** What is possible with the atoms of a structure, wherever they are: for plans. */
export function possibleNeighborhoods(
  { atomicNumbers, pbc }: Pick<Geometry, "atomicNumbers" | "pbc">,
  species: readonly number[],
  terms: readonly Pick<TermRange, "centers">[],
): Neighborhoods {
  const counts = species.map((own) => atomicNumbers.reduce((sum, atomicNumber) => sum + (atomicNumber === own ? 1 : 0), 0));
  const isPeriodic = pbc.some((periodic) => periodic);
  const around = counts.map((count, s) => {
    // an atom is a neighbor of itself only as an image
    return count === 0 ? [] : [speciesSet(species.filter((_, other) => counts[other] > (other === s && !isPeriodic ? 1 : 0)))];
  });
  const ofTerms = terms.map(({ centers }) => around.map((sets, s) => (centers === null || centers.includes(s) ? sets : [])));
  return [...ofTerms, counts.map((count) => (count > 0 ? [0n] : []))];
}
