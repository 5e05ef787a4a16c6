import { createDescriptor, SoapTurboExpansion, SphericalExpansion } from "../../../src/descriptors/index.js";
import { contractSystems } from "../systems.js";
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

/** Of soap_turbo: odd and even numbers of radial functions, widths of each species. */
const turbo: Record<string, object> = {
  poly3: { nMax: 3, lMax: 3, cutoff: { radius: 4 } },
  "poly3gauss, widths by species": {
    basis: "poly3gauss", nMax: 4, lMax: 2, cutoff: { radius: 4, soft: 3.2 }, radialEnhancement: 1, species: ["Si", "O", "C", "H"],
    sigmaRadial: { H: 0.3, C: 0.4, O: 0.5, Si: 0.6 }, amplitudeScaling: { H: 1, C: 1.5, O: 2, Si: 1 }, sigmaAngularScaling: 0.05,
  },
};

for (const [name, parameters] of Object.entries(turbo)) {
  descriptorContract(`expansion of soap_turbo, ${name}`, () => new SoapTurboExpansion({ type: "soap-turbo-expansion", ...parameters }), {
    systems: contractSystems().slice(1, 4), differenceTolerance: 1e-8,
  });
}

const average = { type: "spherical-expansion" as const, nMax: 2, lMax: 1, sigma: 0.5, cutoff: cosine, average: "outer" };
descriptorContract("spherical expansion, outer average", () => createDescriptor(average), { differenceTolerance: 1e-8 });
