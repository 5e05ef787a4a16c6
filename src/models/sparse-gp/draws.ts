import { InvalidParameterError } from "../../errors.js";
import { seededRandom, standardNormal } from "../../math/random.js";
import type { SparseGpModel } from "./model.js";

/**
 * Potentials drawn from the posterior of the coefficients, c + R⁻¹ z with z of independent normal deviates: Cov = R⁻¹R⁻ᵀ.
 * @throws {InvalidParameterError} for a model without a posterior, and for a count below 1
 */
export function drawSparseGps(model: SparseGpModel, { count, seed = 1 }: { readonly count: number; readonly seed?: number }): SparseGpModel[] {
  const { posterior, nColumns } = model;
  if (!posterior) throw new InvalidParameterError("the model has no posterior of its coefficients that members could be drawn from: fit it with errorBars: true");
  if (!(Number.isInteger(count) && count >= 1)) throw new InvalidParameterError(`a committee of ${count} members; it must be a whole number of at least 1`);
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const deviates = Float64Array.from({ length: nColumns }, () => standardNormal(random));
    const steps = solveUpper(posterior.factor, deviates);
    let column = 0;
    const terms = model.terms.map((term) => ({ ...term, coefficients: term.coefficients.map((value) => value + steps[column++]) }));
    return model.with({ terms, posterior: undefined });
  });
}

/** x of R x = b, R packed row by row. */
function solveUpper(factor: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  const x = b.slice();
  for (let i = n - 1, first = factor.length - 1; i >= 0; first -= n - i + 1, i--) {
    let sum = x[i];
    for (let j = i + 1; j < n; j++) sum -= factor[first + j - i] * x[j];
    x[i] = sum / factor[first];
  }
  return x;
}
