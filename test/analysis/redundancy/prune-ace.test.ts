import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pruneAce, pruneExactly } from "../../../src/analysis/index.js";
import { aceDerivatives, drawSums, keyOf, type Sums } from "../../../src/analysis/redundancy/ace-derivatives.js";
import { pruneReal, realPruningBytes } from "../../../src/analysis/redundancy/real-pruning.js";
import { basisOf } from "../../../src/descriptors/ace/basis.js";
import { type AceParameters, aceSchema } from "../../../src/descriptors/ace/parameters.js";
import { type AceFunction, factorSets, functionsByDegree } from "../../../src/descriptors/ace/selection.js";
import { createDescriptor } from "../../../src/descriptors/registry.js";
import { EnvironmentDescriber } from "../../../src/environments/environment-derivatives.js";
import { randomEnvironment } from "../../../src/analysis/redundancy/random-environments.js";
import type { Executor } from "../../../src/parallel/index.js";
import { Arena } from "../../../src/wasm/memory.js";
import { expectClose, testExecutor } from "../../expect.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const ace = (own: object): AceParameters => aceSchema.parse({ type: "ace", cutoff: { radius: 5 }, pair: false, ...own });
const name = ({ factors, coupling }: AceFunction): string => `${factors.map(({ species, n, l }) => `${species}:${n},${l}`).join(" ")} #${coupling}`;

async function rankOf(functions: readonly AceFunction[], seed: number): Promise<{ rank: number; smallest: number | undefined; gap: number | undefined }> {
  const point = aceDerivatives(functions, seed);
  const region = executor.pool.allocate(realPruningBytes([point]), "rows");
  try {
    const { points, smallestKept, gap } = await pruneReal(executor.wasm, new Arena(region), [point], functions.map((_, index) => index));
    return { rank: points[0].rank, smallest: smallestKept, gap };
  } finally {
    executor.pool.release(region);
  }
}

/** Σ coefficient · Re Π A, with one real variable moved. */
function valueOf({ factors, terms }: AceFunction, sums: ReadonlyMap<string, Sums>, moved: { readonly variable: number; readonly step: number }): number {
  const at = (t: number, m: number): [number, number] => {
    const own = sums.get(keyOf(factors[t]))!;
    const { l } = factors[t];
    const place = moved.variable - own.at;
    const parts: [number, number] = [own.re[l + Math.abs(m)], own.im[l + Math.abs(m)]];
    if (place === 0 && m === 0) parts[0] += moved.step;
    if (place > 0 && Math.abs(m) > 0 && Math.ceil(place / 2) === Math.abs(m)) parts[(place + 1) % 2] += moved.step;
    return m >= 0 ? parts : m % 2 === 0 ? [parts[0], -parts[1]] : [-parts[0], parts[1]];
  };
  return terms.reduce((sum, { m, coefficient }) => sum + coefficient * m.reduce(([re, im], own, t): [number, number] => ((([x, y]) => [re * x - im * y, re * y + im * x]))(at(t, own)), [1, 0])[0], 0);
}

describe("derivatives by sums over neighbors", () => {
  it("are those of differences", () => {
    const functions = [1, 2, 3, 4, 5].flatMap((order) => functionsByDegree({ nSpecies: 2, degrees: [2, 4, 7, 8, 7], lWeight: 1 }).filter(({ factors }) => factors.length === order).slice(-3));
    const { rows, nVariables } = aceDerivatives(functions, 3);
    const sums = drawSums(functions, 3);
    for (const [index, own] of functions.entries()) {
      const row = rows.subarray(index * nVariables, (index + 1) * nVariables);
      const differences = Float64Array.from(row, (_, variable) => (valueOf(own, sums, { variable, step: 1e-4 }) - valueOf(own, sums, { variable, step: -1e-4 })) / 2e-4);
      expect(Math.hypot(...row)).toBeGreaterThan(1e-3);
      expectClose(row, differences, 1e-7, "relative-to-max");
    }
  });
});

describe("pruned cluster expansions", () => {
  it("double precision keeps as many functions as exact arithmetic, with a gap", async () => {
    for (const [degrees, lWeight] of [[[8, 8, 8], 1], [[10, 10, 10, 10], 1.5], [[7, 7, 7, 7, 7], 1]] as const) {
      const { rank } = await pruneExactly(executor, factorSets({ nSpecies: 1, degrees, lWeight }));
      const real = await rankOf(functionsByDegree({ nSpecies: 1, degrees, lWeight }), 1);
      expect(real.rank).toBe(rank);
      expect(real.gap).toBeGreaterThan(1e3);
    }
  });

  it("list functions that are independent, as many as were kept", async () => {
    const parameters = ace({ order: 4, degree: 10, lWeight: 1 });
    const pruning = await pruneAce(executor, parameters, [14]);
    expect(pruning.keptByOrder).toEqual([10, 29, 14, 1]);
    expect(pruning.fullByOrder).toEqual([10, 55, 100, 87]);
    const { functions } = basisOf(ace({ functions: pruning.functions }), [14]);
    expect(functions.length).toBe(54);
    expect((await rankOf(functions, 7)).rank).toBe(54);
  });

  it("choose among several couplings of the same factors", async () => {
    // of the two couplings of (1 1)(1 1)(1 2)(1 2) one depends on functions of order 2
    const selection = { nSpecies: 1, degrees: [0, 8, 0, 8], lWeight: 0.5 };
    const exact = await pruneExactly(executor, factorSets(selection));
    const pruning = await pruneAce(executor, ace({ order: 4, degree: [0, 8, 0, 8], lWeight: 0.5 }), [14]);
    expect(pruning.couplingResidual).toBeGreaterThan(1e-4);
    const { functions } = basisOf(ace({ functions: pruning.functions }), [14]);
    expect(functions.length).toBe(exact.rank);
    expect((await rankOf(functions, 11)).rank).toBe(exact.rank);
  });

  it("are columns of the whole expansion", async () => {
    const full = createDescriptor({ type: "ace", cutoff: { radius: 5 }, order: 3, degree: [8, 8, 8], species: ["Si", "O"] });
    const parameters = aceSchema.parse({ type: "ace", cutoff: { radius: 5 }, order: 3, degree: [8, 8, 8], species: ["O", "Si"] });
    const pruning = await pruneAce(executor, parameters, [8, 14]);
    const pruned = createDescriptor({ type: "ace", cutoff: { radius: 5 }, functions: pruning.functions, species: ["O", "Si"] });
    expect(pruning.pairs).toBe(16);
    const columns = full.features([8, 14]).map(({ label }) => label);
    const places = pruned.features([8, 14]).map(({ label }) => columns.indexOf(label));
    expect(places.length).toBeLessThan(columns.length);
    const environment = randomEnvironment(14, [8, 14], 9, 5, 2);
    const [before, after] = [full, pruned].map((own) => {
      const describer = new EnvironmentDescriber(executor, own, [8, 14]);
      const values = describer.values(environment);
      describer.release();
      return values;
    });
    expectClose(after, places.map((place) => before[place]), 1e-12, "relative-to-max");
  });

  it("take as many functions as asked for, those of lowest degree, and raise the degree for them", async () => {
    const small = await pruneAce(executor, ace({ order: 3, degree: 6, lWeight: 1 }), [14], { size: 40 });
    expect(small.functions.length).toBe(40);
    expect(small.degrees[0]).toBeGreaterThan(6);
    const large = await pruneAce(executor, ace({ order: 3, degree: 10, lWeight: 1 }), [14]);
    const known = new Set(basisOf(ace({ functions: large.functions }), [14]).functions.map(name));
    expect(basisOf(ace({ functions: small.functions }), [14]).functions.filter((own) => !known.has(name(own)))).toEqual([]);
    await expect(pruneAce(executor, ace({ order: 1, degree: 3 }), [14], { size: 0 })).rejects.toThrow("the number of functions to keep is 0");
    await expect(pruneAce(executor, ace({ order: 1, degree: 3 }), [14], { size: 1000 })).rejects.toThrow("no degree up to 63 keeps 1000 functions");
  });

  it("keep all of orders 1 and 2 where a linear model asks for them", async () => {
    const pruning = await pruneAce(executor, ace({ order: 3, degree: 8, lWeight: 1 }), [14], { keepPairs: true });
    expect(pruning.keptByOrder).toEqual([8, 30, 3]);
  });

  it("still tell degenerate environments apart where there are functions of order 3", async () => {
    // Pozdnyakov et al., Phys. Rev. Lett. 125, 166001 (2020): the same distances and angles, not congruent
    const [h1, h2, h4] = [[0.6, 0.5, -0.7], [0.3, -0.8, 0.6], [0.4, 0.7, 0.5]];
    const turned = ([x, y, z]: readonly number[]): number[] => [x, -y, -z];
    const pair = [h4, turned(h4)].map((last, i) => ({ center: 6, neighbors: [1, 1, 1, 1], displacements: Float64Array.from([h1, h2, turned(h2), last].flat()), label: `degenerate ${i}` }));
    const difference = async (order: number): Promise<number> => {
      const parameters = aceSchema.parse({ type: "ace", cutoff: { radius: 3 }, order, degree: 8, lWeight: 1, pair: false, species: ["C", "H"] });
      const { functions } = await pruneAce(executor, parameters, [1, 6]);
      const describer = new EnvironmentDescriber(executor, createDescriptor({ type: "ace", cutoff: { radius: 3 }, pair: false, functions, species: ["C", "H"] }), [1, 6]);
      const [a, b] = pair.map((own) => describer.values(own));
      describer.release();
      return Math.hypot(...a.map((value, i) => value - b[i])) / Math.hypot(...a);
    };
    expect(await difference(2)).toBeLessThan(1e-13);
    expect(await difference(3)).toBeGreaterThan(1e-4);
  });

  it("say why lists are not pruned exactly", async () => {
    await expect(pruneAce(executor, ace({ functions: [{ n: [1], l: [0] }] }), [14])).rejects.toThrow("the functions are listed already");
    await expect(pruneAce(executor, ace({ maximumFunctions: 5 }), [14])).rejects.toThrow("maximumFunctions may take some couplings");
  });
});
