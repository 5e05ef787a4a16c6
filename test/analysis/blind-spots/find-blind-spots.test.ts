// Blind pairs: those that are known, and data in which there is nothing to find.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BlindSpotOptions, type BlindSpots, findBlindSpots } from "../../../src/analysis/index.js";
import { createDescriptor } from "../../../src/descriptors/index.js";
import { CancelledError, InvalidParameterError, ResourceError } from "../../../src/errors.js";
import { createExecutor, type Executor } from "../../../src/parallel/index.js";
import { Dataset, type Structure } from "../../../src/structures/index.js";
import { expectClose, testExecutor } from "../../expect.js";
import { makeStructure, randomStructure } from "../../models/systems.js";
import { energiesMinus, energiesPlus, inPlane, manifolds } from "./ch4-manifolds.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const soap = { type: "soap", basis: "equispaced-gaussian", nMax: 8, lMax: 8, sigma: 0.2, cutoff: { radius: 2.5, width: 0.5 } };
const g4 = [0.01, 0.1, 1].flatMap((eta) => [1, 2, 4, 16].flatMap((zeta) => [1, -1].map((lambda) => [eta, zeta, lambda])));
const acsf = { type: "acsf", g2: [[0.1, 0], [1, 0], [4, 0], [16, 1], [16, 1.2], [64, 1.1]], g4, cutoff: { radius: 4 } };
const small = { type: "soap", nMax: 3, lMax: 2, sigma: 0.4, cutoff: { radius: 3 } };

type Parameters = { readonly type: string } & Record<string, unknown>;
const find = (data: Dataset, parameters: Parameters = small, options: BlindSpotOptions = {}, on = executor): Promise<BlindSpots> =>
  findBlindSpots(data, createDescriptor(parameters), on, options);

/** Nothing in a result is NaN or infinite. */
function expectFinite(value: unknown, path = "result"): void {
  if (typeof value === "number") expect(Number.isFinite(value), path).toBe(true);
  else if (value !== null && typeof value === "object") for (const [key, part] of Object.entries(value)) expectFinite(part, `${path}.${key}`);
}

describe("the two manifolds of CH4", () => {
  it.each([
    ["SOAP", soap, 4.6e-3],
    ["ACSF", acsf, 2.2e-2],
  ] as const)("have exactly nine pairs that %s does not tell apart", async (_, parameters, next) => {
    const found = await find(manifolds(), parameters, { centers: ["C"], neighbors: 5, listed: 13041 });
    expect(found.searches).toMatchObject([{ species: "C", environments: 162, distinct: 162, neighbors: 5 }]);
    expect(found.identical).toBe(9);
    const worst = found.pairs.slice(0, 9);
    for (const { isIdentical, isExact, plainDistance, structuralDistance } of worst) {
      expect(isIdentical && isExact && plainDistance < 1e-12 && structuralDistance > 0.5).toBe(true);
    }
    expect(worst.map(({ a }) => a.structure).sort((a, b) => a - b)).toEqual(inPlane);
    expect(worst.map(({ a, b }) => b.structure - a.structure)).toEqual(Array.from(inPlane, () => 81));
    const others = found.pairs.slice(9).map(({ plainDistance }) => plainDistance);
    expect(Math.abs(Math.min(...others) / next - 1)).toBeLessThan(0.02);
    expectFinite(found);
  });

  it("bound the errors of every model of C alone", async () => {
    const { pairs, bound } = await find(manifolds(), small, { centers: ["C"] });
    for (const { a, energy } of pairs.slice(0, 9)) {
      const at = inPlane.indexOf(a.structure);
      const difference = energiesMinus[at] - energiesPlus[at];
      expectClose([energy!.difference, energy!.leastError], [difference, difference / 2], 1e-12);
      expect(energy).toMatchObject({ isBound: true });
    }
    const squares = energiesMinus.reduce((sum, energy, i) => sum + (energy - energiesPlus[i]) ** 2 / 2, 0);
    expect(bound).toMatchObject({ structures: 18, of: 18 });
    expectClose([bound!.rmse, bound!.maximum], [Math.sqrt(squares / 18), (5.078 - 2.293) / 2], 1e-12);
  });

  it("bound errors as the best model of C has them, which is known, and as no other falls below", async () => {
    const { bound } = await find(manifolds(), small, { centers: ["C"] });
    // a model is one number for each of the nine pairs
    const rmse = (model: readonly number[]): number => Math.sqrt(model.reduce((sum, value, i) => sum + (value - energiesMinus[i]) ** 2 + (value - energiesPlus[i]) ** 2, 0) / 18);
    const best = energiesMinus.map((energy, i) => (energy + energiesPlus[i]) / 2);
    expectClose([rmse(best)], [bound!.rmse], 1e-12);
    for (let k = 1; k < 20; k++) expect(rmse(best.map((energy, i) => energy + 0.3 * Math.sin(k * (i + 1))))).toBeGreaterThan(bound!.rmse);
  });

  it("bound nothing where H has energies of its own", async () => {
    const { pairs, bound, identical } = await find(manifolds(), small);
    expect(identical).toBe(9);
    expect(bound).toBeUndefined();
    const { energy } = pairs[0];
    expect(energy).toMatchObject({ isBound: false, leastError: 0 });
    expect(energy!.distance).toBeGreaterThan(1);
    expectClose([energy!.slope!], [Math.abs(energy!.difference) / energy!.distance], 1e-12);
  });

  it("are told apart by a cluster expansion of order 3, not of order 2", async () => {
    const ace = (order: number): Parameters => ({ type: "ace", cutoff: { radius: 2.5 }, order, degree: Array.from({ length: order }, () => 8), lWeight: 1 });
    expect((await find(manifolds(), ace(2), { centers: ["C"] })).identical).toBe(9);
    // with lWeight 1.5 and degree 9 it has so few l that it is as blind
    const found = await find(manifolds(), ace(3), { centers: ["C"] });
    expect(found.identical).toBe(0);
    expect(found.bound).toBeUndefined();
    expect(found.pairs[0].score).toBeLessThan(20);
  });

  it("are found by few comparisons where a reference that sees more says which", async () => {
    const reference = createDescriptor({ type: "ace", cutoff: { radius: 2.5 }, order: 3, degree: [8, 8, 8], lWeight: 1 });
    const found = await find(manifolds(), small, { centers: ["C"], compared: 20, reference });
    expect(found.searches[0].compared).toBe(20);
    expect(found.identical).toBe(9);
    for (const { referenceDistance } of found.pairs.slice(0, 9)) expect(referenceDistance! > 1e-3).toBe(true);
    expect(found.searches[0].usual!.referenceDistance! > 0).toBe(true);
  });
});

/** Turned by a quarter, the other way round. */
function copyOf(structure: Structure): Structure {
  const n = structure.atomicNumbers.length;
  const positions = Float64Array.from({ length: 3 * n }, (_, at) => {
    const atom = n - 1 - Math.floor(at / 3);
    const [x, y, z] = structure.positions.subarray(3 * atom, 3 * atom + 3);
    return [-y, x, z][at % 3] + 7;
  });
  return makeStructure({ ...structure, atomicNumbers: structure.atomicNumbers.slice().reverse(), positions, label: `copy of ${structure.label}` }, { energy: 1 });
}

const molecules = (count: number): Structure[] => Array.from({ length: count }, (_, i) => makeStructure(randomStructure(i + 1, 6, false), { energy: 0.1 * i }, "any"));
const alone = (label: string): Structure =>
  makeStructure({ atomicNumbers: Uint8Array.of(14), positions: new Float64Array(3), cell: null, pbc: [false, false, false], label }, { energy: 0 });
const dimer = (length: number): Structure =>
  makeStructure({ atomicNumbers: Uint8Array.of(14, 14), positions: Float64Array.of(0, 0, 0, length, 0, 0), cell: null, pbc: [false, false, false], label: `dimer ${length}` }, { energy: length });

describe("data with nothing to find", () => {
  it("counts copies once: congruent pairs are not blind", async () => {
    const data = molecules(6);
    const [once, twice] = [await find(Dataset.from(data)), await find(Dataset.from([...data, ...data.map(copyOf)]))];
    expect(twice.searches.map(({ distinct }) => distinct)).toEqual(once.searches.map(({ distinct }) => distinct));
    expect(twice.searches.map(({ total }) => total)).toEqual(once.searches.map(({ total }) => 2 * total));
    expect(twice.identical).toBe(0);
    expect(twice.bound).toBeUndefined();
    for (const { structuralDistance } of twice.pairs) expect(structuralDistance).toBeGreaterThan(1e-3);
  });

  it.each([
    ["one structure of one atom", [alone("alone")], [1, 1], /Si: there is one environment, so there are no pairs/],
    ["atoms without neighbors", [alone("a"), alone("b"), alone("c")], [3, 1], /Si: all environments are congruent, so there are no pairs/],
    ["a perfect crystal", [1, 2].map((i) => makeStructure({ atomicNumbers: Uint8Array.of(14, 14), positions: Float64Array.of(0, 0, 0, 1.35, 1.35, 1.35), cell: Float64Array.of(2.7, 2.7, 0, 2.7, 0, 2.7, 0, 2.7, 2.7), pbc: [true, true, true], label: `crystal ${i}` }, { energy: i })), [4, 1], /all environments are congruent/],
  ])("says so: %s", async (_, structures, [total, distinct], message) => {
    const found = await find(Dataset.from(structures));
    expect(found.searches).toMatchObject([{ total, environments: total, distinct, pairs: 0, compared: 0 }]);
    expect(found).toMatchObject({ pairs: [], identical: 0 });
    expect(found.remarks.join()).toMatch(message);
    expectFinite(found);
  });

  it("compares environments with one neighbor each", async () => {
    const found = await find(Dataset.from([2.2, 2.3, 2.5, 2.51].map(dimer)), small, { leastDifference: 0 });
    expect(found.searches).toMatchObject([{ total: 8, distinct: 4, pairs: 6, compared: 6 }]);
    expect(found.identical).toBe(0);
    const closest = found.pairs.reduce((least, pair) => (pair.distance < least.distance ? pair : least));
    expectClose([closest.structuralDistance], [0.01], 1e-12);
    expectFinite(found);
  });

  it("does not count small displacements, among which those around symmetric environments have any score", async () => {
    const square = [[2, 0, 0], [-2, 0, 0], [0, 2, 0], [0, -2, 0]];
    const displaced = (by: number, label: string): Structure =>
      makeStructure({ atomicNumbers: Uint8Array.of(6, 1, 1, 1, 1), positions: Float64Array.from([[by, 0, 0], ...square].flat()), cell: null, pbc: [false, false, false], label }, {});
    const data = Dataset.from([0, 0.004, 0.4, 0.6, 0.8].map((by, i) => displaced(by, `${i}`)));
    const all = await find(data, small, { centers: ["C"], leastDifference: 0 });
    expect(all.pairs[0]).toMatchObject({ a: { structure: 0 }, b: { structure: 1 }, isIdentical: false });
    expect(all.pairs[0].structuralDistance).toBeLessThan(0.1);
    const found = await find(data, small, { centers: ["C"] });
    expect(found.pairs).toEqual(all.pairs.slice(1));
    expect(found.remarks).toContain("1 pair of environments that differs by less than 0.1 Å does not count.");
    await expect(find(data, small, { leastDifference: -1 })).rejects.toThrow("leastDifference is -1 Å; it must be 0 or more");
  });

  it("finds that a descriptor sees nothing where all of its fingerprints are equal", async () => {
    // three H about an atom, of which only the number within the cutoff counts
    const found = await find(Dataset.from(molecules(4)), { type: "acsf", g2: [[0, 0]], cutoff: { radius: 3, function: "hard" } });
    expect(found.identical).toBeGreaterThan(0);
    expectFinite(found);
  });

  it("does without energies and forces", async () => {
    const { pairs, bound } = await find(Dataset.from(molecules(4).map((structure) => ({ ...structure, targets: {} }))));
    expect(pairs.length).toBeGreaterThan(0);
    expect(bound).toBeUndefined();
    for (const { energy, forces } of pairs) expect([energy, forces]).toEqual([undefined, undefined]);
  });
});

describe("the search", () => {
  it("has the same bits for any number of threads", async () => {
    const threads = await createExecutor({ threads: 3 });
    try {
      const data = Dataset.from(molecules(5));
      expect(await find(data, small, {}, threads)).toEqual(await find(data));
    } finally {
      await threads.close();
    }
  });

  it("turns forces with the environments", async () => {
    const [first, second] = molecules(2);
    const forces = Float64Array.from({ length: 18 }, (_, i) => Math.sin(3 * i));
    const turned = Float64Array.from({ length: 18 }, (_, at) => {
      const atom = 5 - Math.floor(at / 3);
      const [x, y, z] = forces.subarray(3 * atom, 3 * atom + 3);
      return [-y, x, z][at % 3];
    });
    // moved a little, so that it is no copy
    const copy = copyOf(first);
    copy.positions[0] += 0.01;
    const data = Dataset.from([{ ...first, targets: { forces } }, { ...copy, targets: { forces: turned } }, second]);
    const { pairs } = await find(data, small, { leastDifference: 0 });
    const same = pairs.filter(({ a, b }) => a.structure === 0 && b.structure === 1 && b.atom === 5 - a.atom);
    expect(same.length).toBeGreaterThan(2);
    for (const { forces: compared, structuralDistance } of same) {
      const [p, q] = compared!.norms;
      expectClose([p], [q], 1e-12);
      expect(compared!.difference).toBeLessThan(0.1 * p + structuralDistance);
    }
  });

  it("looks at a seeded sample where there are too many, and says so", async () => {
    const data = Dataset.from(molecules(8));
    const found = await find(data, small, { environments: 10, compared: 5 });
    expect(found.searches.every(({ environments, compared }) => environments <= 10 && compared <= 5)).toBe(true);
    expect(found.remarks.join()).toMatch(/10 of \d+ environments are looked at, a seeded sample/);
    expect(found.remarks.join()).toMatch(/the structures of 5 of \d+ pairs of neighbors are compared/);
    expect(await find(data, small, { environments: 10, compared: 5, seed: 2 })).not.toEqual(found);
  });

  it("hears of progress and ends where it is told to", async () => {
    const stages = new Set<string>();
    await find(Dataset.from(molecules(3)), small, { onProgress: ({ stage }) => stages.add(stage) });
    expect([...stages]).toEqual(expect.arrayContaining(["nearest fingerprints", "compare structures"]));
    const stopped = new AbortController();
    stopped.abort();
    await expect(find(Dataset.from(molecules(3)), small, { signal: stopped.signal })).rejects.toBeInstanceOf(CancelledError);
  });

  it.each([
    [{ neighbors: 0 }, small, InvalidParameterError, /neighbors is 0; it must be a whole number of 1 or more/],
    [{ environments: 1.5 }, small, InvalidParameterError, /environments is 1.5/],
    [{ centers: ["Xe"] }, small, InvalidParameterError, /centers names Xe/],
    [{}, { type: "coulomb-matrix" }, InvalidParameterError, /describes whole structures; blind pairs need/],
    [{}, { ...small, average: "outer" }, InvalidParameterError, /blind pairs need one for each center/],
    [{}, { type: "spherical-expansion", nMax: 2, lMax: 1, sigma: 0.5, cutoff: { radius: 3 } }, InvalidParameterError, /turn with the structure; blind pairs need/],
  ] as const)("refuses %j", async (options, parameters, kind, message) => {
    const failure = await find(Dataset.from(molecules(2)), parameters, options).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(kind);
    expect((failure as Error).message).toMatch(message);
  });

  it("refuses what there is no memory for, with what there is room for", async () => {
    const tight = await createExecutor({ threads: 1, maximumBytes: 40 * 2 ** 20 });
    try {
      const wide = { ...small, nMax: 12, lMax: 12 };
      const data = Dataset.from(Array.from({ length: 400 }, (_, i) => makeStructure(randomStructure(i, 6, false), {}, "any")));
      const failure = await find(data, wide, {}, tight).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(ResourceError);
      expect((failure as Error).message).toMatch(/look at \d+ of them \(option environments\), or raise the memory limit/);
    } finally {
      await tight.close();
    }
  });
});
