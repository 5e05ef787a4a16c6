import type { DescribedEnvironments } from "../environments/environments.js";
import { copyGeometry } from "../environments/environments.js";
import type { Geometry } from "../environments/geometry.js";
import type { Dataset } from "../structures/dataset.js";
import type { SigmaOptions } from "./sigma.js";
import { sigmaOf } from "./structure-sigma.js";

/** The reference energy of a structure and how much it is trusted. */
export interface EnergyTarget {
  /** eV */
  readonly value: number;
  /** Standard deviation, eV */
  readonly sigma: number;
}

/** Reference forces on some atoms of a structure. */
export interface ForceTargets {
  /** Numbers of the atoms, ascending; not all of them where some are left out. */
  readonly atoms: Int32Array;
  /** eV/Å, x y z of each of these. */
  readonly values: Float64Array;
  /** Standard deviation of every component, eV/Å */
  readonly sigma: Float64Array;
}

/** The reference virial of a structure. */
export interface VirialTarget {
  /** eV, 3 × 3; the six components of the symmetric tensor are fitted. */
  readonly values: Float64Array;
  /** Standard deviation of each of the six, xx yy zz yz xz xy, eV */
  readonly sigma: Float64Array;
}

/** Reference values of one structure with their standard deviations; the energy without that of isolated atoms. */
export interface StructureTargets {
  /** A copy that may cross threads. */
  readonly geometry: Geometry;
  /** Environments of each part of the model where they are described already; null: they are not, or there are none. */
  readonly described?: readonly (DescribedEnvironments | null)[];
  /** null: not fitted, as below */
  readonly energy: EnergyTarget | null;
  /** Of the atoms that are fitted to. */
  readonly forces: ForceTargets | null;
  /** Of the whole structure. */
  readonly virial: VirialTarget | null;
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
    forces: own.forces && {
      atoms: own.forces.atoms,
      values: forcesOn(own.forces.atoms, dataset.forces.subarray(3 * first, 3 * last)),
      sigma: own.forces.values,
    },
    virial: own.virial === null ? null : { values: dataset.virials.slice(9 * index, 9 * index + 9), sigma: own.virial },
  };
}

/** Rows of a design matrix that these targets need: the energy, x y z of every atom whose forces are fitted, the virial (Voigt). */
export function rowsOf({ energy, forces, virial }: StructureTargets): number {
  return (energy ? 1 : 0) + (forces ? forces.values.length : 0) + (virial ? 6 : 0);
}

function forcesOn(atoms: Int32Array, forces: Float64Array): Float64Array {
  return Float64Array.from({ length: 3 * atoms.length }, (_, i) => forces[3 * atoms[Math.floor(i / 3)] + (i % 3)]);
}
