import { describe, expect, it } from "vitest";
import { thinPoints } from "../../src/report/plots/thin-points.js";
import { randomNormal } from "./synthetic.js";

describe("thinPoints", () => {
  const normal = randomNormal(5);
  const cloud = (n: number) => ({
    reference: Float64Array.from({ length: n }, normal),
    error: Float64Array.from({ length: n }, () => 0.1 * normal()),
  });

  it("keeps all points while there are few", () => {
    expect(thinPoints([cloud(10), cloud(0)], 10).map((kept) => [...kept])).toEqual([[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], []]);
    expect(thinPoints([], 10)).toEqual([]);
  });

  it("meets the limit and keeps the largest error of every series", () => {
    const series = [cloud(40_000), cloud(3000), cloud(1)];
    const drawn = thinPoints(series, 3000);
    const count = drawn.reduce((sum, { length }) => sum + length, 0);
    expect(count).toBeGreaterThan(1500);
    expect(count).toBeLessThanOrEqual(3000);
    series.forEach(({ error }, i) => {
      const worst = error.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
      expect(Math.max(...Array.from(drawn[i], (j) => Math.abs(error[j])))).toBe(worst);
    });
  });

  it("keeps lonely points", () => {
    const dense = { reference: new Float64Array(9000).map(() => 0.01 * normal()), error: new Float64Array(9000).map(() => 0.01 * normal()) };
    dense.reference[17] = 5;
    dense.error[4242] = -3;
    const [kept] = thinPoints([dense], 1000);
    expect([kept.includes(17), kept.includes(4242)]).toEqual([true, true]);
  });

  it("ends even when every point is its own series, or all coincide", () => {
    expect(thinPoints(Array.from({ length: 50 }, () => cloud(1)), 10).every(({ length }) => length === 1)).toBe(true);
    expect([...thinPoints([{ reference: new Float64Array(99), error: new Float64Array(99) }], 10)[0]]).toEqual([0]);
  });
});
