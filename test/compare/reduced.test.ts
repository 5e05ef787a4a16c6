// Descriptors with fewer columns are compared as any other: every type of reduction, and lists that pruning gave.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reduceDescriptor } from "../../src/analysis/index.js";
import { compareDescriptors, MemoryCache } from "../../src/compare/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { Dataset } from "../../src/structures/index.js";
import { testExecutor } from "../expect.js";
import { smallData } from "../fit/kernel-ridge/small-fits.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const soap = { type: "soap", basis: "equispaced-gaussian", nMax: 3, lMax: 2, sigma: 0.6, cutoff: { radius: 3.6, width: 0.8 } };
const reductions = {
  columns: { type: "columns", columns: [0, 7, 12, 30], species: ["Na", "Cl"] },
  components: { type: "principal-components", components: 6 },
  error: { type: "principal-components", kernelError: { rms: 1e-3 } },
  radial: { type: "radial" },
};

describe("a comparison", () => {
  it("takes reductions of every type and pruned lists", async () => {
    const ace = { type: "ace", cutoff: { radius: 3.6 }, order: 2, degree: 6 };
    const [pruned, listed] = await Promise.all([reduceDescriptor(executor, ace, [11, 17]), reduceDescriptor(executor, soap, [11, 17])]);
    const named = [
      { name: "whole", parameters: soap },
      ...Object.entries(reductions).map(([name, reduction]) => ({ name, parameters: { ...soap, reduction } })),
      { name: "ace", parameters: ace },
      { name: "ace pruned", parameters: pruned.parameters },
      { name: "soap pruned", parameters: listed.parameters },
    ];
    const { descriptors, refused } = await compareDescriptors(Dataset.from([...smallData(8)]), executor, { descriptors: named, isQuick: true, costSample: 10, informationSample: 40, cache: new MemoryCache() });
    expect(refused).toEqual([]);
    const columns = Object.fromEntries(descriptors.map(({ name, length }) => [name, length]));
    expect(columns).toMatchObject({ columns: 4, components: 6 });
    expect(columns.error < columns.whole && columns.radial < columns.whole && columns["soap pruned"] < columns.whole).toBe(true);
    expect(columns["ace pruned"] < columns.ace).toBe(true);
    // derivatives of each met differences before they were timed
    for (const { cost } of descriptors) expect(cost!.verified).toBeLessThan(1e-6);
  });
});
