import fc from "fast-check";
import { Matrix, inverse } from "ml-matrix";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { describe, expect, it } from "vitest";
import { seededRandom, standardNormal } from "../../src/math/random.js";
import { logExpectedImprovement } from "../../src/optimizers/bayesian/expected-improvement.js";
import type { Dimension, Point } from "../../src/optimizers/optimizer.js";
import { GrowingCholesky } from "../../src/optimizers/surrogate/cholesky.js";
import { GaussianProcess, matern52 } from "../../src/optimizers/surrogate/gaussian-process.js";
import { fitGpParameters, Posterior, subset } from "../../src/optimizers/surrogate/length-scales.js";
import { winsorize } from "../../src/optimizers/surrogate/losses.js";
import { expectClose } from "../expect.js";

const mixed: readonly Dimension[] = [{ kind: "continuous" }, { kind: "ordered", levels: 5 }, { kind: "categorical", levels: 3 }];
const parameters = { lengthScales: [0.4, 0.8, 1.5], noise: 1e-3 };

function samples(n: number, seed: number): { points: Point[]; losses: number[] } {
  const random = seededRandom(seed);
  const points = Array.from({ length: n }, () => [uniformFloat64(random), Math.floor(5 * uniformFloat64(random)), Math.floor(3 * uniformFloat64(random))]);
  return { points, losses: points.map(([x, level, category]) => Math.sin(5 * x) + (level - 2) ** 2 / 4 + (category === 1 ? -1 : 0.3)) };
}

/** Covariance of the points by the formula, one element at a time. */
function correlation(a: Point, b: Point): number {
  const [l1, l2, l3] = parameters.lengthScales;
  const r = Math.sqrt(((a[0] - b[0]) / l1) ** 2 + ((a[1] - b[1]) / 4 / l2) ** 2 + (a[2] === b[2] ? 0 : 1 / l3 ** 2));
  return (1 + Math.sqrt(5) * r + (5 / 3) * r * r) * Math.exp(-Math.sqrt(5) * r);
}

/** Mean, variance and signal of the posterior with an explicit inverse. */
function plainProcess(points: readonly Point[], losses: readonly number[]) {
  const n = points.length;
  const matrix = new Matrix(points.map((a, i) => points.map((b, j) => correlation(a, b) + (i === j ? parameters.noise : 0))));
  const inv = inverse(matrix);
  const ones = Matrix.ones(n, 1);
  const y = Matrix.columnVector([...losses]);
  const mean = ones.transpose().mmul(inv).mmul(y).get(0, 0) / ones.transpose().mmul(inv).mmul(ones).get(0, 0);
  const residual = Matrix.sub(y, mean);
  const signal = residual.transpose().mmul(inv).mmul(residual).get(0, 0) / n;
  const predict = (point: Point) => {
    const k = Matrix.columnVector(points.map((other) => correlation(point, other)));
    return {
      mean: mean + k.transpose().mmul(inv).mmul(residual).get(0, 0),
      variance: signal * (1 - k.transpose().mmul(inv).mmul(k).get(0, 0)),
    };
  };
  return { predict, mean, signal, inv, residual };
}

describe("the Gaussian process", () => {
  it("has the Matérn 5/2 covariance", () => {
    expect(matern52(0)).toBe(1);
    expectClose([matern52(1), matern52(4)], [0.5239941088318203, 0.13866021913850426], 1e-14);
  });

  it.each([1, 2, 3, 17])("predicts what explicit formulas give, %i points", (n) => {
    const { points, losses } = samples(n, 3);
    const process = new GaussianProcess(mixed, points, losses, parameters);
    const plain = plainProcess(points, losses);
    for (const point of samples(20, 4).points) {
      const { mean, variance } = process.predict(point);
      const expected = plain.predict(point);
      expectClose([mean, process.predictMean(point)], [expected.mean, expected.mean], 1e-10);
      expectClose([variance], [expected.variance], 1e-10);
    }
  });

  it("takes points in as if they had been there, mean and signal apart", () => {
    const { points, losses } = samples(12, 5);
    const process = new GaussianProcess(mixed, points.slice(0, 8), losses.slice(0, 8), parameters);
    const { mean, signal } = plainProcess(points.slice(0, 8), losses.slice(0, 8));
    const candidate = [0.37, 3, 2];
    const whitened = process.whiten(candidate, 12);
    for (let i = 8; i < 12; i++) {
      expect(process.append(points[i], losses[i])).toBe(true);
      const { row, whitened: z, input } = process.lastRow();
      const n = row.length - 1;
      const rest = row.slice(0, n).reduce((sum, l, k) => sum - l * whitened.v[k], process.correlation(candidate, input)) / row[n];
      whitened.v[n] = rest;
      whitened.mean += rest * z;
      whitened.remaining -= rest * rest;
    }
    const { inv } = plainProcess(points, losses);
    const k = Matrix.columnVector(points.map((point) => correlation(candidate, point)));
    const residual = Matrix.sub(Matrix.columnVector(losses), mean);
    const expected = [
      mean + k.transpose().mmul(inv).mmul(residual).get(0, 0),
      signal * (1 - k.transpose().mmul(inv).mmul(k).get(0, 0)),
    ];
    const predicted = process.predict(candidate);
    expectClose([predicted.mean, predicted.variance], expected, 1e-10);
    expectClose([whitened.mean, whitened.remaining * process.signalVariance], expected, 1e-10);
  });

  it("leaves points out as an explicit inverse does", () => {
    const { points, losses } = samples(15, 6);
    const { inv, mean } = plainProcess(points, losses);
    const expected = points.map((_, i) => {
      const others = points.map((__, j) => j).filter((j) => j !== i);
      const sub = inverse(new Matrix(others.map((a) => others.map((b) => correlation(points[a], points[b]) + (a === b ? parameters.noise : 0)))));
      const k = Matrix.rowVector(others.map((j) => correlation(points[i], points[j])));
      return mean + k.mmul(sub).mmul(Matrix.columnVector(others.map((j) => losses[j] - mean))).get(0, 0);
    });
    expect(inv.rows).toBe(15);
    expectClose(new GaussianProcess(mixed, points, losses, parameters).leaveOneOut(), expected, 1e-9);
  });

  it("survives points that coincide, and equal losses", () => {
    const points: Point[] = Array.from({ length: 6 }, () => [0.5, 2, 1]);
    const process = new GaussianProcess(mixed, points, [1, 1, 1, 1, 1, 1], { lengthScales: [1, 1, 1], noise: 1e-16 });
    expectClose([process.predict([0.1, 0, 0]).mean], [1], 1e-6);
  });
});

describe("its parameters", () => {
  const standardized = (losses: readonly number[]) => Float64Array.from(losses);

  it("have a posterior density whose gradient meets finite differences", () => {
    const { points, losses } = samples(14, 7);
    const posterior = new Posterior(mixed, points, standardized(losses));
    const at = [-0.7, 0.3, 0.5, -4];
    const { gradient, value } = posterior.evaluate(at);
    expect(Number.isFinite(value)).toBe(true);
    const step = 1e-5;
    const numeric = at.map((x, d) => (posterior.evaluate(at.with(d, x + step)).value - posterior.evaluate(at.with(d, x - step)).value) / (2 * step));
    expect(Math.min(...numeric.map(Math.abs)) > 1e-3, "non-trivial slopes").toBe(true);
    expectClose(gradient, numeric, 1e-6, "relative-to-max");
  });

  it("tell dimensions that matter from those that do not", () => {
    const dimensions: Dimension[] = [{ kind: "continuous" }, { kind: "continuous" }, { kind: "categorical", levels: 3 }];
    const points = samples(60, 8).points;
    const losses = points.map(([x]) => Math.sin(9 * x));
    const { lengthScales, noise } = fitGpParameters(dimensions, points, losses);
    expect(lengthScales[0]).toBeLessThan(1.5);
    expect(lengthScales[1] / lengthScales[0]).toBeGreaterThan(4);
    expect(lengthScales[2] / lengthScales[0]).toBeGreaterThan(4);
    expect(noise).toBeLessThan(1e-3);
  });

  it("tell noise from signal", () => {
    const random = seededRandom(9);
    const points = Array.from({ length: 90 }, () => [uniformFloat64(random)]);
    const losses = points.map(([x]) => Math.sin(12 * x) + 0.5 * standardNormal(random));
    const line: Dimension[] = [{ kind: "continuous" }];
    const noiseOf = (targets: readonly number[]): number => {
      const found = fitGpParameters(line, points, targets);
      return found.noise * new GaussianProcess(line, points, targets, found).signalVariance;
    };
    expect(Math.abs(Math.log(noiseOf(losses) / 0.25)) < Math.log(1.5), `variance of the noise is ${noiseOf(losses)}`).toBe(true);
    expect(noiseOf(points.map(([x]) => Math.sin(12 * x)))).toBeLessThan(1e-3);
  });

  it("come from the best half and an even choice of the rest", () => {
    const losses = Array.from({ length: 1000 }, (_, i) => (i * 617) % 1000);
    const chosen = subset(losses, 100).map((i) => losses[i]).sort((a, b) => a - b);
    expect(chosen.slice(0, 50)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(chosen.slice(50)).toEqual(Array.from({ length: 50 }, (_, i) => 50 + Math.floor((i + 0.5) * 19)));
    expect(subset([3, 1, 2], 3)).toEqual([0, 1, 2]);
  });
});

describe("the growing Cholesky factor", () => {
  it("inverts, solves and has the determinant", () => {
    const random = seededRandom(2);
    const n = 9;
    const a = new Matrix(Array.from({ length: n }, () => Array.from({ length: n }, () => standardNormal(random))));
    const matrix = a.mmul(a.transpose()).add(Matrix.eye(n).mul(0.1));
    const factor = new GrowingCholesky();
    for (let i = 0; i < n; i++) expect(factor.append(Float64Array.from(matrix.getRow(i).slice(0, i)), matrix.get(i, i))).toBe(true);
    const expected = inverse(matrix);
    expectClose(factor.inverse().flatMap((row) => [...row]), Array.from({ length: n }, (_, i) => expected.getRow(i).slice(0, i + 1)).flat(), 1e-9, "relative-to-max");
    const b = Float64Array.from({ length: n }, (_, i) => i - 3);
    const v = new Float64Array(n);
    factor.solveLower(b, v);
    factor.solveUpper(v);
    expectClose(v, expected.mmul(Matrix.columnVector([...b])).to1DArray(), 1e-9, "relative-to-max");
    const row = matrix.getRow(0);
    expect(factor.append(Float64Array.from(row), row[0]), "a row that is there already").toBe(false);
    expect(factor.size).toBe(n);
  });
});

describe("the expected improvement", () => {
  /** ∫ max(best − y, 0) of the density, by the midpoint rule. */
  function integral(mean: number, variance: number, best: number): number {
    const sigma = Math.sqrt(variance);
    const from = mean - 12 * sigma;
    const n = 200_000;
    const width = (best - from) / n;
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const y = from + (i + 0.5) * width;
      sum += (best - y) * Math.exp(-((y - mean) ** 2) / (2 * variance));
    }
    return (sum * width) / (sigma * Math.sqrt(2 * Math.PI));
  }

  it.each([
    [0, 1, 0],
    [1, 4, 0],
    [-1, 0.25, 0.5],
    [2.9, 1, 0],
    [3.1, 1, 0],
    [8, 1, 0],
  ])("is an integral over the prediction: mean %d, variance %d, best %d", (mean, variance, best) => {
    expectClose([logExpectedImprovement(mean, variance, best)], [Math.log(integral(mean, variance, best))], 1e-6);
  });

  it("falls with the mean and rises with the variance, far away too", () => {
    fc.assert(
      fc.property(fc.double({ min: -60, max: 60, noNaN: true }), fc.double({ min: 0.01, max: 5, noNaN: true }), (mean, variance) => {
        const value = logExpectedImprovement(mean, variance, 0);
        expect(value > logExpectedImprovement(mean + 0.1, variance, 0)).toBe(true);
        // where the improvement is certain, five deviations away, it is −mean and the variance only changes its rounding
        const rise = logExpectedImprovement(mean, variance * 1.1, 0) - value;
        expect(-mean < 5 * Math.sqrt(variance) ? rise > 0 : Math.abs(rise) <= 1e-6).toBe(true);
      }),
    );
  });

  it("is the gain, or nothing, without variance", () => {
    expect(logExpectedImprovement(1, 0, 3)).toBe(Math.log(2));
    expect(logExpectedImprovement(3, 0, 1)).toBe(Number.NEGATIVE_INFINITY);
  });
});

describe("winsorize", () => {
  it("lowers penalties, even where they are most of the losses", () => {
    const losses = [3, 1, 2, 1.5, 2.5, 1e6, 1e6, 1e6, 1e6, 1e6, 1e6, 1e6];
    const { losses: lowered, limit } = winsorize(losses);
    expect(limit).toBe(2 + 3 * 1);
    expect(lowered).toEqual([3, 1, 2, 1.5, 2.5, 5, 5, 5, 5, 5, 5, 5]);
  });

  it("leaves losses alone that are not far apart", () => {
    const losses = [3, 1, 2, -1, 0];
    expect(winsorize(losses)).toEqual({ losses, limit: Number.POSITIVE_INFINITY });
    expect(winsorize([2, 2, 2]).losses).toEqual([2, 2, 2]);
    expect(winsorize([7]).losses).toEqual([7]);
  });

  it("keeps the order", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 40 }), (losses) => {
        const { losses: lowered } = winsorize(losses);
        expect(Math.min(...lowered)).toBe(Math.min(...losses));
        for (let i = 1; i < losses.length; i++) expect(Math.sign(lowered[i] - lowered[i - 1]) * Math.sign(losses[i] - losses[i - 1]) >= 0).toBe(true);
      }),
    );
  });
});
