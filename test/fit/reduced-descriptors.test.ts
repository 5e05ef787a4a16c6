// Fits of every kind on fewer columns: they are planned before axes are known, keep them with the model, and lose nothing where nothing is left out.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fitKernelRidge, fitLinear, fitSparseGp, linearSchema, planLinearFit, planSparseGpFit, sparseGpSchema } from "../../src/fit/index.js";
import { decodeModel, encodeModel, evaluateStructure, type Model } from "../../src/models/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { expectClose, testExecutor } from "../expect.js";
import { smallData, soap } from "./kernel-ridge/small-fits.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const data = smallData();
const dot = { type: "dot-product", zeta: 2, delta: 1 } as const;
const sigma = { energy: 0.01, forces: 0.1 };
const isolatedAtomEnergies = { Na: -1, Cl: -2 };
const reductions = {
  columns: { type: "columns", columns: [0, 7, 12, 30], species: ["Na", "Cl"] },
  components: { type: "principal-components", components: 6 },
  error: { type: "principal-components", kernelError: { rms: 1e-3 }, centered: true },
  radial: { type: "radial", tolerance: 1e-10 },
} as const;

const sparseGp = (reduction?: object) => ({
  model: sparseGpSchema.parse({ type: "sparse-gp", isolatedAtomEnergies, terms: [{ descriptor: { ...soap, ...(reduction && { reduction }) }, kernel: dot, sparse: { method: "random", count: 8 } }] }),
  fit: { sigma, jitter: 1e-6 } as never,
});
const linear = (reduction?: object) => ({
  model: linearSchema.parse({ type: "linear", isolatedAtomEnergies, terms: [{ descriptor: { ...soap, ...(reduction && { reduction }) } }] }),
  fit: { sigma, solver: { type: "ridge", regularization: 1e-3 } } as never,
});
const fits: Record<string, (reduction?: object) => Promise<Model>> = {
  "sparse Gaussian process": async (reduction) => (await fitSparseGp(sparseGp(reduction), data, executor)).model,
  "linear model": async (reduction) => (await fitLinear(linear(reduction), data, executor)).model,
  "kernel ridge regression": async (reduction) =>
    (await fitKernelRidge({ model: { type: "kernel-ridge", isolatedAtomEnergies: "none", terms: [{ descriptor: { ...soap, ...(reduction && { reduction }) }, kernel: dot }] }, fit: { regularization: 1e-3 } }, data, executor)).model,
};
const predict = async (model: Model): Promise<number[]> => {
  const numbers: number[] = [];
  for (const structure of [1, 4]) {
    const { energy, forces } = await evaluateStructure(model, data.structure(structure), executor, { want: { forces: true } });
    numbers.push(energy, ...forces!);
  }
  return numbers;
};

describe.each(Object.entries(fits))("a %s on fewer columns", (kind, fit) => {
  it.each(Object.entries(reductions))("is made, and stored with what it learned: %s", async (_, reduction) => {
    const model = await fit(reduction);
    const found = await predict(model);
    expect(found.every(Number.isFinite) && found.some((value) => Math.abs(value) > 1e-2)).toBe(true);
    const stored = await decodeModel(await encodeModel(model), "reduced.pestle");
    expect(await predict(stored)).toEqual(found);
    // what components cost is told of the model, and of the stored one
    const told = reduction.type === "principal-components" ? [expect.stringMatching(/^soap: \d+ principal components of .*error of x·x′ at most/u)] : [];
    expect([model.findings, stored.findings]).toEqual([told, told]);
  });

  // a ridge counts each column alone, so that it is another one for turned columns
  it.skipIf(kind === "linear model")("is that on all columns where nothing is left out", async () => {
    const whole = await predict(await fit());
    expectClose(await predict(await fit(reductions.radial)), whole, 1e-6, "relative-to-max");
  });
});

it("plans know fewer columns before axes are learned", async () => {
  expect(planLinearFit(linear(reductions.components), data, 1).columns).toBeLessThan(planLinearFit(linear(), data, 1).columns);
  expect((await planSparseGpFit(sparseGp(reductions.error), data, 1)).wasmBytes).toBeGreaterThan(0);
});

it("plans say what axes are learned in where that is the most", () => {
  const reduction = { type: "principal-components", components: 2 };
  const wide = { ...soap, nMax: 10, lMax: 8, reduction };
  const model = linearSchema.parse({ type: "linear", isolatedAtomEnergies, terms: [{ descriptor: wide }] });
  const { memory } = planLinearFit({ model, fit: { sigma, solver: { type: "ridge", regularization: 1e-3 } } as never }, data, 1);
  const columns = 9 * 210; // two species with ten functions each, nine degrees
  const { bytes } = memory.find(({ what }) => what === "principal axes of the descriptors")!;
  expect(bytes > 24 * columns ** 2 && bytes < 30 * columns ** 2).toBe(true);
  const narrow = planLinearFit(linear(reduction), data, 1);
  expect(narrow.memory.map(({ what }) => what)).not.toContain("principal axes of the descriptors");
});
