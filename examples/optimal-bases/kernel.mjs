// Full against pruned for a model that is not linear: a Gaussian process with a squared-exponential kernel, which can build what was dropped itself.
import { assessPotential, createDescriptor, splitDataset, trainerOf } from "../../dist/index.js";
import { processorSeconds } from "../recipes/run-tools.mjs";
import { cutoffOf } from "./bases.mjs";
import { functionsOf } from "./functions.mjs";

export const kernelDegrees = [8, 10, 12];
const bases = [{ key: "full", kind: "all" }, { key: "kept", kind: "kept" }];
/** In units of √columns: rows are standardized. */
const LENGTH_SCALES = [1, 2, 4, 8, 16];

/** Errors of both bases at each degree, with the length scale that is best for structures of the training file that were left out. */
export async function kernelResults(executor, element, { train: all, test }, { smoke, signal }) {
  const { train, validation } = splitDataset(all, { seed: 1, stratify: true, fractions: { validation: 0.2 } });
  const results = [];
  for (const degree of smoke ? [6] : kernelDegrees) {
    for (const { key, kind } of bases) {
      const functions = await functionsOf(executor, { kind, order: 3, lWeight: 1.5 }, { degree });
      const fitting = processorSeconds();
      const tried = [];
      for (const factor of smoke ? [1] : LENGTH_SCALES) tried.push(await fitted(executor, element, functions, factor, { train, validation: smoke ? test : validation, smoke, signal }));
      const best = tried.reduce((a, b) => (b.validation < a.validation ? b : a));
      const { errors: { total: { energy, forces } } } = await assessPotential(best.model, test, executor, { signal });
      results.push({ element, basis: key, degree, functions: best.columns, factor: best.factor, energy: energy.mae, forces: forces.mae, seconds: fitting() / tried.length });
      console.error(`${element} kernel, ${key} ${degree}: ${best.columns} functions, ${(1000 * energy.mae).toFixed(2)} meV/atom, ${(1000 * forces.mae).toFixed(1)} meV/Å`);
    }
  }
  return results;
}

async function fitted(executor, element, functions, factor, { train, validation, smoke, signal }) {
  const descriptor = { type: "ace", cutoff: { radius: cutoffOf(element) }, radial: { type: "polynomials", envelope: { inner: 0, outer: 2 } }, pair: false, ...functions };
  const columns = createDescriptor(descriptor).featureCount(train.species());
  const term = { descriptor: { ...descriptor, standardization: "standard" }, kernel: { type: "squared-exponential", lengthScale: factor * Math.sqrt(columns), delta: 1 }, sparse: { method: "cur", count: smoke ? 10 : 300 } };
  const request = { model: { type: "sparse-gp", isolatedAtomEnergies: "least-squares", terms: [term] }, fit: { sigma: { energy: 0.003, forces: 0.05 } }, seed: 1 };
  const { model } = await trainerOf(request.model).train(request, train, executor, { signal });
  const { errors: { total: { forces } } } = await assessPotential(model, validation, executor, { signal });
  return { model, factor, columns, validation: forces.mae };
}
