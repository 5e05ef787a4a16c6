// Solvers of linear models on reduced rows of 1000 correlated functions, and the active set of their environments.
import { reduceDenseRows, solveReduced, solverSchema } from "../../dist/fit/index.js";
import { extrapolationGrades } from "../../dist/linalg/index.js";
import { chooseActiveSet } from "../../dist/select/index.js";
import { fillRandom } from "../linalg/operands.mjs";

/** Rows whose neighboring columns are alike and fall in size over four orders. */
function correlatedRows(nRows, n) {
  const values = fillRandom(new Float64Array(nRows * n), 3);
  for (let i = 0; i < nRows; i++) for (let j = 1; j < n; j++) values[i * n + j] = 0.9 * values[i * n + j - 1] + 0.1 * values[i * n + j];
  return values.map((value, e) => value * 10 ** ((-4 * (e % n)) / n));
}

async function problem(context, smoke) {
  const [nRows, n] = smoke ? [150, 30] : [3000, 1000];
  const values = correlatedRows(nRows, n);
  const noise = fillRandom(new Float64Array(nRows), 7);
  const targets = Float64Array.from(noise, (value, i) => 2 * values[i * n + 3] - values[i * n + 17] + 0.01 * value);
  return { n, values, targets, rows: await reduceDenseRows(values, n, targets, context) };
}

const solverCase = (options) => ({
  name: `solve-${options.type}`,
  unit: "fit of 1000 functions",
  async run({ executor, smoke, measure, verify }) {
    const { n, rows, values, targets } = await problem({ executor }, smoke);
    const scale = new Float64Array(n).fill(1);
    const solve = () => solveReduced(rows, solverSchema.parse(options), scale, { executor });
    const { coefficients, noiseVariance } = await solve();
    const errors = targets.map((target, i) => coefficients.reduce((rest, c, j) => rest - c * values[i * n + j], target));
    const rms = Math.sqrt(errors.reduce((sum, r) => sum + r * r, 0) / errors.length);
    verify(rms < 0.02 && Math.sqrt(noiseVariance) < 0.02, `the noise of 0.006 comes out as ${rms} and ${Math.sqrt(noiseVariance)}`);
    return { count: 1, seconds: await measure(solve), verified: true };
  },
});

export const cases = [
  ...["bayesian-ridge", "ard", "truncated-svd", "rank-revealing-qr", "greedy"].map((type) => solverCase({ type })),
  solverCase({ type: "ridge", regularization: 1e-6 }),
  {
    name: "active-set",
    unit: "environment of 300 functions",
    async run({ executor, smoke, measure, verify }) {
      const [nRows, n] = smoke ? [150, 10] : [20000, 300];
      const values = correlatedRows(nRows, n);
      const choose = () => chooseActiveSet([values], n, {}, { executor });
      const { active } = await choose();
      const worst = extrapolationGrades(executor, active, values).reduce((most, grade) => Math.max(most, grade), 0);
      verify(worst < 1.5, `an environment of the data has the grade ${worst}`);
      return { count: nRows, seconds: await measure(choose), verified: true };
    },
  },
  {
    name: "extrapolation-grades",
    unit: "environment of 300 functions",
    async run({ executor, smoke, measure, verify }) {
      const [nRows, n] = smoke ? [150, 10] : [20000, 300];
      const values = correlatedRows(nRows, n);
      const { active } = await chooseActiveSet([values.subarray(0, (nRows / 5) * n)], n, {}, { executor });
      const grade = () => extrapolationGrades(executor, active, values);
      verify(grade().every((value) => value > 0), "a grade is not positive");
      return { count: nRows, seconds: await measure(grade), verified: true };
    },
  },
];
