import { createDescriptor, LocalMbtr } from "../../../src/descriptors/index.js";
import { descriptorContract } from "../../contracts/descriptor.js";
import { structureDescriptorContract } from "../../contracts/structure-descriptor.js";
import { contractSystems } from "../systems.js";

const [crystal, mixed, molecule, small, slab] = contractSystems();
// thresholds so low that nothing jumps where a term is left out
const pairs = { geometry: "inverse-distance", grid: { min: 0, max: 1, sigma: 0.05, n: 12 }, weighting: { function: "exp", scale: 4, threshold: 1e-9 } };
const angles = { geometry: "angle", grid: { min: 0, max: 180, sigma: 15, n: 11 }, weighting: { function: "smooth-cutoff", cutoff: 3.4 } };

structureDescriptorContract(
  "mbtr of all orders",
  () => createDescriptor({ type: "mbtr", k1: { grid: { min: 0, max: 15, sigma: 1, n: 5 } }, k2: pairs, k3: angles, normalization: "l2", species: ["H", "C", "O", "Si"] }),
  { systems: [mixed, molecule, small] },
);
structureDescriptorContract(
  "mbtr of cosines with exponential weights",
  () =>
    createDescriptor({
      type: "mbtr",
      k2: { geometry: "distance", grid: { min: 1, max: 4, sigma: 0.02, n: 9 }, weighting: { function: "inverse-square", cutoff: 4.5 } },
      k3: { geometry: "cosine", grid: { sigma: 0.2, n: 10 }, weighting: { function: "exp", scale: 1.2, threshold: 1e-5 } },
      normalization: "n-atoms",
      normalizeGaussians: false,
    }),
  { systems: [molecule, slab], differenceTolerance: 1e-5 },
);
structureDescriptorContract("valle-oganov, angles", () => createDescriptor({ type: "valle-oganov", function: "angle", n: 12, sigma: 12, cutoff: { radius: 3.6 } }), {
  systems: [crystal, mixed],
});

descriptorContract("local-mbtr, smooth", () => new LocalMbtr({ type: "local-mbtr", k3: { ...angles, weighting: { function: "smooth-cutoff", cutoff: 2.6, sharpness: 3.5 } } }), {
  systems: [mixed, molecule],
  leaves: { at: 2.6, others: [1.4] },
});
descriptorContract(
  "local-mbtr, unit vectors",
  () => createDescriptor({ type: "local-mbtr", k2: pairs, k3: { geometry: "cosine", grid: { n: 8 }, weighting: { function: "exp", cutoff: 3.1, threshold: 1e-6 } }, normalization: "l2" }),
  { systems: [mixed, molecule], differenceTolerance: 1e-5 },
);
