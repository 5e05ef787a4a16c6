// A small potential fitted with the library: read, fit, judge, predict one structure, save and load.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { assessPotential, createExecutor, evaluateStructure, fitFileSchema, fitSparseGp, loadModel, readDataset, saveModel, splitDataset, validate } from "../dist/index.js";

const data = await readDataset(fileURLToPath(new URL("data/Si_test.xyz.gz", import.meta.url)));
const { train, test } = splitDataset(data, { seed: 1, fractions: { test: 0.4 }, stratify: true });

// the same options as in a fit file; validate fills the defaults in
const options = validate(fitFileSchema().omit({ data: true }), {
  model: {
    type: "sparse-gp",
    isolatedAtomEnergies: { Si: -0.79 },
    terms: [
      {
        descriptor: { type: "soap", basis: "equispaced-gaussian", nMax: 8, lMax: 4, sigma: 0.5, cutoff: { radius: 4.5 } },
        kernel: { type: "dot-product", zeta: 4 },
        sparse: { method: "farthest-point", count: 100 },
      },
    ],
  },
  fit: { sigma: { energy: 0.005, forces: 0.1 } },
});

const executor = await createExecutor();
const { model, summary } = await fitSparseGp(options, train, executor);
console.log(`${summary.terms[0].nSparse} sparse points from ${summary.terms[0].choices} environments`);

const { errors } = await assessPotential(model, test, executor);
const { energy, forces } = errors.total;
console.log(`test: energy ${(1000 * energy.rmse).toFixed(1)} meV/atom, forces ${forces.rmse.toFixed(3)} eV/Å (RMSE)`);

const folder = mkdtempSync(join(tmpdir(), "pestle-example-"));
const path = join(folder, "small.pestle");
await saveModel(path, model);
const prediction = await evaluateStructure(await loadModel(path), test.structure(0), executor);
console.log(`${test.labels[0]}: ${prediction.energy.toFixed(4)} eV, reference ${test.energies[0].toFixed(4)} eV`);
rmSync(folder, { recursive: true });
await executor.close();
