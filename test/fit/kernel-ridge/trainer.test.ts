// Kernel ridge regression as searches, plans and baselines see it, through the trainer alone.
import { afterAll, beforeAll, expect, it } from "vitest";
import { trainerOf } from "../../../src/fit/index.js";
import { evaluateStructure } from "../../../src/models/index.js";
import type { Executor } from "../../../src/parallel/index.js";
import { createObjective, objectiveSchema } from "../../../src/tune/objectives/registry.js";
import { expectClose, testExecutor } from "../../expect.js";
import { gaussian, mbtr, smallData, soap } from "./small-fits.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const data = smallData(10);
const others = smallData(4, 700);
const model = {
  type: "kernel-ridge", isolatedAtomEnergies: { Na: -1, Cl: -2 },
  terms: [{ descriptor: mbtr, kernel: { type: "laplacian", lengthScale: 3 } }, { descriptor: soap, kernel: gaussian }, { descriptor: { ...soap, average: "outer" }, kernel: gaussian }],
};
const trainer = trainerOf(model);

it("has kernels between environments where rows are those of atoms", () => {
  expect(trainer.kernels({ model }).map(({ descriptor, kernel }) => [descriptor.type, kernel])).toEqual([["soap", gaussian]]);
  expect(trainer.descriptors({ model })).toEqual([]);
  expect(trainer.sigma({ model, fit: { sigma: { energy: 0.1 } } })).toMatchObject({ energy: 0.1 });
  const complete = trainer.complete(model);
  expect(trainer.complete(complete)).toEqual(complete);
});

it.each(["kernel-distribution", "validation-loss"])("is judged by the %s of searches", async (type) => {
  const objective = createObjective(objectiveSchema.parse({ type }), { train: data, validation: others }, executor, { seed: 2 });
  try {
    const losses: number[] = [];
    for (const nMax of [2, 3]) {
      const candidate = { model: { ...model, terms: [{ descriptor: { ...soap, nMax }, kernel: gaussian }] }, fit: { regularization: 1e-3 }, seed: 1 };
      losses.push((await objective.evaluate(candidate, { executor })).loss);
      expect(objective.estimateBytes(candidate) > 0).toBe(true);
    }
    expect(losses.every(Number.isFinite) && losses[0] !== losses[1]).toBe(true);
  } finally {
    objective.release();
  }
});

it("stands on a baseline, and plans the same with it", async () => {
  const onBaseline = { ...model, baseline: { type: "zbl" } };
  const fit = { regularization: 1e-6 };
  const { model: fitted } = await trainer.train({ model: onBaseline, fit }, data, executor);
  const found = await Promise.all(Array.from({ length: 10 }, async (_, i) => (await evaluateStructure(fitted, data.structure(i), executor)).energy));
  expectClose(found, data.energies, 1e-4);
  const plan = await trainer.plan({ model: onBaseline, fit }, data, 2);
  expect(plan.targets.energies).toBe(10);
  expect(plan.wasmBytes > 0 && plan.bytes > plan.wasmBytes && plan.seconds > 0 && trainer.estimateBytes({ model, fit }, data, 2) > 0).toBe(true);
});
