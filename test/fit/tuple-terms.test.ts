// Sums of pair, triplet and many-body terms: Gaussian approximation potentials whose rows are of tuples of a center with its neighbors.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeStructures } from "../../src/environments/index.js";
import { fitLinear, fitSchema, fitSparseGp, sparseGpSchema, type SparseGpFitResult } from "../../src/fit/index.js";
import { kernelValue } from "../../src/kernels/index.js";
import { decodeModel, encodeModel, evaluateStructure, evaluateStructures, type SparseGpModel } from "../../src/models/index.js";
import { createExecutor, type Executor } from "../../src/parallel/index.js";
import { Dataset, type Structure } from "../../src/structures/index.js";
import { expectClose, testExecutor } from "../expect.js";
import { makeStructure, randomModel, randomStructure, repeated, termOptions } from "../models/systems.js";
import { coefficientsOf, isolatedAtomEnergies, plainCoefficients } from "./plain-solution.js";

const pairs = { type: "distance-2b", species: ["Na", "Cl"], cutoff: { radius: 3.8, width: 0.9 } };
const likePairs = { type: "distance-2b", species: ["Na", "Na"], cutoff: { radius: 3.9, width: 0.7 }, exponents: [-1, -3], tail: { exponent: 1.5, range: 0.6 } };
const triplets = { type: "angle-3b", center: "Na", species: ["Cl", "Cl"], cutoff: { radius: 3.4, width: 0.6 } };
const model = sparseGpSchema.parse(
  JSON.parse(
    JSON.stringify({
      type: "sparse-gp",
      isolatedAtomEnergies,
      terms: [
        { descriptor: pairs, kernel: { type: "squared-exponential", lengthScale: 0.8, delta: 1.5 }, sparse: { method: "uniform", count: 6 } },
        { descriptor: triplets, kernel: { type: "squared-exponential", lengthScale: { ofRange: 0.4 }, delta: 0.6 }, sparse: { method: "uniform", count: 9 } },
        { descriptor: likePairs, kernel: { type: "polynomial", degree: 2, offset: 0.3, delta: 0.5 }, sparse: { method: "random", count: 3 } },
        termOptions[0],
      ],
    }),
  ),
);
const fit = fitSchema.parse({ sigma: { energy: 0.003, forces: 0.05, virial: 0.02 }, jitter: { relative: 1e-7 } });

let executor: Executor;
let dataset: Dataset;
let result: SparseGpFitResult;
let fitted: SparseGpModel;
beforeAll(async () => {
  executor = await testExecutor();
  const truth = await randomModel(executor, 5);
  const structures: Structure[] = [];
  // one structure without neighbors, and one of a single species, beside others
  const atoms = [...Array.from({ length: 8 }, (_, i) => randomStructure(200 + i, 2 + (i % 4) * 2, i % 3 !== 2)), randomStructure(300, 1, false)];
  let index = 0;
  for await (const { structure, prediction } of evaluateStructures(truth, atoms, executor, { want: { forces: true, virial: true } })) {
    const { energy, forces, virial } = prediction;
    structures.push(makeStructure(structure, { energy, forces, virial }, index++ % 2 ? "odd" : "even"));
  }
  dataset = Dataset.from(structures);
  result = await fitSparseGp({ model, fit }, dataset, executor);
  fitted = result.model;
});
afterAll(() => executor.close());

const energyOf = async (structure: Structure): Promise<number> => (await evaluateStructure(fitted, structure, executor)).energy;

describe("a sum of pair, triplet and many-body terms", () => {
  it("is fitted: the solution of the plain problem", async () => {
    expect(result.summary.terms.map(({ nFeatures, nSparse }) => [nFeatures, nSparse])).toEqual([[2, 6], [4, 9], [3, 3], [expect.any(Number), 7]]);
    expectClose(coefficientsOf(fitted), await plainCoefficients(executor, fitted, fit, dataset), 1e-6, "relative-to-max");
  });

  it("predicts the sum over rows of w Σ α w′ k, each for its center", async () => {
    const structure = randomStructure(77, 6);
    const { energy, localEnergies } = await evaluateStructure(fitted, structure, executor, { want: { localEnergies: true } });
    const expected = Float64Array.from(structure.atomicNumbers, (z) => (z === 11 ? isolatedAtomEnergies.Na : isolatedAtomEnergies.Cl));
    for (const { descriptor, kernel, sparsePoints, coefficients } of fitted.terms) {
      const n = descriptor.featureCount(fitted.species);
      for await (const { nRows, values, atoms } of describeStructures(executor, descriptor, [structure], { species: fitted.species })) {
        for (let row = 0; row < nRows; row++) {
          const x = values.slice(row * n, (row + 1) * n);
          coefficients.forEach((c, s) => (expected[atoms[row]] += c * kernelValue(kernel, x, sparsePoints.subarray(s * n, (s + 1) * n), descriptor.weighsRows)));
        }
      }
    }
    expectClose(localEnergies!, expected, 1e-10);
    expectClose([energy], [expected.reduce((sum, value) => sum + value, 0)], 1e-10);
  });

  it.each([true, false])("has forces and a virial that are the derivatives of its energy, periodic: %s", async (periodic) => {
    const structure = randomStructure(78, 5, periodic);
    const { forces, virial } = await evaluateStructure(fitted, structure, executor, { want: { forces: true, virial: true } });
    const largest = Math.max(...forces!.map(Math.abs));
    expect(largest > 1e-2).toBe(true);
    const h = 1e-4;
    const difference = async (moved: (step: number) => Partial<Structure>): Promise<number> =>
      ((await energyOf({ ...structure, ...moved(-h) })) - (await energyOf({ ...structure, ...moved(h) }))) / (2 * h);
    const byPosition: number[] = [];
    for (let i = 0; i < forces!.length; i++) byPosition.push(await difference((step) => ({ positions: structure.positions.map((x, k) => (k === i ? x + step : x)) })));
    expectClose(forces!, byPosition, 1e-6 * largest);
    const strained = (vectors: Float64Array, a: number, b: number, step: number): Float64Array => vectors.map((x, k) => (k % 3 === b ? x + step * vectors[k - b + a] : x));
    const byStrain: number[] = [];
    for (let a = 0; a < 3; a++) {
      for (let b = 0; b < 3; b++) {
        byStrain.push(await difference((step) => ({ positions: strained(structure.positions, a, b, step), cell: structure.cell && strained(structure.cell, a, b, step) })));
      }
    }
    expectClose(virial!, byStrain, 1e-5 * largest);
  });

  it("predicts the same in ranges of atoms and for copies of the cell", async () => {
    const structure = randomStructure(79, 4);
    const one = await evaluateStructure(fitted, structure, executor, { want: { forces: true, localEnergies: true } });
    const eight = await evaluateStructure(fitted, repeated(structure, 2), executor, { want: { forces: true, localEnergies: true } });
    expectClose([eight.energy], [8 * one.energy], 1e-9);
    expectClose(eight.forces!.subarray(0, 12), one.forces!, 1e-9);
    expectClose(eight.localEnergies!.subarray(0, 4), one.localEnergies!, 1e-9);
  });

  it("has variances between 0 and the prior's", async () => {
    const { variance, priorVariance } = await evaluateStructure(fitted, randomStructure(80, 5), executor, { want: { variance: true } });
    variance!.forEach((value, atom) => expect(value >= 0 && value <= priorVariance![atom] + 1e-9).toBe(true));
    expect(priorVariance!.some((value) => value > 0.1)).toBe(true);
  });

  it("is the same from its file, with length scales as numbers", async () => {
    const read = (await decodeModel(await encodeModel(fitted), "these tests")) as SparseGpModel;
    expect(read.terms[1].kernel).toEqual({ type: "squared-exponential", lengthScale: [expect.any(Number), expect.any(Number), expect.any(Number)], delta: 0.6 });
    const structure = randomStructure(81, 5);
    const want = { forces: true };
    expect(await evaluateStructure(read, structure, executor, { want })).toEqual(await evaluateStructure(fitted, structure, executor, { want }));
  });

  it("has the same bits on two threads", async () => {
    const two = await createExecutor({ threads: 2 });
    try {
      const again = await fitSparseGp({ model, fit }, dataset, two);
      expect(coefficientsOf(again.model)).toEqual(coefficientsOf(fitted));
    } finally {
      await two.close();
    }
  });

  it("is refused by linear models, which say what takes it", async () => {
    const linear = { model: { type: "linear" as const, isolatedAtomEnergies, terms: [{ descriptor: pairs }] } };
    await expect(fitLinear(linear as never, dataset, executor)).rejects.toThrow("distance-2b has a row for each tuple here; linear models, unlike sparse-gp, need one for each center");
  });

  it("is refused with length scales that do not fit", async () => {
    const kernel = { type: "squared-exponential" as const, lengthScale: [1, 2], delta: 1 };
    const terms = [model.terms[3], { ...model.terms[0], kernel }];
    await expect(fitSparseGp({ model: { ...model, terms }, fit }, dataset, executor)).rejects.toThrow("model.terms[1]: kernel.lengthScale has 2 numbers; the rows have 1 features");
  });
});

describe("isolatedAtomEnergies: average", () => {
  it("is the mean energy of an atom over the structures, for all species", async () => {
    const terms = [model.terms[0]];
    const { summary } = await fitSparseGp({ model: { ...model, isolatedAtomEnergies: "average", terms }, fit }, dataset, executor);
    const perAtom = Array.from({ length: dataset.nStructures }, (_, i) => dataset.energies[i] / dataset.atomCount(i));
    const mean = perAtom.reduce((sum, energy) => sum + energy, 0) / perAtom.length;
    expect(summary.isolatedAtomSource).toBe("average");
    expectClose([summary.isolatedAtomEnergies.Na, summary.isolatedAtomEnergies.Cl], [mean, mean], 1e-12);
  });
});
