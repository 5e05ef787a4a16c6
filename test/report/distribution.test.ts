import { describe, expect, it } from "vitest";
import { distributionPlot } from "../../src/report/plots/distribution.js";
import { groupStyles } from "../../src/report/plots/group-styles.js";
import type { ReportDataset, StructureRecord } from "../../src/report/report-data.js";

/** A data set with the given energy errors in eV/atom. */
function dataset(name: string, errors: readonly number[]): ReportDataset {
  const records = errors.map(
    (error, i): StructureRecord => ({ group: `g${i % 2}`, label: "", nAtoms: 1, energy: { reference: 0, predicted: error } }),
  );
  return { name, records };
}

interface Panel {
  readonly data?: { readonly values: readonly { readonly x: number; readonly y: number; readonly name: string }[] };
}

/** Rows of the histogram and of the cumulative curves. */
function panels(datasets: readonly ReportDataset[]) {
  const plot = distributionPlot("energy", datasets, groupStyles(datasets));
  if (!plot) return undefined;
  const { vconcat } = plot.spec as unknown as { vconcat: readonly Panel[] };
  return { histogram: vconcat[0].data?.values ?? [], curves: vconcat[2].data?.values ?? [] };
}

describe("distributionPlot", () => {
  it.each([
    ["spread errors", [1e-9, -0.001, 0.002, 0.5, 0.0031]],
    ["equal errors", [0.0001, 0.0001, 0.0001]],
    ["errors just above a power of ten", [0.00010000000002, -0.00010000000001]],
    ["some exact predictions", [0, 0, 0, 0.03]],
  ])("counts every value once: %s", (_, errors) => {
    const shown = panels([dataset("train", [0.01, 0.02]), dataset("test", errors)]);
    for (const name of ["train", "test"]) {
      const rows = shown?.histogram.filter((row) => row.name === name) ?? [];
      // The last row repeats the last bin to close the outline.
      const sum = rows.slice(0, -1).reduce((total, { y }) => total + y, 0);
      expect(Math.abs(sum - 1) <= 1e-12, `${name}: shares sum to ${sum}`).toBe(true);
    }
    for (const name of ["g0", "g1", "all"]) {
      const curve = shown?.curves.filter((row) => row.name === name) ?? [];
      expect(curve.every(({ y }, i) => i === 0 || y >= curve[i - 1].y)).toBe(true);
      expect(curve.at(-1)?.y).toBe(1);
    }
  });

  it("is left out where all predictions are exact, or there are none", () => {
    expect(panels([dataset("test", [0, 0])])).toBeUndefined();
    expect(panels([dataset("test", [])])).toBeUndefined();
    expect(panels([])).toBeUndefined();
  });
});
