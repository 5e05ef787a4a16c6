import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEnvironmentDescriptor } from "../../src/descriptors/index.js";
import { listCandidates } from "../../src/environments/candidates.js";
import type { Executor } from "../../src/parallel/index.js";
import { selectSparsePoints, type SparseOptions, type SparseSelection } from "../../src/select/index.js";
import { mostChoices } from "../../src/select/sparse-points.js";
import { uniformPoints } from "../../src/select/uniform.js";
import { Dataset } from "../../src/structures/index.js";
import { testExecutor } from "../expect.js";
import { makeStructure, randomStructure } from "../models/systems.js";

const points = (rows: readonly (readonly number[])[], nCoordinates: number, size: number, seed = 1): number[] => [
  ...uniformPoints({ values: Float64Array.from(rows.flat()), count: rows.length, nFeatures: rows[0]?.length ?? 1, nCoordinates }, size, xoroshiro128plus(seed)),
];

describe("rows spread evenly", () => {
  it("are the first of each grid point, in the order of the data, whatever their weights", () => {
    const rows = [[0.1, 9], [0, 1], [1, 5], [0.52, 1], [0.5, 1], [0.95, 1]];
    expect(points(rows, 1, 3)).toEqual([0, 2, 3]);
    expect(points(rows, 1, 2)).toEqual([0, 2]);
  });

  it("are filled up from grid points that have more", () => {
    const rows = [[0], [0.01], [0.02], [1]];
    for (let seed = 1; seed < 6; seed++) {
      const chosen = points(rows, 1, 3, seed);
      expect(chosen).toHaveLength(3);
      expect(chosen).toEqual(expect.arrayContaining([0, 3]));
    }
    expect(points(rows, 1, 9)).toEqual([0, 1, 2, 3]);
    expect(points([], 1, 3)).toEqual([]);
    expect(points([[4], [4], [4]], 1, 2)).toHaveLength(2);
  });

  it("have a grid of ⌈M^(1/d)⌉ points along each coordinate", () => {
    const grid = [0, 1, 2].flatMap((i) => [0, 1, 2].flatMap((j) => [0, 1, 2].map((k) => [i, j, k])));
    expect(points([...grid, ...grid], 3, 27)).toEqual(grid.map((_, i) => i));
    // two along each axis for eight: the corners are met first, and what is nearest to them
    expect(points(grid, 3, 8)).toHaveLength(8);
  });
});

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const species = [11, 17];
const dataset = Dataset.from([1, 2, 3, 4].map((seed, i) => makeStructure(randomStructure(seed, 6), {}, ["bulk", "surface", "bulk", "dimer"][i])));
const soap = { type: "soap", basis: "gto", nMax: 2, lMax: 2, sigma: 0.5, cutoff: { radius: 3.2 } };
const pairs = { type: "distance-2b", species: ["*", "*"], cutoff: { radius: 3.5 } };

async function select(parameters: { readonly type: string }, sparse: SparseOptions): Promise<SparseSelection> {
  const prepared = createEnvironmentDescriptor(parameters, "these tests").prepare(executor.wasm, executor.pool, species);
  try {
    return await selectSparsePoints({ descriptor: prepared.tables, species, centers: null, sparse }, dataset, xoroshiro128plus(3), { executor });
  } finally {
    prepared.release();
  }
}

const countBy = ({ sources }: SparseSelection): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { structure } of sources) counts[dataset.configTypes[structure]] = (counts[dataset.configTypes[structure]] ?? 0) + 1;
  return counts;
};

describe("sparse points by config_type", () => {
  it.each(["random", "farthest-point", "cur", "uniform"] as const)("are as many as asked for, and count from all others: %s", async (method) => {
    const sparse = { method, count: 3, configTypes: { surface: 4, dimer: { Cl: 1 } }, deterministic: false };
    const { deterministic: _, ...others } = sparse;
    const selection = await select(soap, (method === "cur" ? sparse : others) as SparseOptions);
    expect(countBy(selection)).toEqual({ bulk: 3, surface: 4, dimer: 1 });
    expect(selection.values).toHaveLength(8 * (selection.values.length / selection.count));
  });

  it("are refused for names that the data does not have", async () => {
    const sparse: SparseOptions = { method: "random", count: 3, configTypes: { surfaces: 4 } };
    await expect(select(soap, sparse)).rejects.toThrow('sparse.configTypes names "surfaces"; the data has "bulk", "dimer", "surface"; did you mean "surface"?');
  });

  it("leave the others out where there are none", async () => {
    const selection = await select(soap, { method: "random", count: 5, configTypes: { surface: 1, dimer: 0, bulk: 2 } });
    expect(countBy(selection)).toEqual({ bulk: 2, surface: 1 });
  });
});

describe("sparse points among pairs", () => {
  it("are different distances that cover the range, with their atoms", async () => {
    const selection = await select(pairs, { method: "uniform", count: 8 });
    const distances = Array.from({ length: 8 }, (_, s) => selection.values[2 * s]);
    expect(new Set(distances).size).toBe(8);
    // a grid of the distance alone, not of the weight beside it: each of the places around which there are distances has a point
    const every = await select(pairs, { method: "random", count: 10_000 });
    const found = every.values.filter((_, i) => i % 2 === 0);
    const [low, high] = [Math.min(...found), Math.max(...found)];
    const places = (of: ArrayLike<number>): Set<number> => new Set(Array.from(of, (r) => Math.round((7 * (r - low)) / (high - low))));
    expect(places(distances)).toEqual(places(found));
    expect(Math.min(...distances) < 2.2 && Math.max(...distances) > 3.3).toBe(true);
    for (const { structure, atom } of selection.sources) expect(atom < dataset.atomCount(structure)).toBe(true);
    // every pair has two rows with the same distance, which count once
    const all = await select(pairs, { method: "random", count: 10_000 });
    expect(all.choices).toBe(all.count);
    expect(new Set(all.values.filter((_, i) => i % 2 === 0)).size > 0.9 * all.count).toBe(true);
  });

  it("are chosen from rows evenly spread over the data where these are too many", async () => {
    const { wasm, pool } = executor;
    const prepared = createEnvironmentDescriptor(pairs, "these tests").prepare(wasm, pool, species);
    const region = pool.allocate(1 << 16, "rows");
    try {
      const rowsOf = async (limit: number): Promise<{ rows: string[]; structures: number[]; isSample: boolean }> => {
        const request = { descriptor: prepared.tables, centers: null, includes: (i: number) => i !== 1, limit };
        const candidates = await listCandidates(dataset, request, xoroshiro128plus(1), { executor });
        await candidates.write(region.pointer, { executor });
        const values = wasm.f64(region.pointer, 2 * candidates.count);
        const all = Array.from({ length: candidates.count }, (_, i) => i);
        return { rows: all.map((i) => values.slice(2 * i, 2 * i + 2).join()), structures: all.map((i) => candidates.sourceOf(i).structure), isSample: candidates.isSample };
      };
      const all = await rowsOf(2000);
      const some = await rowsOf(20);
      expect([all.isSample, some.isSample, some.rows.length]).toEqual([false, true, 20]);
      expect(all.rows.length > 60).toBe(true);
      const places = some.rows.map((_, i) => Math.floor((i * all.rows.length) / 20));
      expect(some.rows).toEqual(places.map((place) => all.rows[place]));
      expect(some.structures).toEqual(places.map((place) => all.structures[place]));
      expect(new Set(some.structures)).toEqual(new Set([0, 2, 3]));
    } finally {
      pool.release(region);
      prepared.release();
    }
  });

  it("are chosen from a bounded number of rows", () => {
    expect(mostChoices(2)).toBe(1e6);
    expect(mostChoices(324) * 324 * 8 <= 256e6).toBe(true);
    expect(mostChoices(1e6, 100)).toBe(100);
  });
});
