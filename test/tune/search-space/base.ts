import type { Candidate } from "../../../src/tune/search-space/search-space.js";

/** A fit with two terms, as somebody would write it: defaults left out. */
export function baseCandidate(): Candidate {
  const first = { type: "soap", basis: "equispaced-gaussian", nMax: 6, lMax: 4, sigma: 0.5, cutoff: { radius: 5 } };
  const second = { type: "soap", nMax: 4, lMax: 3, sigma: 0.4, cutoff: { radius: 4, function: "cosine" }, compression: "mu2" };
  return {
    model: {
      type: "sparse-gp",
      isolatedAtomEnergies: { Si: -0.79, O: -0.4 },
      terms: [
        {
          descriptor: first,
          kernel: { type: "dot-product", zeta: 4 },
          sparse: { method: "random", count: 200 },
        },
        {
          descriptor: second,
          kernel: { type: "dot-product" },
          sparse: { method: "cur", count: { Si: 50, O: 100 } },
        },
      ],
    },
    fit: {},
    seed: 1,
  };
}
