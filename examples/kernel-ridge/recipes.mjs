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

/** `weighted`: neighbors weigh 1/(1 + (r/r0)^m), as in Willatt et al., Phys. Chem. Chem. Phys. 20, 29661 (2018), 10.1039/c8cp05921g. */
function soap({ weighted, ...rest }) {
  return { type: "soap", basis: "gto", normalize: false, ...rest, ...(weighted && { weighting: { function: "pow", ...weighted } }) };
}

/** Multiples of the median distance of rows, for rows of atoms and for rows of structures. */
const [USUAL, WIDE] = [[1, 2, 3, 4, 8, 16], [2, 4, 8, 16, 32, 64]];
const exponential = (scale, threshold) => ({ function: "exp", scale, threshold });

// What a representation is, and what the kernel makes of it: rows of atoms are compared with those of the same element, and the kernels summed.
export const representations = [
  { key: "coulomb-matrix", title: "Coulomb matrix", ofMedian: WIDE, terms: [{ descriptor: { type: "coulomb-matrix", permutation: "sorted-l2", nAtomsMax: ATOMS_MAX }, kernel: laplacian }] },
  {
    key: "mbtr",
    title: "MBTR",
    ofMedian: WIDE,
    terms: [
      {
        descriptor: {
          type: "mbtr",
          normalizeGaussians: false, // else angles, whose axis is in degrees, would count nothing beside distances
          k2: { geometry: "inverse-distance", grid: { min: 0, max: 1.1, n: 80, sigma: 0.02 }, weighting: exponential(1, 1e-4) },
          k3: { geometry: "angle", grid: { min: 0, max: 180, n: 36, sigma: 8 }, weighting: exponential(1, 1e-4) },
        },
        kernel: gaussian,
      },
    ],
  },
  {
    key: "local-mbtr",
    title: "local MBTR",
    terms: [
      {
        descriptor: {
          type: "local-mbtr",
          normalizeGaussians: false,
          k2: { geometry: "distance", grid: { min: 0.6, max: 4, n: 40, sigma: 0.15 }, weighting: exponential(1.5, 1e-3) },
          k3: { geometry: "angle", grid: { min: 0, max: 180, n: 20, sigma: 15 }, weighting: exponential(0.8, 5e-4) },
        },
        kernel: gaussian,
      },
    ],
  },
  {
    key: "acsf",
    title: "symmetry functions",
    terms: [{ descriptor: { type: "acsf", cutoff: { radius: 3 }, grid: { rule: "gastegger", radial: 10, angular: 3, zeta: [1, 4], from: 0.7 } }, kernel: gaussian }],
  },
  { key: "soap", title: "SOAP", terms: [{ descriptor: soap({ nMax: 4, lMax: 4, sigma: 0.4, cutoff: { radius: 4, function: "cosine", width: 1 } }), kernel: gaussian }] },
  {
    key: "soap-weighted",
    title: "SOAP, neighbors weighted",
    terms: [
      {
        descriptor: soap({ nMax: 3, lMax: 6, sigma: 0.35, cutoff: { radius: 4.5, function: "cosine", width: 1 }, weighted: { r0: 1.5, m: 7 }, centralWeight: 0.2 }),
        kernel: gaussian,
      },
    ],
  },
];

/** Errors of training molecules left out decide. */
export function fitOf({ ofMedian = USUAL }) {
  const scan = { lengthScale: { ofMedian }, lambda: [1e-12, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 3e-6, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 1e-2], by: "leave-one-out" };
  return { regularization: { scan }, errorBars: false };
}

/** Changes with everything that the numbers follow from but the molecules. */
export function digestOf({ nTest }, representation) {
  return createHash("sha256").update(JSON.stringify([nTest, representation.terms, fitOf(representation)])).digest("hex").slice(0, 16);
}

/** Published errors, eV. FCHL18: Faber et al., J. Chem. Phys. 148, 241717 (2018), as in benchmark/qml/1_fit-u0-model.ipynb of github.com/globus-labs/g4mp2-atomization-energy. */
export const published = [{ set: "qm9", title: "FCHL18, published", points: [[100, 0.277], [1005, 0.0643]] }];
