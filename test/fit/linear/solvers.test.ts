// Solvers of linear models: analytic limits, laws, bad input. Values of other programs are compared in test/reference/fits.test.ts.
import { Matrix, SingularValueDecomposition } from "ml-matrix";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CancelledError, InvalidParameterError, NumericalError } from "../../../src/errors.js";
import {
  bayesianRidge, calibrationCurve, calibrationFactor, covarianceFactor, covarianceOf, drawCommittee, leftOutResiduals, type LinearSolution, logEvidence, predictionVariances,
  reduceDenseRows, type ReducedRows, ridgePoint, ridgeScan, ridgeSolution, singularForms, type SolverOptions, solverSchema, solveReduced,
} from "../../../src/fit/index.js";
import type { Executor } from "../../../src/parallel/index.js";
import { expectClose, testExecutor } from "../../expect.js";
import { product, randomArray, randomSource, transposeOf } from "../../linalg/dense.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const diagonal = (values: readonly number[], target: readonly number[], residual = 0.5, nRows = 20): ReducedRows => {
  const n = values.length;
  const factor = new Float64Array(n * n);
  values.forEach((value, i) => (factor[i * (n + 1)] = value));
  return { nColumns: n, factor, target: Float64Array.from(target), residual, nRows };
};
const ones = (n: number): Float64Array => new Float64Array(n).fill(1);
const solve = (rows: ReducedRows, options: { type: string } & Record<string, unknown>, scale = ones(rows.nColumns)): Promise<LinearSolution> =>
  solveReduced(rows, solverSchema.parse(options), scale, { executor });
const everySolver: ({ type: SolverOptions["type"] } & Record<string, unknown>)[] = [
  { type: "bayesian-ridge" }, { type: "ridge" }, { type: "ridge", regularization: "evidence" }, { type: "ridge", regularization: 1e-8 }, { type: "ard" },
  { type: "truncated-svd" }, { type: "rank-revealing-qr" }, { type: "greedy" },
];

interface Problem {
  readonly values: Float64Array;
  readonly targets: Float64Array;
  readonly rows: ReducedRows;
}

/** Random rows with the given true coefficients and noise. */
async function problem(nRows: number, truth: readonly number[], noise: number, change: (values: Float64Array, n: number) => void = () => undefined): Promise<Problem> {
  const n = truth.length;
  const values = randomArray(nRows * n, 11);
  change(values, n);
  const next = randomSource(5);
  const targets = Float64Array.from({ length: nRows }, (_, i) => truth.reduce((sum, c, j) => sum + c * values[i * n + j], noise * (next() + next() + next())));
  return { values, targets, rows: await reduceDenseRows(values, n, targets, { executor }) };
}

describe("ridge", () => {
  it("of orthogonal columns is known in closed form", async () => {
    const rows = diagonal([2, 3, 0], [1, -6, 0]);
    const scale = Float64Array.of(1, 2, 1);
    const { coefficients, sumOfSquares, effectiveParameters } = await solve(rows, { type: "ridge", regularization: 4 }, scale);
    // c = s·t/(s² + λ·γ²)
    expectClose(coefficients, [2 / 8, -18 / 25, 0], 1e-15);
    expectClose([sumOfSquares, effectiveParameters], [0.25 + 0.5 ** 2 + (6 - 54 / 25) ** 2, 4 / 8 + 9 / 25], 1e-14);
  });

  it("by QR and by singular values is the same, with its covariance", async () => {
    const { rows } = await problem(40, [1, -2, 0.5, 3], 0.1);
    const scale = Float64Array.of(1, 3, 0.2, 2);
    const [form] = await singularForms([rows], scale, { executor });
    for (const regularization of [1e-6, 0.3, 100]) {
      const [left, right] = [await solve(rows, { type: "ridge", regularization }, scale), ridgeSolution(form, regularization)];
      expectClose(left.coefficients, right.coefficients, 1e-13);
      expectClose([left.sumOfSquares, left.effectiveParameters, left.noiseVariance!], [right.sumOfSquares, right.effectiveParameters, right.noiseVariance!], 1e-12);
      expectClose(covarianceOf(left, executor), covarianceOf(right, executor), 1e-13, "relative-to-max");
    }
  });

  it("solves for several targets with one decomposition", async () => {
    const { values, rows } = await problem(30, [1, 2, 3], 0.2);
    const others = await reduceDenseRows(values, 3, randomArray(30, 77), { executor });
    const forms = await singularForms([rows, { ...others, factor: rows.factor }], ones(3), { executor });
    for (const [k, own] of [rows, others].entries()) {
      const [alone] = await singularForms([own], ones(3), { executor });
      expectClose(ridgeSolution(forms[k], 0.7).coefficients, ridgeSolution(alone, 0.7).coefficients, 1e-14);
    }
    await expect(singularForms([rows, others], ones(3), { executor })).rejects.toThrow(/same factor/);
  });

  it("chooses the λ of the least GCV", async () => {
    const { rows } = await problem(25, [3, 0, 0, -2, 0, 1, 0, 0], 0.5);
    const { regularization, scan } = await solve(rows, { type: "ridge", regularization: "gcv" });
    const [form] = await singularForms([rows], ones(8), { executor });
    const best = ridgePoint(form, regularization!).gcv;
    for (const point of scan!) expect(best <= point.gcv).toBe(true);
    for (const factor of [0.9, 1.1]) expect(best < ridgePoint(form, factor * regularization!).gcv).toBe(true);
  });
});

describe("Bayesian ridge", () => {
  it("is a fixed point of MacKay's iteration", async () => {
    const { rows } = await problem(60, [1, -2, 0.5, 0, 0.1, 3], 0.3);
    const { noiseVariance, coefficientVariance, coefficients, sumOfSquares, effectiveParameters } = await solve(rows, { type: "bayesian-ridge" });
    const square = coefficients.reduce((sum, c) => sum + c * c, 0);
    expectClose([square / effectiveParameters / (coefficientVariance as number)], [1], 1e-9);
    expectClose([sumOfSquares / (60 - effectiveParameters) / noiseVariance!], [1], 1e-12);
  });

  it("has the evidence of the normal distribution that the model is, whatever the scale", async () => {
    const [n, m] = [12, 3];
    const { values, targets, rows } = await problem(n, [1, -1, 2], 0.4);
    const scale = Float64Array.of(0.5, 1, 4);
    const [form] = await singularForms([rows], scale, { executor });
    const scaled = values.map((value, e) => value / scale[e % m]);
    const covariance = new Matrix(n, n);
    const gram = product(n, n, m, scaled, transposeOf(n, m, scaled));
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) covariance.set(i, j, 0.7 * gram[i * n + j] + (i === j ? 0.2 : 0));
    const { diagonal: values2, leftSingularVectors } = new SingularValueDecomposition(covariance);
    const turned = leftSingularVectors.transpose().mmul(Matrix.columnVector([...targets])).to1DArray();
    const exact = -0.5 * values2.reduce((sum, value, i) => sum + turned[i] ** 2 / value + Math.log(2 * Math.PI * value), 0);
    expectClose([logEvidence(form, 0.7, 0.2)], [exact], 1e-10);
  });

  it("takes the highest of several maxima", async () => {
    // two directions that speak for different noise
    const rows = diagonal([100, 1e-3], [100, 3], 0.05, 60);
    const solution = await solve(rows, { type: "bayesian-ridge" });
    const [form] = await singularForms([rows], ones(2), { executor });
    const scan = ridgeScan(form, Float64Array.from({ length: 2000 }, (_, k) => 10 ** (-22 + k * 0.015)));
    for (const point of scan) expect(solution.logEvidence! >= point.logEvidence! - 1e-9).toBe(true);
  });

  it("tells the noise of the data, and error bars that hold", async () => {
    const truth = [1, -2, 0.5, 0.3];
    const { rows } = await problem(4000, truth, 0.3);
    const solution = await solve(rows, { type: "bayesian-ridge" });
    // a sum of three uniform deviates in (−1, 1) has the variance 1
    expect(Math.abs(solution.noiseVariance! / 0.09 - 1) < 0.1).toBe(true);
    const variances = truth.map((_, j) => covarianceOf(solution, executor)[j * 5]);
    for (const [j, c] of truth.entries()) expect(Math.abs(solution.coefficients[j] - c) < 4 * Math.sqrt(variances[j])).toBe(true);
  });
});

describe("sparse solvers", () => {
  const truth = Array.from({ length: 40 }, (_, j) => ({ 3: 2, 17: -1, 31: 0.5 })[j] ?? 0);

  it("ARD keeps the columns that matter, in any units", async () => {
    const { rows } = await problem(300, truth, 0.01);
    const plain = await solve(rows, { type: "ard" });
    expect(plain.converged).toBe(true);
    expect([3, 17, 31].every((j) => plain.columns!.includes(j))).toBe(true);
    expect(plain.columns!.length, `${plain.columns}`).toBeLessThanOrEqual(22);
    expectClose(plain.coefficients, truth, 0.01);
    const units = Float64Array.from(truth, (_, j) => 10 ** ((j % 7) - 3));
    const scaled = await solve(rows, { type: "ard" }, units);
    expect([...scaled.columns!]).toEqual([...plain.columns!]);
    expectClose(scaled.coefficients, plain.coefficients, 1e-9);
    const dense = await solve(rows, { type: "bayesian-ridge" });
    expect(plain.logEvidence! > dense.logEvidence!).toBe(true);
  });

  it("matching pursuit finds them first, and its path falls to the least squares of its columns", async () => {
    const { values, targets, rows } = await problem(300, truth, 0.01);
    const { path, columns, coefficients, sumOfSquares } = await solve(rows, { type: "greedy", maximumFunctions: 5, improvement: 0 });
    expect(path!.map(({ column }) => column).slice(0, 3)).toEqual([3, 17, 31]);
    expect(columns!.length).toBe(5);
    for (let k = 1; k < 5; k++) expect(path![k].sumOfSquares < path![k - 1].sumOfSquares).toBe(true);
    const chosen = path!.map(({ column }) => column);
    const part = await reduceDenseRows(Float64Array.from({ length: 1500 }, (_, e) => values[Math.floor(e / 5) * 40 + chosen[e % 5]]), 5, targets, { executor });
    const squares = await solve(part, { type: "ridge", regularization: 0 });
    expectClose(chosen.map((j) => coefficients[j]), squares.coefficients, 1e-12);
    expectClose([sumOfSquares], [squares.sumOfSquares], 1e-10);
    expect((await solve(rows, { type: "greedy", improvement: 0.5 })).path!.length <= 4).toBe(true);
  });
});

describe("posterior", () => {
  it("has roots of both kinds, and committees with its law", async () => {
    const { rows } = await problem(50, [1, -2, 0.5], 0.3);
    const solution = await solve(rows, { type: "bayesian-ridge" }, Float64Array.of(1, 5, 0.3));
    const covariance = covarianceOf(solution, executor);
    for (const kind of ["cholesky", "symmetric"] as const) {
      const root = await covarianceFactor(solution, kind, { executor });
      expectClose(product(3, 3, 3, root, transposeOf(3, 3, root)), covariance, 1e-13, "relative-to-max");
      if (kind === "cholesky") expect([root[1], root[2], root[5]]).toEqual([0, 0, 0]);
      else expectClose(root, transposeOf(3, 3, root), 1e-16);
      const count = 4000;
      const members = await drawCommittee(solution, { count, seed: 3, root: kind }, { executor });
      const spread = new Float64Array(9);
      for (let e = 0; e < count * 9; e++) {
        const [k, i, j] = [Math.floor(e / 9), Math.floor(e / 3) % 3, e % 3];
        spread[i * 3 + j] += ((members[k * 3 + i] - solution.coefficients[i]) * (members[k * 3 + j] - solution.coefficients[j])) / count;
      }
      expectClose(spread, covariance, 0.1, "relative-to-max");
    }
    const draw = (seed: number): Promise<Float64Array> => drawCommittee(solution, { count: 2, seed }, { executor });
    expect(await draw(1)).toEqual(await draw(1));
    expect(await draw(1)).not.toEqual(await draw(2));
    expectClose(predictionVariances(solution, Float64Array.of(0, 1, 0, 0, 0, 2), executor), [covariance[4], 4 * covariance[8]], 1e-15);
  });

  it("is calibrated by one factor", () => {
    expect(calibrationFactor([2, -2, 4], [1, 1, 4])).toBe(4);
    const [one] = calibrationCurve([0.5, -1.5, 0.9, 3], [1, 1, 1, 1], [1]);
    expect([one.deviations, one.observed]).toEqual([1, 0.5]);
    expectClose([one.expected], [0.6826894921370859], 1e-12);
    expect(() => calibrationFactor([], [])).toThrow(InvalidParameterError);
    expect(() => calibrationFactor([1], [0])).toThrow(/variance 0 is 0/);
  });
});

describe("rows that are left out", () => {
  it("are predicted as by a fit without them, group by group", async () => {
    const { values, targets, rows } = await problem(20, [1, -2, 0.5], 0.3);
    const solution = await solve(rows, { type: "ridge", regularization: 0.5 });
    const leftOut = await leftOutResiduals({ values, targets, offsets: [0, 4, 4, 20] }, solution, { executor });
    const without = await solve(await reduceDenseRows(values.slice(12), 3, targets.slice(4), { executor }), { type: "ridge", regularization: 0.5 });
    const predicted = [0, 1, 2, 3].map((i) => targets[i] - [0, 1, 2].reduce((sum, j) => sum + values[i * 3 + j] * without.coefficients[j], 0));
    expectClose(leftOut.subarray(0, 4), predicted, 1e-12);
  });

  it("are refused where nothing else determines a coefficient", async () => {
    const { values, targets, rows } = await problem(20, [1, -2, 0.5], 0.3, (all, n) => all.forEach((_, e) => (all[e] = e % n === 1 && e >= 4 * n ? 0 : all[e])));
    const solution = await solve(rows, { type: "ridge", regularization: 0 });
    await expect(leftOutResiduals({ values, targets, offsets: [0, 4, 20] }, solution, { executor })).rejects.toThrow(/group 0 cannot be left out/);
  });
});

describe("degenerate data", () => {
  const truth = [1, -2, 0.5, 3, 1];

  it.each(everySolver)("$type ($regularization): equal columns, zero columns, zero rows, fewer rows than columns", async (options) => {
    const equal = await problem(30, truth, 0.01, (values, n) => values.forEach((_, e) => (values[e] = e % n === 4 ? values[e - 3] : values[e])));
    const zero = await problem(30, truth, 0.01, (values, n) => values.forEach((_, e) => (values[e] = e % n === 2 ? 0 : values[e])));
    const weightless = await problem(30, truth, 0.01, (values, n) => values.fill(0, 10 * n));
    const few = await problem(3, truth, 0.01);
    for (const { values, targets, rows } of [equal, zero, weightless, few]) {
      const { coefficients, sumOfSquares, covarianceRoot, noiseVariance } = await solve(rows, options);
      const errors = targets.map((target, i) => target - coefficients.reduce((sum, c, j) => sum + c * values[i * 5 + j], 0));
      const squares = errors.reduce((sum, r) => sum + r * r, 0);
      const all = targets.reduce((sum, y) => sum + y * y, 0);
      expectClose([sumOfSquares], [squares], 1e-9 * all);
      // what chooses its λ by three rows may choose a large one
      expect(squares <= (rows === few.rows ? 0.2 : 0.02) * all, `${squares} of ${all}`).toBe(true);
      expect([...(covarianceRoot?.values ?? []), noiseVariance ?? 0].every(Number.isFinite)).toBe(true);
    }
    // a column of zeros has no coefficient, and equal ones share it or one takes all
    expect((await solve(zero.rows, options)).coefficients[2]).toBe(0);
    const both = (await solve(equal.rows, options)).coefficients;
    expectClose([both[1] + both[4]], [-1], 0.05);
  });

  it.each(everySolver)("$type ($regularization): targets that are all zero", async (options) => {
    const { rows } = await problem(30, [0, 0, 0], 0);
    const { coefficients, sumOfSquares } = await solve(rows, options);
    expect([...coefficients, sumOfSquares].map(Math.abs)).toEqual([0, 0, 0, 0]);
  });

  it("a duplicated row counts as one of √2 times the weight", async () => {
    const { values, targets } = await problem(10, [1, 2], 0.3);
    const twice = await reduceDenseRows(Float64Array.of(...values, values[0], values[1]), 2, Float64Array.of(...targets, targets[0]), { executor });
    const weighted = await reduceDenseRows(values.map((v, e) => (e < 2 ? Math.SQRT2 * v : v)), 2, targets.map((v, i) => (i === 0 ? Math.SQRT2 * v : v)), { executor });
    const [left, right] = await Promise.all([twice, weighted].map((rows) => solve(rows, { type: "ridge", regularization: 0.1 })));
    expectClose(left.coefficients, right.coefficients, 1e-14);
    expectClose([left.sumOfSquares], [right.sumOfSquares], 1e-13);
  });
});

describe("bad input", () => {
  it("is named", async () => {
    const ridge = { type: "ridge", regularization: 1 };
    await expect(solve(diagonal([1, NaN], [1, 1]), ridge)).rejects.toThrow(NumericalError);
    await expect(solve(diagonal([1, 1], [1, NaN]), ridge)).rejects.toThrow(NumericalError);
    await expect(solve(diagonal([1, 1], [1, 1]), ridge, Float64Array.of(1, 0))).rejects.toThrow(/scale of column 1 is 0/);
    await expect(solve(diagonal([], []), ridge)).rejects.toThrow(InvalidParameterError);
    await expect(solve(diagonal([1], [1], 0, 0), ridge)).rejects.toThrow(InvalidParameterError);
    await expect(solve(diagonal([1, 0], [1, 1]), { type: "ridge", regularization: 0 })).rejects.toThrow(/1 of 2 columns are zero or depend on others \(1\)/);
    await expect(solve(diagonal([0, 0], [0, 0]), { type: "bayesian-ridge" })).rejects.toThrow(/all columns of the fit are zero/);
    await expect(solve(diagonal([0, 0], [0, 0]), { type: "ard" })).rejects.toThrow(/all columns of the fit are zero/);
    await expect(reduceDenseRows(Float64Array.of(1, NaN), 2, Float64Array.of(1), { executor })).rejects.toThrow(/row 0, column 1 of the fit is NaN/);
    await expect(reduceDenseRows(Float64Array.of(1), 2, Float64Array.of(1), { executor })).rejects.toThrow(InvalidParameterError);
    await expect(solveReduced(diagonal([1], [1]), { type: "ard", threshold: 1, maximumSteps: 1, tolerance: 0 }, ones(1), { executor, signal: AbortSignal.abort() })).rejects.toThrow(CancelledError);
    const nothingLeft = bayesianRidge((await singularForms([diagonal([1], [1], 0, 1)], ones(1), { executor }))[0]);
    expect(Number.isFinite(nothingLeft.coefficients[0])).toBe(true);
  });
});
