import { describe, expect, it } from "vitest";
import { seededRandom, standardNormal } from "../../src/math/random.js";
import type { Dimension, Point } from "../../src/optimizers/optimizer.js";
import { createOptimizer } from "../../src/optimizers/registry.js";
import { fitSurrogate, surrogateModels } from "../../src/optimizers/surrogate/fit-surrogate.js";
import { influencesOf } from "../../src/optimizers/surrogate/influence.js";
import { compassSearch } from "../../src/optimizers/surrogate/minimize.js";
import { fitPolynomial } from "../../src/optimizers/surrogate/polynomial.js";
import { describeOptimizer } from "../contracts/optimizer.js";
import { expectClose } from "../expect.js";

for (const model of ["linear", "quadratic", "gp", "auto"]) {
  describeOptimizer({
    title: `surrogate ${model}`,
    options: { type: "surrogate", model, points: 18, rounds: 2, design: model === "gp" ? "sobol" : "latin-hypercube" },
    generations: 5,
    finishes: true,
    beginsAtStart: true,
  });
}

const square: readonly Dimension[] = [{ kind: "continuous" }, { kind: "continuous" }];

function design(dimensions: readonly Dimension[], n: number): Point[] {
  const optimizer = createOptimizer({ type: "sobol", batch: n });
  return [...optimizer.ask(optimizer.init({ dimensions, seed: 3 }))];
}

describe("fitSurrogate", () => {
  it("finds a plane and the corner where it is lowest", () => {
    const dimensions: Dimension[] = [...square, { kind: "ordered", levels: 4 }, { kind: "categorical", levels: 3 }];
    const lossOf = ([x, y, level, category]: Point): number => 2 * x - y + 0.3 * level + [0.5, -1, 2][category];
    const points = design(dimensions, 30);
    const surrogate = fitSurrogate(points, points.map(lossOf), dimensions, "linear");
    expectClose([surrogate.rSquared.training, surrogate.rSquared.leaveOneOut], [1, 1], 1e-9);
    expect(surrogate.minimum().point).toEqual([0, 1, 0, 1]);
    expectClose([surrogate.minimum().loss, surrogate.predict([0.5, 0.5, 2, 2])], [-2, 3.1], 1e-6);
  });

  it("finds a parabola with its cross terms and the minimum inside", () => {
    const lossOf = ([x, y]: Point): number => (x - 0.3) ** 2 + 2 * (y - 0.7) ** 2 + (x - 0.3) * (y - 0.7) - 5;
    const points = design(square, 12);
    const losses = points.map(lossOf);
    const surrogate = fitSurrogate(points, losses, square, "quadratic");
    expectClose([surrogate.rSquared.leaveOneOut], [1], 1e-8);
    expectClose(surrogate.minimum().point, [0.3, 0.7], 1e-3);
    expectClose([surrogate.minimum().loss], [-5], 1e-5);
    expect(fitSurrogate(points, losses, square, "linear").rSquared.training).toBeLessThan(0.9);
    expect(fitSurrogate(points, losses, square, "auto").model).toBe("quadratic");
  });

  it("takes the Gaussian process for a wave", () => {
    const lossOf = ([x, y]: Point): number => Math.sin(7 * x) * Math.cos(4 * y);
    const points = design(square, 60);
    const surrogate = fitSurrogate(points, points.map(lossOf), square);
    expect(surrogate.model).toBe("gp");
    expect(surrogate.rSquared.leaveOneOut).toBeGreaterThan(0.98);
    expect(Math.abs(surrogate.minimum().loss + 1) < 0.02).toBe(true);
  });

  it.each([1, 2] as const)("leaves points out of a polynomial of degree %i as fits to the others do", (degree) => {
    const random = seededRandom(1);
    const points = design(square, 14);
    const losses = points.map(([x, y]) => x + y ** degree + 0.02 * standardNormal(random));
    const all = fitPolynomial(square, points, losses, degree);
    const expected = points.map((point, i) => fitPolynomial(square, points.toSpliced(i, 1), losses.toSpliced(i, 1), degree).predict(point));
    // not to all digits: the means of the columns and the ridge penalty differ between the fits
    const effect = Math.max(...all.leftOut.map((loss, i) => Math.abs(loss - all.fitted[i])));
    expect(effect).toBeGreaterThan(0.01);
    expectClose(all.leftOut, expected, 0.4 * effect);
    expectClose(all.fitted, points.map(all.predict), 1e-9);
  });

  it("fits fewer points than terms, categories alone, and dimensions without a choice", () => {
    const dimensions: Dimension[] = [{ kind: "categorical", levels: 3 }, { kind: "ordered", levels: 1 }, { kind: "categorical", levels: 1 }];
    for (const model of surrogateModels) {
      const surrogate = fitSurrogate([[0, 0, 0], [1, 0, 0], [2, 0, 0], [1, 0, 0]], [3, 1, 2, 1], dimensions, model);
      expect(surrogate.minimum().point).toEqual([1, 0, 0]);
      const many = Array.from({ length: 12 }, () => ({ kind: "continuous" as const }));
      const points = design(many, 8);
      expect(Number.isFinite(fitSurrogate(points, points.map(([x]) => x), many, model).minimum().loss)).toBe(true);
      expect(fitSurrogate(points, points.map(() => 2), many, model).rSquared).toEqual({ training: 0, leaveOneOut: 0 });
    }
    const nothing: Dimension[] = [{ kind: "categorical", levels: 1 }];
    expectClose([fitSurrogate([[0], [0], [0]], [1, 2, 3], nothing, "linear").predict([0])], [2], 1e-12);
  });

  it("is not misled by penalties, and says where it lowered them to", () => {
    const points = design(square, 40);
    const losses = points.map(([x, y], i) => (i % 5 === 0 ? 1e6 : (x - 0.3) ** 2 + (y - 0.6) ** 2));
    const surrogate = fitSurrogate(points, losses, square, "gp");
    expect(surrogate.limit).toBeLessThan(2);
    expect(surrogate.minimum().loss).toBeLessThan(0.1);
  });

  it("refuses too few points and losses that are not numbers", () => {
    expect(() => fitSurrogate([[0, 0], [1, 1]], [1, 2], square)).toThrow(/needs 3 points or more, there are 2/);
    expect(() => fitSurrogate([[0, 0], [1, 1], [0, 1]], [1, 2], square)).toThrow(/2 losses for 3 points/);
    expect(() => fitSurrogate([[0, 0], [1, 1], [0, 1]], [1, 2, Number.NaN], square)).toThrow(/not a finite number/);
  });
});

describe("influences", () => {
  it("are those of the Ishigami function", () => {
    // a = 7, b = 0.1 on (−π, π)³; Sobol' indices in closed form: Saltelli et al., Global Sensitivity Analysis (2008)
    const cube: Dimension[] = Array.from({ length: 3 }, () => ({ kind: "continuous" }));
    const ishigami = (point: Point): number => {
      const [x, y, z] = point.map((u) => (2 * u - 1) * Math.PI);
      return Math.sin(x) + 7 * Math.sin(y) ** 2 + 0.1 * z ** 4 * Math.sin(x);
    };
    const found = influencesOf(cube, ishigami);
    expectClose(found.map(({ firstOrder }) => firstOrder), [0.3139, 0.4424, 0], 0.05);
    expectClose(found.map(({ total }) => total), [0.5576, 0.4424, 0.2437], 0.05);
    // mean over x and z: 7 sin² y
    expectClose(
      found[1].effect.map(({ loss }) => loss),
      found[1].effect.map(({ value }) => 7 * Math.sin((2 * value - 1) * Math.PI) ** 2),
      0.3,
    );
    expect(found[0].effect.length).toBe(11);
  });

  it("list the levels, and vanish where nothing changes", () => {
    const dimensions: Dimension[] = [{ kind: "categorical", levels: 3 }, { kind: "ordered", levels: 101 }, { kind: "continuous" }];
    const [category, ordered, idle] = influencesOf(dimensions, ([c, level]) => [0, 1, 5][c] + level / 100);
    expectClose(category.effect.map(({ loss }) => loss), [0.5, 1.5, 5.5], 0.02);
    expect(ordered.effect.map(({ value }) => value)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
    expect(idle.firstOrder + idle.total).toBe(0);
    expectClose([category.total + ordered.total], [1], 0.05);
    expect(influencesOf(dimensions, () => 4).map(({ total }) => total)).toEqual([0, 0, 0]);
  });
});

describe("the surrogate optimizer", () => {
  it("evaluates the design, then distinct low points of the model in rounds", () => {
    const optimizer = createOptimizer({ type: "surrogate", points: 20, batch: 20, confirmations: 3, rounds: 2, model: "quadratic" });
    const lossOf = ([x, y]: Point): number => (x - 0.3) ** 2 + (y - 0.7) ** 2;
    let state = optimizer.init({ dimensions: square, seed: 1 });
    const generations: (readonly Point[])[] = [];
    for (let i = 0; i < 4; i++) {
      const points = optimizer.ask(state);
      generations.push(points);
      state = optimizer.tell(state, points.map(lossOf));
    }
    expect(generations.map((points) => points.length)).toEqual([20, 3, 3, 0]);
    expectClose(generations[1][0], [0.3, 0.7], 1e-3);
    const all = generations.flat().map((point) => point.join());
    expect(new Set(all).size).toBe(all.length);
    for (const point of generations[1].slice(1)) expect(lossOf(point)).toBeLessThan(0.2);
  });

  it("proposes what is left of a small space, then ends", () => {
    const optimizer = createOptimizer({ type: "surrogate", points: 4, confirmations: 4, rounds: 5 });
    let state = optimizer.init({ dimensions: [{ kind: "ordered", levels: 6 }], seed: 1 });
    const seen = new Set<number>();
    for (let i = 0; i < 4; i++) {
      const points = optimizer.ask(state);
      for (const [level] of points) seen.add(level);
      if (points.length === 0) break;
      state = optimizer.tell(state, points.map(([level]) => (level - 4) ** 2));
    }
    expect(optimizer.ask(state)).toEqual([]);
    expect(seen.size).toBe(6);
  });
});

describe("compassSearch", () => {
  it("goes to the minimum of mixed dimensions and stays in the region", () => {
    const dimensions: Dimension[] = [{ kind: "continuous" }, { kind: "ordered", levels: 30 }, { kind: "categorical", levels: 4 }];
    const lossOf = ([x, level, category]: Point): number => (x - 0.81) ** 2 + (level - 22) ** 2 / 900 + (category === 2 ? 0 : 1);
    const from = { point: [0.1, 3, 0], value: lossOf([0.1, 3, 0]) };
    const options = { step: 0.2, tolerance: 1e-5, evaluations: 2000 };
    const found = compassSearch(dimensions, from, lossOf, options);
    expect(found.point.slice(1)).toEqual([22, 2]);
    expectClose([found.point[0]], [0.81], 1e-4);
    const region = [{ low: 0, high: 0.5 }, { low: 0, high: 0.4 }, { low: 0, high: 1 }];
    expect(compassSearch(dimensions, from, lossOf, { ...options, region }).point).toEqual([0.5, 11, 2]);
    expect(compassSearch(dimensions, from, lossOf, { ...options, evaluations: 0 })).toEqual(from);
  });
});
