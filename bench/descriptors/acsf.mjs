// Symmetry functions on real data, one thread: 8 radial and 16 angular functions to 6 Å for each species and pair of species. n2p2 and DScribe have
// rates for such sets in bench/README.md.
import { runDescriptor } from "./descriptor-run.mjs";
import { directAcsf, functions24, wide24 } from "./direct-acsf.mjs";

const variants = [
  ["acsf-si-values", "si", functions24, "values"],
  ["acsf-si-values-neighbors", "si", functions24, "neighbors"],
  ["acsf-si-backward", "si", functions24, "backward"],
  ["acsf-si-jacobian", "si", functions24, "jacobian"],
  ["acsf-wide-si-values", "si", wide24, "values"],
  ["acsf-wide-si-backward", "si", wide24, "backward"],
  ["acsf-wide-si-jacobian", "si", wide24, "jacobian"],
  ["acsf-3bpa-values", "threeBpa", functions24, "values"],
  ["acsf-3bpa-values-neighbors", "threeBpa", functions24, "neighbors"],
  ["acsf-3bpa-backward", "threeBpa", functions24, "backward"],
  ["acsf-3bpa-jacobian", "threeBpa", functions24, "jacobian"],
];

export const cases = variants.map(([name, set, parameters, mode]) => ({
  name,
  unit: "environment",
  run: async (context) => runDescriptor(context, await context.data[set](), parameters, mode, { direct: directAcsf }),
}));
