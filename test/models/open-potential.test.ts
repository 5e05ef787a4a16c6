import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { InvalidParameterError, InvalidStructureError } from "../../src/errors.js";
import { evaluateStructure, evaluateStructures, openPotential, type Potential, SparseGpModel } from "../../src/models/index.js";
import { buildNeighborList, keepNeighbors, neighborsWithin } from "../../src/neighbors/index.js";
import { createExecutor, type Executor } from "../../src/parallel/index.js";
import type { Structure } from "../../src/structures/index.js";
import { detectBuild, isShared } from "../../src/wasm/builds.js";
import { withScratch } from "../../src/wasm/scratch.js";
import { expectClose, testExecutor } from "../expect.js";
import { randomSource } from "../linalg/dense.js";
import { randomModel, randomStructure, repeated } from "./systems.js";

const hasThreads = isShared(await detectBuild());
const want = { forces: true, virial: true, localEnergies: true, variance: true };

let executor: Executor;
let model: SparseGpModel;
beforeAll(async () => {
  executor = await testExecutor();
  model = await randomModel(executor);
});
afterAll(() => executor.close());

describe("open potential", () => {
  it("predicts again and again what single evaluations predict, and gives memory back", async () => {
    const structures = Array.from({ length: 6 }, (_, i) => randomStructure(i + 1, 2 + i, i % 2 === 0));
    await evaluateStructure(model, structures[0], executor, { want });
    const before = executor.pool.bytesInUse;
    const [open, other] = [openPotential(model, executor, want), openPotential(await randomModel(executor, 2), executor, want)];
    for (const structure of [...structures, ...structures]) {
      const expected = await evaluateStructure(model, structure, executor, { want });
      expect(await open.evaluate(structure)).toEqual(expected);
      expect((await other.evaluate(structure)).energy === expected.energy).toBe(false);
    }
    open.close();
    other.close();
    expect(executor.pool.bytesInUse).toBe(before);
  });

  it("remembers evaluators by their tables, more than it keeps", async () => {
    const models = await Promise.all(Array.from({ length: 11 }, (_, i) => randomModel(executor, 10 + i)));
    const opened = models.map((one) => openPotential(one, executor, want));
    const structure = randomStructure(3);
    const expected = [];
    for (const one of models) expected.push(await evaluateStructure(one, structure, executor, { want }));
    for (let round = 0; round < 2; round++) for (const [i, open] of opened.entries()) expect(await open.evaluate(structure)).toEqual(expected[i]);
    opened.forEach((open) => open.close());
  });

  it("lets terms share a neighbor list, with the same bits as each by itself", async () => {
    const [first, second] = model.terms;
    const terms = [first, second, { ...first, coefficients: first.coefficients.map((c) => 0.3 * c) }, { ...first, centers: [17] }];
    const whole = await evaluateStructure(new SparseGpModel({ ...model, terms }), randomStructure(4), executor, { want });
    const parts = await Promise.all(
      terms.map((term) => evaluateStructure(new SparseGpModel({ ...model, isolatedAtomEnergies: [0, 0], terms: [term] }), randomStructure(4), executor, { want })),
    );
    const sum = (pick: (i: number) => Float64Array): number[] => Array.from(pick(0), (_, k) => parts.reduce((total, __, i) => total + pick(i)[k], 0));
    expectClose(whole.forces!, sum((i) => parts[i].forces!), 1e-12);
    expectClose(whole.virial!, sum((i) => parts[i].virial!), 1e-12);
    expectClose(whole.variance!, sum((i) => parts[i].variance!), 1e-12);
  });

  it("refuses a variance that there is none of, a bad skin and a bad structure", () => {
    const bare: Potential = { ...model, species: model.species, cutoff: model.cutoff, hasVariance: false, type: model.type, prepare: (...args) => model.prepare(...args) };
    expect(() => openPotential(bare, executor, { variance: true })).toThrow(InvalidParameterError);
    const open = openPotential(model, executor);
    expect(() => open.place(randomStructure(1), { skin: -1 })).toThrow(/skin is -1 Å/u);
    expect(() => open.place({ ...randomStructure(1), positions: new Float64Array(4) })).toThrow(InvalidStructureError);
    open.close();
  });
});

/** Moves every atom by up to `step` along each axis. */
function move(positions: Float64Array, step: number, next: () => number): void {
  for (let i = 0; i < positions.length; i++) positions[i] += step * next();
}

describe("placed structure", () => {
  it.each([0, 0.4])("follows positions and cell that are written in place (skin %d Å)", async (skin) => {
    const structure = randomStructure(7, 6);
    const open = openPotential(model, executor, want);
    const placed = open.place(structure, { skin });
    const next = randomSource(3);
    const check = async (): Promise<void> => {
      const now: Structure = { ...structure, positions: placed.positions.slice(), cell: placed.cell!.slice() };
      const [found, expected] = [await placed.evaluate(), await evaluateStructure(model, now, executor, { want })];
      if (skin === 0) expect(found).toEqual(expected);
      expectClose([found.energy], [expected.energy], 1e-12, "relative-to-max");
      for (const name of ["forces", "virial", "localEnergies", "variance"] as const) expectClose(found[name]!, expected[name]!, 1e-11);
    };
    for (let step = 0; step < 8; step++) {
      await check();
      move(placed.positions, 0.02, next);
    }
    expect(placed.listsSearched).toBe(skin > 0 ? 1 : 0);
    placed.positions[4] += 0.21; // beyond half the skin
    await check();
    expect(placed.listsSearched).toBe(skin > 0 ? 2 : 0);
    placed.cell![0] += 0.05;
    await check();
    expect(placed.listsSearched).toBe(skin > 0 ? 3 : 0);
    placed.release();
    open.close();
  });

  it("works without a cell and without atoms", async () => {
    const open = openPotential(model, executor, want);
    for (const structure of [randomStructure(5, 5, false), { ...randomStructure(5, 5, false), atomicNumbers: new Uint8Array(0), positions: new Float64Array(0) }]) {
      const placed = open.place(structure, { skin: 0.3 });
      const [found, expected] = [await placed.evaluate(), await evaluateStructure(model, structure, executor, { want })];
      expectClose([found.energy, ...found.forces!], [expected.energy, ...expected.forces!], 1e-11);
      placed.release();
    }
    open.close();
  });

  it("says so where two atoms meet", async () => {
    const open = openPotential(model, executor, want);
    for (const skin of [0, 0.1, 15]) {
      const placed = open.place(randomStructure(1), { skin });
      await placed.evaluate();
      placed.positions.copyWithin(3, 0, 3);
      const evaluation = placed.evaluate();
      await expect(evaluation).rejects.toThrow(InvalidStructureError);
      await expect(evaluation).rejects.toThrow(/structure 1/u);
      expect(placed.listsSearched).toBe(skin > 0 ? 1 : 0);
      placed.release();
    }
    open.close();
  });

  it("splits a large structure into ranges, with the same bits on any number of threads", async () => {
    const large = repeated(randomStructure(3, 4), 7);
    const results = [];
    for (const threads of hasThreads ? [1, 2] : [1]) {
      const other = threads === 1 ? executor : await createExecutor({ threads });
      const open = openPotential(model, other, want);
      const placed = open.place(large, { skin: 0.5 });
      results.push(await placed.evaluate());
      results.push(await open.evaluate(large));
      placed.release();
      open.close();
      if (other !== executor) await other.close();
    }
    if (hasThreads) expect(results.slice(2)).toEqual(results.slice(0, 2));
    for await (const { prediction } of evaluateStructures(model, [large], executor, { want })) expect(prediction).toEqual(results[1]);
    for (const name of ["forces", "virial", "localEnergies", "variance"] as const) expectClose(results[0][name]!, results[1][name]!, 1e-9);
  });
});

describe("neighbors within a known list", () => {
  it("are those that a search finds, for some atoms and a shorter cutoff", () => {
    const { wasm, pool } = executor;
    const { positions, cell, pbc, atomicNumbers } = randomStructure(9, 6);
    const region = pool.allocate(8 * positions.length, "test");
    wasm.f64(region.pointer, positions.length).set(positions);
    const kept = keepNeighbors(wasm, pool, { positions: region.pointer, nAtoms: 6, cell, pbc, cutoff: 5 });
    move(wasm.f64(region.pointer, positions.length), 0.2, randomSource(2));
    const centers = Int32Array.of(4, 0, 5);
    withScratch(pool, (arena) => {
      const found = neighborsWithin(wasm, arena, kept.neighbors, { cell, cutoff: 4.2, centers });
      const expected = buildNeighborList(wasm, arena, { positions: region.pointer, nAtoms: atomicNumbers.length, cell, pbc, cutoff: 4.2, centers });
      expect(found.nPairs > 15).toBe(true);
      expect(Array.from(wasm.i32(found.offsets, 4))).toEqual(Array.from(wasm.i32(expected.offsets, 4)));
      const pairs = (list: typeof found, c: number): number[][] => {
        const [first, last] = wasm.i32(list.offsets, 4).subarray(c, c + 2);
        const columns = [list.dx, list.dy, list.dz, list.distances].map((pointer) => wasm.f64(pointer, list.nPairs));
        const atoms = wasm.i32(list.neighborAtoms, list.nPairs);
        const rows = Array.from({ length: last - first }, (_, p) => [atoms[first + p], ...columns.map((column) => column[first + p])]);
        return rows.sort((a, b) => a[4] - b[4]);
      };
      for (let c = 0; c < 3; c++) expectClose(pairs(found, c).flat(), pairs(expected, c).flat(), 1e-13);
    });
    pool.release(kept.region);
    pool.release(region);
  });
});
