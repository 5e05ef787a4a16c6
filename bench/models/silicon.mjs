// Prediction of energy and forces with 1000 sparse points, n_max = l_max = 8. Speed does not depend on what the coefficients are.
import { seededRandom } from "../../dist/math/random.js";
import { evaluateDataset, SparseGpModel } from "../../dist/index.js";
import { createDescriptor } from "../../dist/descriptors/index.js";
import { selectSparsePoints } from "../../dist/select/index.js";
import { descriptor as parameters, verifyAgainstGapFit } from "../fit/silicon.mjs";

export async function silicon(dataset, count, executor) {
  const descriptor = createDescriptor(parameters);
  const prepared = descriptor.prepare(executor.wasm, executor.pool, [14]);
  const term = { descriptor: prepared.tables, species: [14], centers: null, sparse: { method: "random", count } };
  const { values } = await selectSparsePoints(term, dataset, seededRandom(1), { executor });
  prepared.release();
  const coefficients = Float64Array.from({ length: values.length / prepared.tables.nFeatures }, (_, i) => Math.sin(i + 1) / 10);
  const kernel = { type: "dot-product", zeta: 4, delta: 1 };
  return new SparseGpModel({ species: [14], isolatedAtomEnergies: [-0.79], terms: [{ descriptor, kernel, centers: null, sparsePoints: values, coefficients }] });
}

export const cases = [
  {
    name: "gp-predict-si",
    unit: "atom",
    async run(context) {
      const { executor, data, smoke, measure } = context;
      await verifyAgainstGapFit(context);
      const dataset = await data.si();
      const model = await silicon(dataset, smoke ? 100 : 1000, executor);
      let energy = 0;
      const seconds = await measure(
        async () => {
          for await (const { prediction } of evaluateDataset(model, dataset, executor, { want: { forces: true } })) energy += prediction.energy;
        },
        { minimumRuns: 3 },
      );
      return { count: dataset.nAtoms, seconds, verified: Number.isFinite(energy) };
    },
  },
];
