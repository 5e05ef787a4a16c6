import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDescriptor, createEnvironmentDescriptor } from "../../src/descriptors/index.js";
import type { Descriptor, StructureDescriptor } from "../../src/descriptors/index.js";
import { columnStatistics, learnFromData } from "../../src/environments/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { descriptorContract } from "../contracts/descriptor.js";
import { structureDescriptorContract } from "../contracts/structure-descriptor.js";
import { expectClose, testExecutor } from "../expect.js";
import { contractSystems, randomRotation, speciesOf, transformed } from "./systems.js";
import { learnedParameters, rowsOfStructures, structureOf } from "./described-systems.js";

const systems = contractSystems();
const species = speciesOf(...systems);
const structures = systems.map(structureOf);
const cosine = { radius: 3.5, function: "cosine", width: 0.6 };
const plain = { type: "soap" as const, nMax: 2, lMax: 2, sigma: 0.5, cutoff: cosine };

const learned = (parameters: { readonly type: string }) => learnedParameters(createDescriptor(parameters), structures, species);

const cases = {
  "soap, standard": await learned({ ...plain, standardization: "standard" } as { type: string }),
  "normalised soap, range, outer average": await learned({ ...plain, normalize: true, average: "outer", standardization: "range" } as { type: string }),
};
for (const [name, parameters] of Object.entries(cases)) descriptorContract(`standardization: ${name}`, () => createEnvironmentDescriptor(parameters, "these tests"), { systems: systems.slice(0, 3), differenceTolerance: 1e-8 });

const expansion = { type: "spherical-expansion" as const, nMax: 2, lMax: 2, sigma: 0.5, cutoff: cosine };
const pairs = { type: "distance-2b" as const, species: ["C", "Si"], cutoff: { radius: 3.4 }, exponents: [1, -2] };
const wholes = {
  "spherical expansion": [await learned({ ...expansion, standardization: "standard" } as { type: string }), systems.slice(2, 4)],
  "expansions and what does not turn": [await learned({ type: "concatenation", parts: [expansion, plain, expansion], standardization: "standard" } as { type: string }), systems.slice(2, 4)],
  pairs: [await learned({ ...pairs, standardization: "standard" } as { type: string }), systems.slice(1, 3)],
  triplets: [await learned({ type: "angle-3b", center: "*", species: ["*", "*"], cutoff: { radius: 3.2 }, standardization: "range" } as { type: string }), systems.slice(2, 4)],
} as const;
for (const [name, [parameters, some]] of Object.entries(wholes)) {
  descriptorContract(`standardization: ${name}`, () => createEnvironmentDescriptor(parameters, "these tests"), { systems: some, differenceTolerance: 1e-7 });
}

const matrix = await learned({ type: "coulomb-matrix", standardization: "standard" } as { type: string });
structureDescriptorContract("standardization: coulomb-matrix", () => createDescriptor(matrix) as StructureDescriptor, { systems: systems.slice(1, 3) });

describe("standardization", () => {
  let executor: Executor;
  beforeAll(async () => {
    executor = await testExecutor();
  });
  afterAll(() => executor.close());

  const rowsOf = (descriptor: Descriptor): Promise<number[][]> => rowsOfStructures(executor, descriptor, structures, species);

  it("finds the statistics of the columns", async () => {
    const descriptor = createDescriptor(plain);
    const rows = await rowsOf(descriptor);
    const columns = rows[0].map((_, f) => rows.map((row) => row[f]));
    const mean = columns.map((column) => column.reduce((sum, x) => sum + x, 0) / column.length);
    const deviation = columns.map((column, f) => Math.sqrt(column.reduce((sum, x) => sum + (x - mean[f]) ** 2, 0) / column.length));
    const found = await columnStatistics(executor, descriptor, structures, { species });
    expect(found.nRows).toBe(rows.length);
    expectClose(found.means, mean, 1e-14, "relative-to-max");
    expectClose(found.deviations, deviation, 1e-14, "relative-to-max");
    expect([...found.minima]).toEqual(columns.map((column) => Math.min(...column)));
    expect([...found.maxima]).toEqual(columns.map((column) => Math.max(...column)));
  });

  it.each(["standard", "center", "range", "center-range"] as const)("makes columns that are %s", async (method) => {
    const descriptor = await learnFromData(executor, createDescriptor({ ...plain, standardization: method }), structures, { species });
    const { means, deviations, minima, maxima } = await columnStatistics(executor, descriptor, structures, { species });
    const before = await columnStatistics(executor, createDescriptor(plain), structures, { species });
    const zeros = means.map(() => 0);
    const varying = (values: Float64Array): Float64Array => values.filter((_, f) => before.maxima[f] > before.minima[f]);
    expect(varying(means).length).toBeGreaterThan(10);
    const largest = Math.max(...maxima.map(Math.abs), ...minima.map(Math.abs));
    if (method === "range") expectClose(minima, zeros, 1e-12);
    else expectClose(means, zeros, 1e-12 * largest);
    if (method === "standard") expectClose(varying(deviations), varying(deviations).fill(1), 1e-12);
    const spreads = maxima.map((maximum, f) => maximum - minima[f]);
    if (method.includes("range")) expectClose(varying(spreads), varying(spreads.slice()).fill(1), 1e-12);
    if (method === "center") expectClose(spreads, before.maxima.map((maximum, f) => maximum - before.minima[f]), 1e-12, "relative-to-max");
  });

  it("only shifts columns that are constant", async () => {
    // no structure has silicon next to hydrogen: their columns are 0
    const one = [structures[0]];
    const descriptor = await learnFromData(executor, createDescriptor({ ...plain, standardization: "standard" }), one, { species });
    const { scale, shift } = (descriptor.parameters as { standardization: { scale: number[]; shift: number[] } }).standardization;
    const constant = descriptor.features(species).flatMap(({ channel }, f) => (channel.includes("Si") && channel.length === 1 ? [] : channel.every((symbol) => symbol === "Si") ? [] : [f]));
    expect(constant.length).toBeGreaterThan(10);
    for (const f of constant) expect([scale[f], shift[f]]).toEqual([1, 0]);
  });

  it("refuses to describe before it has seen data, and other species than those it has seen", async () => {
    const descriptor = createDescriptor({ ...plain, standardization: "standard" });
    await expect(rowsOf(descriptor)).rejects.toThrow('soap: standardization "standard" takes its numbers from data, and has not seen any: learnFromData gives them');
    const known = await learnFromData(executor, descriptor, [structures[0]], { species: [14] });
    expect(known.learn).toBeUndefined();
    expect(await learnFromData(executor, known, structures, { species })).toBe(known);
    await expect(rowsOf(known)).rejects.toThrow(/^soap: standardization is for 9 columns of Si; with H, C, O, Si there are 108: take it from these data anew$/u);
  });

  it("says which methods there are, and what numbers it needs", () => {
    expect(() => createDescriptor({ ...plain, standardization: "standart" })).toThrow(/standardization/u);
    expect(() => createDescriptor({ ...plain, standardisation: "standard" })).toThrow(/standardization/u);
    const numbers = { method: "standard", species: ["Si"], shift: [1, 2], scale: [1] };
    expect(() => createDescriptor({ ...plain, standardization: numbers })).toThrow("soap: standardization.scale: must have as many numbers as shift");
    expect(() => createDescriptor({ ...plain, standardization: { ...numbers, scale: [1, 0] } })).toThrow(/scale\[1\]|scale\.1/u);
  });

  it("keeps columns that turn together turning: one scale for each set, whatever the direction of the data, and no shift", async () => {
    const standardization = "standard";
    const rotation = randomRotation(5);
    const turned = systems.map((system) => structureOf(transformed(system, rotation)));
    const [found, again] = await Promise.all([structures, turned].map((data) => learnFromData(executor, createDescriptor({ ...expansion, standardization }), data, { species })));
    const [{ shift, scale }, ofTurned] = [found, again].map((descriptor) => numbersOf(descriptor));
    expectClose(ofTurned.scale, scale, 1e-11, "relative-to-max");
    const features = found.features(species);
    const scales = new Map(features.map(({ harmonic }, f) => [harmonic!.set, scale[f]]));
    expect(new Set(scales.values()).size).toBe(scales.size);
    features.forEach(({ harmonic }, f) => {
      expect(scale[f]).toBe(scales.get(harmonic!.set));
      expect(shift[f] === 0).toBe(harmonic!.degree > 0);
    });
    const rows = await rowsOf(found);
    for (const set of scales.keys()) {
      const columns = features.flatMap(({ harmonic }, f) => (harmonic!.set === set ? [f] : []));
      const squares = rows.flatMap((row) => columns.map((f) => row[f] ** 2));
      expectClose([squares.reduce((sum, square) => sum + square, 0) / squares.length], [1], 1e-12);
    }
  });

  it("does not divide a set by what is rounding", async () => {
    const lone = structureOf({ name: "pair", atomicNumbers: [14, 14], positions: Float64Array.of(0, 0, 0, 0, 0, 2.4), cell: null, pbc: [false, false, false] });
    const found = await learnFromData(executor, createDescriptor({ ...expansion, standardization: "standard" }), [lone], { species: [6, 14] });
    const { scale } = numbersOf(found);
    found.features([6, 14]).forEach(({ channel, harmonic }, f) => expect(scale[f] === 1, `${scale[f]}`).toBe(channel[0] === "C" || harmonic!.degree === 0));
  });

  it("leaves weights as they are", async () => {
    const [standardizedRows, rows] = [await rowsOf(createEnvironmentDescriptor(wholes.pairs[0], "these tests")), await rowsOf(createDescriptor(pairs))];
    expect(rows.length > 10).toBe(true);
    expect(standardizedRows.map(([, , weight]) => weight)).toEqual(rows.map(([, , weight]) => weight));
    const mean = [0, 1].map((f) => standardizedRows.reduce((sum, row) => sum + row[f], 0) / rows.length);
    expectClose(mean, [0, 0], 1e-12);
  });

  it("refuses what columns that belong together cannot have", () => {
    expect(() => createDescriptor({ ...expansion, standardization: "range" })).toThrow('spherical-expansion: standardization "range" has no meaning for columns that turn');
    const numbers = { method: "standard", species: ["C", "Si"], shift: [0, 0, 0], scale: [1, 1, 2] };
    const changed = createDescriptor({ ...pairs, standardization: numbers });
    expect(() => changed.prepare(executor.wasm, executor.pool, [6, 14])).toThrow("distance-2b: standardization must not change weights");
    const ones = Array<number>(36).fill(1);
    const shifted = createDescriptor({ ...expansion, standardization: { ...numbers, shift: ones, scale: ones } });
    expect(() => shifted.prepare(executor.wasm, executor.pool, [6, 14])).toThrow("nor shift columns that turn");
  });

  it("learns the size of matrices before their columns", async () => {
    expect(matrix).toMatchObject({ nAtomsMax: 8, standardization: { method: "standard" } });
    const { means, deviations } = await columnStatistics(executor, createDescriptor(matrix), structures, { species });
    expect(means.length).toBe(64);
    expectClose(means, means.map(() => 0), 1e-12);
    expectClose(deviations.filter((deviation) => deviation > 0), deviations.filter((deviation) => deviation > 0).fill(1), 1e-12);
  });

  it("has nothing to learn from data without centers", async () => {
    const descriptor = createDescriptor({ ...plain, standardization: "standard" });
    await expect(learnFromData(executor, descriptor, [], { species })).rejects.toThrow("the data have no centers");
  });
});

function numbersOf({ parameters }: { readonly parameters: unknown }): { readonly shift: readonly number[]; readonly scale: readonly number[] } {
  return (parameters as { standardization: { shift: number[]; scale: number[] } }).standardization;
}
