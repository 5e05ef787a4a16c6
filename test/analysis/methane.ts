// Methane with its carbon at the origin, as in the papers on degenerate environments.
import type { SingleEnvironment } from "../../src/environments/index.js";

/** Hydrogens around carbon; Å. */
export function methane(hydrogens: readonly (readonly number[])[], label = "methane"): SingleEnvironment {
  return { center: 6, neighbors: hydrogens.map(() => 1), displacements: Float64Array.from(hydrogens.flat()), label };
}

const a = 0.629311793417;
export const tetrahedral = methane([[a, a, a], [a, -a, -a], [-a, a, -a], [-a, -a, a]]);
export const generic = methane([[0.62, 0.71, 0.58], [-0.55, -0.66, 0.74], [-0.68, 0.49, -0.63], [0.8, -0.47, -0.52]]);

const [c, s] = [0.763685903452, 0.554850286896];
const first = [[-0.417124941278, 0, 1.007028690437], [c, -s, -0.545], [c, s, 0.545]];
/** One of two environments that no three-body fingerprint tells apart. */
export const pairA = methane([...first, [-0.881828523869, 0.640685924999, 0]]);
export const pairB = methane([...first, [-0.881828523869, -0.640685924999, 0]]);
/** Where the two meet: every three-body fingerprint is singular. */
export const singular = methane([...first, [-1.09, 0, 0]]);
/** Where the manifolds of the papers start. */
export const start = methane([...first, [-0.705716158246, 0.826287457681, 0.085520414343]]);

/** Symmetry functions of the reference values. */
export const acsfParameters = {
  type: "acsf",
  cutoff: { radius: 4 },
  g2: [[0.1, 0], [1, 0], [4, 0], [16, 1], [16, 1.2], [64, 1.1]],
  g4: [0.01, 0.1, 1].flatMap((eta) => [1, 2, 4, 16].flatMap((zeta) => [1, -1].map((lambda) => [eta, zeta, lambda]))),
  species: ["H"],
};
