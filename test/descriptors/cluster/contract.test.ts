import { Cluster } from "../../../src/descriptors/index.js";
import { descriptorContract } from "../../contracts/descriptor.js";

const triplets = { body: 3, size: 3, degrees: [0, 2, 1], alpha: 0.12, beta: 2.3 };
const weights = { species: "weights", weights: { "H-O": [1.5, -0.5, 0.7], "O-O": 0.3 } };
/** Two bodies, three bodies and both; each radial basis, cutoff function, and way to tell species apart. */
const cases: Record<string, object> = {
  "Gaussians by pairs of species": { cutoff: { radius: 3.4 }, bases: [{ size: 5 }] },
  "Chebyshev polynomials, weighted": { cutoff: { radius: 3.2, function: "smoothstep7" }, bases: [{ radial: "chebyshev", size: 3, ...weights }] },
  "all species alike": { cutoff: { radius: 3.2, function: "bump" }, bases: [{ size: 4, species: "alike" }, { ...triplets, species: "alike" }] },
  "two and three bodies by species": { cutoff: { radius: 3.3 }, bases: [{ size: 3 }, triplets, { ...triplets, radial: "chebyshev", alpha: undefined, beta: undefined, size: 2, degrees: [3] }] },
  "every mode side by side": {
    cutoff: { radius: 3.3 },
    bases: [{ size: 2, species: "alike" }, triplets, { ...triplets, species: "weights", weights: { "H-O-O": 0.4, "O-H-O": -1.2 } }, { size: 3, ...weights }, { ...triplets, species: "alike" }],
  },
};

for (const [name, parameters] of Object.entries(cases)) descriptorContract(`cluster, ${name}`, () => new Cluster({ type: "cluster", ...parameters }));

// one neighbor alone has no partner
descriptorContract("cluster, three bodies alone", () => new Cluster({ type: "cluster", cutoff: { radius: 3.5 }, bases: [triplets] }), {
  leaves: { at: 3.5, others: [1.9] },
});
