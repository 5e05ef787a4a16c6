import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEnvironmentDescriptor } from "../../../src/descriptors/index.js";
import type { Descriptor } from "../../../src/descriptors/index.js";
import { learnFromData } from "../../../src/environments/index.js";
import { createExecutor, type Executor } from "../../../src/parallel/index.js";
import { symbolOf } from "../../../src/structures/index.js";
import { descriptorContract } from "../../contracts/descriptor.js";
import { expectClose, testExecutor } from "../../expect.js";
import { Calculator } from "../calculator.js";
import { detectBuild, isShared } from "../../../src/wasm/builds.js";
import { contractSystems, speciesOf } from "../systems.js";
import { learnedParameters, rowsOfStructures, structureOf } from "../described-systems.js";

type Parameters = { readonly type: string } & Record<string, unknown>;
interface Learned {
  readonly vectors: number[][];
  readonly variances: number[];
  readonly offset?: number[];
  readonly explained: number;
  readonly nRows: number;
  readonly kernelErrors: { readonly largest: number; readonly rms: number; readonly normalized: number };
}

const hasThreads = isShared(await detectBuild());
const systems = contractSystems();
const species = speciesOf(...systems);
const structures = systems.map(structureOf);
const cosine = { radius: 3.5, function: "cosine", width: 0.6 };
const soap = { type: "soap", nMax: 2, lMax: 2, sigma: 0.5, cutoff: cosine, normalize: true };
const acsf = { type: "acsf", cutoff: { radius: 3.5 }, g2: [{ eta: 0.5, shift: 0 }, { eta: 2, shift: 1.5 }] };
const pairs = { type: "distance-2b", species: ["C", "Si"], cutoff: { radius: 3.4 }, exponents: [1, -2, 3] };
const withComponents = (parameters: Parameters, more: object): Parameters => ({ ...parameters, reduction: { type: "principal-components", ...more } });
const make = (parameters: Parameters): Descriptor => createEnvironmentDescriptor(parameters, "these tests");

const learned = (parameters: Parameters) => learnedParameters(make(parameters), structures, species);

const contracts: Record<string, { parameters: Parameters; from?: number; to?: number }> = {
  soap: { parameters: await learned(withComponents(soap, { components: 7 })), to: 3 },
  "soap, outer average, centered, standardized": { parameters: await learned({ ...withComponents({ ...soap, average: "outer" }, { components: 3, centered: true }), standardization: "standard" }), to: 3 },
  "acsf, scaled": { parameters: await learned(withComponents(acsf, { components: 4, scaled: true, centered: true })), to: 2 },
  pairs: { parameters: await learned(withComponents(pairs, { components: 2 })), from: 1, to: 3 },
};
for (const [name, { parameters, from = 0, to }] of Object.entries(contracts)) {
  descriptorContract(`principal components: ${name}`, () => make(parameters), { systems: systems.slice(from, to), differenceTolerance: 1e-7 });
}

describe("principal components", () => {
  let executor: Executor;
  beforeAll(async () => {
    executor = await testExecutor();
  });
  afterAll(() => executor.close());

  const rowsOf = (descriptor: Descriptor): Promise<number[][]> => rowsOfStructures(executor, descriptor, structures, species);
  const learn = (parameters: Parameters, data = structures, list = species): Promise<Descriptor> => learnFromData(executor, make(parameters), data, { species: list });
  const learnedOf = (descriptor: Descriptor): Learned => (descriptor.parameters as { reduction: { learned: Learned } }).reduction.learned;

  it.each([
    { centered: false, scaled: false },
    { centered: true, scaled: false },
    { centered: false, scaled: true },
    { centered: true, scaled: true },
  ])("are those of the rows, $centered, $scaled", async ({ centered, scaled }) => {
    const rows = await rowsOf(make(acsf));
    const [nRows, n] = [rows.length, rows[0].length];
    const mean = rows[0].map((_, f) => rows.reduce((sum, row) => sum + row[f], 0) / nRows);
    const shifted = rows.map((row) => row.map((value, f) => value - (centered ? mean[f] : 0)));
    const scale = mean.map((_, f) => (scaled ? Math.sqrt(shifted.reduce((sum, row) => sum + row[f] ** 2, 0) / nRows) || 1 : 1));
    const plain = new Matrix(shifted.map((row) => row.map((value, f) => value / scale[f])));
    const { realEigenvalues } = new EigenvalueDecomposition(plain.transpose().mmul(plain).div(nRows), { assumeSymmetric: true });
    const descriptor = await learn(withComponents(acsf, { components: 5, centered, scaled }));
    const { vectors, variances, explained, nRows: seen } = learnedOf(descriptor);
    expect([vectors.length, vectors[0].length, seen]).toEqual([5, n, nRows]);
    const falling = [...realEigenvalues].sort((a, b) => b - a);
    expectClose(variances, falling.slice(0, 5), 1e-12, "relative-to-max");
    const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);
    expectClose([explained], [sum(falling.slice(0, 5)) / sum(falling)], 1e-12);
    // unit vectors of the scaled columns, and rows that are the product with them
    const axes = new Matrix(vectors.map((vector) => vector.map((weight, f) => weight * scale[f])));
    expectClose(axes.mmul(axes.transpose()).to1DArray(), Matrix.eye(5).to1DArray(), 1e-12);
    expectClose((await rowsOf(descriptor)).flat(), plain.mmul(axes.transpose()).to1DArray(), 1e-12, "relative-to-max");
  });

  it("say what kernels lose, over all pairs of rows", async () => {
    const rows = await rowsOf(make(soap));
    const descriptor = await learn(withComponents(soap, { components: 6 }));
    const { kernelErrors } = learnedOf(descriptor);
    const fewer = await rowsOf(descriptor);
    const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, f) => sum + value * b[f], 0);
    const lost = rows.flatMap((a, i) => rows.map((b, j) => dot(a, b) - dot(fewer[i], fewer[j])));
    const normalized = rows.flatMap((a, i) => rows.map((b, j) => dot(a, b) - dot(fewer[i], fewer[j]) / Math.sqrt(dot(fewer[i], fewer[i]) * dot(fewer[j], fewer[j]))));
    const largest = (values: readonly number[]): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(largest(lost) > 1e-4).toBe(true);
    expectClose([kernelErrors.largest], [largest(lost)], 1e-12);
    expectClose([kernelErrors.rms], [Math.sqrt(dot(lost, lost) / lost.length)], 1e-12);
    expect(largest(normalized) <= kernelErrors.normalized && largest(normalized) > 0.1 * kernelErrors.normalized).toBe(true);
    expect(descriptor.findings).toContain(`6 principal components of ${rows[0].length} columns explain`);
  });

  it("are as few as a kernel error allows", async () => {
    for (const kernelError of [{ largest: 1e-3 }, { rms: 1e-5 }, { normalized: 1e-2, rms: 1e-3 }]) {
      const found = learnedOf(await learn(withComponents(soap, { kernelError })));
      const fewer = learnedOf(await learn(withComponents(soap, { components: found.vectors.length - 1 })));
      const keeps = (errors: Learned["kernelErrors"]): boolean => Object.entries(kernelError).every(([kind, limit]) => errors[kind as "rms"] <= limit);
      expect([keeps(found.kernelErrors), keeps(fewer.kernelErrors)]).toEqual([true, false]);
    }
  });

  it("are no more than the data have directions, and keep kernels then", async () => {
    const descriptor = await learn(withComponents(soap, { components: 1000 }));
    const { vectors, kernelErrors, explained } = learnedOf(descriptor);
    expect(vectors.length < Math.min(vectors[0].length, (await rowsOf(make(soap))).length + 1)).toBe(true);
    expectClose([kernelErrors.largest, kernelErrors.rms, explained - 1], [0, 0, 0], 1e-13);
  });

  it("need what all of their columns need, and nobody where means are taken off", () => {
    const whole = make(soap);
    const n = whole.featureCount(species);
    const learnedFrom = (vectors: readonly (readonly number[])[], more: object = {}): object => ({
      learned: { species: species.map(symbolOf), nRows: 9, explained: 1, kernelErrors: { largest: 0, rms: 0, normalized: 0 }, variances: vectors.map(() => 1), vectors, ...more },
    });
    const unit = (...columns: number[]): number[] => Array.from({ length: n }, (_, f) => (columns.includes(f) ? 0.5 : 0));
    const before = whole.neededSpecies!(species, species[0]);
    const [free, needy] = [before.findIndex((needs) => needs?.length === 0), before.flatMap((needs, f) => (needs && needs.length > 0 ? [f] : []))];
    expect(free >= 0 && needy.length > 1).toBe(true);
    const common = needy.map((f) => before[f]!).reduce((some, needs) => some.filter((own) => needs.includes(own)));
    const vectors = [unit(needy[0]), unit(...needy), unit(free, needy[0]), Array.from({ length: n }, () => 0.1)];
    const found = make(withComponents(soap, { components: 4, ...learnedFrom(vectors) })).neededSpecies!(species, species[0]);
    expect(found).toEqual([before[needy[0]], common, [], []]);
    const shifted = make(withComponents(soap, { components: 4, centered: true, ...learnedFrom(vectors, { offset: [0.1, 0, 0, 0] }) }));
    expect(shifted.neededSpecies!(species, species[0])).toEqual([[], ...found.slice(1)]);
    expect(make(withComponents(soap, { components: 4 })).neededSpecies).toBeUndefined();
  });

  it("are found in the memory that plans give them", async () => {
    const small = await createExecutor({ threads: 1 });
    try {
      const own = make(withComponents({ ...soap, nMax: 6, lMax: 6 }, { components: 3 }));
      const planned = own.learningBytes!(species);
      const before = small.pool.peakBytes;
      const known = await learnFromData(small, own, structures, { species });
      // beside it the rows of some structures and the tables of the descriptor
      const taken = small.pool.peakBytes - before;
      expect(planned < taken && taken < 2 * planned).toBe(true);
      expect(known.learningBytes!(species)).toBe(0);
    } finally {
      await small.close();
    }
  });

  it("have the derivatives of the whole times the vectors", async () => {
    const descriptor = await learn(withComponents(soap, { components: 5, centered: true }));
    const { vectors } = learnedOf(descriptor);
    const [whole, fewer] = [make(soap), descriptor].map((own) => new Calculator(executor, own, species));
    const environments = whole.environments(systems[2]);
    const [before, after] = [whole, fewer].map((calculator) => calculator.compute(environments, { jacobian: true }));
    const full = new Matrix(Array.from({ length: before.jacobian.length / whole.nFeatures }, (_, i) => [...before.jacobian.subarray(i * whole.nFeatures, (i + 1) * whole.nFeatures)]));
    expectClose(after.jacobian, full.mmul(new Matrix(vectors).transpose()).to1DArray(), 1e-13, "relative-to-max");
    whole.release();
    fewer.release();
  });

  it("stay in the parameters, and are learned once", async () => {
    const open = make(withComponents(soap, { components: 3 }));
    expect(open.featureCount(species)).toBe(3);
    expect(() => open.prepare(executor.wasm, executor.pool, species)).toThrow('soap: reduction "principal-components" takes its axes from data, and has not seen any: learnFromData gives them');
    const known = await learn(withComponents(soap, { components: 3 }));
    expect(known.learn).toBeUndefined();
    const again = make({ ...(JSON.parse(JSON.stringify(known.parameters)) as object), type: "soap" });
    expect(again.parameters).toEqual(known.parameters);
    expect(await rowsOf(again)).toEqual(await rowsOf(known));
    const fewer = { ...soap, reduction: { ...(known.parameters as { reduction: object }).reduction, components: 2 } };
    expect(() => make(fewer)).toThrow("soap: reduction has components 2, but 3 vectors in learned: take learned out, which finds them anew");
  });

  it.skipIf(!hasThreads)("have the same bits for any number of threads", async () => {
    const two = await createExecutor({ threads: 2 });
    try {
      const many = Array.from({ length: 300 }, (_, i) => structures[i % structures.length]);
      const [one, other] = await Promise.all([executor, two].map((own) => learnFromData(own, make(withComponents(soap, { components: 5 })), many, { species })));
      expect(learnedOf(one).nRows > 512).toBe(true);
      expect(other.parameters).toEqual(one.parameters);
    } finally {
      await two.close();
    }
  });

  it.each([
    [withComponents(soap, {}), "soap: reduction needs components (how many) or kernelError (how exact kernels must be)"],
    [withComponents(soap, { components: 3, kernelError: { rms: 1e-3 } }), "not both"],
    [withComponents(soap, { kernelError: {} }), "needs largest, rms or normalized"],
    [withComponents(soap, { components: 0 }), /components/u],
    [withComponents({ type: "spherical-expansion", nMax: 2, lMax: 1, sigma: 0.5, cutoff: cosine }, { components: 3 }), "columns turn with the structure"],
  ] as const)("refuse parameters %#", (parameters, message) => {
    expect(() => make(parameters)).toThrow(message);
  });

  it("refuse data in which all environments are equal, and data without any", async () => {
    const lone = structureOf({ name: "pair", atomicNumbers: [14, 14], positions: Float64Array.of(0, 0, 0, 0, 0, 2.4), cell: null, pbc: [false, false, false] });
    await expect(learn(withComponents(soap, { components: 2, centered: true }), [lone], [14])).rejects.toThrow("all rows of the data are equal, so they have no principal components");
    expect(learnedOf(await learn(withComponents(soap, { components: 2 }), [lone], [14])).vectors.length).toBe(1);
    await expect(learn(withComponents(soap, { components: 2 }), [])).rejects.toThrow("the data have no centers");
    const far = structureOf({ name: "far", atomicNumbers: [14], positions: new Float64Array(3), cell: null, pbc: [false, false, false] });
    await expect(learn(withComponents(acsf, { components: 2 }), [far], [14])).rejects.toThrow("all rows of the data are 0");
  });

  it("refuse other species than they have seen", async () => {
    const known = await learn(withComponents(soap, { components: 2 }), [structures[0]], [14]);
    expect(() => known.featureCount([6, 14])).toThrow("soap: reduction is for Si, but the data contain C: make it for these data");
  });
});
