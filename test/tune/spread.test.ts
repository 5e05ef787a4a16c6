import { describe, expect, it } from "vitest";
import type { Dimension } from "../../src/optimizers/index.js";
import { spreadOf } from "../../src/tune/index.js";

const continuous: Dimension = { kind: "continuous" };

describe("spreadOf", () => {
  it("is the standard deviation of one coordinate, 1 / √12 for a uniform one", () => {
    const n = 1000;
    const points = Array.from({ length: n }, (_, i) => [(i + 0.5) / n]);
    expect(Math.abs(spreadOf(points, [continuous]) - 1 / Math.sqrt(12)) < 1e-6).toBe(true);
  });

  it("does not depend on how many levels a dimension has", () => {
    const ordered = (levels: number): Dimension => ({ kind: "ordered", levels });
    expect(spreadOf([[0], [4]], [ordered(5)])).toBe(0.5);
    expect(spreadOf([[0], [100]], [ordered(101)])).toBe(0.5);
    expect(spreadOf([[0], [0]], [ordered(1)])).toBe(0);
  });

  it("takes categories as equal or not", () => {
    const categorical: Dimension = { kind: "categorical", levels: 9 };
    expect(spreadOf([[0], [8]], [categorical])).toBe(0.5);
    expect(spreadOf([[1], [2]], [categorical])).toBe(0.5);
    expect(spreadOf([[7], [7]], [categorical])).toBe(0);
  });

  it("is 0 for equal points and for none", () => {
    expect(spreadOf([[0.2, 0.7], [0.2, 0.7]], [continuous, continuous])).toBe(0);
    expect(spreadOf([], [continuous])).toBe(0);
    expect(spreadOf([[]], [])).toBe(0);
  });
});
