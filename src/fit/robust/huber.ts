import type { RobustOptions } from "./schema.js";

/** A problem whose targets can be weighed one by one. */
export interface WeightedProblem<Fit> {
  /** Number of targets. */
  readonly nTargets: number;
  /** Minimises Σ w·r² and what the prior adds. */
  fit(weights: Float64Array, step: number): Promise<Fit>;
  /** r of every target in units of its σ, without weights. */
  residuals(fit: Fit, step: number): Promise<Float64Array>;
  /** The minimum that the fit found: Σ w·r² and what the prior adds; undefined where it is not told. */
  minimum(fit: Fit): number | undefined;
}

/** One fit of the series. Plain data. */
export interface HuberStep {
  /** Σ ρ(r), and ½ of what the prior adds where the fit tells it. */
  readonly objective: number;
  /** Largest difference between a weight that the fit had and the one that its residuals ask for. */
  readonly change: number;
  /** Targets whose weight is below 1 by the residuals. */
  readonly downWeighted: number;
}

/** The last fit with what led to it. */
export interface HuberIteration<Fit> {
  /** The last one. */
  readonly fit: Fit;
  /** In units of σ. */
  readonly residuals: Float64Array;
  /** min(1, δ/|r|) */
  readonly weights: Float64Array;
  /** The first is the fit without weights. */
  readonly steps: readonly HuberStep[];
  /** Whether the weights have settled. */
  readonly converged: boolean;
}

/**
 * Minimises Σ ρ(r) + ½·(what the prior adds), ρ = r²/2 for |r| ≤ δ and δ·(|r| − δ/2) beyond (Huber, Ann. Math. Stat. 35, 73 (1964),
 * doi:10.1214/aoms/1177703732), by fits with weights min(1, δ/|r|) of the residuals before. Each lowers the objective or leaves it, as long
 * as the prior is the same: ½·w·r² + ½·(δ²/w − δ²) lies above ρ and touches it at the residuals before.
 */
export async function iterateHuber<Fit>(problem: WeightedProblem<Fit>, { huber: delta, iterations, tolerance }: RobustOptions): Promise<HuberIteration<Fit>> {
  let weights = new Float64Array(problem.nTargets).fill(1);
  const steps: HuberStep[] = [];
  for (let step = 0; ; step++) {
    const fit = await problem.fit(weights, step);
    const residuals = await problem.residuals(fit, step);
    const next = residuals.map((residual) => huberWeight(residual, delta));
    const change = next.reduce((largest, weight, i) => Math.max(largest, Math.abs(weight - weights[i])), 0);
    const minimum = problem.minimum(fit);
    const penalty = minimum === undefined ? 0 : Math.max(0, minimum - residuals.reduce((sum, residual, i) => sum + weights[i] * residual ** 2, 0));
    const objective = residuals.reduce((sum, residual) => sum + huberLoss(residual, delta), 0) + penalty / 2;
    steps.push({ objective, change, downWeighted: next.reduce((count, weight) => count + (weight < 1 ? 1 : 0), 0) });
    const converged = change <= tolerance;
    if (converged || step === iterations) return { fit, residuals, weights: next, steps, converged };
    weights = next;
  }
}

/** min(1, δ/|r|) */
function huberWeight(residual: number, delta: number): number {
  return Math.min(1, delta / Math.abs(residual));
}

/** ρ */
export function huberLoss(residual: number, delta: number): number {
  const size = Math.abs(residual);
  return size <= delta ? size ** 2 / 2 : delta * (size - delta / 2);
}
