import type { DescribedEnvironments } from "../environments/environments.js";
import { copyGeometry } from "../environments/environments.js";
import type { Geometry } from "../environments/geometry.js";
import type { Dataset } from "../structures/dataset.js";
import type { SigmaOptions } from "./sigma.js";
import { sigmaOf } from "./targets.js";

/** Reference values of one structure with their standard deviations; the energy without that of isolated atoms. */
export interface StructureTargets {
  readonly geometry: Geometry;
  /** Environments of each part of the model where they are described already; null: they are not, or there are none. */
  readonly described?: readonly (DescribedEnvironments | null)[];
  /** eV */
  readonly energy: { readonly value: number; readonly sigma: number } | null;
  /** eV/Å */
  readonly forces: { readonly values: Float64Array; readonly sigma: number } | null;
  /** eV, 3 × 3 */
  readonly virial: { readonly values: Float64Array; readonly sigma: number } | null;
}

/** Reference values of one structure, the energy without that of its isolated atoms; copies that may cross threads. */
export function targetsOf(
  dataset: Dataset,
  index: number,
  sigma: SigmaOptions,
  species: readonly number[],
  isolatedAtomEnergies: readonly number[],
): StructureTargets {
  const own = sigmaOf(dataset, index, sigma);
  const [first, last] = [dataset.offsets[index], dataset.offsets[index + 1]];
  let energy = dataset.energies[index];
  for (const atomicNumber of dataset.atomicNumbers.subarray(first, last)) energy -= isolatedAtomEnergies[species.indexOf(atomicNumber)];
  return {
    geometry: copyGeometry(dataset.structure(index)),
    energy: own.energy === null ? null : { value: energy, sigma: own.energy },
    forces: own.forces === null ? null : { values: dataset.forces.slice(3 * first, 3 * last), sigma: own.forces },
    virial: own.virial === null ? null : { values: dataset.virials.slice(9 * index, 9 * index + 9), sigma: own.virial },
  };
}

/** Rows of a design matrix that these targets need: the energy, x y z of every atom, the virial (Voigt). */
export function rowsOf({ geometry, energy, forces, virial }: StructureTargets): number {
  return (energy ? 1 : 0) + (forces ? 3 * geometry.atomicNumbers.length : 0) + (virial ? 6 : 0);
}
