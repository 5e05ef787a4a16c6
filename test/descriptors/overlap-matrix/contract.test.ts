import { OverlapMatrix } from "../../../src/descriptors/index.js";
import { descriptorContract } from "../../contracts/descriptor.js";

/** Each set of orbitals, and each form. */
const cases: Record<string, object> = {
  "s orbitals": { orbitals: "s", cutoff: { radius: 3.4 }, maxNeighbors: 24 },
  "s and p orbitals": { cutoff: { radius: 3 }, maxNeighbors: 17, widths: { H: 0.5, O: 0.55 } },
  moments: { cutoff: { radius: 3.2, exponent: 1 }, maxNeighbors: 20, widths: 0.7, form: "moments", moments: 4 },
  smoothed: { orbitals: "s", cutoff: { radius: 3.3, exponent: 3 }, maxNeighbors: 22, form: "smoothed", smoothing: { count: 6, to: 3 } },
};

for (const [name, parameters] of Object.entries(cases)) {
  descriptorContract(`overlap matrix, ${name}`, () => new OverlapMatrix({ type: "overlap-matrix", ...parameters }));
}
