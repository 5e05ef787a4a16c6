import { describe, expect, it } from "vitest";
import { powerLaw } from "../../src/compare/cost/power-law.js";
import { expectClose } from "../expect.js";

describe("powerLaw", () => {
  it("finds the exponent of a power, without an error", () => {
    const { exponent, error, range, deviation } = powerLaw([2, 3, 5, 8].map((x) => ({ x, seconds: 3e-6 * x ** 2.5 })));
    expectClose([exponent, error, deviation], [2.5, 0, 0], 1e-12);
    expect(range).toEqual([2, 8]);
  });

  it("is that of the largest sizes, where a constant hides it at small ones", () => {
    const seconds = (x: number): number => 1000 + x ** 3;
    const { exponent, range } = powerLaw([1, 2, 4, 20, 40, 80].map((x) => ({ x, seconds: seconds(x) })));
    expect(range).toEqual([20, 80]);
    expect(Math.abs(exponent - 3)).toBeLessThan(0.1);
  });

  it("gives the error of a straight line through points that scatter", () => {
    // by hand: residuals ±d about a line through ln x = 0, 1, 2, 3 with signs + − − +: Σx = 5, s² = 4 d² / 2
    const d = 0.05;
    const points = [d, -d, -d, d].map((residual, i) => ({ x: Math.exp(i), seconds: Math.exp(i + residual) }));
    const { exponent, error } = powerLaw(points);
    expectClose([exponent, error], [1, Math.sqrt((4 * d ** 2) / 2 / 5)], 1e-12);
  });

  it("leaves out sizes that are off by more than a tenth, and keeps those that are off by less", () => {
    const law = (first: number) => powerLaw([{ x: 1, seconds: first }, ...[2, 4, 8, 16].map((x) => ({ x, seconds: x ** 2 }))]);
    // a point at the end bends the line towards it: the largest deviation is 0.4 of a bump of its logarithm
    const [kept, left] = [law(1.2), law(1.4)];
    expect(kept.range).toEqual([1, 16]);
    expect(kept.deviation).toBeLessThan(0.1);
    expect(left.range).toEqual([2, 16]);
    expectClose([left.exponent], [2], 1e-12);
  });

  it("knows no error of two points", () => {
    const { exponent, error } = powerLaw([{ x: 1, seconds: 1 }, { x: 2, seconds: 0.5 }]);
    expectClose([exponent], [-1], 1e-12);
    expect(error).toBeNaN();
  });
});
