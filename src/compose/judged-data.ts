import { InvalidParameterError } from "../errors.js";
import { targetsOf, type StructureTargets } from "../fit/structure-targets.js";
import { countTargets, type TargetCounts } from "../fit/targets.js";
import type { SigmaOptions } from "../fit/sigma.js";
import type { Dataset } from "../structures/dataset.js";
import { symbolOf } from "../structures/periodic-table.js";

/** What candidates are trained on and judged on. */
export interface ComposeData {
  /** What parameters are trained on. */
  readonly train: Dataset;
  /** What candidates are judged on. */
  readonly validation: Dataset;
}

/** Counts of both parts. */
export interface ComposeTargets {
  readonly train: TargetCounts;
  readonly validation: TargetCounts;
}

/**
 * Checks that the validation structures can judge potentials of the training structures.
 * @throws {InvalidParameterError} for parts without atoms or targets, and elements that training does not have
 */
export function checkComposeData({ train, validation }: ComposeData, sigma: SigmaOptions): ComposeTargets {
  const species = train.species();
  if (species.length === 0) throw new InvalidParameterError("the training data has no atoms");
  const unknown = validation.species().filter((own) => !species.includes(own));
  if (unknown.length > 0) throw new InvalidParameterError(`the validation data has ${unknown.map(symbolOf).join(", ")}, which the training data has not: move structures between them`);
  const counts = { train: countTargets(train, sigma), validation: countTargets(validation, { ...sigma, configTypes: groupsOf(validation, sigma) }) };
  if (rowsIn(counts.validation) === 0) throw new InvalidParameterError("the validation data has no reference values with a σ: candidates could not be judged");
  return counts;
}

/** Reference values that a part is compared with. */
export function rowsIn({ energies, forceComponents, virialComponents }: TargetCounts): number {
  return energies + forceComponents + virialComponents;
}

/** Targets of all structures of a part, energies relative to those of isolated atoms. */
export function targetsIn(dataset: Dataset, sigma: SigmaOptions, species: readonly number[], zeros: readonly number[]): StructureTargets[] {
  return Array.from({ length: dataset.nStructures }, (_, i) => targetsOf(dataset, i, sigma, species, zeros));
}

/** Validation need not have every group that has a σ of its own. */
function groupsOf({ configTypes }: Dataset, sigma: SigmaOptions): SigmaOptions["configTypes"] {
  const present = new Set(configTypes);
  return Object.fromEntries(Object.entries(sigma.configTypes).filter(([name]) => present.has(name)));
}
