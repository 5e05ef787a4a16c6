import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assessPotential, divideLearningData, fitPowerLaw, learningCurve, type LearningRun, summarizeLearningRuns } from "../../../src/analysis/index.js";
import { CancelledError, InvalidParameterError } from "../../../src/errors.js";
import { fitLinear, trainerOf } from "../../../src/fit/index.js";
import { createExecutor, type Executor } from "../../../src/parallel/index.js";
import { Dataset } from "../../../src/structures/index.js";
import { detectBuild, isShared } from "../../../src/wasm/builds.js";
import { expectClose, testExecutor } from "../../expect.js";
import { disturbedData, linearRequest } from "./disturbed-data.js";

let executor: Executor;
let data: Dataset;
let test: Dataset;
beforeAll(async () => {
  executor = await testExecutor();
  const all = await disturbedData(executor, 26);
  data = all.subset([...Array(20).keys()]);
  test = all.subset([20, 21, 22, 23, 24, 25]);
});
afterAll(() => executor.close());

const linear = trainerOf({ type: "linear" });
const timeless = ({ seconds: _, ...run }: LearningRun): object => run;

describe("a power law", () => {
  it("is that of exact points, with no error", () => {
    const law = fitPowerLaw([10, 40, 200, 1000].map((size) => [size, 3 * size ** -0.7] as const))!;
    expectClose([law.amplitude, law.exponent, law.standardError], [3, 0.7, 0], 1e-7);
  });

  it("has the standard error of the slope of a line", () => {
    // ln error = 0, 1, 0 at ln N = 0, 1, 2: slope 0, mean 1/3, residuals −1/3, 2/3, −1/3
    const law = fitPowerLaw([[1, 1], [Math.E, Math.E], [Math.E ** 2, 1]])!;
    expectClose([law.exponent, law.amplitude, law.standardError], [0, Math.exp(1 / 3), Math.sqrt(2 / 3 / 1 / 2)], 1e-12);
  });

  it("needs two numbers of structures; errors of 0 and absent ones do not count", () => {
    expect(fitPowerLaw([])).toBeUndefined();
    expect(fitPowerLaw([[5, 1], [5, 2]])).toBeUndefined();
    expect(fitPowerLaw([[5, 1], [10, 0], [20, NaN]])).toBeUndefined();
    const law = fitPowerLaw([[5, 2], [10, 0], [20, 1]])!;
    expect(law.exponent).toBeCloseTo(0.5, 12);
    expect(law.standardError).toBeNaN();
  });
});

describe("a learning curve", () => {
  it("has the errors of fits to nested parts, judged on the same data", async () => {
    const before = executor.pool.bytesInUse - executor.scratchBytes;
    const curve = await learningCurve(linear, linearRequest(), { train: data, test }, executor, { sizes: [20, 6, 12], repeats: 2 }, { seed: 3 });
    expect(executor.pool.bytesInUse - executor.scratchBytes).toBe(before);
    expect([curve.on, curve.scoredStructures]).toEqual(["test", 6]);
    // all structures once: a second part would be the same
    expect(curve.points.map(({ size, repeats }) => [size, repeats])).toEqual([[6, 2], [12, 2], [20, 1]]);
    const { parts } = divideLearningData({ train: data, test }, { sizes: [6, 12, 20], repeats: 2 }, 3);
    const of = (size: number, repeat: number): readonly number[] => parts.find((part) => part.size === size && part.repeat === repeat)!.train;
    for (const repeat of [0, 1]) expect(of(12, repeat)).toEqual(expect.arrayContaining([...of(6, repeat)]));
    expect(of(6, 0)).not.toEqual(of(6, 1));
    for (const [k, part] of parts.entries()) {
      const { model } = await fitLinear(linearRequest(), data.subset(part.train), executor);
      const { errors } = await assessPotential(model, test, executor);
      for (const name of ["energy", "forces", "virial"] as const) expectClose([curve.runs[k].errors.total[name].rmse], [errors.total[name].rmse], 1e-10);
    }
    const means = curve.points.map(({ size, spread }) => [size, spread.total.forces.rmse.mean] as const);
    expect(curve.powerLaws.forces).toEqual(fitPowerLaw(means));
    expect(curve.powerLaws.forces!.exponent > 0).toBe(true);
    expect(curve.points[0].spread.total.forces.rmse.deviation > 0).toBe(true);
    expect(curve.points[2].spread.total.forces.rmse.deviation).toBeNaN();
  });

  it("has the same bits for any number of threads, and makes no known fit again", async () => {
    const several = await createExecutor({ threads: isShared(await detectBuild()) ? 2 : 1 });
    try {
      const options = { sizes: { points: 3 }, repeats: 2, on: "held-out" } as const;
      const seen: LearningRun[] = [];
      const one = await learningCurve(linear, linearRequest(), { train: data }, executor, options, { onRun: (run) => seen.push(run) });
      const two = await learningCurve(linear, linearRequest(), { train: data }, several, options);
      expect(two.runs.map(timeless)).toEqual(one.runs.map(timeless));
      expect([one.on, one.scoredStructures, one.points.map(({ size }) => size)]).toEqual(["held-out", 4, [1, 4, 16]]);
      const made: LearningRun[] = [];
      const resumed = await learningCurve(linear, linearRequest(), { train: data }, executor, options, { known: structuredClone(seen.slice(0, 3)), onRun: (run) => made.push(run) });
      expect(made.map(({ size, repeat }) => [size, repeat])).toEqual([[4, 1], [16, 0]]);
      expect(resumed.points).toEqual(one.points);
    } finally {
      await several.close();
    }
  });

  it("that is stopped has heard of the fits that were done", async () => {
    const controller = new AbortController();
    const runs: LearningRun[] = [];
    const onRun = (run: LearningRun): void => {
      if (runs.push(run) === 3) controller.abort();
    };
    const options = { sizes: [4, 8, 16], repeats: 2 };
    const before = executor.pool.bytesInUse - executor.scratchBytes;
    await expect(learningCurve(linear, linearRequest(), { train: data, test }, executor, options, { signal: controller.signal, onRun })).rejects.toThrow(CancelledError);
    expect(executor.pool.bytesInUse - executor.scratchBytes).toBe(before);
    const { points, powerLaws } = summarizeLearningRuns({ on: "test", scoredIndices: [...Array(6).keys()] }, runs);
    expect(points.map(({ size, repeats }) => [size, repeats])).toEqual([[4, 2], [8, 1]]);
    expect(powerLaws.energy!.standardError).toBeNaN();
  });

  const cases: [string, () => Parameters<typeof divideLearningData>, RegExp][] = [
    ["more structures than there are", () => [{ train: data, test }, { sizes: [5, 50] }], /^sizes has 50, but there are only 20 structures to fit to .*; use smaller sizes$/],
    ["a range the wrong way round", () => [{ train: data, test }, { sizes: { from: 9, to: 3, points: 2 } }], /^sizes goes from 9 to 3; the smallest size comes first$/],
    ["data that is not there", () => [{ train: data, test }, { on: "validation" }], /^on is "validation", but there is no validation data/],
    ["one structure", () => [{ train: data.subset([0]) }, {}], /^heldOut is 0\.2 of 1 structures, which leaves none for errors/],
    ["a species that only the errors are of", () => [{ train: Dataset.from([...data].filter((_, i) => i < 3).map((s) => ({ ...s, atomicNumbers: s.atomicNumbers.map(() => 11) }))), test }, {}], /^the test data hold Cl, which the training data lack$/],
    ["no size", () => [{ train: data }, { sizes: [] }], /learningCurve.sizes|sizes/],
  ];
  it.each(cases)("refuses %s", (_, of, message) => {
    expect(() => divideLearningData(...of())).toThrow(InvalidParameterError);
    expect(() => divideLearningData(...of())).toThrow(message);
  });
});
