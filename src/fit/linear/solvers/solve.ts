import { InternalError } from "../../../errors.js";
import type { WorkContext } from "../../../parallel/work-context.js";
import { appendedRidge } from "./appended-ridge.js";
import { checkReducedRows, type ReducedRows, sumOfSquares } from "./reduced-rows.js";
import type { SolverOptions } from "./schema.js";
import type { LinearSolution } from "./solution.js";

/**
 * Coefficients of a linear model from its reduced rows.
 * @param scale f64 [M], Γ: the regularization acts on ĉ = Γ·c. All 1 for a plain ridge; column standard deviations, or the weights of a smoothness prior
 * @throws {InvalidParameterError} for a scale that is not positive; {NumericalError} for values that are not finite, or when λ = 0 leaves
 * the coefficients undetermined; {CancelledError}
 */
export async function solveReduced(rows: ReducedRows, solver: SolverOptions, scale: Float64Array, context: WorkContext): Promise<LinearSolution> {
  checkReducedRows(rows, scale);
  if (solver.type !== "ridge" || typeof solver.regularization === "string") throw new InternalError(`the solver ${solver.type} is not there yet`);
  const coefficients = await context.executor.submit(appendedRidge, { rows, scale, regularization: solver.regularization }, { signal: context.signal, label: "the ridge fit" });
  return { coefficients, sumOfSquares: sumOfSquares(rows, coefficients), rank: rows.nColumns, effectiveParameters: rows.nColumns };
}
