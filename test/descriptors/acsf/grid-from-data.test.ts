import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Acsf, acsfGrid, createDescriptor } from "../../../src/descriptors/index.js";
import { describeStructures, learnFromData } from "../../../src/environments/index.js";
import { createExecutor, type Executor } from "../../../src/parallel/index.js";
import { detectBuild, isShared } from "../../../src/wasm/builds.js";
import { testExecutor } from "../../expect.js";
import type { System } from "../calculator.js";
import { contractSystems, speciesOf } from "../systems.js";
import { structureOf } from "../described-systems.js";

const systems = contractSystems();
const species = speciesOf(...systems);
const structures = systems.map(structureOf);
const grid = { rule: "gastegger", from: "shortest-distance", radial: 4, angular: 2, zeta: [1, 2] };
const parameters = { type: "acsf" as const, cutoff: { radius: 5 }, g2: [[0.3, 1]], grid };
const hasThreads = isShared(await detectBuild());

describe("a grid that begins with the shortest distance in the data", () => {
  let executor: Executor;
  beforeAll(async () => {
    executor = await testExecutor();
  });
  afterAll(() => executor.close());
  const learned = (of: object = parameters, data = structures): Promise<Acsf> =>
    learnFromData(executor, createDescriptor(of as { type: "acsf" }), data, { species }) as Promise<Acsf>;

  it("holds functions as numbers from then on, beside those that were given", async () => {
    const shortest = shortestOf(systems);
    expect(shortest > 1 && shortest < 4, `${shortest} Å`).toBe(true);
    const from = Math.floor(100 * shortest) / 100;
    const { parameters: found, learn } = await learned();
    const lists = acsfGrid(5, { ...grid, rule: "gastegger", from });
    expect(found).toMatchObject({ g2: [{ eta: 0.3, shift: 1 }, ...lists.g2], g4: lists.g4 });
    expect(found.g2[1].shift).toBe(from);
    expect(found.grid).toBeUndefined();
    expect(learn).toBeUndefined();
    expect(new Acsf(found).parameters).toEqual(found);
  });

  it("is about the centers that are described", async () => {
    const distances = species.map((z) => shortestOf(systems, z));
    const farthest = distances.indexOf(Math.max(...distances));
    expect(distances[farthest] - shortestOf(systems) > 0.02, "another atom decides").toBe(true);
    const options = { species, centers: { species: [species[farthest]] } };
    const found = await learnFromData(executor, createDescriptor(parameters), structures, options);
    expect((found.parameters as { g2: { shift: number }[] }).g2[1].shift).toBe(Math.floor(100 * distances[farthest]) / 100);
  });

  it.runIf(hasThreads)("is the same on two threads", async () => {
    const two = await createExecutor({ threads: 2 });
    try {
      const found = await learnFromData(two, createDescriptor(parameters), structures, { species });
      expect(found.parameters).toEqual((await learned()).parameters);
    } finally {
      await two.close();
    }
  });

  it("has as many columns before, but neither names nor values", async () => {
    const open = new Acsf(parameters);
    expect(open.featureCount(species)).toBe((await learned()).featureCount(species));
    expect(open.parameters).toMatchObject({ g2: [{ eta: 0.3, shift: 1 }], grid });
    expect(new Acsf(open.parameters).parameters).toEqual(open.parameters);
    for (const attempt of [() => open.features(species), () => open.symmetryFunctionFile(species), () => open.prepare(executor.wasm, executor.pool, species)]) {
      expect(attempt).toThrow("acsf: grid.from is shortest-distance, and no data have been seen: learnFromData gives it, or write a number");
    }
  });

  it("is found inside of other descriptors, also where a standardization is known", async () => {
    const { parameters: found } = await learnFromData(executor, createDescriptor({ ...parameters, standardization: "center" }), structures, { species });
    const numbers = (found as { standardization: { shift: number[] } }).standardization;
    expect(numbers.shift.length > 10).toBe(true);
    const again = await learnFromData(executor, createDescriptor({ ...parameters, standardization: numbers }), structures, { species });
    expect(again.parameters).toEqual(found);
    const side = await learnFromData(executor, createDescriptor({ type: "concatenation", parts: [parameters], average: "outer" }), structures, { species });
    let rows = 0;
    for await (const { nRows, values } of describeStructures(executor, side, structures, { species })) {
      rows += nRows;
      expect(values.every(Number.isFinite)).toBe(true);
    }
    expect(rows).toBe(structures.length);
  });

  it("refuses data without neighbors, a rule that does not begin anywhere, and a last distance below the first", async () => {
    const far = structureOf({ name: "far", atomicNumbers: [14, 14], positions: Float64Array.of(0, 0, 0, 9, 0, 0), cell: null, pbc: [false, false, false] });
    await expect(learned(parameters, [far])).rejects.toThrow("no two atoms of the data are within cutoff.radius, 5 Å: give a number");
    await expect(learned({ ...parameters, grid: { ...grid, to: 0.3 } })).rejects.toThrow(/grid goes from [\d.]+ Å to 0\.3 Å; it must ascend/u);
    expect(() => new Acsf({ ...parameters, grid: { from: "shortest-distance" } })).toThrow("the grid of rule imbalzano begins where the cutoff says: leave it out");
    expect(() => new Acsf({ ...parameters, grid: { ...grid, from: "shortest" } })).toThrow(/grid\.from/u);
  });
});

/** The shortest distance of a center (of one species) and another atom or image, by trying all of the nearest images. */
function shortestOf(of: readonly System[], center?: number): number {
  return Math.min(...of.flatMap(({ atomicNumbers, positions, cell, pbc }) => {
    const shifts = [0, 1, 2].map((axis) => (cell && pbc[axis] ? [-1, 0, 1] : [0]));
    const centers = atomicNumbers.flatMap((z, i) => (center === undefined || z === center ? [i] : []));
    return centers.flatMap((i) => atomicNumbers.flatMap((_, j) => shifts[0].flatMap((a) => shifts[1].flatMap((b) => shifts[2].map((c) => {
      const image = (k: number): number => (cell ? a * cell[k] + b * cell[3 + k] + c * cell[6 + k] : 0);
      const distance = Math.hypot(...[0, 1, 2].map((k) => positions[3 * j + k] + image(k) - positions[3 * i + k]));
      return distance > 0 ? distance : Infinity;
    })))));
  }));
}
