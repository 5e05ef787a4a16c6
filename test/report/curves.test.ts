import { describe, expect, it } from "vitest";
import { curvesPlot } from "../../src/report/plots/curves.js";

function subtitleOf(values: readonly number[]): unknown {
  const curve = { name: "curve", points: values.map((value) => [value, 1] as const) };
  const { spec } = curvesPlot({ name: "plot", title: "Title", x: "λ (eV²)", y: "y", caption: "", curves: [curve] });
  return (spec as { title: { subtitle: unknown } }).title.subtitle;
}

describe("the subtitle of curves", () => {
  it("says how far counts go, and the ends of small numbers with their digits", () => {
    expect(subtitleOf([1, 1200])).toBe("up to 1,200 λ (eV²)");
    expect(subtitleOf([1e-4, 1e-10, 1e-6])).toBe("1e-10 to 1e-4 λ (eV²)");
  });
});
