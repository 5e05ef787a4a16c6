import { createDescriptor, SoapTurbo } from "../../../src/descriptors/index.js";
import { descriptorContract } from "../../contracts/descriptor.js";
import { contractSystems } from "../systems.js";

const cutoff = { radius: 4.2, soft: 3.6 };

/** One per code path: bases, scalings, enhancements, species with different numbers of functions, and every kind of compression. */
const cases: Record<string, object> = {
  "poly3": { nMax: 4, lMax: 4, cutoff },
  "poly3gauss, enhancement 1": { basis: "poly3gauss", nMax: 5, lMax: 3, cutoff, radialEnhancement: 1 },
  "scaled widths and amplitudes, enhancement 2": {
    nMax: 3, lMax: 3, cutoff, sigmaRadial: 0.4, sigmaRadialScaling: 0.1, sigmaAngular: 0.6, sigmaAngularScaling: 0.05, amplitudeScaling: 1.7, radialEnhancement: 2,
  },
  "every species its own": {
    basis: "poly3gauss", nMax: { H: 3, C: 2, O: 5, Si: 4 }, lMax: 2, cutoff, sigmaRadial: { H: 0.3, C: 0.4, O: 0.5, Si: 0.6 },
    sigmaAngularScaling: { H: 0, C: 0.1, O: 0.2, Si: 0 }, amplitudeScaling: { H: 1, C: 2, O: 0.75, Si: 1 }, centralWeight: { H: 1, C: 0.5, O: 2, Si: 1 },
  },
  "without amplitude": { nMax: 3, lMax: 2, cutoff, amplitudeScaling: 0 },
  "trivial": { nMax: 3, lMax: 3, cutoff, compression: "trivial" },
  "1_2": { nMax: 3, lMax: 2, cutoff, compression: "1_2" },
  "features": { nMax: 3, lMax: 2, cutoff, species: ["H", "C", "O", "Si"], compression: { mode: "features", keep: Array.from({ length: 120 }, (_, k) => 233 - (k < 40 ? k : 2 * k - 39)) } },
  "projection": {
    nMax: 2, lMax: 2, cutoff, species: ["H", "C", "O", "Si"],
    compression: { mode: "projection", entries: Array.from({ length: 36 }, (_, k) => [k % 12, 3 * k, 1 - 0.05 * k]) },
  },
  "an order of its own": { nMax: 3, lMax: 2, cutoff, species: ["Si", "H", "O", "C"] },
};

for (const [name, parameters] of Object.entries(cases)) {
  descriptorContract(`soap-turbo, ${name}`, () => new SoapTurbo({ type: "soap-turbo", ...parameters }), { differenceTolerance: 1e-8 });
}
descriptorContract("soap-turbo, outer average", () => createDescriptor({ type: "soap-turbo", nMax: 3, lMax: 2, cutoff, average: "outer" }), { systems: contractSystems().slice(1, 4), differenceTolerance: 1e-8 });
