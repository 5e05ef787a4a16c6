// λ from a band form: against singular values and in closed form, the same bits on any threads, cancelled in between.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CancelledError, NumericalError } from "../../../src/errors.js";
import {
  type Criterion, covarianceOf, gcvRidge, bayesianRidge, type LinearSolution, MANY_COLUMNS, reduceDenseRows, type ReducedRows, ridgeOfBand, ridgePoint, ridgeScan, singularForms, solveReduced,
} from "../../../src/fit/index.js";
import { createExecutor, type Executor, type Progress } from "../../../src/parallel/index.js";
import { expectClose, testExecutor } from "../../expect.js";
import { product, randomArray, randomSource } from "../../linalg/dense.js";
import { DelayingExecutor } from "../../parallel/delaying-executor.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const criteria: Criterion[] = ["evidence", "gcv"];
const ones = (n: number): Float64Array => new Float64Array(n).fill(1);
const solve = (rows: ReducedRows, criterion: Criterion, scale = ones(rows.nColumns), on = executor): Promise<LinearSolution> =>
  ridgeOfBand(rows, scale, criterion, { covariance: true }, { executor: on });

function diagonal(values: readonly number[], target: readonly number[], residual: number, nRows: number): ReducedRows {
  const n = values.length;
  const factor = new Float64Array(n * n);
  values.forEach((value, i) => (factor[i * (n + 1)] = value));
  return { nColumns: n, factor, target: Float64Array.from(target), residual, nRows };
}

/** Rows whose singular values fall over orders of magnitude, none of them along a column. */
function illConditioned(n: number, nRows: number, condition: number, noise: number): Promise<ReducedRows> {
  const decay = randomArray(nRows * n, 2).map((value, e) => value * condition ** (-(e % n) / Math.max(1, n - 1)));
  const values = product(nRows, n, n, decay, randomArray(n * n, 3));
  const next = randomSource(5);
  const targets = product(nRows, 1, n, values, randomArray(n, 4)).map((value) => value + noise * (next() + next() + next()));
  return reduceDenseRows(values, n, targets, { executor });
}

describe("λ from a band form", () => {
  it.each([1, 2, 31, 32, 33, 65, 130])("is that of singular values for %i columns of a condition of 1e12", async (n) => {
    const rows = await illConditioned(n, 2 * n + 20, 1e12, 1e-4);
    const scale = Float64Array.from({ length: n }, (_, j) => 1 + (j % 3));
    const [form] = await singularForms([rows], scale, { executor });
    for (const criterion of criteria) {
      const [found, expected] = [await solve(rows, criterion, scale), criterion === "gcv" ? gcvRidge(form) : bayesianRidge(form)];
      // GCV is so flat at its minimum that half of the digits of λ at most are known
      const tolerance = criterion === "gcv" ? 3e-6 : 1e-8;
      if (criterion === "gcv") expectClose([ridgePoint(form, found.regularization!).gcv / ridgePoint(form, expected.regularization!).gcv], [1], 1e-12);
      expectClose([found.regularization! / expected.regularization!], [1], criterion === "gcv" ? 1e-3 : tolerance);
      const ratios = (["sumOfSquares", "effectiveParameters", "noiseVariance"] as const).map((key) => found[key]! / expected[key]!);
      expectClose(ratios, [1, 1, 1], tolerance);
      expectClose(found.coefficients, expected.coefficients, tolerance, "relative-to-max");
      expectClose(covarianceOf(found, executor), covarianceOf(expected, executor), 10 * tolerance, "relative-to-max");
      if (criterion === "evidence") {
        expectClose([found.logEvidence! - expected.logEvidence!], [0], 1e-9 * rows.nRows);
        expectClose([(found.coefficientVariance as number) / (expected.coefficientVariance as number)], [1], tolerance);
      }
    }
  });

  it("has points of a scan as singular values give them", async () => {
    const rows = await illConditioned(40, 100, 1e8, 1e-3);
    const [form] = await singularForms([rows], ones(40), { executor });
    const { scan } = await solve(rows, "evidence");
    const size = form.values.reduce((sum, value) => sum + value * value, 0);
    const resolved = scan!.filter(({ regularization }) => regularization > 1e-20 * size);
    expect(resolved.length > 50).toBe(true);
    for (const point of resolved) {
      const expected = ridgePoint(form, point.regularization);
      expectClose([point.sumOfSquares / expected.sumOfSquares, point.gcv / expected.gcv], [1, 1], 1e-8);
      expectClose([point.effectiveParameters, point.logEvidence!], [expected.effectiveParameters, expected.logEvidence!], 1e-7);
    }
  });

  // Gaussians that overlap: singular values fall through the rounding errors, with directions that no column is near to
  const overlapping = (n: number, nRows: number): Promise<ReducedRows> => {
    const places = randomArray(nRows, 9);
    const values = Float64Array.from({ length: nRows * n }, (_, e) => Math.exp(-2 * (places[Math.floor(e / n)] - ((2 * (e % n)) / n - 1)) ** 2));
    const next = randomSource(5);
    const targets = product(nRows, 1, n, values, randomArray(n, 4)).map((value) => value + 1e-3 * (next() + next() + next()));
    return reduceDenseRows(values, n, targets, { executor });
  };

  it("is that of singular values where most directions are rounding errors", async () => {
    const rows = await overlapping(150, 300);
    const [form] = await singularForms([rows], ones(150), { executor });
    const size = form.values.reduce((sum, value) => sum + value * value, 0);
    expect(form.values.filter((value) => value < 150 * Number.EPSILON * form.values[0]).length > 100).toBe(true);
    for (const criterion of criteria) {
      const [found, expected] = [await solve(rows, criterion), criterion === "gcv" ? gcvRidge(form) : bayesianRidge(form)];
      expect(expected.effectiveParameters > 5 && expected.effectiveParameters < 20).toBe(true);
      expectClose([found.effectiveParameters / expected.effectiveParameters, found.sumOfSquares / expected.sumOfSquares], [1, 1], 1e-5);
      expectClose([Math.log(found.regularization! / expected.regularization!)], [0], 1e-3);
      expect(found.scan![0].regularization >= 0.99 * (150 * Number.EPSILON) ** 2 * size).toBe(true);
      for (const { regularization, effectiveParameters } of found.scan!) {
        expect(effectiveParameters >= 0 && effectiveParameters <= 150).toBe(true);
        expectClose([effectiveParameters], [ridgePoint(form, regularization).effectiveParameters], 1e-4);
      }
    }
  });

  it("is a fixed point of MacKay's iteration, and known in closed form", async () => {
    const rows = diagonal([5, 5, 5, 5], [3, -2, 4, 1], 0.7, 25);
    const { coefficients, noiseVariance, coefficientVariance, effectiveParameters, sumOfSquares, regularization } = await solve(rows, "evidence");
    // with all s equal: σ_ε² = rest²/(n − M), s²·σ_0² + σ_ε² = |b|²/M
    expectClose([noiseVariance! / (0.49 / 21), (25 * (coefficientVariance as number) + noiseVariance!) / (30 / 4)], [1, 1], 1e-8);
    expectClose(coefficients, [3, -2, 4, 1].map((b) => (5 * b) / (25 + regularization!)), 1e-12);
    const square = coefficients.reduce((sum, c) => sum + c * c, 0);
    expectClose([square / effectiveParameters / (coefficientVariance as number), sumOfSquares / (25 - effectiveParameters) / noiseVariance!], [1, 1], 1e-8);
  });

  // ln p is 193 and −34 at the maxima of the first, −45 and −29 at those of the second
  it.each([
    ["lower", diagonal([100, 1e-3], [100, 3], 0.05, 60)],
    ["upper", diagonal([100, 100, 100, 1e-3], [100, 100, 100, 3], 1, 10)],
  ])("takes the highest of several maxima, the %s of two", async (_, rows) => {
    const solution = await solve(rows, "evidence");
    const [form] = await singularForms([rows], ones(rows.nColumns), { executor });
    for (const point of ridgeScan(form, Float64Array.from({ length: 2000 }, (__, k) => 10 ** (-22 + k * 0.015)))) {
      expect(solution.logEvidence! >= point.logEvidence! - 1e-9).toBe(true);
    }
  });
});

describe("degenerate data", () => {
  it("more columns than rows, and targets that are all zero", async () => {
    const few = await reduceDenseRows(randomArray(20 * 50, 1), 50, randomArray(20, 2), { executor });
    for (const criterion of criteria) {
      const { coefficients, effectiveParameters } = await solve(few, criterion);
      expect(effectiveParameters > 0 && effectiveParameters <= 20.000001).toBe(true);
      expect(coefficients.every(Number.isFinite)).toBe(true);
      const nothing = await solve(diagonal([1, 2, 3], [0, 0, 0], 0, 9), criterion);
      expect([...nothing.coefficients, nothing.sumOfSquares, nothing.noiseVariance!].map(Math.abs)).toEqual([0, 0, 0, 0, 0]);
    }
  });

  it("columns of zeros are refused, and values that are not finite", async () => {
    await expect(solve(diagonal([0, 0], [1, 1], 0, 9), "evidence")).rejects.toThrow(/all columns of the fit are zero/);
    await expect(solve(diagonal([1, Infinity], [1, 1], 0, 9), "evidence")).rejects.toThrow(NumericalError);
    await expect(solve(diagonal([1, 1], [NaN, 1], 0, 9), "gcv")).rejects.toThrow(NumericalError);
  });
});

describe("work on threads", () => {
  // more than one slab of rows and columns, and of the covariance
  const wide = (): Promise<ReducedRows> => illConditioned(330, 340, 1e6, 1e-2);

  it("has the same bits on one thread, on two, and in any order", async () => {
    const rows = await wide();
    const two = await createExecutor({ threads: executor.wasm.shared.build === "unshared" ? 1 : 2 });
    try {
      const [expected, ...others] = [await solve(rows, "evidence"), await solve(rows, "evidence", undefined, two), await solve(rows, "evidence", undefined, new DelayingExecutor(executor, 7, 4))];
      for (const other of others) expect(other).toEqual(expected);
    } finally {
      await two.close();
    }
  });

  it("tells its progress, ends when it is cancelled, and gives all memory back", async () => {
    const rows = await wide();
    const held = executor.pool.bytesInUse - executor.scratchBytes;
    const stages = new Set<string>();
    for (const last of ["solver, band form", "solver, regularizations", "solver, covariance"]) {
      const controller = new AbortController();
      const onProgress = ({ stage, done }: Progress): void => {
        stages.add(stage);
        if (stage === last && done > 0) controller.abort();
      };
      await expect(ridgeOfBand(rows, ones(330), "evidence", { covariance: true }, { executor, signal: controller.signal, onProgress })).rejects.toThrow(CancelledError);
      expect(executor.pool.bytesInUse - executor.scratchBytes).toBe(held);
    }
    expect([...stages]).toEqual(["solver, band form", "solver, regularizations", "solver, covariance"]);
  });
});

describe("solveReduced", () => {
  it("takes the band form from many columns on, and makes no covariance that nobody wants", async () => {
    const target = randomArray(MANY_COLUMNS, 1);
    const many = diagonal([...target.map((_, i) => 1 + (i % 7))], [...target], 1, 3000);
    const solution = await solveReduced(many, { type: "bayesian-ridge" }, ones(MANY_COLUMNS), { executor }, { covariance: false });
    expect([solution.chosenFrom, solution.covarianceRoot]).toEqual(["band form", undefined]);
    expectClose(solution.coefficients, [...target].map((b, i) => ((1 + (i % 7)) * b) / ((1 + (i % 7)) ** 2 + solution.regularization!)), 1e-12);
    const few = await solveReduced(diagonal([1, 2], [1, 1], 1, 9), { type: "ridge", regularization: "gcv" }, ones(2), { executor });
    expect(few.chosenFrom).toBe("singular values");
    const given = await solveReduced(diagonal([1, 2], [1, 1], 1, 9), { type: "ridge", regularization: 1 }, ones(2), { executor }, { covariance: false });
    expect([given.covarianceRoot, given.noiseVariance! > 0]).toEqual([undefined, true]);
  });
});
