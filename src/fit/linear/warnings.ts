import { zeroColumnsWarning } from "../../environments/zero-columns-warning.js";
import { symbolOf } from "../../structures/periodic-table.js";
import type { Dataset } from "../../structures/dataset.js";
import { energyZeroWarnings, type IsolatedAtomEnergies } from "../isolated-atoms.js";
import type { ResolvedLinearFit } from "./schema.js";
import type { LinearSolution } from "./solvers/solution.js";
import type { UnusedColumns } from "./unused-columns.js";

/** What may ruin the fit, as far as its data and solution tell. */
export function fitWarnings(
  { model, fit }: ResolvedLinearFit,
  dataset: Dataset,
  isolated: IsolatedAtomEnergies | undefined,
  unused: readonly UnusedColumns[],
  { converged }: LinearSolution,
): string[] {
  const { isolatedAtomEnergies } = model;
  return [
    ...unused.flatMap((columns) => unusedWarning(columns, dataset)),
    ...(converged === false ? [`the solver ${fit.solver.type} ended by its largest number of steps, before it had converged: raise it, or choose another solver`] : []),
    ...(isolated && isolatedAtomEnergies !== "none" ? energyZeroWarnings(isolatedAtomEnergies, dataset, fit.sigma, isolated) : []),
  ];
}

function unusedWarning({ term, center, columns, descriptor }: UnusedColumns, dataset: Dataset): string[] {
  const species = dataset.species();
  const texts = zeroColumnsWarning(columns, descriptor.features(species), species);
  return texts.map((text) => `model.terms[${term}], centers ${symbolOf(center)}: ${text}`);
}
