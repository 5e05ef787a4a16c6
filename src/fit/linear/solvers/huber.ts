import type { WorkContext } from "../../../parallel/work-context.js";
import { type ReducedRows } from "./reduced-rows.js";
import { solveReduced } from "./solve.js";
import type { LinearSolution } from "./solution.js";

/** A pass over the weighted rows of a fit, for steps that need all of them. */
export interface RobustRows {
  /** Reduces the rows, row i and its target multiplied by factors[i]. */
  reduce(factors: Float64Array): Promise<ReducedRows>;
  /** f64 [rows]: y − A·c, without the factors */
  residuals(coefficients: Float64Array): Promise<Float64Array>;
  /** Number of rows. */
  readonly nRows: number;
}

/** How residuals beyond some size are taken less seriously. */
export interface HuberOptions {
  /** δ, in units of the weighted residuals: beyond it the loss grows linearly. */
  readonly delta: number;
  /** λ of the ridge ½·λ·|ĉ|², above 0. */
  readonly regularization: number;
  /** Default 200; each is a pass over the data. */
  readonly maximumSteps?: number;
  /** Ends when no coefficient changes by more than this share of the largest. Default 1e-13. */
  readonly tolerance?: number;
}

/** A ridge that outliers pull at with a bounded force. */
export interface HuberSolution extends LinearSolution {
  /** Σ ρ(r) + ½·λ·|ĉ|² */
  readonly loss: number;
}

/**
 * Minimises Σ ρ(r) + ½·λ·|ĉ|² with ρ = r²/2 for |r| ≤ δ and δ·(|r| − δ/2) beyond (Huber, Ann. Math. Stat. 35, 73 (1964),
 * doi:10.1214/aoms/1177703732) by ridges of rows with weights min(1, δ/|r|). The covariance is that of the last of these ridges.
 */
export async function huberRidge(
  rows: RobustRows,
  { delta, regularization, maximumSteps = 200, tolerance = 1e-13 }: HuberOptions,
  scale: Float64Array,
  context: WorkContext,
): Promise<HuberSolution> {
  let factors = new Float64Array(rows.nRows).fill(1);
  let previous: Float64Array | undefined;
  for (let step = 1; ; step++) {
    const solution = await solveReduced(await rows.reduce(factors), { type: "ridge", regularization }, scale, context);
    const residuals = await rows.residuals(solution.coefficients);
    const { coefficients } = solution;
    const largest = coefficients.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const converged = previous?.every((value, j) => Math.abs(value - coefficients[j]) <= tolerance * largest) ?? false;
    if (converged || step === maximumSteps) {
      return { ...solution, iterations: step, converged, loss: huberLoss(residuals, delta) + penalty(coefficients, scale, regularization) };
    }
    factors = residuals.map((residual) => Math.sqrt(Math.min(1, delta / Math.abs(residual))));
    previous = coefficients;
  }
}

function huberLoss(residuals: Float64Array, delta: number): number {
  return residuals.reduce((sum, residual) => {
    const size = Math.abs(residual);
    return sum + (size <= delta ? size ** 2 / 2 : delta * (size - delta / 2));
  }, 0);
}

function penalty(coefficients: Float64Array, scale: Float64Array, regularization: number): number {
  return 0.5 * regularization * coefficients.reduce((sum, value, j) => sum + (value * scale[j]) ** 2, 0);
}
