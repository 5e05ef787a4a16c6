import { describe, expect, it } from "vitest";
import { seededRandom } from "../../src/math/random.js";
import { latinHypercube } from "../../src/optimizers/designs/latin-hypercube-design.js";
import { SOBOL_DIMENSIONS, sobolSequence } from "../../src/optimizers/designs/sobol-sequence.js";
import type { UnitPoint } from "../../src/optimizers/dimensions.js";
import { createOptimizer } from "../../src/optimizers/registry.js";
import { describeOptimizer } from "../contracts/optimizer.js";

const design = { beginsAtStart: false };
describeOptimizer({ title: "sobol", options: { type: "sobol", points: 40 }, generations: 5, finishes: true, ...design });
describeOptimizer({ title: "endless sobol", options: { type: "sobol", batch: 5 }, generations: 8, finishes: false, ...design });
describeOptimizer({ title: "latin-hypercube", options: { type: "latin-hypercube", points: 30 }, generations: 4, finishes: true, ...design });
describeOptimizer({
  title: "centered latin-hypercube",
  options: { type: "latin-hypercube", points: 24, batch: 5, centered: true, exchanges: 0 },
  generations: 7,
  finishes: true,
  ...design,
});
describeOptimizer({ title: "random", options: { type: "random", points: 33, batch: 10 }, generations: 6, finishes: true, ...design });
describeOptimizer({ title: "endless random", options: { type: "random" }, generations: 6, finishes: false, ...design });

/** Centered L2 discrepancy, squared: Hickernell 1998, eq. (5.1c). */
function centeredDiscrepancy(points: readonly UnitPoint[]): number {
  const n = points.length;
  const single = points.reduce((sum, x) => sum + x.reduce((p, u) => p * (1 + Math.abs(u - 0.5) / 2 - (u - 0.5) ** 2 / 2), 1), 0);
  let double = 0;
  for (const x of points) {
    for (const y of points) {
      double += x.reduce((p, u, d) => p * (1 + (Math.abs(u - 0.5) + Math.abs(y[d] - 0.5) - Math.abs(u - y[d])) / 2), 1);
    }
  }
  return (13 / 12) ** points[0].length - (2 / n) * single + double / (n * n);
}

const randomPoints = (n: number, dimensions: number, seed: number): UnitPoint[] => {
  const options = { points: n, dimensions, centered: false, exchanges: 0 };
  return latinHypercube({ ...options, points: 1 }, seededRandom(seed)).concat(
    Array.from({ length: n - 1 }, (_, i) => latinHypercube({ ...options, points: 1 }, seededRandom(seed + 1000 * (i + 1)))[0]),
  );
};

describe("the Sobol sequence", () => {
  it("begins as in the literature", () => {
    const point = sobolSequence(3);
    expect(Array.from({ length: 8 }, (_, i) => point(i))).toEqual([
      [0, 0, 0],
      [0.5, 0.5, 0.5],
      [0.75, 0.25, 0.25],
      [0.25, 0.75, 0.75],
      [0.375, 0.375, 0.625],
      [0.875, 0.875, 0.125],
      [0.625, 0.125, 0.875],
      [0.125, 0.625, 0.375],
    ]);
  });

  it("is that of Joe & Kuo in 64 dimensions", () => {
    // scipy.stats.qmc.Sobol(64, scramble=False), numbers 21 and 50, times 64
    const expected = [
      [
        62, 38, 22, 50, 42, 22, 26, 46, 6, 2, 30, 34, 18, 34, 46, 26, 10, 62, 42, 42, 6, 18, 30, 62, 58, 18, 50, 62, 38, 62, 34, 62, 30, 34, 22, 54, 26,
        26, 58, 34, 2, 30, 22, 58, 26, 6, 26, 26, 58, 26, 22, 58, 42, 22, 34, 14, 62, 2, 38, 2, 10, 26, 18, 46,
      ],
      [
        53, 31, 35, 25, 43, 53, 1, 45, 17, 57, 47, 23, 39, 5, 25, 21, 9, 53, 25, 51, 43, 39, 45, 7, 57, 53, 17, 23, 23, 9, 37, 39, 41, 5, 17, 41, 51, 33,
        23, 55, 23, 7, 3, 31, 1, 29, 21, 27, 43, 23, 29, 59, 15, 21, 61, 3, 11, 13, 1, 33, 31, 51, 11, 43,
      ],
    ];
    const point = sobolSequence(64);
    expect([21, 50].map((i) => point(i).map((x) => x * 64))).toEqual(expected);
  });

  it("has the discrepancy that scipy finds", () => {
    const points = (n: number, dimensions: number): UnitPoint[] => Array.from({ length: n }, (_, i) => sobolSequence(dimensions)(i));
    expect(Math.abs(centeredDiscrepancy(points(64, 2)) - 0.00024001962608743987) < 1e-12).toBe(true);
    expect(Math.abs(centeredDiscrepancy(points(256, 8)) - 0.0022064141123079306) < 1e-12).toBe(true);
  });

  it.each([undefined, 1, 2, 99])("puts one point in each of 2^k intervals of every coordinate, seed %s", (seed) => {
    const point = sobolSequence(SOBOL_DIMENSIONS, seed);
    const points = Array.from({ length: 128 }, (_, i) => point(i));
    for (let d = 0; d < SOBOL_DIMENSIONS; d++) {
      expect(new Set(points.map((x) => Math.floor(x[d] * 128))).size, `dimension ${d}`).toBe(128);
    }
    // the first two dimensions are a (0, 2)-sequence: one point in each of 8 × 16 boxes, too
    expect(new Set(points.map(([x, y]) => 16 * Math.floor(x * 8) + Math.floor(y * 16))).size).toBe(128);
  });

  it("is scrambled by the seed, evenly, and no worse than the plain one by much, far better than random points", () => {
    const first = Array.from({ length: 300 }, (_, seed) => sobolSequence(2, seed)(0));
    for (const d of [0, 1]) {
      for (let quarter = 0; quarter < 4; quarter++) {
        const share = first.filter((x) => Math.floor(4 * x[d]) === quarter).length / 300;
        expect(Math.abs(share - 0.25) < 0.1, `share ${share}`).toBe(true);
      }
    }
    for (const seed of [1, 2, 3, 4]) {
      const point = sobolSequence(6, seed);
      const sobol = centeredDiscrepancy(Array.from({ length: 128 }, (_, i) => point(i)));
      expect(sobol * 5 < centeredDiscrepancy(randomPoints(128, 6, seed)), `seed ${seed}`).toBe(true);
    }
  });

  it("says how many dimensions there are", () => {
    const optimizer = createOptimizer({ type: "sobol" });
    const dimensions = Array.from({ length: 65 }, () => ({ kind: "continuous" as const }));
    expect(() => optimizer.init({ dimensions, seed: 1 })).toThrow(/64 dimensions at most, there are 65/);
  });
});

describe("the Latin hypercube", () => {
  it.each([
    [7, 3, false, 0],
    [50, 12, false, 500],
    [16, 2, true, 300],
    [1, 4, false, 10],
    [2, 1, true, 10],
  ])("has one point per stratum: %i points, %i dimensions, centered %s, %i exchanges", (points, dimensions, centered, exchanges) => {
    const all = latinHypercube({ points, dimensions, centered, exchanges }, seededRandom(5));
    expect(all.length).toBe(points);
    for (let d = 0; d < dimensions; d++) {
      const strata = all.map((x) => Math.floor(x[d] * points)).sort((a, b) => a - b);
      expect(strata).toEqual(Array.from({ length: points }, (_, i) => i));
      if (centered) for (const x of all) expect(Math.abs(((x[d] * points) % 1) - 0.5) < 1e-9).toBe(true);
    }
  });

  it("has its closest points farther apart after exchanges", () => {
    const smallest = (all: readonly UnitPoint[]): number =>
      Math.min(...all.flatMap((x, i) => all.slice(i + 1).map((y) => Math.hypot(...x.map((u, d) => u - y[d])))));
    const mean = (exchanges: number): number =>
      [1, 2, 3, 4, 5].reduce((sum, seed) => sum + smallest(latinHypercube({ points: 30, dimensions: 3, centered: false, exchanges }, seededRandom(seed))), 0) / 5;
    expect(mean(2000) > 1.8 * mean(0)).toBe(true);
  });

  it("shares the levels out evenly", () => {
    const optimizer = createOptimizer({ type: "latin-hypercube", points: 30, batch: 30 });
    const points = optimizer.ask(optimizer.init({ dimensions: [{ kind: "categorical", levels: 3 }, { kind: "ordered", levels: 5 }], seed: 3 }));
    for (const level of [0, 1, 2]) expect(points.filter(([x]) => x === level).length).toBe(10);
    for (const level of [0, 1, 2, 3, 4]) expect(points.filter(([, x]) => x === level).length).toBe(6);
  });
});
