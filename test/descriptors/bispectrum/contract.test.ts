import { Bispectrum } from "../../../src/descriptors/index.js";
import { descriptorContract } from "../../contracts/descriptor.js";

const radii = { H: 0.45, C: 0.5, O: 0.52, Si: 0.6 };
const weights = { H: 0.7, C: 1, O: -0.4, Si: 1.2 };

/** One density with cutoffs of pairs; a density for some species together; angles and weights that start away from the center. */
const cases: Record<string, object> = {
  "one density": { twoJMax: 4, rcutfac: 3.4, radii, weights },
  "two densities": { twoJMax: 2, rcutfac: 3.6, chem: { H: 0, C: 1, O: 1, Si: 0 }, bnorm: true, wselfall: true },
  "inner switching": { twoJMax: 3, rcutfac: 3.6, radii, rmin0: 0.4, bzero: false, innerSwitch: { center: 1.9, halfWidth: { H: 0.4, C: 0.5, O: 0.5, Si: 0.6 } } },
};

for (const [name, parameters] of Object.entries(cases)) {
  descriptorContract(`bispectrum, ${name}`, () => new Bispectrum({ type: "bispectrum", ...parameters }), { differenceTolerance: 1e-8 });
}
