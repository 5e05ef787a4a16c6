import { createDescriptor, SphericalExpansion } from "../../../src/descriptors/index.js";
import { descriptorContract } from "../../contracts/descriptor.js";

const cosine = { radius: 4, function: "cosine", width: 0.6 };

/** Odd and even numbers of radial functions, smooth and padded, weights. */
const cases: Record<string, object> = {
  "gto with a cosine": { nMax: 3, lMax: 3, sigma: 0.5, cutoff: cosine },
  "equispaced-gaussian, weights": { basis: "equispaced-gaussian", nMax: 4, lMax: 2, sigma: 0.5, cutoff: { radius: 4 }, weighting: { function: "pow", m: 2, r0: 2 } },
};

for (const [name, parameters] of Object.entries(cases)) {
  descriptorContract(`spherical expansion, ${name}`, () => new SphericalExpansion({ type: "spherical-expansion", ...parameters }), { differenceTolerance: 1e-8 });
}

const average = { type: "spherical-expansion" as const, nMax: 2, lMax: 1, sigma: 0.5, cutoff: cosine, average: "outer" };
descriptorContract("spherical expansion, outer average", () => createDescriptor(average), { differenceTolerance: 1e-8 });
