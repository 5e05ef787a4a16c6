import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Executor } from "../../../../src/parallel/index.js";
import type { Dataset } from "../../../../src/structures/index.js";
import type { Objective } from "../../../../src/tune/objectives/objective.js";
import { createObjective, objectiveSchema } from "../../../../src/tune/objectives/registry.js";
import { expectClose, testExecutor } from "../../../expect.js";
import { candidate, makeData } from "../systems.js";

let executor: Executor;
let train: Dataset;
beforeAll(async () => {
  executor = await testExecutor();
  train = await makeData(executor, { seed: 1, count: 8 });
});
afterAll(() => executor.close());

function objective(options: object = {}, seed = 1): Objective {
  return createObjective(objectiveSchema.parse({ type: "kernel-distribution", ...options }), { train }, executor, { seed });
}

describe("kernel-distribution objective", () => {
  it("rewards the width of the distribution and fines its skewness, by their weights", async () => {
    const { loss, metrics, histogram } = await objective().evaluate(candidate(), { executor });
    const { kernelStd, kernelSkewness, pairs } = metrics;
    expectClose([loss], [0.1 * Math.abs(kernelSkewness!) - kernelStd!], 1e-15);
    expect(kernelStd! > 0.01 && Math.abs(kernelSkewness!) > 0.01).toBe(true);
    expect(pairs).toBe(train.nAtoms * (train.nAtoms - 1));
    expect(histogram!.counts.reduce((sum, count) => sum + count, 0)).toBe(pairs);
    const wide = await objective({ weights: { std: 2, skewness: 0 }, bins: 7 }).evaluate(candidate(), { executor });
    expectClose([wide.loss], [-2 * kernelStd!], 1e-15);
    expect(wide.histogram!.counts.length).toBe(7);
  });

  it("looks at the kernel of the term that is asked for", async () => {
    const two = candidate({ second: { centers: ["Na"], kernel: { type: "dot-product", zeta: 5.5, delta: 2 } } });
    const first = await objective().evaluate(two, { executor });
    const second = await objective({ term: 1 }).evaluate(two, { executor });
    expect(first.metrics).toEqual((await objective().evaluate(candidate(), { executor })).metrics);
    expect(second.metrics.pairs! < first.metrics.pairs!).toBe(true);
    await expect(objective({ term: 2 }).evaluate(two, { executor })).rejects.toThrow(/term is 2, but the model has 2/);
  });

  it("looks at a share of the data, the same for the same seed", async () => {
    const context = { executor, fraction: 0.5 };
    const [a, b, c] = [await objective().evaluate(candidate(), context), await objective().evaluate(candidate(), context), await objective({}, 2).evaluate(candidate(), context)];
    expect(a).toEqual(b);
    expect(a.loss === c.loss).toBe(false);
    const half = Math.round(train.nAtoms / 2);
    expect(a.metrics.pairs).toBe(half * (half - 1));
  });

  it("says what it looks at and what it takes", () => {
    expect(objective({ references: 10 }).notes.join()).toMatch(new RegExp(`kernels of ${train.nAtoms} training environments with 10 of them`));
    expect(objective().estimateBytes(candidate()) > 8 * train.nAtoms).toBe(true);
  });

  it("refuses unknown keys and weights that reward nothing", () => {
    for (const bad of [{ weight: 1 }, { weights: { std: 0 } }, { weights: { skewness: -1 } }, { references: 1 }, { term: 0.5 }]) {
      expect(objectiveSchema.safeParse({ type: "kernel-distribution", ...bad }).success).toBe(false);
    }
  });
});
