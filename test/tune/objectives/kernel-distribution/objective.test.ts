import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Executor } from "../../../../src/parallel/index.js";
import type { Dataset } from "../../../../src/structures/index.js";
import type { Objective } from "../../../../src/tune/objectives/objective.js";
import { entropyOf } from "../../../../src/tune/objectives/kernel-distribution/kernel-distribution.js";
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
  it("rewards the width of the distribution and fines its skewness, or rewards one property alone", async () => {
    const { loss, metrics, histogram } = await objective().evaluate(candidate(), { executor });
    const { kernelStd, kernelSkewness, pairs } = metrics;
    expectClose([loss], [-kernelStd / (1 + 2 * Math.abs(kernelSkewness))], 1e-15);
    expect(kernelStd > 0.01 && Math.abs(kernelSkewness) > 0.01).toBe(true);
    expect(pairs).toBe(train.nAtoms * (train.nAtoms - 1));
    expect(histogram!.counts.reduce((sum, count) => sum + count, 0)).toBe(pairs);
    const heavier = await objective({ skewnessWeight: 5 }).evaluate(candidate(), { executor });
    expectClose([heavier.loss], [-kernelStd / (1 + 5 * Math.abs(kernelSkewness))], 1e-15);
    const wide = await objective({ criterion: "std", bins: 7 }).evaluate(candidate(), { executor });
    expectClose([wide.loss], [-kernelStd], 1e-15);
    expect(wide.histogram!.counts.length).toBe(7);
    const even = await objective({ criterion: "entropy" }).evaluate(candidate(), { executor });
    expectClose([even.loss], [-metrics.kernelEntropy], 1e-15);
  });

  it("knows the entropy of a histogram", () => {
    const entropy = (counts: number[]): number => entropyOf({ from: 0, to: 1, counts });
    expectClose([entropy([0, 5, 0, 0]), entropy([3, 3, 3, 3]), entropy([4, 0, 4, 0])], [0, 1, 0.5], 1e-15);
    expectClose([entropy([1, 3])], [2 - 0.75 * Math.log2(3)], 1e-15);
  });

  it("looks at the kernel of the term that is asked for", async () => {
    const two = candidate({ second: { centers: ["Na"], kernel: { type: "dot-product", zeta: 5.5, delta: 2 } } });
    const first = await objective().evaluate(two, { executor });
    const second = await objective({ term: 1 }).evaluate(two, { executor });
    expect(first.metrics).toEqual((await objective().evaluate(candidate(), { executor })).metrics);
    expect(second.metrics.pairs < first.metrics.pairs).toBe(true);
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

  it("refuses unknown keys and values out of range", () => {
    for (const bad of [{ weight: 1 }, { criterion: "mean" }, { skewnessWeight: -1 }, { bins: 1 }, { references: 1 }, { term: 0.5 }]) {
      expect(objectiveSchema.safeParse({ type: "kernel-distribution", ...bad }).success).toBe(false);
    }
  });
});
