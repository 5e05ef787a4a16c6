import { afterAll, beforeAll, expect, it } from "vitest";
import { assessPotential, crossValidate, heldOutPredictions, learningCurve } from "../../../src/analysis/index.js";
import { fitKernelRidge, type KernelRidgeFit, trainerOf } from "../../../src/fit/index.js";
import { CommitteeModel, evaluateStructure } from "../../../src/models/index.js";
import type { Executor } from "../../../src/parallel/index.js";
import { Dataset } from "../../../src/structures/index.js";
import { expectClose, testExecutor } from "../../expect.js";
import { gaussian, mbtr, smallData } from "../../fit/kernel-ridge/small-fits.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const trainer = trainerOf({ type: "kernel-ridge" });
const request: KernelRidgeFit = { model: { type: "kernel-ridge", terms: [{ descriptor: mbtr, kernel: gaussian }] }, fit: { regularization: 1e-3, targets: ["energy", "gap"] } };
const all = smallData(12);
/** The last structure has no gap: it is no part of a fit, and its gap counts nowhere. */
const data = Dataset.from([...all].map((structure, i) => (i < 11 ? structure : { ...structure, columns: new Map([["gap", { ...structure.columns!.get("gap")!, values: Float64Array.of(NaN) }]]) })));

it("properties are judged by folds that left them out, each once", async () => {
  const { folds, properties, foldProperties, spread } = await crossValidate(trainer, request, data, executor, { folds: 3 });
  const left = heldOutPredictions(data, folds);
  const own: number[] = [];
  for (const [k, { heldOut }] of folds.entries()) {
    const train = data.subset([...Array(12).keys()].filter((i) => !heldOut.includes(i)));
    const { model } = await fitKernelRidge(request, train, executor);
    const assessed = await assessPotential(model, data.subset(heldOut), executor);
    expect(assessed.properties[0].rmse).toBeGreaterThan(1e-3);
    expectClose([foldProperties[k][0].rmse, foldProperties[k][0].max], [assessed.properties[0].rmse, assessed.properties[0].max], 1e-10);
    for (const [place, index] of heldOut.entries()) {
      expectClose([left[index]!.properties!.gap], [assessed.comparisons[place].properties!.gap], 1e-10);
      if (index < 11) own.push(left[index]!.properties!.gap - data.structure(index).columns!.get("gap")!.values[0]);
    }
  }
  const { name, unit, count, rmse, mae } = properties[0];
  expect([name, unit, count, own.length, properties.length]).toEqual(["gap", "1", 11, 11, 1]);
  expectClose([rmse, mae], [Math.sqrt(own.reduce((sum, error) => sum + error ** 2, 0) / 11), own.reduce((sum, error) => sum + Math.abs(error), 0) / 11], 1e-12);
  const mean = foldProperties.reduce((sum, [{ rmse: of }]) => sum + of, 0) / 3;
  expect(spread.properties[0].fits).toBe(3);
  expectClose([spread.properties[0].rmse.mean], [mean], 1e-12);
});

it("learning curves have their errors and exponents", async () => {
  const test = smallData(5, 300);
  const { points, runs, propertyLaws } = await learningCurve(trainer, request, { train: all, test }, executor, { sizes: [4, 12], repeats: 1 });
  const { model } = await fitKernelRidge(request, all, executor);
  const assessed = await assessPotential(model, test, executor);
  expectClose([runs[1].properties[0].mae], [assessed.properties[0].mae], 1e-10);
  const [few, many] = points.map(({ spread }) => spread.properties[0].rmse.mean);
  expectClose([propertyLaws.gap.exponent], [Math.log(few / many) / Math.log(3)], 1e-10);
});

it("committees predict the mean of the properties of their members", async () => {
  const members = await Promise.all([1, 2, 3].map(async (seed) => (await fitKernelRidge(request, smallData(8, 500 * seed), executor)).model));
  const [structure] = all;
  const own = await Promise.all(members.map(async (member) => (await evaluateStructure(member, structure, executor)).properties!.gap));
  const { properties } = await evaluateStructure(new CommitteeModel({ members, origin: "bootstrap" }), structure, executor);
  expect(Math.max(...own) - Math.min(...own)).toBeGreaterThan(1e-3);
  expectClose([properties!.gap], [own.reduce((sum, value) => sum + value, 0) / 3], 1e-12);
});
