import { expectClose } from "../expect.js";
import { largest, randomArray } from "../linalg/dense.js";
import type { Calculator, Environments } from "./calculator.js";

/**
 * For rows of centers: the Jacobian along a random direction of all displacements against differences of the values of fourth order, and
 * backward against the Jacobian.
 * @param rounding of the values, relative to the largest, divided by the step of the differences
 */
export function expectDerivatives(calculator: Calculator, environments: Environments, rounding: number): void {
  const { nFeatures } = calculator;
  const { centerSpecies, offsets, displacements } = environments;
  const direction = randomArray(displacements.length, 3);
  const gradients = randomArray(centerSpecies.length * nFeatures, 5);
  const { values, jacobian, backward } = calculator.compute(environments, { jacobian: true, gradients });
  const h = 2e-5;
  const moved = (steps: number): Float64Array => calculator.compute({ ...environments, displacements: displacements.map((x, i) => x + steps * h * direction[i]) }).values;
  const [a, b, c, d] = [moved(-2), moved(-1), moved(1), moved(2)];
  const numeric = values.map((_, i) => (a[i] - 8 * b[i] + 8 * c[i] - d[i]) / (12 * h));
  const analytic = new Float64Array(values.length);
  const expected = new Float64Array(displacements.length);
  for (let center = 0; center < centerSpecies.length; center++) {
    for (let row = 3 * offsets[center]; row < 3 * offsets[center + 1]; row++) {
      for (let f = 0; f < nFeatures; f++) {
        analytic[center * nFeatures + f] += direction[row] * jacobian[row * nFeatures + f];
        expected[row] += gradients[center * nFeatures + f] * jacobian[row * nFeatures + f];
      }
    }
  }
  expectClose(analytic, numeric, 1e-8 * largest(numeric) + rounding * largest(values));
  expectClose(backward, expected, 1e-11, "relative-to-max");
}
