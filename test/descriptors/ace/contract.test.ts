import { Ace } from "../../../src/descriptors/index.js";
import { descriptorContract } from "../../contracts/descriptor.js";

/** Every radial basis; orders up to four; functions of a list; cutoffs and radial functions of a pair. */
const cases: Record<string, object> = {
  "by degree": { cutoff: { radius: 3.6 }, degree: [5, 4, 4], lWeight: 1 },
  "of order 5": { cutoff: { radius: 3.6 }, order: 5, degree: 5, maximumFunctions: 60, pair: { degree: 3, envelope: { type: "polynomial", inner: 0, outer: 2 }, cutoff: { radius: 4 } } },
  "functions of a list": {
    cutoff: { radius: 3.6 },
    radial: { type: "chebyshev-exponential-cosine", lambda: 2, switchWidth: 0.6, innerSwitch: { radius: 0.9, width: 0.4 } },
    pair: "radial",
    functions: [
      { pair: true, neighbors: ["C"], n: [2] },
      { neighbors: ["C", "H", "O"], n: [1, 2, 1], l: [1, 2, 3] },
      { neighbors: ["Si", "Si", "Si", "Si"], n: [1, 1, 2, 2], l: [1, 1, 2, 2], coupling: 1 },
      { neighbors: ["O", "O"], n: [1, 3], l: [2, 2], terms: [{ m: [0, 0], coefficient: 1 }, { m: [1, -1], coefficient: -2 }, { m: [2, -2], coefficient: 2 }] },
    ],
  },
  "pairs of their own": {
    cutoff: { radius: 3.5 },
    order: 2,
    degree: 4,
    pair: false,
    radial: { type: "simplified-bessel", coefficients: [[[1, 0.3], [0.2, -0.7]], [[0.4, 1], [1, 0.1, 0.2]], [[0.5]], [[0, 0, 0.7]]] },
    bonds: [{ center: "C", neighbor: "O", cutoff: { radius: 3.2 }, radial: { type: "chebyshev-power", lambda: 3 } }],
  },
};

for (const [name, parameters] of Object.entries(cases)) {
  descriptorContract(`ace, ${name}`, () => new Ace({ type: "ace", ...parameters }), { differenceTolerance: 1e-7 });
}
