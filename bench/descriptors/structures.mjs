// Descriptors of whole structures on real data, one thread, neighbor lists included. mbtr: inverse distances with exponential weights and cosines
// with a smooth cutoff, 100 points each, Gaussians of 2 % of the grid. A unit is an atom.
import { runStructures } from "./structures-run.mjs";

const pairs = { geometry: "inverse-distance", grid: { min: 0, max: 1, sigma: 0.02, n: 100 }, weighting: { function: "exp", cutoff: 6, threshold: 1e-3 } };
const angles = { geometry: "cosine", grid: { min: -1, max: 1, sigma: 0.04, n: 100 }, weighting: { function: "smooth-cutoff", cutoff: 5 } };
const mbtr = { type: "mbtr", k2: pairs, k3: angles, normalization: "l2" };
const coulomb = { type: "coulomb-matrix", permutation: "eigenspectrum" };
const ewald = { type: "ewald-sum-matrix", permutation: "sorted-l2" };

const variants = [
  ["mbtr-si-values", "si", mbtr, "values"],
  ["mbtr-si-backward", "si", mbtr, "backward"],
  ["mbtr-3bpa-values", "threeBpa", mbtr, "values"],
  ["mbtr-3bpa-backward", "threeBpa", mbtr, "backward"],
  ["coulomb-3bpa-values", "threeBpa", coulomb, "values"],
  ["coulomb-3bpa-backward", "threeBpa", coulomb, "backward"],
  ["ewald-si-values", "si", ewald, "values"],
];

export const cases = variants.map(([name, set, parameters, mode]) => ({
  name,
  unit: "atom",
  run: async (context) => runStructures(context, await context.data[set](), parameters, mode),
}));
