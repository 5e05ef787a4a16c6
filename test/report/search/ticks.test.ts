import { describe, expect, it } from "vitest";
import { textWidth } from "../../../src/report/plots/legend.js";
import type { ParameterAxis } from "../../../src/report/search/parameter-axis.js";
import { fittingTicks } from "../../../src/report/search/plots/fitting-ticks.js";

describe("ticks of a panel", () => {
  it("stay apart where the text of the first is moved inwards", () => {
    const texts = [["0.01", 0], ["0.02", 0.177], ["0.05", 0.411], ["0.1", 0.589], ["0.5", 1]] as const;
    const ticks = (most: number) => texts.filter((_, i) => i % Math.ceil(texts.length / most) === 0).map(([text, position]) => ({ text, position }));
    const axis = { parameter: {}, isList: false, ticks } as unknown as ParameterAxis;
    const width = 182;
    const placed = fittingTicks(axis, width).map(({ text, position }) => {
      const half = textWidth(text) / 2;
      const x = Math.min(width - half, Math.max(half, position * width));
      return [x - half, x + half];
    });
    expect(placed.length).toBeGreaterThan(1);
    placed.slice(1).forEach(([left], i) => expect(left - placed[i][1]).toBeGreaterThan(3));
  });
});
