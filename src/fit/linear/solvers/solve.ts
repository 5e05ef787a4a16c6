import type { WorkContext } from "../../../parallel/work-context.js";
import { appendedRidge } from "./appended-ridge.js";
import { ardOfNormalized } from "./ard.js";
import { greedySelection } from "./greedy.js";
import { rankRevealingQr } from "./rank-revealing-qr.js";
import { checkReducedRows, type ReducedRows } from "./reduced-rows.js";
import { bayesianRidge, gcvRidge } from "./ridge.js";
import type { SolverOptions } from "./schema.js";
import { singularForms } from "./singular-form.js";
import type { LinearSolution } from "./solution.js";
import { truncatedSvd } from "./truncated-svd.js";

/**
 * Coefficients of a linear model from its reduced rows.
 * @param scale f64 [M], Γ: the regularization acts on ĉ = Γ·c. All 1 for a plain ridge; column standard deviations, or the weights of a smoothness prior
 * @throws {InvalidParameterError} for a scale that is not positive; {NumericalError} for values that are not finite, when all columns are zero,
 * or when a ridge with λ = 0 leaves the coefficients undetermined; {CancelledError}
 */
export async function solveReduced(rows: ReducedRows, solver: SolverOptions, scale: Float64Array, context: WorkContext): Promise<LinearSolution> {
  checkReducedRows(rows, scale);
  const { executor, signal } = context;
  const options = { signal, label: `the solver ${solver.type}` };
  switch (solver.type) {
    case "bayesian-ridge":
      return bayesianRidge((await singularForms([rows], scale, context))[0]);
    case "ridge":
      if (typeof solver.regularization === "number") return executor.submit(appendedRidge, { rows, scale, regularization: solver.regularization }, options);
      return (solver.regularization === "gcv" ? gcvRidge : bayesianRidge)((await singularForms([rows], scale, context))[0]);
    case "truncated-svd":
      return truncatedSvd((await singularForms([rows], scale, context))[0], solver.cutoff);
    case "rank-revealing-qr":
      return executor.submit(rankRevealingQr, { rows, scale, cutoff: solver.cutoff }, options);
    case "ard":
      return ardOfNormalized(rows, scale, solver, context);
    case "greedy": {
      const { maximumFunctions = rows.nColumns, improvement } = solver;
      return executor.submit(greedySelection, { rows, scale, maximumFunctions, improvement }, options);
    }
  }
}
