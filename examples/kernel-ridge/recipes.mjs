// Data sets, representations with their kernels, and how length scale and λ are chosen.
import { createHash } from "node:crypto";

const ATOMS_MAX = 29; // of the molecules of both sets

/** leavesOut: molecules that are not random draws */
export const sets = [
  { key: "qm9", title: "QM9", nTest: 1000, leavesOut: ({ info }) => info.get("source") === "metatrain100" },
  { key: "qm7", title: "QM7", nTest: 1500, leavesOut: () => false },
];

const gaussian = { type: "squared-exponential" };
const laplacian = { type: "laplacian" };

/** With a weight of neighbors 1/(1 + (r/r0)^m), as Willatt et al., Phys. Chem. Chem. Phys. 20, 29661 (2018), 10.1039/c8cp05921g. */
function soap(nMax, lMax, sigma, radius, { r0, m } = {}) {
  return { type: "soap", basis: "gto", nMax, lMax, sigma, cutoff: { radius, function: "cosine", width: 1 }, normalize: true, ...(m && { weighting: { function: "pow", r0, m } }) };
}

const exponential = (scale, threshold) => ({ function: "exp", scale, threshold });

// What a representation is, and what the kernel makes of it: rows of atoms are compared with those of the same element, and the kernels summed.
export const representations = [
  { key: "coulomb-matrix", title: "Coulomb matrix, sorted, Laplacian", terms: [{ descriptor: { type: "coulomb-matrix", permutation: "sorted-l2", nAtomsMax: ATOMS_MAX }, kernel: laplacian }] },
  {
    key: "mbtr",
    title: "MBTR, Gaussian",
    terms: [
      {
        descriptor: {
          type: "mbtr",
          k2: { geometry: "inverse-distance", grid: { min: 0, max: 1.1, n: 80, sigma: 0.02 }, weighting: exponential(0.5, 1e-3) },
          k3: { geometry: "angle", grid: { min: 0, max: 180, n: 36, sigma: 6 }, weighting: exponential(0.6, 3e-3) },
        },
        kernel: gaussian,
      },
    ],
  },
  {
    key: "local-mbtr",
    title: "local MBTR, sum over atoms, Gaussian",
    terms: [
      {
        descriptor: {
          type: "local-mbtr",
          k2: { geometry: "distance", grid: { min: 0.6, max: 5, n: 60, sigma: 0.12 }, weighting: exponential(0.8, 1e-2) },
          k3: { geometry: "angle", grid: { min: 0, max: 180, n: 20, sigma: 12 }, weighting: exponential(0.6, 3e-3) },
        },
        kernel: gaussian,
      },
    ],
  },
  {
    key: "acsf",
    title: "symmetry functions, sum over atoms, Gaussian",
    terms: [{ descriptor: { type: "acsf", cutoff: { radius: 5 }, grid: { rule: "gastegger", radial: 16, angular: 4, zeta: [1, 4], from: 0.7 } }, kernel: gaussian }],
  },
  { key: "soap", title: "SOAP, sum over atoms, Gaussian", terms: [{ descriptor: soap(4, 4, 0.4, 4), kernel: gaussian }] },
  { key: "soap-weighted", title: "SOAP with weights of neighbors, sum over atoms, Gaussian", terms: [{ descriptor: soap(4, 4, 0.4, 4.5, { r0: 2, m: 4 }), kernel: gaussian }] },
];

/** Errors of training molecules left out decide. */
export function fitOf() {
  const scan = { lengthScale: { ofMedian: [1, 2, 3, 4, 8, 16] }, lambda: [1e-12, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 3e-6, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 1e-2], by: "leave-one-out" };
  return { regularization: { scan }, errorBars: false };
}

/** Changes with everything that the numbers follow from but the molecules. */
export function digestOf({ nTest }, { terms }) {
  return createHash("sha256").update(JSON.stringify([nTest, terms, fitOf()])).digest("hex").slice(0, 16);
}

/** Published errors, eV. FCHL18: Faber et al., J. Chem. Phys. 148, 241717 (2018), as in benchmark/qml/1_fit-u0-model.ipynb of github.com/globus-labs/g4mp2-atomization-energy. */
export const published = [{ set: "qm9", title: "FCHL18, published", points: [[100, 0.277], [1005, 0.0643]] }];
