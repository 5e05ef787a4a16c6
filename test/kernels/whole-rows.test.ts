import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { fitSchema, fitSparseGp, sparseGpSchema } from "../../src/fit/index.js";
import type { KernelParameters } from "../../src/kernels/index.js";
import { evaluateStructure, evaluateStructures, type SparseGpModel } from "../../src/models/index.js";
import { createExecutor, type Executor } from "../../src/parallel/index.js";
import { Dataset, type Structure } from "../../src/structures/index.js";
import { expectClose } from "../expect.js";
import { coefficientsOf, isolatedAtomEnergies, plainCoefficients } from "../fit/plain-solution.js";
import { makeStructure, randomModel, randomStructure, termOptions } from "../models/systems.js";
import type * as Registry from "../../src/kernels/registry.js";
import type { Anisotropic } from "./anisotropic.js";

// the lines that a new kernel adds to both lists of the registry
vi.mock("../../src/kernels/registry.js", async (importOriginal) => {
  const { anisotropic, anisotropicSchema } = await import("./anisotropic.js");
  const { z } = await import("zod");
  const registry = await importOriginal<typeof Registry>();
  const isOurs = (parameters: { readonly type: string }): parameters is Anisotropic => parameters.type === "anisotropic";
  return {
    ...registry,
    kernelSchema: z.discriminatedUnion("type", [...registry.kernelSchema.options, anisotropicSchema] as never),
    attachKernel: (wasm: never, p: KernelParameters) => (isOurs(p) ? anisotropic.attach(wasm, p) : registry.attachKernel(wasm, p)),
    prepareKernelPoints: (wasm: never, p: KernelParameters, points: never, gradients: boolean, allocate: (bytes: number) => number) =>
      isOurs(p) ? anisotropic.preparePoints(wasm, points, gradients, allocate, p) : registry.prepareKernelPoints(wasm, p, points, gradients, allocate),
    kernelValue: (p: KernelParameters, x: ArrayLike<number>, y: ArrayLike<number>) => (isOurs(p) ? anisotropic.value(p, x, y) : registry.kernelValue(p, x, y)),
    kernelScale: (p: KernelParameters) => (isOurs(p) ? anisotropic.scale(p) : registry.kernelScale(p)),
    checkKernel: (p: KernelParameters, rows: never) => (isOurs(p) ? undefined : registry.checkKernel(p, rows)),
    kernelNeedsRanges: (p: KernelParameters) => !isOurs(p) && registry.kernelNeedsRanges(p),
    kernelLacksDerivatives: (p: KernelParameters) => (isOurs(p) ? undefined : registry.kernelLacksDerivatives(p)),
    kernelRemedy: (p: KernelParameters) => (isOurs(p) ? anisotropic.remedy(p) : registry.kernelRemedy(p)),
  };
});

const model = sparseGpSchema.parse({
  type: "sparse-gp",
  isolatedAtomEnergies,
  terms: [
    { ...termOptions[0], kernel: { type: "anisotropic", lengthScale: 0.5, delta: 1.1 } },
    { ...termOptions[1], kernel: { type: "dot-product", zeta: 2, delta: 0.7 } },
  ].map((term) => JSON.parse(JSON.stringify(term)) as unknown),
});
const fit = fitSchema.parse({ sigma: { energy: 0.003, forces: 0.05, virial: 0.02 }, jitter: 1e-6 });

let executor: Executor;
let dataset: Dataset;
let fitted: SparseGpModel;
beforeAll(async () => {
  // one thread: workers do not know the kernel of this file
  executor = await createExecutor({ threads: 1 });
  const truth = await randomModel(executor, 5);
  const structures: Structure[] = [];
  const atoms = Array.from({ length: 8 }, (_, i) => randomStructure(200 + i, 2 + (i % 4) * 2, i % 3 !== 2));
  for await (const { structure, prediction } of evaluateStructures(truth, atoms, executor, { want: { forces: true, virial: true } })) {
    const { energy, forces, virial } = prediction;
    structures.push(makeStructure(structure, { energy, forces, virial }));
  }
  dataset = Dataset.from(structures);
  ({ model: fitted } = await fitSparseGp({ model, fit }, dataset, executor));
});
afterAll(() => executor.close());

describe("a kernel of whole rows beside one of inner products", () => {
  it("is fitted: the solution of the plain problem", async () => {
    expect(fitted.terms.map(({ kernel }) => kernel.type as string)).toEqual(["anisotropic", "dot-product"]);
    expectClose(coefficientsOf(fitted), await plainCoefficients(executor, fitted, fit, dataset), 1e-7, "relative-to-max");
  });

  it("predicts forces that are the derivatives of its energies", async () => {
    const structure = randomStructure(77, 5);
    const { forces } = await evaluateStructure(fitted, structure, executor, { want: { forces: true } });
    expect(forces!.some((force) => Math.abs(force) > 1e-2)).toBe(true);
    const h = 1e-4;
    for (let i = 0; i < 6; i++) {
      const at = async (step: number): Promise<number> => {
        const positions = structure.positions.map((x, k) => (k === i ? x + step : x));
        return (await evaluateStructure(fitted, { ...structure, positions }, executor)).energy;
      };
      expectClose([forces![i]], [((await at(-h)) - (await at(h))) / (2 * h)], 1e-6 * Math.max(...forces!.map(Math.abs)));
    }
  });

  it("gives variances between 0 and the prior's, smaller where it has seen the structure", async () => {
    const variances = async (structure: Structure): Promise<Float64Array> => (await evaluateStructure(fitted, structure, executor, { want: { variance: true } })).variance!;
    const [seen, fresh] = [await variances(dataset.structure(1)), await variances(randomStructure(78, 4))];
    for (const variance of [...seen, ...fresh]) expect(variance >= 0 && variance <= 1.1 ** 2 + 0.7 ** 2).toBe(true);
    const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(seen) < 0.5 * mean(fresh)).toBe(true);
  });
});
