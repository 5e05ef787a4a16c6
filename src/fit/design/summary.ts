import { symbolOf } from "../../structures/periodic-table.js";
import type { Dataset } from "../../structures/dataset.js";
import type { IsolatedAtomEnergies } from "../isolated-atoms.js";
import type { TargetCounts } from "../targets.js";
import type { FitSummary } from "../fit-summary.js";

/** What is known of a fit to rows once it is done. */
export interface FittedRows {
  readonly dataset: Dataset;
  readonly targets: TargetCounts;
  /** undefined where the energies are not relative to isolated atoms */
  readonly isolated: IsolatedAtomEnergies | undefined;
  readonly warnings: readonly string[];
  /** Norm of what is left of the weighted targets, and of the prior where that is a part of the rows. */
  readonly residual: number;
  readonly peakWasmBytes: number;
}

/** What summaries of all fits to rows say. */
export type RowsSummary = Pick<
  FitSummary,
  "structures" | "atoms" | "targets" | "isolatedAtomEnergies" | "isolatedAtomSource" | "warnings" | "weightedResidual" | "peakWasmBytes"
>;

/** The part of a summary that does not depend on the model. */
export function summarizeRows({ dataset, targets, isolated, warnings, residual, peakWasmBytes }: FittedRows): RowsSummary {
  return {
    structures: dataset.nStructures,
    atoms: dataset.nAtoms,
    targets,
    ...(isolated && {
      isolatedAtomEnergies: Object.fromEntries(dataset.species().map((atomicNumber, i) => [symbolOf(atomicNumber), isolated.values[i]])),
      isolatedAtomSource: isolated.source,
    }),
    warnings,
    weightedResidual: residual / Math.sqrt(targets.energies + targets.forceComponents + targets.virialComponents),
    peakWasmBytes,
  };
}

/** The line of a plan that counts rows. */
export function describeRows(rows: number, { energies, forceComponents, virialComponents }: TargetCounts): string {
  return `${rows} (${energies} energies, ${forceComponents} force and ${virialComponents} virial components)`;
}
