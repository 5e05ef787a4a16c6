import { InvalidParameterError } from "../errors.js";
import type { Dataset } from "../structures/dataset.js";
import type { TargetName } from "../structures/dataset-report.js";
import type { SigmaOptions } from "./sigma.js";
import { sigmaOf, type StructureSigma } from "./structure-sigma.js";

/** How many reference values of each kind a fit uses. */
export interface TargetCounts {
  /** One for each structure that has one. */
  readonly energies: number;
  /** Three for each atom of a structure that has forces. */
  readonly forceComponents: number;
  /** Six for each structure that has a virial. */
  readonly virialComponents: number;
}

/** Rows of the design matrix that one structure needs. */
export function rowCount({ energy, forces, virial }: StructureSigma): number {
  return (energy === null ? 0 : 1) + (forces === null ? 0 : forces.values.length) + (virial === null ? 0 : 6);
}

/** Rows of the design matrix that every structure needs. */
export function rowCounts(dataset: Dataset, sigma: SigmaOptions): number[] {
  return Array.from({ length: dataset.nStructures }, (_, i) => rowCount(sigmaOf(dataset, i, sigma)));
}

/** How many numbers of each target have a σ, and no mask. */
export function fittedTargets(dataset: Dataset, sigma: SigmaOptions): Record<TargetName, number> {
  const counts = { energy: 0, forces: 0, virial: 0 };
  for (let i = 0; i < dataset.nStructures; i++) {
    const own = sigmaOf(dataset, i, sigma);
    if (own.energy !== null) counts.energy++;
    if (own.forces !== null) counts.forces += own.forces.values.length;
    if (own.virial !== null) counts.virial += 6;
  }
  return counts;
}

/**
 * Counts the reference values of a fit.
 * @throws {InvalidParameterError} when a target with a σ is nowhere in the data, a config_type of the options does not occur, or a column
 * of σ or a mask is not there or not as it must be
 */
export function countTargets(dataset: Dataset, sigma: SigmaOptions): TargetCounts {
  const names = new Set(dataset.configTypes);
  for (const name of Object.keys(sigma.configTypes)) {
    if (!names.has(name)) {
      const known = [...names].sort().map((known) => `"${known}"`).join(", ");
      throw new InvalidParameterError(`sigma.configTypes names "${name}"; the data has ${known}`);
    }
  }
  const counts = fittedTargets(dataset, sigma);
  for (const target of ["energy", "forces", "virial"] as const) {
    if (counts[target] > 0 || (sigma[target] ?? sigma.columns?.[target]) === undefined) continue;
    throw new InvalidParameterError(describeAbsent(dataset, sigma, target));
  }
  const { energy: energies, forces: forceComponents, virial: virialComponents } = counts;
  if (energies + forceComponents + virialComponents === 0) {
    throw new InvalidParameterError("the fit has no targets: give sigma.energy, sigma.forces or sigma.virial");
  }
  return { energies, forceComponents, virialComponents };
}

function describeAbsent(dataset: Dataset, sigma: SigmaOptions, target: TargetName): string {
  const path = sigma[target] === undefined ? `sigma.columns.${target}` : `sigma.${target}`;
  if (!dataset.report.columns.some(({ name, numbers }) => name === target && numbers > 0)) {
    const isAsked = sigma[target] === undefined ? "is given" : "is given, or has its default,";
    return `${path} ${isAsked} but the data has no ${target} at all: give a fit.sigma without it, or name the key that holds the ${target}`;
  }
  const isMasked = sigma.masks?.[target] !== undefined;
  const reason = !isMasked ? `no ${target} of the data has a σ` : `sigma.masks.${target} leaves nothing of the ${target}`;
  return `${path} is given but ${reason}: remove it, or look at the column`;
}
