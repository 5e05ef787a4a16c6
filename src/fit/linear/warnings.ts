import { zeroColumnsWarning } from "../../environments/zero-columns-warning.js";
import { symbolOf } from "../../structures/periodic-table.js";
import { formatBytes } from "../../wasm/memory.js";
import type { Dataset } from "../../structures/dataset.js";
import { energyZeroWarnings, type IsolatedAtomEnergies } from "../isolated-atoms.js";
import type { ResolvedLinearFit } from "./schema.js";
import type { LinearSolution } from "./solvers/solution.js";
import type { UnusedColumns } from "./unused-columns.js";

/** A covariance from this size on is worth a thought: that of 5000 coefficients. */
const LARGE_COVARIANCE = 200e6;

/** What may ruin the fit, or makes it larger than expected, as far as its data and solution tell. */
export function fitWarnings(
  { model, fit }: ResolvedLinearFit,
  dataset: Dataset,
  isolated: IsolatedAtomEnergies | undefined,
  unused: readonly UnusedColumns[],
  { converged, covarianceRoot }: LinearSolution,
): string[] {
  const { isolatedAtomEnergies } = model;
  return [
    ...unused.flatMap((columns) => unusedWarning(columns, dataset)),
    ...(converged === false ? [`the solver ${fit.solver.type} ended by its largest number of steps, before it had converged: raise it, or choose another solver`] : []),
    ...(fit.errorBars && covarianceRoot ? covarianceWarning(8 * covarianceRoot.values.length) : []),
    ...(isolated && isolatedAtomEnergies !== "none" ? energyZeroWarnings(isolatedAtomEnergies, dataset, fit.sigma, isolated) : []),
  ];
}

function covarianceWarning(bytes: number): string[] {
  if (bytes < LARGE_COVARIANCE) return [];
  return [`the covariance of the coefficients takes ${formatBytes(bytes)} of the model file: fit.errorBars: false leaves it out, with the error bars of predictions`];
}

function unusedWarning({ term, center, columns, descriptor }: UnusedColumns, dataset: Dataset): string[] {
  const species = dataset.species();
  const texts = zeroColumnsWarning(columns, descriptor.features(species), species);
  return texts.map((text) => `model.terms[${term}], centers ${symbolOf(center)}: ${text}`);
}
