// Kernel ridge regression as a potential: the contract for kernels of structures, of atoms, normalized, averaged, and of several terms.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fitKernelRidge } from "../../src/fit/index.js";
import { createDescriptor } from "../../src/descriptors/index.js";
import { describeStructures } from "../../src/environments/index.js";
import { kernelValue } from "../../src/kernels/index.js";
import { evaluateStructure, KernelRidgeModel } from "../../src/models/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { Dataset } from "../../src/structures/index.js";
import { describePotential } from "../contracts/potential.js";
import { randomSource } from "../linalg/dense.js";
import { expectClose, testExecutor } from "../expect.js";
import { gaussian, mbtr, soap, type TermInput, withTargets } from "../fit/kernel-ridge/small-fits.js";
import { randomStructure } from "./systems.js";

let executor: Executor;
const models = new Map<string, KernelRidgeModel>();

const atoms: TermInput = { descriptor: soap, kernel: gaussian };
const whole: TermInput = { descriptor: mbtr, kernel: { type: "squared-exponential", lengthScale: 0.1 } };
const cases: Record<string, TermInput[]> = {
  "rows of structures": [whole],
  "sums over atoms": [atoms],
  "sums over all pairs of atoms": [{ ...atoms, pairs: "all", kernel: { type: "dot-product", zeta: 2 } }],
  "normalized sums": [{ ...atoms, normalize: true, kernel: { type: "matern", nu: 2.5, lengthScale: 0.9 } }],
  "an averaged descriptor": [{ descriptor: { ...soap, average: "outer" }, kernel: { type: "matern", nu: 1.5, lengthScale: 0.9 } }],
  "several terms": [whole, { ...atoms, normalize: true }, { ...atoms, centers: ["Na"] }],
};

/** With forces. */
const forceCases: Record<string, TermInput[]> = {
  "rows of structures, with forces": [{ ...whole, kernel: { type: "squared-exponential", lengthScale: 1 } }],
  "sums over atoms, with forces": [{ ...atoms, kernel: { type: "matern", nu: 2.5, lengthScale: 1 } }],
  "several terms, with forces": [{ descriptor: { ...soap, average: "outer" }, kernel: { type: "dot-product", zeta: 3 } }, { ...atoms, pairs: "all", centers: ["Na"] }],
};

const structures = [randomStructure(1), randomStructure(2, 7, false), randomStructure(3, 3)];
const data = Dataset.from(Array.from({ length: 9 }, (_, i) => withTargets(randomStructure(60 + i, 2 + (i % 5), i % 2 === 0), "", i / 9)));

beforeAll(async () => {
  executor = await testExecutor();
  const model = { type: "kernel-ridge", isolatedAtomEnergies: { Na: -1, Cl: -2 } } as const;
  for (const [name, terms] of Object.entries(cases)) {
    models.set(name, (await fitKernelRidge({ model: { ...model, terms }, fit: { regularization: 1e-3, errorBars: true } }, data, executor)).model);
  }
  const sigma = { energy: 0.01, forces: 0.05 };
  for (const [name, terms] of Object.entries(forceCases)) {
    models.set(name, (await fitKernelRidge({ model: { ...model, terms }, fit: { sigma, errorBars: true } }, data.subset([0, 1, 2, 3, 4]), executor)).model);
  }
});
afterAll(() => executor.close());

describe.each(Object.keys({ ...cases, ...forceCases }))("kernel ridge potential of %s", (name) => {
  describePotential({ executor: () => executor, potential: () => models.get(name)!, structures });

  it("has error bars between 0 and the prior's, smaller where it has seen the structure, and gives a structure without atoms nothing", async () => {
    const variance = async (i: number, from: readonly Parameters<typeof evaluateStructure>[1][]): Promise<number> =>
      (await evaluateStructure(models.get(name)!, from[i], executor, { want: { errorBars: true } })).energyVariance!;
    const [seen, fresh] = [await variance(1, [...data]), await variance(1, structures)];
    expect(seen >= 0 && seen < fresh).toBe(true);
    const nothing = { atomicNumbers: new Uint8Array(0), positions: new Float64Array(0), cell: null, pbc: [false, false, false] as const, label: "nothing" };
    const { energy, forces, energyVariance } = await evaluateStructure(models.get(name)!, nothing, executor, { want: { forces: true, errorBars: true } });
    expect([energy, forces!.length, energyVariance]).toEqual([0, 0, 0]);
  });
});

it("a Laplacian has the forces of its energies between its kinks", async () => {
  const request = { model: { type: "kernel-ridge", terms: [{ ...whole, kernel: { type: "laplacian", lengthScale: 0.5 } }] }, fit: { regularization: 1e-3 } } as const;
  const { model } = await fitKernelRidge(request, data, executor);
  const structure = structures[1];
  const { forces } = await evaluateStructure(model, structure, executor, { want: { forces: true } });
  const h = 1e-7;
  const differences = await Promise.all(
    Array.from({ length: 6 }, async (_, i) => {
      const at = async (step: number): Promise<number> =>
        (await evaluateStructure(model, { ...structure, positions: structure.positions.map((x, k) => (k === i ? x + step : x)) }, executor)).energy;
      return ((await at(-h)) - (await at(h))) / (2 * h);
    }),
  );
  expect(forces!.some((force) => Math.abs(force) > 1e-2)).toBe(true);
  expectClose(forces!.slice(0, 6), differences, 1e-5, "relative-to-max");
});

describe("local energies", () => {
  it("are those of atoms where the kernel is a plain sum, and equal shares where it is not", async () => {
    const of = async (name: string): Promise<Float64Array> => (await evaluateStructure(models.get(name)!, structures[1], executor, { want: { localEnergies: true } })).localEnergies!;
    expect(models.get("sums over atoms")!.isSumOverAtoms && !models.get("normalized sums")!.isSumOverAtoms).toBe(true);
    const shares = (await of("rows of structures")).map((energy, atom) => energy - (structures[1].atomicNumbers[atom] === 11 ? -1 : -2));
    expectClose(shares, new Float64Array(7).fill(shares[0]), 1e-12);
    const own = await of("sums over atoms");
    expect(new Set(own.map((energy) => Math.round(1e6 * energy))).size > 2).toBe(true);
  });
});

it("more rows of an element than are compared at once count like others, in energies, forces and error bars", async () => {
  const next = randomSource(9);
  const counts: Record<number, number> = { 11: 4096, 17: 4099 };
  const atomicNumbers = Int32Array.from(Object.entries(counts).flatMap(([z, count]) => new Array<number>(count).fill(Number(z))));
  const descriptor = createDescriptor({ ...soap, nMax: 1, lMax: 0 });
  const nFeatures = descriptor.featureCount([11, 17]);
  const rows = Float64Array.from({ length: atomicNumbers.length * nFeatures }, () => next());
  const owners = Int32Array.from(atomicNumbers, (_, row) => Math.floor((7 * row) / 4097) % 7);
  const coefficients = Float64Array.from({ length: 7 }, (_, i) => Math.sin(i + 1));
  const identity = Float64Array.from({ length: 28 }, (_, at) => ([0, 2, 5, 9, 14, 20, 27].includes(at) ? 1 : 0));
  const model = new KernelRidgeModel({
    species: [11, 17], isolatedAtomEnergies: undefined, targets: [{ name: "energy", unit: "eV", mean: 0, coefficients }],
    terms: [{ descriptor, kernel: gaussian, centers: null, pairs: "same-element", normalize: false, rows, structures: owners, atomicNumbers, norms: null, directions: null, jacobians: null }],
    errorBars: { scale: 1, prior: 0, size: 7, factors: [{ weight: -1, values: identity }] },
  });
  const { energy, forces, energyVariance } = await evaluateStructure(model, structures[1], executor, { want: { forces: true, errorBars: true } });
  const kernels = new Float64Array(7);
  for await (const block of describeStructures(executor, descriptor, [structures[1]], { species: [11, 17] })) {
    for (let i = 0; i < block.nRows; i++) {
      const x = block.values.subarray(i * nFeatures, (i + 1) * nFeatures);
      owners.forEach((owner, p) => {
        if (atomicNumbers[p] === block.atomicNumbers[i]) kernels[owner] += kernelValue(gaussian, x, rows.subarray(p * nFeatures, (p + 1) * nFeatures));
      });
    }
  }
  expectClose([energy], [kernels.reduce((sum, k, i) => sum + k * coefficients[i], 0)], 1e-11, "relative-to-max");
  expectClose([energyVariance!], [kernels.reduce((sum, k) => sum + k * k, 0)], 1e-11, "relative-to-max");
  const at = async (step: number): Promise<number> =>
    (await evaluateStructure(model, { ...structures[1], positions: structures[1].positions.map((x, k) => (k === 4 ? x + step : x)) }, executor)).energy;
  expectClose([forces![4]], [((await at(-1e-4)) - (await at(1e-4))) / 2e-4], 1e-5, "relative-to-max");
});
