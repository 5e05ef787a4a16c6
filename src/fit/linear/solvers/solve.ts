import type { WorkContext } from "../../../parallel/work-context.js";
import { appendedRidge } from "./appended-ridge.js";
import { ardOfNormalized } from "./ard.js";
import { greedySelection } from "./greedy.js";
import { rankRevealingQr } from "./rank-revealing-qr.js";
import { checkReducedRows, type ReducedRows } from "./reduced-rows.js";
import { type Criterion, ridgeOfBand } from "./many-columns.js";
import { bayesianRidge, gcvRidge } from "./ridge.js";
import type { SolverOptions } from "./schema.js";
import { singularForms } from "./singular-form.js";
import type { LinearSolution } from "./solution.js";
import { truncatedSvd } from "./truncated-svd.js";

/** From so many columns on λ is found from a band form; measured: half of the time of singular values at 500 columns, a third at 1000, a fifth at 2000. */
export const MANY_COLUMNS = 1000;

/** What else is asked of a solver. */
export interface SolveOptions {
  /** Whether the covariance of the coefficients is wanted, where the solver has to do more for it. Default: yes. */
  readonly covariance?: boolean;
}

/**
 * Coefficients of a linear model from its reduced rows.
 * @param scale f64 [M], Γ: the regularization acts on ĉ = Γ·c. All 1 for a plain ridge; column standard deviations, or the weights of a smoothness prior
 * @throws {InvalidParameterError} for a scale that is not positive; {NumericalError} for values that are not finite, when all columns are zero,
 * or when a ridge with λ = 0 leaves the coefficients undetermined; {CancelledError}
 */
export async function solveReduced(
  rows: ReducedRows,
  solver: SolverOptions,
  scale: Float64Array,
  context: WorkContext,
  { covariance = true }: SolveOptions = {},
): Promise<LinearSolution> {
  checkReducedRows(rows, scale);
  const { executor, signal } = context;
  const options = { signal, label: `the solver ${solver.type}` };
  switch (solver.type) {
    case "bayesian-ridge":
      return chosenRidge(rows, scale, "evidence", { covariance }, context);
    case "ridge":
      if (typeof solver.regularization === "number") return appendedRidge(rows, scale, solver.regularization, { covariance }, context);
      return chosenRidge(rows, scale, solver.regularization, { covariance }, context);
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

async function chosenRidge(rows: ReducedRows, scale: Float64Array, criterion: Criterion, options: Required<SolveOptions>, context: WorkContext): Promise<LinearSolution> {
  if (rows.nColumns >= MANY_COLUMNS) return ridgeOfBand(rows, scale, criterion, options, context);
  const [form] = await singularForms([rows], scale, context);
  return criterion === "gcv" ? gcvRidge(form) : bayesianRidge(form);
}
