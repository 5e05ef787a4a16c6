// Fits with landmark structures against the normal equations, and against the full fit where every structure is a landmark.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Matrix as Dense, solve } from "ml-matrix";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CancelledError } from "../../../src/errors.js";
import { CheckpointFolder, type FitContext, fitKernelRidge, type KernelRidgeFit, planKernelRidgeFit } from "../../../src/fit/index.js";
import { encodeModel, evaluateStructure } from "../../../src/models/index.js";
import { createExecutor, type Executor } from "../../../src/parallel/index.js";
import { Dataset } from "../../../src/structures/index.js";
import { expectClose, testExecutor } from "../../expect.js";
import { gaussian, mbtr, plainKernels, plainRows, smallData, soap, type TermInput } from "./small-fits.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

// three blocks of rows, in two chains
const data = smallData(1200);
const few = data.subset(Array.from({ length: 20 }, (_, i) => i));
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
    const all = await plainRows(executor, terms[0], data, data);
    const width = whole.length / m;
    const chosen = Array.from({ length: m }, (_, i) => all.findIndex(([{ values }]) => whole.subarray(i * width, (i + 1) * width).every((value, f) => value === values[f])));
    const landmarks = data.subset(chosen);
    const own = await plainKernels(executor, terms, landmarks, landmarks, data);
    const across = await plainKernels(executor, terms, data, landmarks, data);
    const mean = data.energies.reduce((sum, value) => sum + value, 0) / 1200;
    const y = Dense.columnVector(Array.from(data.energies, (energy) => energy - mean));
    const normal = Dense.add(across.transpose().mmul(across), own.clone().mul(lambda));
    const c = solve(normal, across.transpose().mmul(y));
    expectClose(model.targets[0].coefficients, c.to1DArray(), 1e-6, "relative-to-max");
    const left = Dense.sub(across.mmul(c), y);
    const scale = (left.dot(left) + lambda * c.dot(own.mmul(c))) / (lambda * 1200);
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
    const { model } = await fitKernelRidge(requestOf({ count: 90 }), few, executor);
    const { model: full } = await fitKernelRidge(requestOf(undefined), few, executor);
    for (const structure of fresh) {
      const [a, b] = [await evaluateStructure(model, structure, executor), await evaluateStructure(full, structure, executor)];
      expectClose([a.energy], [b.energy], 1e-6);
    }
  });

  it("take memory that does not grow with the structures, as much as the plan says", async () => {
    const several = await createExecutor({ threads: 2 });
    try {
      const sizes: number[] = [];
      for (const count of [1200, 3600]) {
        const repeated = Dataset.from(Array.from({ length: count }, (_, i) => data.structure(i % 1200)));
        const request = requestOf({ method: "random", count: 30 });
        const { summary } = await fitKernelRidge(request, repeated, several);
        const { wasmBytes, memory } = await planKernelRidgeFit(request, repeated, 2);
        expect(wasmBytes >= summary.peakWasmBytes).toBe(true);
        expect(memory.some(({ what }) => what === "rows of the training data")).toBe(false);
        sizes.push(summary.peakWasmBytes, wasmBytes);
      }
      // landmarks with other numbers of atoms apart
      expectClose(sizes.slice(2), sizes.slice(0, 2), 1e-2, "relative-to-max");
    } finally {
      await several.close();
    }
  });

  it("go on with the blocks that were reduced, to the same bits", async () => {
    const folder = mkdtempSync(join(tmpdir(), "pestle-landmarks-"));
    try {
      const request = requestOf({ count: 12 });
      const whole = await encodeModel((await fitKernelRidge(request, data, executor)).model);
      const controller = new AbortController();
      const onProgress: FitContext["onProgress"] = ({ stage, done }) => void (stage === "fit" && done === 2 && controller.abort());
      const checkpoint = new CheckpointFolder(folder, { every: 1e-9 });
      await expect(fitKernelRidge(request, data, executor, { checkpoint, onProgress, signal: controller.signal })).rejects.toBeInstanceOf(CancelledError);
      const resumed: number[] = [];
      const { model } = await fitKernelRidge(request, data, executor, {
        checkpoint: new CheckpointFolder(folder, { resume: true }), onProgress: ({ stage, done }) => void (stage === "fit" && resumed.push(done)),
      });
      expect(Buffer.from(await encodeModel(model)).equals(Buffer.from(whole))).toBe(true);
      expect(resumed).toEqual([3]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("name a structure that cannot be described", async () => {
    const broken = Dataset.from([...data].map((structure, i) => (i === 1061 ? { ...structure, label: "the broken one", positions: structure.positions.map(() => 0) } : structure)));
    await expect(fitKernelRidge(requestOf({ method: "random", count: 3 }), broken, executor)).rejects.toThrow(/the broken one/u);
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
