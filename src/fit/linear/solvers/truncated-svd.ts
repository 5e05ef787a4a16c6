import { combineDirections, directionsRoot, type SingularForm } from "./singular-form.js";
import type { LinearSolution } from "./solution.js";

/** Least squares in the directions with s_i > cutoff·s_1; the others get nothing. */
export function truncatedSvd(form: SingularForm, cutoff: number): LinearSolution {
  const { values, projected, residual, scale, nRows } = form;
  const kept = values.map((value) => Number(value > cutoff * values[0]));
  const rank = kept.reduce((sum, value) => sum + value, 0);
  const weights = kept.map((keep, i) => (keep > 0 ? projected[i] / values[i] : 0));
  const sumOfSquares = kept.reduce((sum, keep, i) => sum + (keep > 0 ? 0 : projected[i] ** 2), residual ** 2);
  const coefficients = combineDirections(form, weights).map((value, j) => value / scale[j]);
  const noise = nRows > rank ? sumOfSquares / (nRows - rank) : undefined;
  return {
    coefficients,
    sumOfSquares,
    rank,
    effectiveParameters: rank,
    singularValues: values,
    ...(noise !== undefined && {
      noiseVariance: noise,
      covarianceRoot: directionsRoot(form, kept.map((keep, i) => (keep > 0 ? Math.sqrt(noise) / values[i] : 0))),
    }),
  };
}
