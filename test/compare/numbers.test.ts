// What is made of measured numbers: sentences, extrapolations, the scale of the best speed, samples, remarks.
import { describe, expect, it } from "vitest";
import type { Spectrum } from "../../src/analysis/index.js";
import type { ComparedDescriptor, Cost, Timing } from "../../src/compare/comparison.js";
import { rescaled } from "../../src/compare/cost/rescale.js";
import { Deadline } from "../../src/compare/deadline.js";
import { predictionsOf } from "../../src/compare/predictions.js";
import { remarksOf } from "../../src/compare/remarks.js";
import { sampleStructures } from "../../src/compare/sample.js";
import { Unreached } from "../../src/compare/unreached.js";
import { secondsPerAtom, sentenceOf } from "../../src/compare/sentences.js";
import { Dataset } from "../../src/structures/index.js";
import { expectClose } from "../expect.js";
import { makeStructure, randomStructure } from "../models/systems.js";
import { syntheticComparison } from "../report/compare/synthetic-comparison.js";

const timing = (median: number): Timing => ({ median, low: 0.9 * median, high: 1.2 * median, rounds: 5 });
const cost: Cost = {
  unit: "environment", sampleSize: 300, neighborsPerCenter: 30, atomsPerUnit: 1, neighbors: timing(2e-6), values: timing(4e-6), jacobian: timing(38e-6), backward: timing(16e-6),
  stages: [], operations: { values: 4e4, backward: 1e5, jacobian: 3e5 }, peakShare: 0.5, bytes: { row: 400, state: 100, jacobian: 4e4 }, tables: { bytes: 1000, seconds: 0.01 },
  peakBytes: 2e7, reference: 5e-4, verified: 1e-9,
};
const structureCost: Cost = { ...cost, unit: "structure", atomsPerUnit: 50, neighbors: undefined };

describe("extrapolations", () => {
  it("are in proportion, neighbors included, and by atoms for whole structures", () => {
    const [rows, forces, many, derivatives] = predictionsOf(cost, 20);
    expectClose([rows, forces, many, derivatives].map(({ hours }) => 3600 * hours), [6, 18, 12, 80], 1e-12);
    expect([rows, forces, many].map(({ bytes }) => bytes)).toEqual([4e8, 2e7, 8e8]);
    const [whole] = predictionsOf(structureCost, 50);
    expectClose([3600 * whole.hours, whole.bytes], [4 / 50, 1e6 * (400 / 50)], 1e-12, "relative-to-max");
  });
});

describe("costs of different runs", () => {
  it("are on the scale of the best speed that is known", () => {
    const { values, neighbors, jacobian, backward, peakShare, reference } = rescaled(cost, { best: 4e-4, peak: 2e10 });
    expectClose([values, neighbors!, jacobian!, backward].map(({ median }) => 1e6 * median), [3.2, 1.6, 30.4, 12.8], 1e-12);
    expectClose([1e6 * values.low, 1e6 * values.high], [2.88, 3.84], 1e-12);
    expectClose([peakShare!], [4e4 / 3.2e-6 / 2e10], 1e-12);
    expect(reference).toBe(4e-4);
  });
});

describe("sentences", () => {
  const { descriptors } = syntheticComparison().comparison;
  const [small, , turbo] = descriptors;
  const with_ = (changes: Partial<ComparedDescriptor>): string => sentenceOf({ ...turbo, ...changes }, descriptors);
  const energy = turbo.information!.learning.energy!;
  const learning = (leftOut: number): Partial<ComparedDescriptor> => ({ information: { ...turbo.information!, learning: { ...turbo.information!.learning, energy: { ...energy, leftOut } } } });

  it("name the cost beside the cheapest, what a model has learned, and the place at equal cost", () => {
    // 31 and 5.2 µs, each with 1.9 for its neighbors
    expect(with_({})).toMatch(/^32\.9 µs for each atom with its neighbors, 4\.63 times the cheapest, for 252 columns; /u);
    expect(sentenceOf(small, [small])).toMatch(/the cheapest of all/u);
    expect(with_({})).toMatch(/a linear model of 160 structures has 5\.40 meV\/atom on others, where the composition alone has 96\.0/u);
    expect(with_(learning(40))).toMatch(/of 160 structures \(40 fewer than rows of usual length\) has/u);
    expectClose([secondsPerAtom({ cost: structureCost })], [4e-6 / 50], 1e-18);
    expect(with_({ cost: undefined })).toMatch(/were not timed/u);
  });

  it("say where there is nothing to compare", () => {
    const varying = (changes: Partial<Spectrum>): string => with_({ information: { ...turbo.information!, spectrum: { ...turbo.information!.spectrum, ...changes } } });
    const none = { mean: 0, error: NaN, count: 8 };
    expect(varying({ rows: 1, participationRatio: none })).toMatch(/; there is nothing to compare its row with; a linear/u);
    expect(varying({ participationRatio: none })).toMatch(/; its rows are all the same; a linear/u);
    expect(varying({ constantColumns: 0, duplicateColumns: 1 })).toMatch(/are above rounding; one column says nothing of its own;/u);
    expect(varying({ constantColumns: 2, duplicateColumns: 1 })).toMatch(/; 3 columns say nothing of their own;/u);
  });

  it("say whether leads and lags are more than the standard errors", () => {
    const behind = { onFront: false, bestAtCost: "acsf", errorOverFront: 1.5, errorOverFrontUncertainty: 0.2 };
    expect(with_({ ...behind, isClear: true })).toMatch(/its error is 1\.50 ± 0\.20 times that of acsf, which costs no more\.$/u);
    expect(with_({ ...behind, isClear: false })).toMatch(/times that of acsf, which costs no more: within the standard errors\.$/u);
    expect(with_({ onFront: true, isClear: true })).toMatch(/nothing that costs less is as accurate\.$/u);
    expect(with_({ onFront: true, isClear: false })).toMatch(/though the lead is within the standard errors\.$/u);
    expect(with_({ onFront: false, errorOverFront: NaN })).not.toMatch(/costs no more|accurate/u);
  });
});

describe("remarks", () => {
  it("stand once, with all whom they concern", () => {
    const told = (name: string, ...remarks: string[]) => ({ name, information: { ...syntheticComparison().comparison.descriptors[0].information!, remarks } });
    expect(remarksOf([told("a", "few", "few"), told("b", "none", "few"), { name: "c" }])).toEqual([{ text: "few", names: ["a", "b"] }, { text: "none", names: ["b"] }]);
  });
});

describe("samples of structures", () => {
  const molecules = Array.from({ length: 12 }, (_, i) => randomStructure(i + 1, 4 + (i % 3), false));
  const large = makeStructure({ positions: Float64Array.from({ length: 270 }, (_, i) => (i % 3 === 0 ? 2 * i : 0)), atomicNumbers: new Uint8Array(90).fill(11), cell: null, pbc: [false, false, false], label: "large" });
  const dataset = Dataset.from([...molecules, large]);
  const centersOf = (nCenters: number, seed: number): number => sampleStructures(dataset, nCenters, seed).reduce((sum, { geometry, centers }) => sum + (centers?.length ?? geometry.atomicNumbers.length), 0);

  it("have about as many atoms as wanted, some atoms of what is large, and depend on the seed", () => {
    for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) expect(centersOf(20, seed) >= 20 && centersOf(20, seed) <= 40).toBe(true);
    const labels = (seed: number): string => sampleStructures(dataset, 20, seed).map(({ geometry }) => geometry.positions[0]).join();
    expect(labels(1)).toBe(labels(1));
    expect(new Set([1, 2, 3, 4].map(labels)).size).toBeGreaterThan(1);
    expect(sampleStructures(Dataset.from([large]), 20, 1).map(({ centers }) => centers?.length)).toEqual([20]);
  });
});

describe("what the time did not suffice for", () => {
  it("is one sentence for each part", () => {
    const unreached = new Unreached();
    for (const name of ["a", "b", "c"]) unreached.add("cost", name);
    unreached.add("information", "b");
    unreached.add("scaling", "b");
    unreached.add("scaling", "c");
    expect(unreached.warnings).toEqual([
      "the time was over before a, b and c were measured: raise the budget",
      "the time was over before it was known what b tells: raise the budget",
      "the time was over before it was measured how the time of b and c grows: raise the budget",
    ]);
    expect(new Unreached().warnings).toEqual([]);
  });
});

describe("a budget", () => {
  it("is over after its share of the time, and never where there is none", async () => {
    const deadline = new Deadline(0.02);
    expect(deadline.isBefore(1)).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 25));
    expect([deadline.isBefore(1), deadline.isBefore(10), new Deadline(undefined).isBefore(0)]).toEqual([false, true, true]);
  });
});
