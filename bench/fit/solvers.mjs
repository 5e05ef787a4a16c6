// Solvers of linear models on reduced rows of 1000 correlated functions and of 4000, and the active set of their environments.
import { bayesianRidge, reduceDenseRows, ridgeOfBand, singularForms, solveReduced, solverSchema } from "../../dist/fit/index.js";
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

/** A triangle as fits have them, eight orders of magnitude from first to last row, with its target. */
function triangle(n) {
  const factor = fillRandom(new Float64Array(n * n), 5);
  for (let i = 0; i < n; i++) {
    const size = 1e3 * 10 ** ((-8 * i) / n);
    for (let j = 0; j < n; j++) factor[i * n + j] = j < i ? 0 : size * (j === i ? 1 : factor[i * n + j] / Math.sqrt(n));
  }
  const target = fillRandom(new Float64Array(n), 6).map((value, i) => value * (1 + 1e3 * 10 ** ((-8 * i) / n)));
  return { nColumns: n, factor, target, residual: 100, nRows: 10 * n };
}

/** λ, coefficients and evidence are those of singular values. */
async function verifyBand({ executor, smoke, verifyClose }) {
  const n = smoke ? 60 : 500;
  const rows = triangle(n);
  const scale = new Float64Array(n).fill(1);
  const expected = bayesianRidge((await singularForms([rows], scale, { executor }))[0]);
  const found = await ridgeOfBand(rows, scale, "evidence", { covariance: false }, { executor });
  verifyClose(Float64Array.of(found.regularization / expected.regularization, found.logEvidence / expected.logEvidence), Float64Array.of(1, 1), 1e-8, "λ and evidence");
  verifyClose(found.coefficients, expected.coefficients, 1e-8, "coefficients");
}

const bandCase = (covariance) => ({
  name: covariance ? "solve-many-columns-error-bars" : "solve-many-columns",
  unit: "fit of 4000 functions",
  async run(context) {
    const { executor, smoke, measureBoth } = context;
    await verifyBand(context);
    const n = smoke ? 100 : 4000;
    const rows = triangle(n);
    const scale = new Float64Array(n).fill(1);
    const solve = () => ridgeOfBand(rows, scale, "evidence", { covariance }, { executor });
    const times = await measureBoth(solve, { minimumRuns: 1, maximumRuns: 1, warmup: false });
    // the reduction to a band, and the columns of the covariance; some 210 factors of the band come on top of the time
    return { count: 1, ...times, flops: ((covariance ? 12 : 8) / 3) * n ** 3, verified: true };
  },
});

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
  bandCase(false),
  bandCase(true),
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
