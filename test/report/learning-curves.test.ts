import { describe, expect, it } from "vitest";
import type { LearningCurveResult } from "../../src/analysis/index.js";
import { learningTable } from "../../src/report/learning-table.js";
import { learningCurvePlots } from "../../src/report/plots/learning-curves.js";
import { renderFigure } from "../../src/report/plots/render-svg.js";
import { propertyTable } from "../../src/report/property-table.js";
import { spreadTable } from "../../src/report/spread-table.js";

const none = { fits: 0, rmse: { mean: NaN, deviation: NaN }, mae: { mean: NaN, deviation: NaN } };
const spread = (mean: number, deviation: number) => ({ fits: 3, rmse: { mean, deviation }, mae: { mean: 0.7 * mean, deviation: 0.7 * deviation } });

function curveOf(energies: readonly (readonly [size: number, mean: number, deviation: number])[]): LearningCurveResult {
  const points = energies.map(([size, mean, deviation]) => ({ size, repeats: 3, spread: { groups: [], properties: [], total: { group: "total", energy: spread(mean, deviation), forces: none, virial: none } } }));
  return { on: "test", scoredStructures: 25, points, powerLaws: {}, propertyLaws: {}, runs: [], warnings: [] };
}

describe("plots of learning curves", () => {
  it("have points, bars and the line of the fit, one for each quantity", async () => {
    const curve = curveOf([[10, 0.02, 0.019], [100, 0.01, 0.001], [1000, 0.005, NaN]]);
    const plots = learningCurvePlots({ ...curve, powerLaws: { energy: { amplitude: 0.04, exponent: 0.301, standardError: 0.011 } } });
    expect(plots.map(({ name }) => name)).toEqual(["learning-energy"]);
    const { svg, caption, description } = await renderFigure(plots[0]);
    expect(caption).toBe("Errors of 25 test structures: mean and standard deviation over random parts of the training data. Dashed: RMSE = 40.0 · N^−b with b = 0.30 ± 0.01, by least squares of the logarithms.");
    expect(description).toContain("RMSE from 20.0 with 10 to 5.00 with 1000");
    expect(svg).not.toMatch(/NaN|undefined/u);
    expect(svg.match(/stroke-dasharray="5,4"/gu)?.length).toBe(1);
    // circles and bars of the RMSE: the bar of one fit has no length
    expect(svg).toContain("error (meV/atom)");
  });

  it("have round numbers on axes that span less than a factor of four, and stand for one size", async () => {
    for (const curve of [curveOf([[13, 0.138, 0.017], [214, 0.119, NaN]]), curveOf([[7, 0.1, NaN]])]) {
      const { svg, caption } = await renderFigure(learningCurvePlots(curve)[0]);
      expect(caption).not.toContain("Dashed");
      const numbers = [...svg.matchAll(/<text[^>]*>([\d.]+)<\/text>/gu)].map(([, text]) => text);
      expect(numbers.length).toBeGreaterThan(3);
      for (const text of numbers) expect(text.replace(".", "").length, text).toBeLessThanOrEqual(4);
      expect(svg).not.toMatch(/NaN|undefined/u);
    }
  });
});

describe("tables of validation", () => {
  it("show mean and deviation with digits for the smaller of both", () => {
    const { title, columns, rows } = learningTable({ ...curveOf([[10, 0.02, 0.0042], [100, 0.01, NaN]]), powerLaws: { energy: { amplitude: 1, exponent: -0.05, standardError: NaN } } });
    expect(title).toBe("Learning curve: errors of 25 test structures, mean ± standard deviation over the repeats");
    expect(columns).toEqual(["structures", "fits", "Energy RMSE, meV/atom", "Energy MAE, meV/atom"]);
    expect(rows).toEqual([["10", "3", "20.0 ± 4.2", "14.0 ± 2.9"], ["100", "3", "10.0", "7.0"], ["exponent b of N^−b", "", "−0.05", ""]]);
    const [point] = curveOf([[10, 0.02, 0.0042]]).points;
    const folds = spreadTable({ folds: new Array(3).fill(undefined) as never, split: "random", spread: { groups: [{ ...point.spread.total, group: "" }], total: point.spread.total, properties: [] } });
    expect(folds.rows).toEqual([["(no config_type)", "20.0 ± 4.2", "14.0 ± 2.9"], ["total", "20.0 ± 4.2", "14.0 ± 2.9"]]);
  });
});

describe("properties", () => {
  const gap = { name: "gap", unit: "eV", ...spread(0.31, 0.02) };
  const [point] = curveOf([[10, 0.02, 0.0042]]).points;
  const curve: LearningCurveResult = {
    ...curveOf([]),
    points: [10, 100].map((size) => ({ ...point, size, spread: { ...point.spread, properties: [gap, { name: "<s>", unit: "1", ...spread(3, NaN) }] } })),
    propertyLaws: { gap: { amplitude: 0.31, exponent: 0, standardError: NaN } },
  };

  it("have columns in the tables of validation, in their own units", () => {
    const { columns, rows } = learningTable(curve);
    expect(columns.slice(4)).toEqual(["gap RMSE, eV", "gap MAE, eV", "<s> RMSE", "<s> MAE"]);
    expect(rows.map((row) => row.slice(4))).toEqual([...[1, 2].map(() => ["0.310 ± 0.020", "0.217 ± 0.014", "3.0", "2.1"]), ["0.00", "", "", ""]]);
    const folds = spreadTable({ folds: new Array(3).fill(undefined) as never, split: "random", spread: { groups: [{ ...point.spread.total, group: "a" }], total: point.spread.total, properties: [gap] } });
    expect(folds.rows.map((row) => row.slice(3))).toEqual([["", ""], ["0.310 ± 0.020", "0.217 ± 0.014"]]);
  });

  it("have plots of their own, whose files are named without their names", async () => {
    const plots = learningCurvePlots(curve);
    expect(plots.map(({ name }) => name)).toEqual(["learning-energy", "learning-property-1", "learning-property-2"]);
    for (const [k, plot] of plots.slice(1).entries()) {
      const { svg } = await renderFigure(plot);
      expect(svg).not.toMatch(/NaN|undefined|<s>/u);
      expect(svg).toContain(["error (eV)", ">error<"][k]);
    }
  });

  it("have a table of errors by data set", () => {
    const errors = { name: "gap", unit: "1", count: 4, rmse: 0.25, mae: 0.125, max: 1 };
    expect(propertyTable([{ name: "train", properties: [] }])).toBeUndefined();
    expect(propertyTable([{ name: "train", properties: [errors] }, { name: "test", properties: [{ ...errors, unit: "eV" }] }])!.rows).toEqual([
      ["gap", "", "train", "0.250", "0.125", "1.00", "4"],
      ["gap", "eV", "test", "0.250", "0.125", "1.00", "4"],
    ]);
  });
});
