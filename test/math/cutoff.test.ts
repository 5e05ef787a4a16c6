import { beforeAll, describe, expect, it } from "vitest";
import { type CutoffFunctionName, cutoffFunctionNames, cutoffFunctions, cutoffRecord, hasInnerRadius } from "../../src/math/cutoff-functions.js";
import { cutoffTwin } from "../descriptors/acsf/twin.js";
import { expectClose } from "../expect.js";
import { type Workbench, workbench } from "../linalg/dense.js";

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench(1 << 20);
});

interface Cutoff {
  readonly values: number[];
  readonly slopes: number[];
  readonly curvatures: number[];
}

function cosine(start: number, end: number, distances: readonly number[]): Cutoff {
  bench.arena.reset();
  const n = distances.length;
  const [values, slopes, curvatures] = [bench.arena.f64(n), bench.arena.f64(n), bench.arena.f64(n)];
  bench.wasm.routines.cosineCutoffs(n, start, end, bench.vector(distances), values, slopes, curvatures);
  const read = (pointer: number): number[] => Array.from(bench.wasm.f64(pointer, n));
  return { values: read(values), slopes: read(slopes), curvatures: read(curvatures) };
}

const grid = (from: number, to: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + ((to - from) * (i + 0.5)) / count);

describe("cosine cutoff function", () => {
  it.each([[0, 5], [3.5, 5], [4.9, 5]])("is ½ (1 + cos) between %d and %d Å", (start, end) => {
    const r = grid(start, end, 50);
    expectClose(cosine(start, end, r).values, r.map((x) => Math.cos((Math.PI / 2) * ((x - start) / (end - start))) ** 2), 1e-15);
  });

  it.each([[0, 5], [3.5, 5], [4.9, 5]])("has the derivatives of its values between %d and %d Å", (start, end) => {
    const width = end - start;
    const h = 1e-4 * width;
    const r = grid(start + 2 * h, end - 2 * h, 40);
    const [below, at, above] = [-h, 0, h].map((step) => cosine(start, end, r.map((x) => x + step)));
    expectClose(at.slopes, above.values.map((value, i) => (value - below.values[i]) / (2 * h)), 3e-8, "relative-to-max");
    expectClose(at.curvatures, above.slopes.map((slope, i) => (slope - below.slopes[i]) / (2 * h)), 3e-8, "relative-to-max");
    expect(Math.max(...at.curvatures.map(Math.abs))).toBeGreaterThan(4 / width ** 2);
  });

  it("is one up to its start and nothing from its end on, without derivatives", () => {
    expect(cosine(2, 5, [0, 1, 2])).toEqual({ values: [1, 1, 1], slopes: [0, 0, 0], curvatures: [0, 0, 0] });
    expect(cosine(2, 5, [5, 7, 1e9])).toEqual({ values: [0, 0, 0], slopes: [0, 0, 0], curvatures: [0, 0, 0] });
  });

  it("refuses an end that is not behind the start", () => {
    expect(() => cosine(5, 5, [1])).toThrow();
    expect(() => cosine(5, NaN, [1])).toThrow();
  });
});

describe("cutoff functions", () => {
  const radius = 5;
  const compute = (name: CutoffFunctionName, alpha: number, distances: readonly number[]): Cutoff => {
    bench.arena.reset();
    const n = distances.length;
    const { kind, start, end } = cutoffRecord(name, radius, alpha);
    const [values, slopes, curvatures] = [bench.arena.f64(n), bench.arena.f64(n), bench.arena.f64(n)];
    bench.wasm.routines.cutoffValues(n, kind, start, end, bench.vector(distances), values, slopes, curvatures);
    const read = (pointer: number): number[] => Array.from(bench.wasm.f64(pointer, n));
    return { values: read(values), slopes: read(slopes), curvatures: read(curvatures) };
  };
  const cases = cutoffFunctionNames.flatMap((name) => (hasInnerRadius(name) ? [0, 0.4] : [0]).map((alpha) => [name, alpha] as const));

  it.each(cases)("%s, inner fraction %d, is the formula", (name, alpha) => {
    const r = [0, ...grid(0, 1.1 * radius, 60), alpha * radius, radius, 1e9];
    // the formulas of the higher polynomials lose digits where they go to zero
    expectClose(compute(name, alpha, r).values, r.map((x) => cutoffTwin(name, alpha, radius, x)), /[34]/u.test(name) ? 1e-13 : 3e-15);
  });

  it.each(cases)("%s, inner fraction %d, has the derivatives of its values", (name, alpha) => {
    const inner = alpha * radius;
    const width = radius - inner;
    const h = 1e-4 * width;
    const r = grid(inner + 2 * h, radius - 2 * h, 40);
    const [below, at, above] = [-h, 0, h].map((step) => compute(name, alpha, r.map((x) => x + step)));
    const slopes = above.values.map((value, i) => (value - below.values[i]) / (2 * h));
    const tolerance = { hard: 0, exponential: 1e-5 }[name as string] ?? 1e-6;
    const curvatures = above.slopes.map((slope, i) => (slope - below.slopes[i]) / (2 * h));
    expectClose(at.slopes, slopes, tolerance, "relative-to-max");
    expectClose(at.curvatures, curvatures, tolerance, "relative-to-max");
  });

  it.each(cases)("%s, inner fraction %d, ends as smoothly as it says", (name, alpha) => {
    const { derivatives } = cutoffFunctions[name];
    const at = compute(name, alpha, [alpha * radius, radius, radius - 1e-7]);
    expect([at.values[1], at.slopes[1], at.curvatures[1]]).toEqual([0, 0, 0]);
    expect([at.slopes[0], at.curvatures[0]]).toEqual([0, 0]);
    expect(Math.abs(at.values[2]) < 1e-6).toBe(derivatives >= 0);
    expect(Math.abs(at.slopes[2]) < 1e-6).toBe(true);
    expect(Math.abs(at.curvatures[2]) < 1e-5).toBe(derivatives !== 1);
  });

  it("are the same for every length of a row", () => {
    const r = grid(0, 6, 9);
    const whole = compute("exponential", 0.2, r);
    expect(compute("exponential", 0.2, r.slice(0, 4)).values).toEqual(whole.values.slice(0, 4));
    expectClose(compute("exponential", 0.2, r.slice(0, 3)).values, whole.values.slice(0, 3), 1e-15);
  });
});
