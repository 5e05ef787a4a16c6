import { InvalidParameterError } from "../errors.js";
import type { Dataset } from "../structures/dataset.js";
import type { SigmaOptions } from "./sigma.js";

/** Standard deviations of the reference values of one structure; null: not fitted. */
export interface StructureSigma {
  /** eV, of the whole structure */
  readonly energy: number | null;
  /** eV/Å */
  readonly forces: number | null;
  /** eV, of the whole structure */
  readonly virial: number | null;
}

/** How many reference values of each kind a fit uses. */
export interface TargetCounts {
  readonly energies: number;
  readonly forceComponents: number;
  readonly virialComponents: number;
}

/** σ of one structure: that of its config_type where given, times √nAtoms for energy and virial if it is per atom. */
export function sigmaOf(dataset: Dataset, index: number, sigma: SigmaOptions): StructureSigma {
  const nAtoms = dataset.atomCount(index);
  const scale = sigma.perAtom ? Math.sqrt(nAtoms) : 1;
  const own = sigma.configTypes[dataset.configTypes[index]] ?? {};
  const { energy, forces, virial } = { ...sigma, ...own };
  const hasEnergy = !Number.isNaN(dataset.energies[index]);
  const hasForces = nAtoms > 0 && !Number.isNaN(dataset.forces[3 * dataset.offsets[index]]);
  const hasVirial = !Number.isNaN(dataset.virials[9 * index]);
  return {
    energy: energy !== undefined && hasEnergy && nAtoms > 0 ? energy * scale : null,
    forces: forces !== undefined && hasForces ? forces : null,
    virial: virial !== undefined && hasVirial && nAtoms > 0 ? virial * scale : null,
  };
}

/** Rows of the design matrix that one structure needs. */
export function rowCount(sigma: StructureSigma, nAtoms: number): number {
  return (sigma.energy === null ? 0 : 1) + (sigma.forces === null ? 0 : 3 * nAtoms) + (sigma.virial === null ? 0 : 6);
}

/** Rows of the design matrix that every structure needs. */
export function rowCounts(dataset: Dataset, sigma: SigmaOptions): number[] {
  return Array.from({ length: dataset.nStructures }, (_, i) => rowCount(sigmaOf(dataset, i, sigma), dataset.atomCount(i)));
}

/**
 * Counts the reference values of a fit.
 * @throws {InvalidParameterError} when a target with a σ is nowhere in the data, or a config_type of the options does not occur
 */
export function countTargets(dataset: Dataset, sigma: SigmaOptions): TargetCounts {
  const names = new Set(dataset.configTypes);
  for (const name of Object.keys(sigma.configTypes)) {
    if (!names.has(name)) {
      const known = [...names].sort().map((known) => `"${known}"`).join(", ");
      throw new InvalidParameterError(`sigma.configTypes names "${name}"; the data has ${known}`);
    }
  }
  let [energies, forceComponents, virialComponents] = [0, 0, 0];
  for (let i = 0; i < dataset.nStructures; i++) {
    const own = sigmaOf(dataset, i, sigma);
    if (own.energy !== null) energies++;
    if (own.forces !== null) forceComponents += 3 * dataset.atomCount(i);
    if (own.virial !== null) virialComponents += 6;
  }
  const wanted = [
    ["energy", sigma.energy, energies],
    ["forces", sigma.forces, forceComponents],
    ["virial", sigma.virial, virialComponents],
  ] as const;
  for (const [name, value, count] of wanted) {
    if (value !== undefined && count === 0) {
      throw new InvalidParameterError(`sigma.${name} is given but the data has no ${name} at all: remove it, or name the key that holds the ${name}`);
    }
  }
  if (energies + forceComponents + virialComponents === 0) {
    throw new InvalidParameterError("the fit has no targets: give sigma.energy, sigma.forces or sigma.virial");
  }
  return { energies, forceComponents, virialComponents };
}
