import { createDescriptor, Soap } from "../../../src/descriptors/index.js";
import { descriptorContract } from "../../contracts/descriptor.js";
import type { System } from "../calculator.js";
import { contractSystems } from "../systems.js";

const cosine = { radius: 4, function: "cosine", width: 0.6 };

/** One per code path: conventions, weights, odd and even numbers of radial functions, mixing of channels, normalisation. */
const cases: Record<string, object> = {
  "gto with a cosine": { nMax: 4, lMax: 3, sigma: 0.5, cutoff: cosine },
  "gto without a cutoff function": { nMax: 3, lMax: 2, sigma: 0.4, cutoff: { radius: 3.2 } },
  "polynomial, poly weights": { basis: "polynomial", nMax: 3, lMax: 3, sigma: 0.5, cutoff: { radius: 3.5 }, weighting: { function: "poly", m: 1.5, r0: 4 } },
  "equispaced-gaussian": { basis: "equispaced-gaussian", nMax: 4, lMax: 4, sigma: 0.5, cutoff: { radius: 4.2 } },
  "equispaced-gaussian, diagonal": { basis: "equispaced-gaussian", nMax: 3, lMax: 2, sigma: 0.5, cutoff: { radius: 4 }, compression: "diagonal-radial" },
  "mu2 with weights of species, pow": {
    nMax: 3, lMax: 2, sigma: 0.5, cutoff: cosine, normalize: true,
    compression: { mode: "mu2", speciesWeights: { H: 0.5, O: 1.5 } }, weighting: { function: "pow", d: 1, m: 2, r0: 2 },
  },
  "mu1nu1, exp": { nMax: 3, lMax: 2, sigma: 0.5, cutoff: cosine, compression: "mu1nu1", weighting: { function: "exp", d: 1, r0: 1.5 } },
  "gto with poly weights that end inside a cosine": { nMax: 2, lMax: 2, sigma: 0.5, cutoff: cosine, weighting: { function: "poly", m: 0.7, r0: 3.8 } },
  "crossover off": { nMax: 4, lMax: 1, sigma: 0.5, cutoff: cosine, compression: "crossover" },
  "librascal, points": { basis: "librascal-dvr", nMax: 3, lMax: 2, sigma: 0.5, cutoff: { radius: 4 } },
  "nuR 1, nuS 2": {
    basis: "equispaced-gaussian", nMax: 3, lMax: 2, sigma: 0.5, cutoff: cosine, compression: { mode: "nu", nuR: 1, nuS: 2 }, normalize: false,
  },
};

/** One row for each structure. */
const averages: Record<string, object> = {
  "inner average": { nMax: 3, lMax: 3, sigma: 0.5, cutoff: cosine, average: "inner" },
  "inner average, mixed and normalised": { nMax: 3, lMax: 2, sigma: 0.5, cutoff: cosine, compression: "mu1nu1", normalize: true, average: "inner" },
  "outer average": { basis: "equispaced-gaussian", nMax: 3, lMax: 3, sigma: 0.5, cutoff: { radius: 4.2 }, average: "outer" },
};

/** All of them for the first; further paths on a crystal of two species, a molecule and a small cell. */
const systems = contractSystems();
const systemsOf = (index: number): { systems?: System[] } => (index < 2 ? {} : { systems: systems.slice(1, 4) });

for (const [index, [name, parameters]] of Object.entries(cases).entries()) {
  descriptorContract(`soap, ${name}`, () => new Soap({ type: "soap", ...parameters }), { ...systemsOf(index), differenceTolerance: 1e-8 });
}
for (const [name, parameters] of Object.entries(averages)) descriptorContract(`soap, ${name}`, () => createDescriptor({ type: "soap", ...parameters }), { differenceTolerance: 1e-8 });
