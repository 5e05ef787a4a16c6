import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fitSchema, fitSparseGp, sparseGpSchema } from "../../src/fit/index.js";
import { evaluateDataset, evaluateStructure, loadModel, saveModel, SparseGpModel } from "../../src/models/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { type Dataset, readDataset } from "../../src/structures/index.js";
import { expectClose, testExecutor } from "../expect.js";

const data = (name: string): string => fileURLToPath(new URL(`../data/gap/${name}`, import.meta.url));

const descriptor = {
  type: "soap-turbo", basis: "poly3gauss", nMax: 4, lMax: 4, cutoff: { radius: 5, soft: 4.5 }, radialEnhancement: 1,
  sigmaRadial: 0.5, sigmaRadialScaling: 0.05, sigmaAngular: 0.5, sigmaAngularScaling: 0.05,
};

function options(changes: object): Parameters<typeof fitSparseGp>[0] {
  const term = { descriptor, kernel: { type: "dot-product", zeta: 4, delta: 0.5 }, sparse: { method: "file", path: data("si_turbo.sparseX") }, ...changes };
  return {
    model: sparseGpSchema.parse({ type: "sparse-gp", isolatedAtomEnergies: { Si: -0.79 }, terms: [term] }),
    fit: fitSchema.parse({ sigma: { energy: 0.001, forces: 0.05, virial: 0.02 }, jitter: 1e-8 }),
  };
}

describe("the model that gap_fit makes with soap_turbo", () => {
  let executor: Executor;
  let train: Dataset;
  let expected: Dataset;
  beforeAll(async () => {
    executor = await testExecutor();
    train = await readDataset(data("train_si_small.xyz"), { keys: { energy: "dft_energy", forces: "dft_force", virial: "dft_virial" } });
    expected = await readDataset(data("si_turbo-predictions.xyz"), { keys: { energy: "energy", forces: "force", virial: "virial" } });
  });
  afterAll(() => executor.close());

  async function expectPredictions(potential: SparseGpModel, tolerance: number): Promise<void> {
    let index = 0;
    const want = { forces: true, virial: true, localEnergies: true };
    for await (const { structure, prediction } of evaluateDataset(potential, expected, executor, { want })) {
      const { energy, forces, virial } = structure.targets;
      expectClose([prediction.energy], [energy!], tolerance * structure.atomicNumbers.length);
      expectClose(prediction.forces!, forces!, 30 * tolerance);
      expectClose(prediction.virial!, virial!, 300 * tolerance);
      const local = structure.columns.find(({ name }) => name === "local_energy")!;
      expectClose(prediction.localEnergies!, local.values as Float64Array, 10 * tolerance);
      index++;
    }
    expect(index).toBe(2);
  }

  it("predicts the same energies, forces, virials and local energies with the coefficients of gap_fit", async () => {
    const { model: fitted } = await fitSparseGp(options({}), train, executor);
    const alpha = Float64Array.from(readFileSync(data("si_turbo.alpha"), "utf8").trim().split("\n"), Number);
    await expectPredictions(new SparseGpModel({ ...fitted, terms: [{ ...fitted.terms[0], coefficients: alpha }] }), 1e-8);
  });

  it("is fitted to the same predictions from the same sparse points", async () => {
    const { model: fitted, summary } = await fitSparseGp(options({}), train, executor);
    await expectPredictions(fitted, 1e-5);
    expect(summary.terms[0]).toMatchObject({ descriptor: "soap-turbo", nFeatures: 50, nSparse: 50, method: "file" });
  });

  it.each(["off", "trivial", "0_2"])("is saved and loaded to the last bit, compression %s", async (compression) => {
    const small = options({ descriptor: { ...descriptor, lMax: 2, compression }, sparse: { method: "cur", count: 20 } });
    const { model } = await fitSparseGp({ ...small, seed: 1 }, train, executor);
    const folder = mkdtempSync(join(tmpdir(), "pestle-"));
    try {
      await saveModel(join(folder, "turbo.pestle"), model);
      const loaded = await loadModel(join(folder, "turbo.pestle"));
      const want = { forces: true, virial: true };
      const again = await evaluateStructure(loaded, expected.structure(0), executor, { want });
      expect(again).toEqual(await evaluateStructure(model, expected.structure(0), executor, { want }));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
