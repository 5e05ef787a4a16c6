import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fitSchema, fitSparseGp, sparseGpSchema } from "../../src/fit/index.js";
import { evaluateDataset, SparseGpModel } from "../../src/models/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { type Dataset, readDataset } from "../../src/structures/index.js";
import { expectClose, testExecutor } from "../expect.js";

const data = (name: string): string => fileURLToPath(new URL(`../data/gap/${name}`, import.meta.url));

const model = sparseGpSchema.parse({
  type: "sparse-gp",
  isolatedAtomEnergies: { Si: -0.79 },
  terms: [
    {
      descriptor: { type: "soap", basis: "equispaced-gaussian", nMax: 6, lMax: 6, sigma: 0.5, cutoff: { radius: 4.5, width: 0.5 } },
      kernel: { type: "dot-product", zeta: 4, delta: 1 },
      sparse: { method: "file", path: data("si_soap.sparseX") },
    },
  ],
});

const fit = fitSchema.parse({ sigma: { energy: 0.01, forces: 0.05, virial: 0.05 }, jitter: 1e-8 });

describe("the model that gap_fit makes of the same data, sparse points and σ", () => {
  let executor: Executor;
  let train: Dataset;
  let expected: Dataset;
  beforeAll(async () => {
    executor = await testExecutor();
    train = await readDataset(data("train_si_small.xyz"), { keys: { energy: "dft_energy", forces: "dft_force", virial: "dft_virial" } });
    expected = await readDataset(data("predictions_quip.xyz"), { keys: { energy: "energy", forces: "force", virial: "virial" } });
  });
  afterAll(() => executor.close());

  async function expectQuipPredictions(potential: SparseGpModel): Promise<void> {
    let index = 0;
    for await (const { structure, prediction } of evaluateDataset(potential, expected, executor, { want: { forces: true, virial: true } })) {
      const { energy, forces, virial } = structure.targets;
      expectClose([prediction.energy], [energy!], 1e-6 * structure.atomicNumbers.length);
      expectClose(prediction.forces!, forces!, 1e-5);
      expectClose(prediction.virial!, virial!, 1e-5);
      index++;
    }
    expect(index).toBe(2);
  }

  it("predicts the same with the coefficients of gap_fit", async () => {
    const { model: fitted } = await fitSparseGp({ model, fit }, train, executor);
    const alpha = Float64Array.from(readFileSync(data("si_soap.alpha"), "utf8").trim().split("\n"), Number);
    await expectQuipPredictions(new SparseGpModel({ ...fitted, terms: [{ ...fitted.terms[0], coefficients: alpha }] }));
  });

  it("has the same coefficients, to the conditioning of the system, and the same predictions", async () => {
    const { model: fitted, summary } = await fitSparseGp({ model, fit }, train, executor);
    const alpha = readFileSync(data("si_soap.alpha"), "utf8").trim().split("\n").map(Number);
    expectClose(fitted.terms[0].coefficients, alpha, 1e-5, "relative-to-max");
    await expectQuipPredictions(fitted);
    expect(summary.targets).toEqual({ energies: 10, forceComponents: 3 * train.nAtoms, virialComponents: 60 });
    expect(summary.terms[0]).toMatchObject({ descriptor: "soap", nFeatures: 147, nSparse: 60, method: "file" });
  });
});
