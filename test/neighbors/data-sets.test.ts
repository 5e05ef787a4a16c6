import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { buildNeighborList } from "../../src/neighbors/index.js";
import { type Dataset, readDataset } from "../../src/structures/index.js";
import { Arena } from "../../src/wasm/memory.js";
import { testExecutor } from "../expect.js";

async function meanNeighbors(dataset: Dataset, cutoffs: readonly number[]): Promise<number[]> {
  const executor = await testExecutor();
  const arena = new Arena(executor.pool.allocate(64e6, "test"));
  const means = cutoffs.map((cutoff) => {
    let pairs = 0;
    for (let i = 0; i < dataset.nStructures; i++) {
      const { positions, cell, pbc, atomicNumbers } = dataset.structure(i);
      arena.reset();
      pairs += buildNeighborList(executor.wasm, arena, { positions, nAtoms: atomicNumbers.length, cell, pbc, cutoff }).nPairs;
    }
    return pairs / dataset.nAtoms;
  });
  await executor.close();
  return means;
}

describe("average number of neighbors", () => {
  // as counted with DScribe, which goes on to 3.717 σ beyond its cutoffs of 5 and 6 Å (σ = 0.5 Å)
  const cutoffs = [5, 6, 5 + 3.717 * 0.5, 6 + 3.717 * 0.5];

  it("is known for the Si training set of Zuo et al. 2020", async () => {
    const dataset = await readDataset(fileURLToPath(new URL("../../examples/data/Si_train.xyz.gz", import.meta.url)));
    expect(dataset.nAtoms).toBe(13233);
    const means = await meanNeighbors(dataset, cutoffs);
    expect(means.map((mean) => Number(mean.toFixed(1)))).toEqual([27.1, 42.2, 66.6, 98.7]);
  });

  it("is near that of the whole 300 K set of 3BPA for some of its frames", async () => {
    const dataset = await readDataset(fileURLToPath(new URL("../../bench/data/3BPA_60.xyz.gz", import.meta.url)));
    const means = await meanNeighbors(dataset, cutoffs);
    for (const [k, known] of [16.8, 20.6, 22.8, 24.6].entries()) expect(Math.abs(means[k] - known) < 0.2).toBe(true);
  });
});
