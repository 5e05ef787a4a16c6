// Data and descriptors of docs/results/descriptor-cost.md.
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const shipped = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const cosine = (radius) => ({ radius, function: "cosine", width: 0.5 });
const soap = (nMax, lMax, radius, others = {}) => ({
  name: `soap n${nMax} l${lMax}`,
  parameters: { type: "soap", nMax, lMax, sigma: 0.5, cutoff: cosine(radius), normalize: true, ...others },
});
const turbo = (radius) => ({ name: "soap-turbo n8 l8", parameters: { type: "soap-turbo", nMax: 8, lMax: 8, cutoff: { radius } } });
const bispectrum = (twoJMax, rcutfac) => ({ name: `bispectrum 2J=${twoJMax}`, parameters: { type: "bispectrum", twoJMax, rcutfac } });
const acsf = (radius) => ({ name: "acsf", parameters: { type: "acsf", cutoff: { radius } } });
const weighted = (radius) => ({ name: "acsf weighted", parameters: { type: "acsf", cutoff: { radius }, grid: { rule: "gastegger", weighted: true } } });
/** The set that n2p2 and DScribe were timed with: 8 radial and 16 narrow angular functions. */
const acsf24 = {
  name: "acsf 8 + 16",
  parameters: {
    type: "acsf",
    cutoff: { radius: 6 },
    g2: Array.from({ length: 8 }, (_, i) => [4, 1 + (5 * i) / 7]),
    g4: [1, 2, 4, 16].flatMap((zeta) => [1, -1].flatMap((lambda) => [[0.01, zeta, lambda], [0.05, zeta, lambda]])),
  },
};
const ace = (radius, degree) => ({ name: "ace", parameters: { type: "ace", cutoff: { radius }, degree } });
const expansion = (radius) => ({ name: "expansion n8 l6", parameters: { type: "spherical-expansion", nMax: 8, lMax: 6, sigma: 0.5, cutoff: cosine(radius) } });
const pairs = (radius) => ({ name: "distance-2b", parameters: { type: "distance-2b", species: ["*", "*"], cutoff: { radius } } });
const triplets = (radius) => ({ name: "angle-3b", parameters: { type: "angle-3b", center: "*", species: ["*", "*"], cutoff: { radius } } });
const terms = (cutoff) => ({
  k2: { geometry: "distance", grid: { min: 0.5, max: cutoff, n: 100 }, weighting: { function: "exp", cutoff } },
  k3: { geometry: "angle", grid: { n: 100 }, weighting: { function: "smooth-cutoff", cutoff } },
});
const local = (cutoff) => ({ name: "local-mbtr", parameters: { type: "local-mbtr", ...terms(cutoff) } });
const mbtr = (cutoff) => ({ name: "mbtr", parameters: { type: "mbtr", ...terms(cutoff), normalization: "n-atoms" } });
const matrix = (type) => ({ name: type, parameters: { type, permutation: "eigenspectrum" } });

const solid = (radius, degree) => [
  soap(4, 3, radius), soap(8, 6, radius), soap(12, 9, 6), turbo(5.4), acsf(radius), weighted(radius), acsf24, bispectrum(6, radius), bispectrum(8, radius),
  ace(radius, degree), expansion(radius), pairs(radius), triplets(3.5), local(radius), matrix("ewald-sum-matrix"), matrix("sine-matrix"),
];
const molecule = (radius, degree, more = []) => [
  soap(4, 3, radius), soap(8, 6, radius), turbo(radius), acsf(radius), weighted(radius), ...more, bispectrum(6, radius), bispectrum(8, radius), ace(radius, degree),
  expansion(radius), pairs(radius), triplets(3.5), local(radius), mbtr(radius), matrix("coulomb-matrix"),
];

/**
 * @param folder where files are that are not part of the project
 * @returns {{ key: string, title: string, file: string, descriptors: object[] }[]}
 */
export function sets(folder) {
  return [
    { key: "si", title: "Silicon", file: shipped("examples/data/Si_train.xyz.gz"), descriptors: solid(5, [20, 16, 12]) },
    { key: "mo", title: "Molybdenum", file: shipped("bench/data/Mo_194.xyz.gz"), descriptors: solid(5, [20, 16, 12]) },
    { key: "3bpa", title: "3BPA", file: shipped("bench/data/3BPA_60.xyz.gz"), descriptors: molecule(5, [10, 8, 6], [acsf24]) },
    ...(folder ? [{ key: "water", title: "Water", file: join(folder, "H2O_RPBE-D3_n2p2.xyz.gz"), descriptors: solid(5, [14, 11, 8]) }] : []),
    { key: "qm9", title: "QM9, 2074 molecules", file: shipped("examples/data/QM9_2074.xyz.gz"), descriptors: molecule(5, [8, 5, 4]) },
  ];
}

/**
 * Rates of others per second on one core of a machine where products of matrices ran at 15.7 GFLOP/s: values, and values with derivatives,
 * those of LAMMPS contracted (as `backward`), all others the whole Jacobian. Neighbor lists are counted by n2p2 alone.
 */
export const peers = {
  gemm: 15.7e9,
  rows: [
    { set: "si", descriptor: "soap n8 l6", program: "librascal", values: 49.0e3, jacobian: 2.4e3 },
    { set: "si", descriptor: "soap n12 l9", program: "librascal", values: 14.9e3, jacobian: 0.49e3 },
    { set: "3bpa", descriptor: "soap n8 l6", program: "librascal", values: 34.3e3, jacobian: 1.13e3 },
    { set: "si", descriptor: "acsf 8 + 16", program: "n2p2", values: 20.8e3, jacobian: 13.4e3, hasNeighbors: true },
    { set: "3bpa", descriptor: "acsf 8 + 16", program: "n2p2", values: 44e3, jacobian: 28.5e3, hasNeighbors: true },
    { set: "si", descriptor: "acsf 8 + 16", program: "DScribe", values: 5.7e3 },
    { set: "3bpa", descriptor: "acsf 8 + 16", program: "DScribe", values: 13.5e3 },
    { set: "si", descriptor: "bispectrum 2J=6", program: "LAMMPS", values: 49e3, backward: 10.5e3 },
    { set: "si", descriptor: "bispectrum 2J=8", program: "LAMMPS", values: 15.8e3, backward: 4.4e3 },
  ],
};

/** Exponents of theory, where neighbors grow with the third power of the cutoff and dominate. */
export const theory = {
  soap: { cutoff: "≤ 3", nMax: "1 to 2", lMax: "2", species: "≤ 2", atoms: "1" },
  "soap-turbo": { cutoff: "≤ 3", nMax: "1 to 2", lMax: "2", species: "≤ 2", atoms: "1" },
  "spherical-expansion": { cutoff: "3", nMax: "1", lMax: "2", species: "0", atoms: "1" },
  ace: { cutoff: "≤ 3", species: "≤ 3", atoms: "1" },
  bispectrum: { cutoff: "0 to 3", twoJMax: "5", species: "0", atoms: "1" },
  acsf: { cutoff: "6", functions: "1", atoms: "1" },
  "distance-2b": { cutoff: "3", atoms: "1" },
  "angle-3b": { cutoff: "6", atoms: "1" },
  "local-mbtr": { points: "0 to 1", atoms: "1" },
  mbtr: { points: "0 to 1", atoms: "1" },
  "coulomb-matrix": { atoms: "3" },
  "sine-matrix": { atoms: "3" },
  "ewald-sum-matrix": { atoms: "3" },
};
