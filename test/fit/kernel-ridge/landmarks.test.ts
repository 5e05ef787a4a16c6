// Fits with landmark structures against the normal equations, and against the full fit where every structure is a landmark.
import { Matrix as Dense, solve } from "ml-matrix";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fitKernelRidge, type KernelRidgeFit } from "../../../src/fit/index.js";
import { encodeModel, evaluateStructure } from "../../../src/models/index.js";
import { createExecutor, type Executor } from "../../../src/parallel/index.js";
import { expectClose, testExecutor } from "../../expect.js";
import { gaussian, mbtr, plainKernels, smallData, soap, type TermInput } from "./small-fits.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const data = smallData(20);
const fresh = smallData(2, 700);
const terms: TermInput[] = [{ descriptor: mbtr, kernel: { type: "laplacian", lengthScale: 3 } }, { descriptor: soap, kernel: gaussian, normalize: true }];
const lambda = 1e-2;
type Sparse = NonNullable<NonNullable<KernelRidgeFit["fit"]>["sparse"]>;
const requestOf = (sparse: Sparse | undefined, fit: KernelRidgeFit["fit"] = {}): KernelRidgeFit => ({
  model: { type: "kernel-ridge", isolatedAtomEnergies: "none", terms }, fit: { regularization: lambda, errorBars: true, ...(sparse && { sparse }), ...fit },
});

describe("landmarks", () => {
  it.each([["random", "projected-process"], ["farthest-point", "subset-of-regressors"], ["cur", "projected-process"]] as const)("by %s, %s, have the plain solution", async (method, approximation) => {
    const { model, summary } = await fitKernelRidge(requestOf({ method, count: 7, approximation }), data, executor);
    const m = model.targets[0].coefficients.length;
    expect(m >= 5 && m <= 7 && summary.sizes.some(({ name, count }) => name === "nKernels" && count === m)).toBe(true);
    const whole = model.terms[0].rows;
    const all = await fitKernelRidge(requestOf(undefined), data, executor);
    const width = whole.length / m;
    const chosen = Array.from({ length: m }, (_, i) =>
      Array.from({ length: 20 }, (__, s) => s).find((s) => whole.subarray(i * width, (i + 1) * width).every((value, f) => value === all.model.terms[0].rows[s * width + f]))!);
    const landmarks = data.subset(chosen);
    const own = await plainKernels(executor, terms, landmarks, landmarks, data);
    const across = await plainKernels(executor, terms, data, landmarks, data);
    const mean = data.energies.reduce((sum, value) => sum + value, 0) / 20;
    const y = Dense.columnVector(Array.from(data.energies, (energy) => energy - mean));
    const normal = Dense.add(across.transpose().mmul(across), own.clone().mul(lambda));
    const c = solve(normal, across.transpose().mmul(y));
    expectClose(model.targets[0].coefficients, c.to1DArray(), 1e-6, "relative-to-max");
    const left = Dense.sub(across.mmul(c), y);
    const scale = (left.dot(left) + lambda * c.dot(own.mmul(c))) / (lambda * 20);
    const k = await plainKernels(executor, terms, fresh, landmarks, data);
    const prior = (await plainKernels(executor, terms, fresh, fresh, data)).diagonal();
    for (let t = 0; t < 2; t++) {
      const column = Dense.columnVector(k.getRow(t));
      const known = lambda * column.dot(solve(normal, column));
      const variance = approximation === "projected-process" ? prior[t] - column.dot(solve(own, column)) + known : known;
      const { energy, energyVariance } = await evaluateStructure(model, fresh.structure(t), executor, { want: { errorBars: true } });
      expectClose([energy], [mean + column.dot(c)], 1e-7);
      expectClose([energyVariance!], [scale * variance], 1e-6);
    }
  });

  it("that are all structures have the full fit", async () => {
    const { model } = await fitKernelRidge(requestOf({ count: 50 }), data, executor);
    const { model: full } = await fitKernelRidge(requestOf(undefined), data, executor);
    for (const structure of fresh) {
      const [a, b] = [await evaluateStructure(model, structure, executor), await evaluateStructure(full, structure, executor)];
      expectClose([a.energy], [b.energy], 1e-6);
    }
  });

  it("refuse what they do not serve, and have the same bits for any number of threads", async () => {
    await expect(fitKernelRidge(requestOf({ count: 3 }, { targets: ["energy", "gap"] }), data, executor)).rejects.toThrow(/fits the energy alone/u);
    await expect(fitKernelRidge(requestOf({ count: 3 }, { regularization: { scan: {} } }), data, executor)).rejects.toThrow(/exclude each other/u);
    await expect(fitKernelRidge(requestOf({ count: 3 }, { regularization: 0 }), data, executor)).rejects.toThrow(/needs a λ above 0/u);
    const bytes: Uint8Array[] = [];
    for (const threads of [1, 3]) {
      const several = await createExecutor({ threads });
      bytes.push(await encodeModel((await fitKernelRidge(requestOf({ count: 6 }), data, several)).model));
      await several.close();
    }
    expect(Buffer.from(bytes[1]).equals(Buffer.from(bytes[0]))).toBe(true);
  });
});
