import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cumulativeShare, histogram, linearEdges, logarithmicEdges, quantile } from "../../src/analysis/distribution.js";
import { InvalidParameterError } from "../../src/errors.js";

describe("quantile", () => {
  it("interpolates as type 7 of Hyndman and Fan (values of R's quantile)", () => {
    const sorted = [1, 2, 4, 8, 16];
    expect([0, 0.1, 0.25, 0.5, 0.9, 1].map((p) => quantile(sorted, p))).toEqual([1, 1.4, 2, 4, expect.closeTo(12.8, 12), 16]);
    expect(quantile([7], 0.3)).toBe(7);
    expect(quantile([], 0.5)).toBeNaN();
    expect(() => quantile(sorted, 1.1)).toThrow(InvalidParameterError);
    expect(() => quantile(sorted, NaN)).toThrow(InvalidParameterError);
  });
});

describe("histogram", () => {
  it("puts edges into the bin above, the last edge into the last bin, and ignores NaN", () => {
    const { counts, below, above } = histogram([0, 0.5, 1, 2, 3, -1, 3.5, NaN], linearEdges(0, 3, 3));
    expect([...counts]).toEqual([2, 1, 2]);
    expect([below, above]).toEqual([1, 1]);
  });

  it("loses no value, and counts as a scan over the bins does", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 1e-5, max: 1e3, noNaN: true })), fc.integer({ min: 1, max: 20 }), (values, bins) => {
        const edges = logarithmicEdges(1e-3, 10, bins);
        const { counts, below, above } = histogram(values, edges);
        const scan = Array.from({ length: bins }, (_, i) =>
          values.filter((v) => v >= edges[i] && (v < edges[i + 1] || (i === bins - 1 && v === edges[bins]))).length);
        expect([...counts]).toEqual(scan);
        expect(counts.reduce((a, b) => a + b, 0) + below + above).toBe(values.length);
      }),
    );
  });

  it("refuses impossible bins", () => {
    expect(() => linearEdges(1, 1, 4)).toThrow(InvalidParameterError);
    expect(() => linearEdges(0, NaN, 4)).toThrow(InvalidParameterError);
    expect(() => logarithmicEdges(0, 1, 4)).toThrow(InvalidParameterError);
    expect(() => logarithmicEdges(1, 2, 0)).toThrow(InvalidParameterError);
  });
});

describe("cumulativeShare", () => {
  it("is the share of values that do not exceed the threshold", () => {
    expect([...cumulativeShare([1, 2, 2, 4], [0.5, 1, 2, 3, 4, 9])]).toEqual([0, 0.25, 0.75, 0.75, 1, 1]);
    expect([...cumulativeShare([], [1])]).toEqual([NaN]);
  });
});
