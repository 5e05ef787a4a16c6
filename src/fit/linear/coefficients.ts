import type { CoefficientCovariance } from "../../models/linear/model.js";
import type { LinearSolution } from "./solvers/solution.js";

/** Coefficients of the columns that were solved for, and 0 for the others. */
export function allCoefficients(solution: LinearSolution, kept: Int32Array, nColumns: number): Float64Array {
  const all = new Float64Array(nColumns);
  kept.forEach((column, k) => (all[column] = solution.coefficients[k]));
  return all;
}

/**
 * Covariance of all coefficients; undefined where the solver gives none. What the data does not reach is as uncertain as before: such a
 * column has a direction of its own.
 * @param scales Γ of every column
 */
export function covarianceOf(solution: LinearSolution, kept: Int32Array, scales: Float64Array): CoefficientCovariance | undefined {
  const { covarianceRoot: known, coefficientVariance } = solution;
  if (!known || coefficientVariance === undefined) return undefined;
  const nColumns = scales.length;
  const prior = priorVariances(coefficientVariance, solution, kept, scales);
  const unknown = Array.from(scales.keys()).filter((column) => prior[column] > 0 && !kept.includes(column));
  const nDirections = known.nDirections + unknown.length;
  const root = new Float64Array(nColumns * nDirections);
  kept.forEach((column, k) => root.set(known.values.subarray(k * known.nDirections, (k + 1) * known.nDirections), column * nDirections));
  unknown.forEach((column, u) => (root[column * nDirections + known.nDirections + u] = Math.sqrt(prior[column])));
  return { nDirections, root, prior };
}

/** Of unscaled coefficients; 0 for those that the solver has left out. */
function priorVariances(ofScaled: number | Float64Array, { columns }: LinearSolution, kept: Int32Array, scales: Float64Array): Float64Array {
  if (typeof ofScaled === "number") return scales.map((scale) => ofScaled / scale ** 2);
  const prior = new Float64Array(scales.length);
  (columns ?? kept.map((_, k) => k)).forEach((k, i) => (prior[kept[k]] = ofScaled[i] / scales[kept[k]] ** 2));
  return prior;
}
