import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { errorSummary, type StructureComparison } from "../../src/analysis/index.js";
import { fitSchema, fitSparseGp, sparseGpSchema } from "../../src/fit/index.js";
import { evaluateDataset } from "../../src/models/index.js";
import { readDataset } from "../../src/structures/index.js";
import { testExecutor } from "../expect.js";

const file = (name: string): string => fileURLToPath(new URL(`../../examples/data/${name}`, import.meta.url));

describe("a fifth of the silicon data of Zuo et al.", () => {
  // gap_fit with all the data, 1000 sparse points and n = l = 8 reaches 4.0 to 5.3 meV/atom and 0.117 eV/Å.
  it("gives a potential with errors near those of the whole", async () => {
    const executor = await testExecutor();
    try {
      const all = await readDataset(file("Si_train.xyz.gz"));
      const train = all.subset(Array.from({ length: 43 }, (_, i) => 5 * i));
      const model = sparseGpSchema.parse({
        type: "sparse-gp",
        isolatedAtomEnergies: { Si: -0.79 },
        terms: [
          {
            descriptor: { type: "soap", basis: "equispaced-gaussian", nMax: 8, lMax: 8, sigma: 0.5, cutoff: { radius: 5.4, width: 0.5 } },
            kernel: { type: "dot-product", zeta: 4, delta: 1 },
            sparse: { method: "cur", count: 250 },
          },
        ],
      });
      const fit = fitSchema.parse({ sigma: { energy: 0.01, forces: 0.05 } });
      const { model: fitted, summary } = await fitSparseGp({ model, fit }, train, executor);
      const records: StructureComparison[] = [];
      for await (const { structure, prediction } of evaluateDataset(fitted, await readDataset(file("Si_test.xyz.gz")), executor)) {
        const { energy, forces } = structure.targets;
        records.push({
          group: structure.configType,
          nAtoms: structure.atomicNumbers.length,
          energy: { reference: energy!, predicted: prediction.energy },
          forces: { reference: forces!, predicted: prediction.forces! },
        });
      }
      const { energy, forces } = errorSummary(records).total;
      expect(energy.count).toBe(25);
      expect(energy.rmse < 0.0085, `energy RMSE ${energy.rmse} eV/atom`).toBe(true);
      expect(forces.rmse < 0.165, `force RMSE ${forces.rmse} eV/Å`).toBe(true);
      expect(summary.weightedResidual > 0.5 && summary.weightedResidual < 5).toBe(true);
      expect(summary.terms[0].choices > 1000).toBe(true);
      expect(summary.peakWasmBytes < 2e8).toBe(true);
    } finally {
      await executor.close();
    }
  });
});
