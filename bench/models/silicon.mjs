// Prediction of energy and forces with 1000 sparse points, n_max = l_max = 8. Speed does not depend on what the coefficients are.
import { seededRandom } from "../../dist/math/random.js";
import { evaluateDataset, SparseGpModel } from "../../dist/index.js";
import { createDescriptor } from "../../dist/descriptors/index.js";
import { selectSparsePoints } from "../../dist/select/index.js";
import { describeStructures, learnFromData } from "../../dist/environments/index.js";
import { components, descriptor as whole, radial, verifyAgainstGapFit } from "../fit/silicon.mjs";

/** @param parameters of a descriptor with fewer columns: its sparse points are of the atoms that are chosen with all columns */
export async function silicon(dataset, count, executor, parameters = whole) {
  const chosenWith = createDescriptor(whole);
  const prepared = chosenWith.prepare(executor.wasm, executor.pool, [14]);
  const term = { descriptor: prepared.tables, species: [14], centers: null, sparse: { method: "random", count } };
  const { values, sources } = await selectSparsePoints(term, dataset, seededRandom(1), { executor });
  prepared.release();
  const descriptor = parameters === whole ? chosenWith : await learnFromData(executor, createDescriptor(parameters), dataset, { species: [14] });
  const sparsePoints = parameters === whole ? values : await rowsOf(descriptor, dataset, sources, executor);
  const coefficients = Float64Array.from({ length: sources.length }, (_, i) => Math.sin(i + 1) / 10);
  const kernel = { type: "dot-product", zeta: 4, delta: 1 };
  return new SparseGpModel({ species: [14], isolatedAtomEnergies: [-0.79], terms: [{ descriptor, kernel, centers: null, sparsePoints, coefficients }] });
}

async function rowsOf(descriptor, dataset, sources, executor) {
  const rows = [];
  const width = descriptor.featureCount([14]);
  for await (const { nRows, values } of describeStructures(executor, descriptor, dataset, { species: [14] })) {
    for (let row = 0; row < nRows; row++) rows.push(values.slice(row * width, (row + 1) * width));
  }
  return Float64Array.from(sources.flatMap(({ structure, atom }) => [...rows[dataset.offsets[structure] + atom]]));
}

/** @returns energy and forces of one structure */
async function predictionOf(model, dataset, executor) {
  for await (const { prediction } of evaluateDataset(model, dataset.subset([0]), executor, { want: { forces: true } })) return [prediction.energy, ...prediction.forces];
}

/**
 * @param parameters of the descriptor
 * @param tolerance how far kernels may be from those of all columns; the sparse points are of the same atoms
 */
function predictCase(name, parameters, tolerance) {
  return {
    name,
    unit: "atom",
    async run(context) {
      const { executor, data, smoke, measureBoth, verifyClose } = context;
      await verifyAgainstGapFit(context);
      const dataset = await data.si();
      const count = smoke ? 100 : 1000;
      const model = await silicon(dataset, count, executor, parameters);
      if (parameters !== whole) {
        const expected = await predictionOf(await silicon(dataset, count, executor), dataset, executor);
        verifyClose(await predictionOf(model, dataset, executor), expected, tolerance, "energy and forces");
      }
      let energy = 0;
      const times = await measureBoth(
        async () => {
          for await (const { prediction } of evaluateDataset(model, dataset, executor, { want: { forces: true } })) energy += prediction.energy;
        },
        { minimumRuns: 3 },
      );
      return { count: dataset.nAtoms, ...times, verified: Number.isFinite(energy) };
    },
  };
}

export const cases = [
  predictCase("gp-predict-si", whole, 0),
  predictCase("gp-predict-si-radial", radial, 1e-8),
  predictCase("gp-predict-si-components", components, 1e-3),
];
