// Fits to energies and forces: kernels of derivatives against differences of plain sums, bits, refusals.
import { Matrix as Dense } from "ml-matrix";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fitKernelRidge, type KernelRidgeFit } from "../../../src/fit/index.js";
import { decodeModel, encodeModel, evaluateStructure } from "../../../src/models/index.js";
import { createExecutor, type Executor } from "../../../src/parallel/index.js";
import { Dataset } from "../../../src/structures/index.js";
import { expectClose, testExecutor } from "../../expect.js";
import { randomStructure } from "../../models/systems.js";
import { gaussian, mbtr, plainKernels, plainSolution, smallData, soap, type TermInput, withTargets } from "./small-fits.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const whole: TermInput = { descriptor: mbtr, kernel: { type: "matern", nu: 2.5, lengthScale: 0.3 } };
const atoms: TermInput = { descriptor: soap, kernel: gaussian };
const cases: [string, TermInput[]][] = [
  ["rows of structures", [whole]],
  ["sums over atoms of the same element", [atoms]],
  ["an averaged descriptor and sums over all pairs of one element", [{ descriptor: { ...soap, average: "outer" }, kernel: { type: "dot-product", zeta: 2 } }, { ...atoms, pairs: "all", centers: ["Na"] }]],
];
const requestOf = (terms: TermInput[], fit: KernelRidgeFit["fit"]): KernelRidgeFit => ({ model: { type: "kernel-ridge", isolatedAtomEnergies: "none", terms }, fit });

/** Structures with one coordinate moved forth and back, after all structures as they are. */
function displaced(data: Dataset, h: number): Dataset {
  const moved = [...data].flatMap((structure) =>
    Array.from({ length: 2 * structure.positions.length }, (_, k) => ({
      ...structure, positions: structure.positions.map((x, i) => (i === k >> 1 ? x + (k % 2 === 0 ? h : -h) : x)),
    })),
  );
  return Dataset.from([...data, ...moved]);
}

/** Energies and derivatives of the columns of kernels of displaced structures. */
function differences(kernels: Dense, nStructures: number, h: number): Dense {
  const count = (kernels.rows - nStructures) / 2;
  const rows = [
    ...Array.from({ length: nStructures }, (_, i) => kernels.getRow(i)),
    ...Array.from({ length: count }, (_, d) => kernels.getRow(nStructures + 2 * d).map((value, j) => (value - kernels.get(nStructures + 2 * d + 1, j)) / (2 * h))),
  ];
  return new Dense(rows);
}

describe.each(cases)("energies and forces with %s", (_, terms) => {
  it("have the solution of kernels that are differentiated by differences", async () => {
    const data = Dataset.from([0, 1, 2].map((i) => withTargets(randomStructure(20 + i, 3, i === 1), "", 0)));
    const h = 1e-4;
    const all = displaced(data, h);
    const plain = await plainKernels(executor, terms, all, all, data);
    const kernels = differences(differences(plain, 3, h).transpose(), 3, h);
    const [sigmaE, sigmaF] = [0.1, 0.3];
    const mean = data.energies.reduce((sum, value) => sum + value, 0) / 3;
    const y = [...Array.from(data.energies, (energy) => energy - mean), ...Array.from(data.forces, (force) => -force)];
    const noise = y.map((__, i) => (i < 3 ? sigmaE : sigmaF) ** 2);
    const scaled = Dense.add(kernels, Dense.diag(noise));
    const alpha = plainSolution(scaled, 0, y);
    const { model, summary } = await fitKernelRidge(requestOf(terms, { sigma: { energy: sigmaE, forces: sigmaF, perAtom: false }, errorBars: true }), data, executor);
    expectClose(model.targets[0].coefficients, alpha.slice(0, 3), 1e-4, "relative-to-max");
    expect([summary.targets.energies, summary.targets.forceComponents]).toEqual([3, 27]);
    const fresh = smallData(2, 300);
    const across = differences(await plainKernels(executor, terms, all, fresh, data), 3, h);
    const own = (await plainKernels(executor, terms, fresh, fresh, data)).diagonal();
    for (let t = 0; t < 2; t++) {
      const column = across.getColumn(t);
      const found = await evaluateStructure(model, fresh.structure(t), executor, { want: { forces: true, errorBars: true } });
      expectClose([found.energy], [mean + column.reduce((sum, k, i) => sum + k * alpha[i], 0)], 1e-5);
      const explained = plainSolution(scaled, 0, column).reduce((sum, value, i) => sum + value * column[i], 0);
      expectClose([found.energyVariance!], [own[t] - explained], 1e-5);
      expect(found.forceVariances!.length === found.forces!.length && found.forceVariances!.every((variance) => variance >= 0)).toBe(true);
    }
  });

  it("follow the data, have error bars of forces that are smaller there, and are stored with every bit", async () => {
    const data = smallData(6);
    const { model } = await fitKernelRidge(requestOf(terms, { sigma: { energy: 0.001, forces: 0.01 }, errorBars: true }), data, executor);
    const want = { forces: true, virial: true, errorBars: true };
    const seen = await evaluateStructure(model, data.structure(2), executor, { want });
    expect(Math.abs(seen.energy - data.energies[2]) < 0.01).toBe(true);
    const fresh = await evaluateStructure(model, smallData(1, 500).structure(0), executor, { want });
    const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(seen.forceVariances!) < mean(fresh.forceVariances!)).toBe(true);
    const bytes = await encodeModel(model);
    const read = await decodeModel(bytes, "test.pestle");
    expect(Buffer.from(await encodeModel(read)).equals(Buffer.from(bytes))).toBe(true);
    expect(await evaluateStructure(read, data.structure(2), executor, { want })).toEqual(seen);
  });
});

describe("fits with forces", () => {
  it("take structures that have energies or forces alone, and atoms that a mask leaves", async () => {
    const structures = [...smallData(6)];
    const mixed = Dataset.from(structures.map((structure, i) => {
      const { energy, forces } = structure.targets;
      return { ...structure, targets: i === 1 ? { energy } : i === 2 ? { forces } : { energy, forces } };
    }));
    const { model, summary } = await fitKernelRidge(requestOf([atoms], { sigma: { energy: 0.01, forces: 0.05 } }), mixed, executor);
    const nForces = structures.filter((_, i) => i !== 1).reduce((sum, { positions }) => sum + positions.length, 0);
    expect([summary.targets.energies, summary.targets.forceComponents, summary.structures]).toEqual([5, nForces, 6]);
    expect(model.targets[0].coefficients[2]).toBe(0);
    expect(model.errorBars!.size).toBe(5 + nForces);
  });

  it("have the same bits for any number of threads", async () => {
    const data = smallData(8);
    const bytes: Uint8Array[] = [];
    for (const threads of [1, 2, 3]) {
      const several = await createExecutor({ threads });
      const { model } = await fitKernelRidge(requestOf([whole, atoms], { sigma: { energy: 0.01, forces: 0.05 } }), data, several);
      bytes.push(await encodeModel(model));
      await several.close();
    }
    expect(Buffer.from(bytes[1]).equals(Buffer.from(bytes[0])) && Buffer.from(bytes[2]).equals(Buffer.from(bytes[0]))).toBe(true);
  });

  it("refuse more rows than a kernel matrix can have, and several targets", async () => {
    const structure = smallData(1).structure(0);
    const many = Dataset.from(Array.from({ length: 1600 }, () => structure));
    await expect(fitKernelRidge(requestOf([whole], { sigma: { forces: 0.1 } }), many, executor)).rejects.toThrow(/would have \d+ rows, more than 15000: use type: sparse-gp/u);
    await expect(fitKernelRidge(requestOf([whole], { sigma: { forces: 0.1 }, targets: ["energy", "gap"] }), smallData(3), executor)).rejects.toThrow(/fit properties without forces/u);
    await expect(fitKernelRidge(requestOf([{ ...atoms, normalize: true }], { sigma: { forces: 0.1 } }), smallData(3), executor)).rejects.toThrow(/normalize is for fits to energies alone/u);
    const scales: TermInput = { ...atoms, kernel: { type: "squared-exponential", normalize: true } };
    await expect(fitKernelRidge(requestOf([scales], { sigma: { forces: 0.1 } }), smallData(3), executor)).rejects.toThrow(/one length scale and rows as they are/u);
    const ranges: TermInput = { ...atoms, kernel: { type: "squared-exponential", lengthScale: { ofRange: 1 } } };
    await expect(fitKernelRidge(requestOf([ranges], {}), smallData(3), executor)).rejects.toThrow(/ofRange is for sparse-gp/u);
  });
});
