import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assessPotential, crossValidate, type FoldResult, heldOutPredictions } from "../../../src/analysis/index.js";
import { CancelledError, InvalidParameterError } from "../../../src/errors.js";
import { fitLinear, type FitRequest, trainerOf } from "../../../src/fit/index.js";
import { createExecutor, type Executor } from "../../../src/parallel/index.js";
import { Dataset } from "../../../src/structures/index.js";
import { detectBuild, isShared } from "../../../src/wasm/builds.js";
import { expectClose, testExecutor } from "../../expect.js";
import { termOptions } from "../../models/systems.js";
import { toyTrainer } from "../../fit/toy/trainer.js";
import "../../fit/toy/register.js";
import { disturbedData, isolatedAtomEnergies, linearRequest, sigma } from "./disturbed-data.js";

let executor: Executor;
let data: Dataset;
beforeAll(async () => {
  executor = await testExecutor();
  data = await disturbedData(executor, 16);
});
afterAll(() => executor.close());

const linear = trainerOf({ type: "linear" });
const timeless = ({ seconds: _, ...fold }: FoldResult): object => fold;

describe("cross-validation", () => {
  it("with a fold for each structure has the exact errors of structures left out", async () => {
    const { summary } = await fitLinear(linearRequest({ crossValidation: "leave-structure-out" }), data, executor);
    const before = executor.pool.bytesInUse - executor.scratchBytes;
    const { errors, folds } = await crossValidate(linear, linearRequest(), data, executor, { folds: 16 });
    expect(executor.pool.bytesInUse - executor.scratchBytes).toBe(before);
    expect(folds.map(({ nTrain }) => nTrain)).toEqual(new Array(16).fill(15));
    for (const name of ["energy", "forces", "virial"] as const) {
      const { count, rmse, mae } = summary.leftOut![name];
      expect(errors.total[name].count).toBe(count);
      expectClose([errors.total[name].rmse, errors.total[name].mae], [rmse, mae], 1e-8, "relative-to-max");
    }
    expect(errors.groups.map(({ group }) => group)).toEqual(["", "loose"]);
  });

  it("has mean and standard deviation of the errors of its folds, and what was predicted for each structure", async () => {
    const { folds, foldErrors, spread, split, seconds } = await crossValidate(linear, linearRequest(), data, executor, { folds: 3, seed: 4 });
    expect([split, seconds > 0]).toEqual(["stratified", true]);
    const predictions = heldOutPredictions(data, folds);
    for (const [k, { heldOut }] of folds.entries()) {
      const train = data.subset([...Array(16).keys()].filter((i) => !heldOut.includes(i)));
      const { model } = await fitLinear(linearRequest(), train, executor);
      const { errors, comparisons } = await assessPotential(model, data.subset(heldOut), executor);
      for (const name of ["energy", "forces", "virial"] as const) expectClose([foldErrors[k].total[name].rmse], [errors.total[name].rmse], 1e-10);
      for (const [place, index] of heldOut.entries()) {
        expectClose([predictions[index]!.energy], [comparisons[place].energy!.predicted], 1e-10);
        expectClose(predictions[index]!.forces!, comparisons[place].forces!.predicted, 1e-10);
        expectClose(predictions[index]!.virial!, comparisons[place].virial!.predicted, 1e-10);
      }
    }
    const rmse = foldErrors.map(({ total }) => total.forces.rmse);
    const mean = (rmse[0] + rmse[1] + rmse[2]) / 3;
    expect(spread.total.forces.fits).toBe(3);
    expectClose([spread.total.forces.rmse.mean], [mean], 1e-14);
    expectClose([spread.total.forces.rmse.deviation], [Math.sqrt(rmse.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 2)], 1e-14);
    expect(spread.groups.map(({ group }) => group).sort()).toEqual(["", "loose"]);
  });

  it("has the same bits for any number of threads, and makes no known fold again", async () => {
    const several = await createExecutor({ threads: isShared(await detectBuild()) ? 2 : 1 });
    try {
      const seen: FoldResult[] = [];
      const one = await crossValidate(linear, linearRequest(), data, executor, { folds: 4 }, { seed: 7, onFold: (fold) => seen.push(fold) });
      const two = await crossValidate(linear, linearRequest(), data, several, { folds: 4 }, { seed: 7 });
      expect(two.folds.map(timeless)).toEqual(one.folds.map(timeless));
      expect(seen.map(({ fold }) => fold)).toEqual([0, 1, 2, 3]);
      const made: number[] = [];
      const resumed = await crossValidate(linear, linearRequest(), data, executor, { folds: 4 }, { seed: 7, known: structuredClone([seen[2], seen[0]]), onFold: ({ fold }) => made.push(fold) });
      expect(made).toEqual([1, 3]);
      expect(resumed.errors).toEqual(one.errors);
      expect(resumed.folds.map(timeless)).toEqual(one.folds.map(timeless));
    } finally {
      await several.close();
    }
  });

  it("goes through every trainer alike: a sparse Gaussian process, and one that a program brings along", async () => {
    const sparseGp: FitRequest = {
      model: { type: "sparse-gp", isolatedAtomEnergies, terms: termOptions.map((term) => JSON.parse(JSON.stringify(term)) as unknown) },
      fit: { sigma, jitter: 1e-6 },
    };
    const toy: FitRequest = { model: { type: "toy-pair", cutoff: 4 }, fit: { sigma: { energy: 0.01, forces: 0.1 } } };
    for (const [trainer, request] of [[trainerOf({ type: "sparse-gp" }), sparseGp], [toyTrainer, toy]] as const) {
      const { errors, spread } = await crossValidate(trainer, request, data, executor, { folds: 2 });
      expect(errors.total.forces.count).toBe(data.report.forceComponents);
      expect(errors.total.forces.rmse > 0.05 && spread.total.forces.rmse.deviation >= 0).toBe(true);
    }
  });

  it("leaves out targets and groups that a training part lacks", async () => {
    // one virial, one structure of "loose": the fold without them is fitted to the rest
    const few = await disturbedData(executor, 6, (i, { energy, forces, virial }) => ({ ...(energy !== undefined && { energy }), ...(forces && { forces }), ...(i === 0 && virial && { virial }) }));
    const single = Dataset.from([...few].map((structure, i) => ({ ...structure, configType: i === 3 ? "loose" : "" })));
    const { errors, spread } = await crossValidate(linear, linearRequest(), single, executor, { folds: 3 });
    expect(errors.total.virial.count).toBe(6);
    expect(spread.total.virial.fits).toBe(1);
    expect(spread.total.virial.rmse.deviation).toBeNaN();
    expect(spread.groups.find(({ group }) => group === "loose")!.energy.fits).toBe(1);
  });

  it("refuses data that cannot be divided before it fits anything, and options that are wrong", async () => {
    const events: string[] = [];
    const onProgress = ({ stage }: { stage: string }): number => events.push(stage);
    const few = crossValidate(linear, linearRequest(), data.subset([0]), executor, {}, { onProgress });
    await expect(few).rejects.toThrow(InvalidParameterError);
    await expect(few).rejects.toThrow(/only 1 structure beside isolated atoms/u);
    await expect(crossValidate(linear, linearRequest(), data, executor, { folds: 1 })).rejects.toThrow(/folds/u);
    expect(events).toEqual([]);
  });

  it("stops", async () => {
    const controller = new AbortController();
    const before = executor.pool.bytesInUse - executor.scratchBytes;
    const stopped = crossValidate(linear, linearRequest(), data, executor, { folds: 4 }, { signal: controller.signal, onFold: () => controller.abort() });
    await expect(stopped).rejects.toThrow(CancelledError);
    expect(executor.pool.bytesInUse - executor.scratchBytes).toBe(before);
  });
});
