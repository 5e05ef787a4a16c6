import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pruneColumns, pruneColumnsConditioned, SMALLEST_GAP } from "../../../src/analysis/index.js";
import { pruneReal, type RealPruning, realPruningBytes, type Derivatives } from "../../../src/analysis/redundancy/real-pruning.js";
import { createDescriptor } from "../../../src/descriptors/registry.js";
import type { SingleEnvironment } from "../../../src/environments/single-environment.js";
import { CancelledError } from "../../../src/errors.js";
import type { Executor, Progress } from "../../../src/parallel/index.js";
import { Arena } from "../../../src/wasm/memory.js";
import { testExecutor } from "../../expect.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const at = (label: string, ...positions: readonly number[]): SingleEnvironment => ({ center: 6, neighbors: new Uint8Array(positions.length / 3).fill(1), displacements: Float64Array.from(positions), label });

/** Three columns by two variables: the second is twice the first. */
const point: Derivatives = { nColumns: 4, nVariables: 2, rows: Float64Array.of(1, 0, 2, 0, 1, 1, 0, 0), label: "by hand" };

async function real(points: readonly Derivatives[], order: readonly number[]): Promise<RealPruning> {
  const region = executor.pool.allocate(realPruningBytes(points), "rows");
  try {
    return await pruneReal(executor.wasm, new Arena(region), points, order);
  } finally {
    executor.pool.release(region);
  }
}

describe("pruning in double precision", () => {
  it("drops what depends on columns before it, and columns that are constant", async () => {
    const found = await real([point], [0, 1, 2, 3]);
    expect([...found.kept]).toEqual([1, 0, 1, 0]);
    expect(found.smallestKept).toBeCloseTo(Math.SQRT1_2, 12);
    expect(found.largestDropped).toBe(0);
    expect([...(await real([point], [2, 1, 0, 3])).kept]).toEqual([0, 1, 1, 0]);
  });

  it("keeps what one of several points needs", async () => {
    const other: Derivatives = { ...point, rows: Float64Array.of(1, 0, 0, 1, 1, 1, 0, 0), label: "another" };
    const found = await real([point, other], [0, 1, 2, 3]);
    expect([...found.kept]).toEqual([1, 1, 1, 0]);
    expect(found.points.map(({ rank }) => rank)).toEqual([2, 2]);
  });

  it("has no gap where nothing was dropped", async () => {
    expect(await real([{ nColumns: 1, nVariables: 1, rows: Float64Array.of(3), label: "one" }], [0])).toMatchObject({ largestDropped: undefined, gap: undefined });
  });
});

describe("columns of descriptors", () => {
  it("hears of a signal while it goes through many columns", async () => {
    const nColumns = 4000;
    const rows = Float64Array.from({ length: nColumns * 400 }, (_, i) => Math.sin(i * i));
    const region = executor.pool.allocate(realPruningBytes([{ nColumns, nVariables: 400 }]), "rows");
    const controller = new AbortController();
    const stages: string[] = [];
    const run = { signal: controller.signal, onProgress: ({ stage }: Progress) => (stages.push(stage), controller.abort()) };
    const order = Array.from({ length: nColumns }, (_, i) => i);
    try {
      await expect(pruneReal(executor.wasm, new Arena(region), [{ nColumns, nVariables: 400, rows, label: "many" }], order, undefined, run)).rejects.toThrow(CancelledError);
      expect(stages).toEqual(["independent columns"]);
    } finally {
      executor.pool.release(region);
    }
  });

  const soap = createDescriptor({ type: "soap", cutoff: { radius: 4 }, nMax: 3, lMax: 2, sigma: 0.5, species: ["C", "H"] });
  const expansion = createDescriptor({ type: "ace", cutoff: { radius: 4 }, order: 3, degree: [8, 8, 8], lWeight: 1, pair: false, species: ["H"] });

  it("have as many independent derivatives as neighbors have positions up to rotation, at most", async () => {
    for (const nNeighbors of [1, 2, 4, 6]) {
      const { points } = await pruneColumns(executor, expansion, [1], { nNeighbors });
      expect(points[0].rank, `${nNeighbors} neighbors`).toBe(nNeighbors === 1 ? 1 : 3 * nNeighbors - 3);
    }
  });

  it("of SOAP are the products of n vectors with 2l + 1 components, which have fewer free numbers than there are products", async () => {
    const free = (n: number, l: number): number => (n > 2 * l + 1 ? n * (2 * l + 1) - l * (2 * l + 1) : (n * (n + 1)) / 2);
    for (const [nMax, lMax] of [[3, 2], [4, 3], [6, 1]]) {
      const own = createDescriptor({ type: "soap", cutoff: { radius: 4 }, nMax, lMax, sigma: 0.5, species: ["H"] });
      const { points, gap, kept } = await pruneColumns(executor, own, [1], { seed: 1 });
      const expected = Array.from({ length: lMax + 1 }, (_, l) => free(nMax, l)).reduce((sum, value) => sum + value, 0);
      expect(expected).toBeLessThan(own.featureCount([1]));
      expect(points[0].rank).toBe(expected);
      expect(kept.reduce((sum, value) => sum + value, 0)).toBe(expected);
      expect(gap).toBeGreaterThan(SMALLEST_GAP);
    }
  });

  it("of symmetric environments have the rank that symmetry leaves", async () => {
    const tetrahedron = at("methane", 1, 1, 1, 1, -1, -1, -1, 1, -1, -1, -1, 1);
    const singular = at("singular CH4", 0.42, 0.28, 0.98, 0.7, 0.56, 0.42, 0.7, -0.56, -0.42, -0.84, 0, 0);
    const line = at("on a line", 0, 0, 1, 0, 0, -1.3);
    const one = at("one neighbor", 0, 0, 1.1);
    const second = createDescriptor({ type: "ace", cutoff: { radius: 4 }, order: 2, degree: [10, 10], lWeight: 1, pair: false, species: ["C", "H"] });
    const third = createDescriptor({ type: "ace", cutoff: { radius: 4 }, order: 3, degree: [8, 8, 8], lWeight: 1, pair: false, species: ["C", "H"] });
    const ranks = async (descriptor: typeof third): Promise<number[]> => (await pruneColumns(executor, descriptor, [1, 6], { environments: [tetrahedron, singular, line, one] })).points.slice(2).map(({ rank }) => rank);
    expect(await ranks(second)).toEqual([1, 8, 2, 1]);
    expect(await ranks(third)).toEqual([1, 9, 2, 1]);
  });

  it("of one center only are looked at around that center", async () => {
    const acsf = createDescriptor({ type: "acsf", symmetryFunctions: [{ center: "C", type: 2, neighbors: ["H"], eta: 1, radius: 4 }, { center: "H", type: 2, neighbors: ["C"], eta: 1, radius: 4 }], species: ["C", "H"] });
    expect([...(await pruneColumns(executor, acsf, [1, 6])).kept]).toEqual(new Array(acsf.featureCount([1, 6])).fill(1));
  });

  it("are looked at with as many neighbors as there is room for", async () => {
    const overlap = createDescriptor({ type: "overlap-matrix", orbitals: "s", cutoff: { radius: 4 }, maxNeighbors: 17 });
    const { points, kept } = await pruneColumns(executor, overlap, [1]);
    expect(points[0].nVariables).toBe(51);
    expect([...kept]).toEqual(new Array(18).fill(1));
    const both = createDescriptor({ type: "concatenation", parts: [overlap.parameters, { ...overlap.parameters, maxNeighbors: 5 }].map((own) => ({ type: "overlap-matrix", ...own })) });
    expect(both.mostNeighbors).toBe(5);
  });

  it("well independent in data", async () => {
    const environments = [at("a", 0.4, 0.3, 1, 0.7, 0.5, 0.4, 0.7, -0.6, -0.1, -0.8, 0.1, 0.3), at("b", 1, 0.1, 0.4, -0.3, 0.8, 0.6, -0.5, -1, 0.2, 0.2, -0.4, 0.9)];
    const deviations = new Float64Array(soap.featureCount([1, 6])).fill(1);
    const found = await pruneColumnsConditioned(executor, soap, [1, 6], { environments, deviations });
    expect(found.counts.map(({ kept }) => kept)).toEqual([...found.counts.map(({ kept }) => kept)].sort((a, b) => a - b));
    expect(found.kept.reduce((sum, own) => sum + own, 0)).toBe(found.counts.find(({ threshold }) => threshold === 1e-3)!.kept);
    expect(found.kept.reduce((sum, own) => sum + own, 0)).toBeLessThanOrEqual(9);
  });
});
