import type { Preset } from "../descriptors/cost.js";
import { descriptorNames, descriptorPresets } from "../descriptors/registry.js";
import { InvalidParameterError } from "../errors.js";
import type { StructurePart } from "../environments/describe-task.js";
import { suggestionFor } from "../suggestion.js";
import type { Dataset } from "../structures/dataset.js";
import { Arena, ArenaOverflow, type MemoryPool } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";
import { buildNeighborList } from "../neighbors/neighbor-list.js";

/** A descriptor of a comparison. */
export type NamedParameters = Pick<Preset, "name" | "parameters">;

/** Neighbors that a cutoff is chosen for: what potentials for condensed matter are fitted with. */
const USUAL_NEIGHBORS = 35;
const USUAL_RADIUS = 5;
const RADII = [4, 6.5] as const;

/** Å, in steps of 0.5: 5 for molecules; where the density is of a solid or liquid, the radius of about 35 neighbors. */
export function usualCutoff(wasm: Wasm, pool: MemoryPool, parts: readonly StructurePart[]): number {
  const periodic = parts.filter(({ geometry: { pbc } }) => pbc.includes(true)).slice(0, 8);
  let [pairs, centers] = [0, 0];
  for (const { geometry, centers: some } of periodic) {
    const { positions, atomicNumbers, cell, pbc } = geometry;
    const atoms = { positions, nAtoms: atomicNumbers.length, cell, pbc, cutoff: USUAL_RADIUS, centers: some ?? undefined };
    const list = countNeighbors(wasm, pool, atoms);
    pairs += list.nPairs;
    centers += list.nCenters;
  }
  if (pairs === 0 || centers === 0) return USUAL_RADIUS;
  const radius = USUAL_RADIUS * Math.cbrt((USUAL_NEIGHBORS * centers) / pairs);
  return Math.min(RADII[1], Math.max(RADII[0], Math.round(2 * radius) / 2));
}

/** With more and more memory until the list has room: a large structure with few centers needs little for each atom. */
function countNeighbors(wasm: Wasm, pool: MemoryPool, atoms: Parameters<typeof buildNeighborList>[2]): { readonly nPairs: number; readonly nCenters: number } {
  for (let bytes = 4e6; ; ) {
    const region = pool.allocate(bytes, "neighbors that a cutoff is chosen by");
    try {
      return buildNeighborList(wasm, new Arena(region), atoms);
    } catch (error) {
      if (!(error instanceof ArenaOverflow)) throw error;
      bytes = Math.max(2 * bytes, 1.25 * error.requiredBytes);
    } finally {
      pool.release(region);
    }
  }
}

/**
 * What is worth comparing on some data where nobody asked for anything else, or what was asked for by type or by the name of a preset.
 * @param wanted "soap" for all of the type, "soap n8 l6" for one; none: the common ones
 * @throws {InvalidParameterError} for names that there are none of
 */
export function presetsFor(dataset: Dataset, cutoff: number, wanted: readonly string[] = []): NamedParameters[] {
  const sizes = Array.from({ length: dataset.nStructures }, (_, i) => dataset.atomCount(i));
  const largestStructure = sizes.reduce((most, size) => Math.max(most, size), 0);
  const presets = descriptorPresets({ cutoff, species: dataset.species(), isPeriodic: dataset.pbc.includes(1), largestStructure });
  if (wanted.length === 0) return presets.filter(({ isCommon }) => isCommon);
  return wanted.flatMap((name) => {
    const found = presets.filter((preset) => preset.name === name || preset.parameters.type === name);
    if (found.length > 0) return found;
    const known = [...new Set(presets.flatMap((preset) => [preset.parameters.type, preset.name]))];
    const isMade = descriptorNames.includes(name);
    throw new InvalidParameterError(
      isMade
        ? `${name} has no parameters that suit any data: describe it in a file, and give that with --config`
        : `there is nothing called "${name}" to compare; there are ${known.join(", ")}${suggestionFor(name, known)}`,
    );
  });
}
