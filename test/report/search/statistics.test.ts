import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { boundOf } from "../../../src/report/search/best-parameters.js";
import { failureGroups } from "../../../src/report/search/failures.js";
import { lossAxis } from "../../../src/report/search/loss-axis.js";
import { lossModel } from "../../../src/report/search/loss-model.js";
import { rankInfluences } from "../../../src/report/search/influence.js";
import { axisNumbers } from "../../../src/report/plots/axis-numbers.js";
import { parameterAxis } from "../../../src/report/search/parameter-axis.js";
import { rankClasses, thinClasses } from "../../../src/report/search/rank-classes.js";
import { generationSpreads } from "../../../src/report/search/spread.js";
import { formatChange, formatMetric, formatValue, metricDisplay, parameterHeading } from "../../../src/report/search/value-display.js";
import type { EvaluationRecord, StageResult } from "../../../src/tune/search-result.js";
import type { Candidate, Parameter } from "../../../src/tune/search-space/search-space.js";

function record(id: number, change: Partial<EvaluationRecord>): EvaluationRecord {
  return { id, generation: 0, point: null, values: {}, fraction: 1, status: "done", loss: id, metrics: {}, seconds: 1, ...change };
}

const real: Parameter = { path: "a", label: "a", dimension: { kind: "continuous" }, scale: "linear", range: [0, 1] };
const logarithmic: Parameter = { ...real, path: "b", label: "b", scale: "log", range: [0.01, 1] };
const list: Parameter = { path: "c", label: "c", dimension: { kind: "categorical", levels: 2 }, scale: "linear", values: ["x", "y"] };
const whole: Parameter = { path: "d", label: "d", dimension: { kind: "ordered", levels: 5 }, scale: "linear", range: [4, 8], values: [4, 5, 6, 7, 8] };

describe("rankInfluences", () => {
  /** Evaluations over a grid, with a loss of the given form, by ascending loss. */
  const shares = (loss: (a: number, b: number, c: string) => number): number[] => {
    const records = Array.from({ length: 400 }, (_, i) => {
      const values = { a: ((i * 0.618034) % 1), b: 0.01 * 100 ** ((i * 0.754878) % 1), c: i % 2 ? "x" : "y" };
      return record(i, { values, loss: loss(values.a, values.b, values.c) });
    });
    const sorted = records.sort((p, q) => p.loss - q.loss);
    return rankInfluences(sorted, [real, logarithmic, list].map((parameter) => parameterAxis(parameter, []))).map(({ share }) => share);
  };

  it("finds the parameter that the loss depends on, monotonic or not, in order or not", () => {
    const [rising, ...others] = shares((a) => a);
    expect(rising > 0.9 && others.every((share) => share < 0.05)).toBe(true);
    const [, valley] = shares((_, b) => Math.abs(Math.log10(b) + 1));
    expect(valley > 0.7).toBe(true);
    const [, , category] = shares((a, _, c) => (c === "x" ? 1 : 0) + 1e-3 * a);
    // Two halves of ranks explain three quarters of their variance.
    expect(Math.abs(category - 0.75) < 0.01).toBe(true);
  });

  it("does not care how large losses are", () => {
    const plain = shares((a, b) => a + 0.3 * b);
    expect(shares((a, b) => Math.exp(20 * (a + 0.3 * b)))).toEqual(plain);
  });
});

describe("lossModel", () => {
  const parameters = [real, logarithmic];
  const axes = parameters.map((parameter) => parameterAxis(parameter, []));
  const stage: StageResult = { name: "", optimizer: "", objective: "", parameters, records: [], best: undefined, candidate: {} as Candidate };
  const model = (loss: (x: number, y: number, i: number) => number, n = 60) => {
    const records = Array.from({ length: n }, (_, i) => {
      const point = [(i * 0.754878) % 1, (i * 0.569840) % 1];
      return record(i, { point, values: { a: point[0], b: 0.01 * 100 ** point[1] }, loss: loss(point[0], point[1], i) });
    }).sort((p, q) => p.loss - q.loss);
    return lossModel(stage, records, axes, lossAxis(records.map((entry) => entry.loss), undefined));
  };

  it("predicts the loss along a parameter and says which one matters", () => {
    const valley = model((x, y) => 1 + (x - 0.3) ** 2 + 0.01 * y);
    expect(valley !== undefined && valley.totals[0] > 0.95 && valley.totals[1] < 0.05).toBe(true);
    // A surrogate lowers the largest losses.
    const low = valley!.slice(0).filter(({ position }) => position < 0.65);
    expect(low.length).toBeGreaterThan(15);
    for (const { position, loss } of low) expect(Math.abs(loss - 1 - (position - 0.3) ** 2) < 0.02, `${position}: ${loss}`).toBe(true);
  });

  it("is left out where evaluations are few, or tell nothing", () => {
    expect(model((x) => x, 19)).toBeUndefined();
    expect(model((_x, _y, i) => (i * 7919) % 61)).toBeUndefined();
    expect(model(() => 1)).toBeUndefined();
  });
});

describe("parameterAxis", () => {
  it("places values by scale and levels by shares", () => {
    expect(parameterAxis(logarithmic, []).position({ b: 0.1 })).toBeCloseTo(0.5, 12);
    expect(parameterAxis(list, []).position({ c: "y" })).toBe(0.75);
    expect(parameterAxis(whole, []).position({ d: 5 })).toBe(0.25);
    expect(parameterAxis(real, []).position({})).toBeUndefined();
    expect(parameterAxis(list, []).position({ c: "z" })).toBeUndefined();
  });

  it("grows for a start outside of the range", () => {
    const axis = parameterAxis(real, [{ a: -1 }]);
    expect([axis.position({ a: -1 }), axis.position({ a: 1 })]).toEqual([0, 1]);
  });

  it("has ticks in the range, ascending, no more than asked for", () => {
    const range = fc.tuple(fc.double({ min: -4, max: 3, noNaN: true }), fc.double({ min: 0.01, max: 4, noNaN: true }), fc.integer({ min: 2, max: 8 }), fc.boolean());
    fc.assert(fc.property(range, ([exponent, decades, most, isLog]) => {
      const ends = [10 ** exponent, 10 ** (exponent + decades)] as const;
      const ticks = axisNumbers(ends, { most, isLog });
      expect(ticks.length >= 1 && ticks.length <= most, `${ends} ${ticks}`).toBe(true);
      expect(ticks.every((tick, i) => tick >= ends[0] * (1 - 1e-8) && tick <= ends[1] * (1 + 1e-8) && (i === 0 || tick > ticks[i - 1]))).toBe(true);
    }));
    expect(axisNumbers([4, 8], { most: 5, isLog: false, whole: true })).toEqual([4, 5, 6, 7, 8]);
    expect(axisNumbers([0.01, 1], { most: 4, isLog: true })).toEqual([0.01, 0.1, 1]);
  });
});

describe("boundOf", () => {
  it("names the bound that a best value stands at", () => {
    const at = (parameter: Parameter, value: number | string, point: number | null = null) =>
      boundOf(parameterAxis(parameter, []), record(0, { values: { [parameter.path]: value }, point: point === null ? null : [point] }), 0);
    expect([at(real, 0.5), at(real, 1), at(real, 0.001), at(logarithmic, 0.0101)]).toEqual([undefined, "upper", "lower", "lower"]);
    expect([at(whole, 4), at(whole, 5), at(whole, 8), at(list, "x")]).toEqual(["lower", undefined, "upper", undefined]);
    // The bound was another parameter.
    expect(at(real, 0.6, 1)).toBe("upper");
  });
});

describe("rankClasses", () => {
  it("holds every evaluation once, the best alone in front", () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 5, max: 100 }), (n, limit) => {
      const classes = rankClasses(Array.from({ length: n }, (_, i) => record(i, {})));
      expect(classes.flatMap(({ members }) => members.map(({ id }) => id))).toEqual(Array.from({ length: n }, (_, i) => i));
      if (n > 0) expect(classes[0].members.length).toBe(1);
      const thin = thinClasses(classes, limit);
      expect(thin.reduce((sum, { members }) => sum + members.length, 0)).toBeLessThanOrEqual(limit + classes.length);
      expect(thin[0]?.members).toEqual(classes[0]?.members);
    }));
  });
});

describe("generationSpreads", () => {
  it("is the root mean square distance from the center per dimension", () => {
    const points = [[0, 0, 0, 0], [1, 0, 4, 1], [0, 0, 0, 0], [1, 0, 4, 1]];
    const parameters = [real, real, whole, list];
    const records = [record(-1, {}), ...points.map((point, id) => record(id, { point })), record(4, { point: [0.3, 0.3, 2, 1], generation: 1 })];
    const stage: StageResult = { name: "", optimizer: "", objective: "", parameters, records, best: undefined, candidate: {} as Candidate };
    const spreads = generationSpreads(stage);
    expect(spreads.map(({ from, to }) => [from, to])).toEqual([[0, 3], [4, 4]]);
    expect(spreads[0].spread).toBeCloseTo(Math.sqrt((0.25 + 0 + 0.25 + 0.25) / 4), 12);
    expect(spreads[1].spread).toBe(0);
  });
});

describe("texts", () => {
  it("groups failures whose reasons differ in numbers only, the most frequent first", () => {
    const records = ["other", "pivot 3 of 10", "pivot 17 of 10"].map((reason, id) => record(id, { status: "failed", reason }));
    const groups = failureGroups([...records, record(9, {})]);
    expect(groups.map(({ reason, records: members }) => [reason, members.length])).toEqual([["pivot 3 of 10", 2], ["other", 1]]);
  });

  it("gives numbers their units", () => {
    expect(formatMetric("energyRmse", 0.00217)).toBe("2.17 meV/atom");
    expect(formatMetric("kernelSkewness", -3.1)).toBe("−3.10");
    expect(formatMetric("cost", 112)).toBe("112 µs/atom");
    expect(formatMetric("forcesRmse", undefined)).toBe("–");
    expect(metricDisplay("kernelStd").title).toBe("kernel std. deviation");
    expect(parameterHeading({ ...real, path: "model.terms[0].descriptor.cutoff.radius", label: "radius" })).toBe("radius (Å)");
    expect(parameterHeading({ ...real, path: "model.terms[0].kernel.zeta", label: "zeta" })).toBe("zeta");
    expect(parameterHeading({ ...real, path: "fit.sigma.forces", label: "forces" })).toBe("forces (eV/Å)");
    expect([formatValue(5), formatValue(0.123456), formatValue(1e-5), formatValue("poly3"), formatValue(true)]).toEqual(["5", "0.1235", "1e-5", "poly3", "true"]);
  });

  it("says how much better the best is", () => {
    expect([formatChange(2, 1), formatChange(1, 1.5), formatChange(-1, -1.5), formatChange(1, 1.0001), formatChange(undefined, 1)]).toEqual(["−50.0 %", "+50.0 %", "−0.500", "±0.0 %", undefined]);
  });
});
