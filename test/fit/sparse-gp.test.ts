import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CancelledError, InvalidParameterError, NumericalError } from "../../src/errors.js";
import { fitSchema, fitSparseGp, planSparseGpFit, sparseGpSchema, type FitOptions, type SparseGpFitResult } from "../../src/fit/index.js";
import { columnStatistics } from "../../src/environments/index.js";
import { decodeModel, encodeModel, evaluateStructure, evaluateStructures, type SparseGpModel } from "../../src/models/index.js";
import { createExecutor, type Executor } from "../../src/parallel/index.js";
import { Dataset, type Structure } from "../../src/structures/index.js";
import { detectBuild, isShared } from "../../src/wasm/builds.js";
import { expectClose, testExecutor } from "../expect.js";
import { makeStructure, randomModel, randomStructure, squaredExponentialTerms, termOptions } from "../models/systems.js";
import { DelayingExecutor } from "../parallel/delaying-executor.js";
import { coefficientsOf, isolatedAtomEnergies as isolated, plainCoefficients } from "./plain-solution.js";

const hasThreads = isShared(await detectBuild());
const model = sparseGpSchema.parse({ type: "sparse-gp", isolatedAtomEnergies: isolated, terms: termOptions.map((term) => JSON.parse(JSON.stringify(term)) as unknown) });

/** σ that differ by group, so that a mistake in any weight shows. */
const fit = fitSchema.parse({
  sigma: { energy: 0.003, forces: 0.05, virial: 0.02, configTypes: { loose: { energy: 0.1, forces: 0.4 }, tight: { virial: 0.004 } } },
  jitter: 1e-6,
});

let executor: Executor;
let dataset: Dataset;
/** Rows for several blocks in each of the chains. */
let many: Dataset;

/** Structures with targets of a random model plus a smooth disturbance; some lack energies, forces or virials. */
async function makeData(all: readonly Structure[]): Promise<Dataset> {
  const truth = await randomModel(executor, 5);
  const structures: Structure[] = [];
  for await (const { structure: atoms, prediction } of evaluateStructures(truth, all, executor, { want: { forces: true, virial: true } })) {
    const { energy, forces, virial } = prediction;
    const i = structures.length;
    const targets = {
      ...(i === 3 ? {} : { energy: energy + 0.05 * Math.sin(i) }),
      ...(i === 5 ? {} : { forces: forces!.map((force, k) => force + 0.1 * Math.cos(3 * k + i)) }),
      ...(i % 3 === 2 || i === 6 ? {} : { virial: virial!.map((value, k) => value + 0.2 * Math.sin(k + i)) }),
    };
    structures.push(makeStructure(atoms, targets, ["", "loose", "tight"][i % 3]));
  }
  return Dataset.from(structures);
}

beforeAll(async () => {
  executor = await testExecutor();
  dataset = await makeData(Array.from({ length: 9 }, (_, i) => randomStructure(200 + i, 1 + (i % 4) * 2, i % 3 !== 2)));
  many = await makeData(Array.from({ length: 200 }, (_, i) => randomStructure(300 + i, 7, i % 3 !== 2)));
});
afterAll(() => executor.close());

const plain = (fitted: SparseGpModel, options: FitOptions, data = dataset): Promise<number[]> => plainCoefficients(executor, fitted, options, data);

describe("fit of a sparse Gaussian process", () => {
  it.each([true, false])("solves the weighted, regularised least-squares problem (σ per atom: %s)", async (perAtom) => {
    const options = { ...fit, sigma: { ...fit.sigma, perAtom } };
    const { model: fitted, summary } = await fitSparseGp({ model, fit: options }, dataset, executor);
    expectClose(coefficientsOf(fitted), await plain(fitted, options), 1e-7, "relative-to-max");
    expect(summary.targets).toEqual({ energies: 8, forceComponents: 3 * (dataset.nAtoms - dataset.atomCount(5)), virialComponents: 30 });
    expect(summary.terms.map(({ nSparse }) => nSparse)).toEqual([7, 5]);
    expect(summary.isolatedAtomEnergies).toEqual(isolated);
  });

  it("takes the numbers of a standardization from its data, and keeps them with the model", async () => {
    const terms = model.terms.map((term, t) => (t === 0 ? { ...term, descriptor: { ...term.descriptor, standardization: "standard" } } : term));
    const { model: fitted } = await fitSparseGp({ model: { ...model, terms }, fit }, dataset, executor);
    expectClose(coefficientsOf(fitted), await plain(fitted, fit), 1e-7, "relative-to-max");
    const [{ descriptor, centers }] = fitted.terms;
    const options = { species: dataset.species(), ...(centers && { centers: { species: centers } }) };
    const { means, deviations } = await columnStatistics(executor, descriptor, dataset, options);
    expectClose(means, means.map(() => 0), 1e-9);
    expect(deviations.filter((deviation) => Math.abs(deviation - 1) < 1e-9).length).toBeGreaterThan(deviations.length / 2);
    const stored = (await decodeModel(await encodeModel(fitted), "standardized.pestle")) as SparseGpModel;
    const structure = dataset.structure(1);
    const want = { forces: true, virial: true };
    expect(await evaluateStructure(stored, structure, executor, { want })).toEqual(await evaluateStructure(fitted, structure, executor, { want }));
    const { standardization } = model.terms[0].descriptor as { standardization?: unknown };
    expect(standardization).toBeUndefined();
  });

  it("solves it for squared-exponential kernels, of descriptors of any length too", async () => {
    const terms = JSON.parse(JSON.stringify(squaredExponentialTerms)) as unknown;
    const smooth = sparseGpSchema.parse({ type: "sparse-gp", isolatedAtomEnergies: isolated, terms });
    const { model: fitted } = await fitSparseGp({ model: smooth, fit }, dataset, executor);
    expect(fitted.terms.map(({ kernel }) => kernel.type)).toEqual(["squared-exponential", "squared-exponential"]);
    expectClose(coefficientsOf(fitted), await plain(fitted, fit), 1e-7, "relative-to-max");
  });

  it.each(["energy", "forces", "virial"] as const)("fits %s alone", async (target) => {
    const options = fitSchema.parse({ sigma: { [target]: 0.02 }, jitter: 1e-6 });
    const only = Dataset.from([...dataset].map((structure) => ({ ...structure, targets: { [target]: structure.targets[target] } })));
    const { model: fitted } = await fitSparseGp({ model, fit: options }, only, executor);
    expectClose(coefficientsOf(fitted), await plain(fitted, options, only), 1e-7, "relative-to-max");
  });

  it("solves it with every row of several blocks in all chains", async () => {
    const { model: fitted } = await fitSparseGp({ model, fit }, many, executor);
    expect((await planSparseGpFit({ model, fit }, many, 1)).blocks).toBeGreaterThanOrEqual(8);
    expectClose(coefficientsOf(fitted), await plain(fitted, fit, many), 1e-8, "relative-to-max");
  });

  it("recovers a potential of its own kind from exact data", async () => {
    const truth = await randomModel(executor, 1);
    const structures: Structure[] = [];
    for (const seed of [101, 102, 103, 104, 105, 106]) {
      const atoms = randomStructure(seed);
      structures.push(makeStructure(atoms, await evaluateStructure(truth, atoms, executor, { want: { forces: true, virial: true } })));
    }
    const term = { ...truth.terms[0] };
    const exact = Dataset.from(structures);
    const options = { sigma: { energy: 1e-4, forces: 1e-3, virial: 1e-4, perAtom: true, configTypes: {} }, jitter: 1e-10 };
    const all = sparseGpSchema.parse({
      ...model,
      terms: model.terms.map((own) => ({ ...own, sparse: { method: "farthest-point", count: 36 } })),
    });
    const { model: fitted } = await fitSparseGp({ model: all, fit: options }, exact, executor);
    expect(fitted.terms[0].descriptor.parameters).toEqual(term.descriptor.parameters);
    // neither in the training data nor among the sparse points of the truth
    for (const seed of [401, 402, 403]) {
      const fresh = randomStructure(seed, 7);
      const expected = await evaluateStructure(truth, fresh, executor, { want: { forces: true } });
      const actual = await evaluateStructure(fitted, fresh, executor, { want: { forces: true } });
      expect(Math.max(...expected.forces!.map(Math.abs))).toBeGreaterThan(0.1);
      expectClose([actual.energy], [expected.energy], 1e-5);
      expectClose(actual.forces!, expected.forces!, 1e-5);
    }
  });

  const bits = async (on: Executor): Promise<Uint8Array> => encodeModel((await fitSparseGp({ model, fit, seed: 3 }, many, on)).model);

  it("has the same bits again, and for any order in which tasks start and end", async () => {
    const once = await bits(executor);
    expect(await bits(executor)).toEqual(once);
    for (const threads of [1, 2, 5, 8]) {
      const delayed = new DelayingExecutor(executor, threads, threads);
      expect(await bits(delayed)).toEqual(once);
      expect(delayed.overtakings > 10).toBe(threads > 1);
    }
  });

  it.skipIf(!hasThreads)("has the same bits for any number of threads", async () => {
    const once = await bits(executor);
    for (const threads of [2, 5]) {
      const others = new DelayingExecutor(await createExecutor({ threads }), threads);
      try {
        expect(await bits(others)).toEqual(once);
      } finally {
        await others.close();
      }
    }
  });

  it("chooses other sparse points with another seed", async () => {
    const first = await fitSparseGp({ model, fit, seed: 1 }, dataset, executor);
    const second = await fitSparseGp({ model, fit, seed: 2 }, dataset, executor);
    expect(first.summary.terms[0].sources).not.toEqual(second.summary.terms[0].sources);
    expect(first.summary.terms[1].sources.every(({ structure, atom }) => dataset.structure(structure).atomicNumbers[atom] === 11)).toBe(true);
  });

  it("gives numbers of sparse points by species", async () => {
    const [first] = model.terms;
    const byName = { ...model, terms: [{ ...first, sparse: { method: "random", count: { Na: 4, Cl: 3 } } as const }] };
    const { summary } = await fitSparseGp({ model: byName, fit }, dataset, executor);
    const species = summary.terms[0].sources.map(({ structure, atom }) => dataset.structure(structure).atomicNumbers[atom]);
    expect(species).toEqual([11, 11, 11, 11, 17, 17, 17]);
  });

  it("holds no memory afterwards, also when it is cancelled or fails", async () => {
    await fitSparseGp({ model, fit }, dataset, executor);
    const before = executor.pool.bytesInUse;
    for (const stage of ["describe training data", "fit"]) {
      const controller = new AbortController();
      const cancelled = fitSparseGp({ model, fit }, dataset, executor, {
        signal: controller.signal,
        onProgress: (progress) => progress.stage === stage && controller.abort(),
      });
      await expect(cancelled).rejects.toThrow(CancelledError);
      expect(executor.pool.bytesInUse).toBe(before);
    }
    const twice = { ...model, terms: [model.terms[0]] };
    const broken = Dataset.from([makeStructure({ ...randomStructure(1), positions: new Float64Array(18), label: "six in one place" }, { energy: 1 })]);
    await expect(fitSparseGp({ model: twice, fit: fitSchema.parse({ sigma: { energy: 1 } }) }, broken, executor)).rejects.toThrow(/six in one place/u);
    expect(executor.pool.bytesInUse).toBe(before);
  });
});

describe("what a fit refuses", () => {
  const run = (change: { fit?: unknown; model?: Partial<typeof model>; data?: Dataset }): Promise<SparseGpFitResult> =>
    fitSparseGp({ model: { ...model, ...change.model }, fit: change.fit ? fitSchema.parse(change.fit) : fit }, change.data ?? dataset, executor);

  it.each([
    ["a target that the data does not have", () => ({ data: Dataset.from([randomStructure(1)]), fit: { sigma: { energy: 1 } } }), /sigma\.energy is given, or has its default, but the data has no energy/u],
    ["a group that does not occur", () => ({ fit: { sigma: { energy: 1, configTypes: { tigth: {} } } } }), /"tigth"; the data has "", "loose", "tight"/u],
    ["no target", () => ({ fit: { sigma: {} } }), /no targets/u],
    ["a missing isolated-atom energy", () => ({ model: { isolatedAtomEnergies: { Na: 1 } } }), /isolatedAtomEnergies has no Cl/u],
    ["isolated atoms that are not in the data", () => ({ model: { isolatedAtomEnergies: "from-data" as const } }), /isolated Na atom|isolated Cl atom/u],
    ["centers of a species that is not there", () => ({ model: { terms: [{ ...model.terms[0], centers: ["U"] }] } }), /centers names U; the data has Na, Cl/u],
    [
      "counts for a species that is not there",
      () => ({ model: { terms: [{ ...model.terms[0], sparse: { method: "random", count: { U: 3 } } as const }] } }),
      /sparse\.count names U/u,
    ],
    [
      "vectors of whole structures",
      () => ({ model: { terms: [{ ...model.terms[0], descriptor: { ...model.terms[0].descriptor, average: "inner" as const } }] } }),
      /average: off/u,
    ],
  ])("%s", async (_, change, message) => {
    const fitting = run(change());
    await expect(fitting).rejects.toThrow(InvalidParameterError);
    await expect(fitting).rejects.toThrow(message);
  });

  it("a kernel matrix without jitter that is not positive definite", async () => {
    const [, term] = model.terms;
    const many = { terms: [{ ...term, centers: undefined, sparse: { method: "random", count: 36 } as const, kernel: { ...term.kernel, zeta: 1 } }] };
    await expect(run({ model: many, fit: { sigma: { energy: 0.1 }, jitter: 0 } })).rejects.toThrow(NumericalError);
  });

  it("a kernel that is no covariance, naming the exponent", async () => {
    const [, term] = model.terms;
    const withZeta = (zeta: number): typeof model => ({
      ...model,
      terms: [{ ...term, centers: undefined, sparse: { method: "random", count: 36 } as const, kernel: { type: "dot-product", zeta, delta: 0.7 } }],
    });
    const options = { sigma: { energy: 0.1 }, jitter: 1e-11 };
    await expect(run({ model: withZeta(1.2), fit: options })).rejects.toThrow(/fractional zeta/u);
    await expect(run({ model: withZeta(3), fit: options })).resolves.toBeDefined();
  });
});

describe("plan of a fit", () => {
  it("knows shapes and memory before it runs", async () => {
    const plan = await planSparseGpFit({ model, fit }, dataset, 2);
    expect(plan.terms).toMatchObject([
      { descriptor: "soap", nFeatures: 63, nSparse: 7, nCenters: dataset.nAtoms },
      { descriptor: "soap", nFeatures: 30, nSparse: 5, nCenters: dataset.atomicNumbers.filter((z) => z === 11).length },
    ]);
    expect(plan.columns).toBe(12);
    expect(plan.rows).toBe(8 + 3 * (dataset.nAtoms - dataset.atomCount(5)) + 30);
    expect(plan.bytes > 0 && plan.bytes < 1e9 && plan.seconds > 0).toBe(true);
  });
});

describe("a descriptor with species of its own", () => {
  it("gives the same potential when it knows more species than the data has", async () => {
    const termOf = (species?: string[]): unknown => ({
      descriptor: { ...termOptions[0].descriptor, ...(species ? { species } : {}) },
      kernel: termOptions[0].kernel,
      sparse: { method: "random", count: 7 },
    });
    const fitWith = async (species?: string[]): Promise<SparseGpModel> => {
      const options = sparseGpSchema.parse({ type: "sparse-gp", isolatedAtomEnergies: isolated, terms: [termOf(species)] });
      return (await fitSparseGp({ model: options, fit, seed: 3 }, dataset, executor)).model;
    };
    const [plain, wider] = [await fitWith(), await fitWith(["Cl", "O", "Na", "Li"])];
    const atoms = randomStructure(31, 7);
    const [a, b] = [await evaluateStructure(plain, atoms, executor), await evaluateStructure(wider, atoms, executor)];
    expectClose([b.energy], [a.energy], 1e-6);
    expectClose(b.forces!, a.forces!, 1e-6);
    expect(Math.max(...a.forces!.map(Math.abs))).toBeGreaterThan(0.01);
  });
});
