import { beforeAll, describe, expect, it } from "vitest";
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
