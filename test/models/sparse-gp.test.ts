import { Matrix, inverse } from "ml-matrix";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evaluateDataset, evaluateStructure, evaluateStructures, SparseGpModel } from "../../src/models/index.js";
import { createExecutor, type Executor } from "../../src/parallel/index.js";
import { CancelledError, InvalidStructureError } from "../../src/errors.js";
import { Dataset } from "../../src/structures/index.js";
import { detectBuild, isShared } from "../../src/wasm/builds.js";
import { describePotential } from "../contracts/potential.js";
import { expectClose, testExecutor } from "../expect.js";
import { DelayingExecutor } from "../parallel/delaying-executor.js";
import { makeStructure, randomModel, randomStructure, repeated } from "./systems.js";

let executor: Executor;
let model: SparseGpModel;
beforeAll(async () => {
  executor = await testExecutor();
  model = await randomModel(executor);
});
afterAll(() => executor.close());

describe("sparse Gaussian process", () => {
  describePotential({
    executor: () => executor,
    potential: () => model,
    structures: [randomStructure(1), randomStructure(2, 7, false), randomStructure(3, 3)],
  });

  it("gives an isolated atom its energy and that of its own environment, without forces", async () => {
    const atom = makeStructure({ atomicNumbers: Uint8Array.of(17), positions: new Float64Array(3), cell: null, pbc: [false, false, false], label: "atom" });
    const { energy, forces } = await evaluateStructure(model, atom, executor);
    expect([...forces!]).toEqual([0, 0, 0]);
    const empty = new SparseGpModel({ ...model, terms: model.terms.map((term) => ({ ...term, coefficients: term.coefficients.map(() => 0) })) });
    expect((await evaluateStructure(empty, atom, executor)).energy).toBe(-2.25);
    expect(energy).not.toBe(-2.25);
  });

  it("has no atoms, no energy", async () => {
    const nothing = makeStructure({ atomicNumbers: new Uint8Array(0), positions: new Float64Array(0), cell: null, pbc: [false, false, false], label: "nothing" });
    expect(await evaluateStructure(model, nothing, executor, { want: { forces: true, virial: true } })).toEqual({
      energy: 0, forces: new Float64Array(0), virial: new Float64Array(9),
    });
  });

  it("says so where two atoms are at the same position", async () => {
    const structure = randomStructure(1);
    structure.positions.copyWithin(3, 0, 3);
    const evaluation = evaluateStructure(model, structure, executor);
    await expect(evaluation).rejects.toThrow(InvalidStructureError);
    await expect(evaluation).rejects.toThrow(/structure 1/u);
  });
});

describe("predictive variance", () => {
  it("is k(x, x) − kᵀ(K + reg)⁻¹k of each term", async () => {
    const structure = randomStructure(5);
    const single = new SparseGpModel({ ...model, terms: [model.terms[0]] });
    const { variance } = await evaluateStructure(single, structure, executor, { want: { variance: true } });
    const { kernel, sparsePoints, descriptor } = model.terms[0];
    const nFeatures = descriptor.featureCount(model.species);
    const rows = (values: Float64Array): Matrix => Matrix.from1DArray(values.length / nFeatures, nFeatures, values);
    const points = rows(sparsePoints);
    const power = (gram: Matrix): Matrix => gram.clone().apply(function (this: Matrix, i: number, j: number) {
      this.set(i, j, this.get(i, j) ** 3);
    });
    const kernelMatrix = power(points.mmul(points.transpose()));
    for (let i = 0; i < kernelMatrix.rows; i++) kernelMatrix.set(i, i, kernelMatrix.get(i, i) + 1e-3);
    // The descriptors of the structure: sparse points of a model that takes every environment.
    const { selectSparsePoints } = await import("../../src/select/index.js");
    const { xoroshiro128plus } = await import("pure-rand/generator/xoroshiro128plus");
    const prepared = descriptor.prepare(executor.wasm, executor.pool, model.species);
    const all = await selectSparsePoints(
      { descriptor: prepared.tables, species: model.species, centers: null, sparse: { method: "random", count: 100 } },
      Dataset.from([structure]), xoroshiro128plus(1), { executor },
    );
    prepared.release();
    const cross = power(rows(all.values).mmul(points.transpose()));
    const explained = cross.mmul(inverse(kernelMatrix)).mmul(cross.transpose());
    expectClose(variance!, Array.from({ length: all.count }, (_, i) => kernel.delta ** 2 * (1 - explained.get(i, i))), 1e-9);
  });

  it("is about zero in the data of the sparse points and larger away from them, never negative", async () => {
    const single = new SparseGpModel({ ...model, terms: [{ ...model.terms[0], kernel: { ...model.terms[0].kernel, delta: 1 } }] });
    const known: number[] = [];
    for (const seed of [101, 102, 103, 104]) {
      const { variance } = await evaluateStructure(single, randomStructure(seed), executor, { want: { variance: true } });
      known.push(...variance!);
    }
    const { variance: unknown } = await evaluateStructure(single, randomStructure(9, 2, false), executor, { want: { variance: true } });
    expect(Math.min(...known) < 1.1e-3).toBe(true);
    for (const value of [...known, ...unknown!]) expect(value >= 0 && value <= 1).toBe(true);
    expect(Math.min(...unknown!) > 10 * Math.min(...known)).toBe(true);
  });
});

describe("evaluation of many structures", () => {
  const structures = Array.from({ length: 40 }, (_, i) => randomStructure(i + 1, 3 + (i % 5)));

  it("is in order and has the same bits for any number of threads", async () => {
    const collect = async (other: Executor): Promise<unknown[]> => {
      const results: unknown[] = [];
      const want = { forces: true, virial: true, localEnergies: true, variance: true };
      for await (const { structure, prediction } of evaluateStructures(model, structures, other, { want })) results.push([structure.label, prediction]);
      return results;
    };
    const once = await collect(executor);
    expect(once).toHaveLength(40);
    for (const threads of [2, 5, 8]) expect(await collect(new DelayingExecutor(executor, threads, threads))).toEqual(once);
    if (!isShared(await detectBuild())) return;
    const others = await createExecutor({ threads: 2 });
    try {
      expect(await collect(others)).toEqual(once);
    } finally {
      await others.close();
    }
  });

  it("splits a large structure into ranges", async () => {
    const small = randomStructure(3, 4);
    const n = 7;
    const large = repeated(small, n);
    const want = { forces: true, virial: true, localEnergies: true, variance: true };
    const expected = await evaluateStructure(model, small, executor, { want });
    const actual = await evaluateStructure(model, large, executor, { want });
    expectClose([actual.energy], [n ** 3 * expected.energy], 1e-11, "relative-to-max");
    expectClose(actual.forces!, actual.forces!.map((_, i) => expected.forces![i % 12]), 1e-9);
    expectClose(actual.virial!, expected.virial!.map((x) => n ** 3 * x), 1e-10, "relative-to-max");
    for (const name of ["localEnergies", "variance"] as const) {
      expect(Math.min(...expected[name]!.map(Math.abs))).toBeGreaterThan(1e-4);
      expectClose(actual[name]!, actual[name]!.map((_, i) => expected[name]![i % 4]), 1e-10, "relative-to-max");
    }
  });

  it("stops when told to and gives memory back", async () => {
    const before = executor.pool.bytesInUse;
    const controller = new AbortController();
    const run = async (): Promise<void> => {
      for await (const _ of evaluateDataset(model, Dataset.from(structures), executor, { signal: controller.signal })) controller.abort();
    };
    await expect(run()).rejects.toThrow(CancelledError);
    expect(executor.pool.bytesInUse).toBe(before);
  });
});
