import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assessPotential, attainableCorrelation, barBins, calibrateErrorBars, coverage, judgeErrorBars, rankCorrelation } from "../../src/analysis/index.js";
import { InvalidParameterError } from "../../src/errors.js";
import { seededRandom, standardNormal } from "../../src/math/random.js";
import { committeeOfModel, evaluateStructure } from "../../src/models/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { Dataset, type Structure } from "../../src/structures/index.js";
import { expectClose, testExecutor } from "../expect.js";
import { randomLinearModel, uncertainModel } from "../models/linear-systems.js";
import { makeStructure, randomStructure } from "../models/systems.js";

describe("coverage", () => {
  it("makes intervals by the quantiles of a normal distribution", () => {
    const points = coverage([0, 1, -1, 2]);
    expect(points.map(({ expected }) => expected).slice(0, 3)).toEqual([0.05, 0.1, 0.15]);
    const at = (share: number): (typeof points)[number] => points.find(({ expected }) => expected === share)!;
    // tables of the normal distribution
    expectClose([at(0.5).deviations, at(0.95).deviations, at(0.99).deviations], [0.6744897501960817, 1.959963984540054, 2.5758293035489004], 1e-10);
    expect([at(0.5).observed, at(0.7).observed, at(0.99).observed]).toEqual([0.25, 0.75, 1]);
  });

  it("is that of the bars for errors that are drawn with them", () => {
    const random = seededRandom(5);
    const ratios = Array.from({ length: 4000 }, () => standardNormal(random));
    for (const { expected, observed } of coverage(ratios)) expect(Math.abs(observed - expected) < 0.03, `${observed} of ${expected}`).toBe(true);
    for (const { expected, observed } of coverage(ratios.map((ratio) => 3 * ratio)).slice(2)) expect(observed < expected - 0.05).toBe(true);
  });
});

describe("bins of bars", () => {
  it("hold predictions with bars of about the same size", () => {
    const bars = Array.from({ length: 100 }, (_, i) => ((7 * i) % 100) + 1);
    const bins = barBins(bars, bars.map((bar) => -2 * bar));
    expect(bins.map(({ count }) => count)).toEqual([8, 9, 8, 8, 9, 8, 8, 9, 8, 8, 9, 8]);
    for (const { bar, error } of bins) expectClose([error], [2 * bar], 1e-12);
    expectClose([bins[0].bar], [Math.sqrt((8 * 9 * 17) / 6 / 8)], 1e-12);
    expect(barBins([1, 2], [3, 4])).toEqual([{ bar: Math.sqrt(2.5), error: Math.sqrt(12.5), count: 2 }]);
  });

  it("correlate by ranks, whatever the scale", () => {
    expect(rankCorrelation([1, 2, 3, 40], [0.1, 0.2, 5, 6])).toBeCloseTo(1, 12);
    expect(rankCorrelation([1, 2, 3, 4], [4, 3, 2, 1])).toBeCloseTo(-1, 12);
    // one pair shares its rank: 1 − 6 Σd²/(n(n² − 1)) does not hold, Pearson's of 0, 1, 2.5, 2.5 and 0, 1, 2, 3 does
    expect(rankCorrelation([1, 2, 3, 3], [1, 2, 3, 4])).toBeCloseTo(4.5 / Math.sqrt(4.5 * 5), 12);
    expect(rankCorrelation([1, 1], [1, 2])).toBeNaN();
  });
});

describe("the rank correlation of right bars", () => {
  it("is what their own errors have", () => {
    const random = seededRandom(9);
    const bars = Array.from({ length: 5000 }, (_, i) => 10 ** (i / 4999));
    const errors = bars.map((bar) => Math.abs(bar * standardNormal(random)));
    const own = attainableCorrelation(bars);
    expectClose([own], [rankCorrelation(bars, errors)], 0.03);
    // 0.570 by two million draws
    expectClose([own, attainableCorrelation(bars.map((bar) => 1e-4 * bar))], [0.57, own], 0.02);
    expect(attainableCorrelation([1, 2, 4]) > 0.2).toBe(true);
    expect(attainableCorrelation([1, 1, 1])).toBeNaN();
  });
});

describe("calibration", () => {
  let executor: Executor;
  /** What the posterior itself made, with bars that are three times too small. */
  let dataset: Dataset;
  const model = uncertainModel(5);
  beforeAll(async () => {
    executor = await testExecutor();
    const wide = model.with({ covariance: { ...model.covariance!, root: model.covariance!.root.map((value) => 3 * value) } });
    const structures: Structure[] = [];
    for (const [i, member] of committeeOfModel(wide, { count: 40, seed: 8 }).entries()) {
      const structure = randomStructure(50 + i, 3 + (i % 3));
      const { energy, forces } = await evaluateStructure(member, structure, executor);
      structures.push(makeStructure(structure, { energy, forces: forces! }));
    }
    dataset = Dataset.from(structures);
  });
  afterAll(() => executor.close());

  it("makes bars as large as errors, and does it once", async () => {
    const data = [{ role: "calibration", path: "held-out.xyz", sha256: "00" }];
    const { model: calibrated, before } = await calibrateErrorBars(model, dataset, executor, { data });
    const { energy, forces, structures } = calibrated.provenance.calibration!;
    expectClose([energy!, forces!], [before.energy.factor, before.forces.factor], 1e-10);
    expect(structures).toBe(40);
    for (const factor of [energy!, forces!]) expect(factor > 2 && factor < 4, `${factor}`).toBe(true);
    const after = judgeErrorBars((await assessPotential(calibrated, dataset, executor, { errorBars: true })).comparisons);
    expectClose([after.energy.factor, after.forces.factor], [1, 1], 1e-10);
    expect((await calibrateErrorBars(calibrated, dataset, executor, { data })).model.provenance).toEqual(calibrated.provenance);
  });

  it("knows a floor, which errors have beside the bars", async () => {
    const { size } = judgeErrorBars((await assessPotential(model, dataset, executor, { errorBars: true })).comparisons).forces;
    const random = seededRandom(6);
    const noisy = Dataset.from([...dataset].map((structure) => makeStructure(structure, { ...structure.targets, forces: structure.targets.forces!.map((force) => force + 2 * size * standardNormal(random)) })));
    const { model: calibrated, before, after: told } = await calibrateErrorBars(model, noisy, executor);
    const { forces, forcesFloor } = calibrated.provenance.calibration!;
    // bars that are three times too small, see above
    expectClose([forces! / 3, forcesFloor! / (2 * size)], [1, 1], 0.25);
    expect(before.forces.factor > 1.3 * forces!, `${before.forces.factor} and ${forces}`).toBe(true);
    const after = judgeErrorBars((await assessPotential(calibrated, noisy, executor, { errorBars: true })).comparisons);
    expectClose([after.energy.factor, after.forces.factor], [1, 1], 1e-9);
    for (const kind of ["energy", "forces"] as const) {
      expect(told[kind].count).toBe(after[kind].count);
      expectClose([told[kind].size, told[kind].factor, told[kind].rankCorrelation], [after[kind].size, after[kind].factor, after[kind].rankCorrelation], 1e-9);
    }
  });

  it("leaves bars out that are rounding errors, and refuses those that are no numbers", () => {
    const compare = (bars: readonly number[]) => judgeErrorBars([{
      group: "", nAtoms: 1, energy: { reference: 0, predicted: 1 }, forces: { reference: new Float64Array(3), predicted: Float64Array.of(2, 2, 1e-9) }, errorBars: { energy: 1, forces: Float64Array.from(bars) },
    }]);
    const { count, factor } = compare([1, 1, 1e-12]).forces;
    expect([count, factor]).toEqual([2, 2]);
    expect(() => compare([1, NaN, 1])).toThrow(/variance 1 is NaN/u);
  });

  it("takes only kinds that the data has, and ten values at least", async () => {
    const energies = Dataset.from([...dataset].map((structure) => makeStructure(structure, { energy: structure.targets.energy })));
    const { calibration } = (await calibrateErrorBars(model, energies, executor)).model.provenance;
    expect(calibration).toMatchObject({ forces: undefined, structures: 40 });
    expect(calibration!.energy! > 1).toBe(true);
    const few = Dataset.from([...energies].slice(0, 9));
    await expect(calibrateErrorBars(model, few, executor)).rejects.toThrow(/with 9 energies and 0 force components/u);
    await expect(calibrateErrorBars(randomLinearModel(), energies, executor)).rejects.toThrow(InvalidParameterError);
  });
});
