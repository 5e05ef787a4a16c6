// Parameters and results of Kondati Natarajan & Caro, arXiv:2101.00049.

/** soft, σ_r, σ_t, a_r, a_t, a, c_w, re, ζ, δ, σ_E, σ_F in the order of its tables. */
const set = (soft, sigmaRadial, sigmaAngular, radialScaling, angularScaling, amplitude, central, enhancement, zeta, delta, energy, forces) => ({
  descriptor: {
    soft,
    sigmaRadial,
    sigmaAngular,
    sigmaRadialScaling: radialScaling,
    sigmaAngularScaling: angularScaling,
    amplitudeScaling: amplitude,
    centralWeight: central,
    radialEnhancement: enhancement,
  },
  zeta,
  delta,
  sigma: { energy, ...(forces && { forces }) },
});

/** Table 2: two naive sets for nMax = lMax = 6, with δ = 1 eV, σ_E = 2 meV/atom, σ_F = 20 meV/Å. Errors are in its figures only. */
export const naive = [
  { name: "set 1, ζ = 1", ...set(4.21, 0.69, 0.74, 0.88, 0.69, 0.64, 0.53, 0, 1, 1, 0.002, 0.02), mean: 0.994, std: 0.008 },
  { name: "set 2, ζ = 1", ...set(3.4, 0.13, 1.39, 0.13, 0.51, 1.45, 1.26, 2, 1, 1, 0.002, 0.02), mean: 0.358, std: 0.379 },
  { name: "set 1, ζ = 10", ...set(4.21, 0.69, 0.74, 0.88, 0.69, 0.64, 0.53, 0, 10, 1, 0.002, 0.02), mean: 0.944, std: 0.075 },
  { name: "set 2, ζ = 10", ...set(3.4, 0.13, 1.39, 0.13, 0.51, 1.45, 1.26, 2, 10, 1, 0.002, 0.02), mean: 0.132, std: 0.28 },
];

/** Table 3, errors in eV/atom and eV/Å. */
export const dimer = [
  { name: "S6-1", size: 6, ...set(4.6, 0.38, 1.28, 1.06, 0.05, 1.41, 0.81, 1, 5.52, 3.5, 0.056, 0.001), mean: 0.51, std: 0.35, energyRmse: 0.0006, forcesRmse: 0.0148 },
  { name: "S4-1", size: 4, ...set(4.61, 0.24, 1.43, 0.59, 1.2, 0.98, 0.92, 1, 4.6, 2.49, 0.061, 0.001), mean: 0.58, std: 0.32, energyRmse: 0.0006, forcesRmse: 0.0146 },
  { name: "S6-2", size: 6, ...set(4.49, 0.23, 1.22, 1.2, 0.32, 1.52, 1.26, 1, 7.21, 4.24, 0.001, 0.014), mean: 0.51, std: 0.37, energyRmse: 0.0006, forcesRmse: 0.0153 },
  { name: "S4-2", size: 4, ...set(4.87, 0.15, 1.08, 0.56, 0.18, 0.34, 0.73, 2, 3.79, 4.31, 0.001, 0.024), mean: 0.49, std: 0.39, energyRmse: 0.0005, forcesRmse: 0.0151 },
];

/** Tables 4 and 5 and the text for strategy 2: trained on energies, and again with forces (σ_F = 0.02 eV/Å). */
export const iron = [
  {
    name: "Fe6-1", size: 6, ...set(4.26, 0.38, 0.68, 0.05, 0.2, 1.2, 1.23, 1, 6.18, 4.95, 0.001), mean: 0.99, std: 0.04, skewness: 8.31,
    energyRmse: 0.003, forcesRmse: 0.093, withForces: { energyRmse: 0.004, forcesRmse: 0.105 },
  },
  {
    name: "Fe4-1", size: 4, ...set(4.27, 0.35, 0.22, 0.81, 0.12, 1.36, 0.51, 2, 8.2, 3.84, 0.001), mean: 0.99, std: 0.04, skewness: 11.2,
    energyRmse: 0.005, forcesRmse: 0.124, withForces: { energyRmse: 0.006, forcesRmse: 0.098 },
  },
  {
    name: "Fe4-2", size: 4, ...set(4.84, 0.24, 0.17, 0.6, 0.0004, 1.33, 0.007, 2, 8.98, 4.56, 0.005), mean: undefined, std: 0.07, skewness: 8.5,
    energyRmse: 0.0045, forcesRmse: 0.17, withForces: { energyRmse: 0.007, forcesRmse: 0.083 },
  },
];

/** Table 7: MAE of the energy of a molecule in eV, over all of QM9; `transferred`: with the other number of molecules. */
export const qm9 = {
  100: { name: "HP100", ...set(3.65, 0.48, 0.14, 0.44, 0.14, 1.97, 0.67, 1, 2.23, 4.17, 0.001), mae: 0.198, transferred: 0.0843 },
  1000: { name: "HP1000", ...set(3.41, 0.33, 0.19, 0.001, 0.013, 1.98, 0.4, 1, 4.43, 4.67, 0.02), mae: 0.0645, transferred: 0.313 },
};

/** A candidate with the parameters of a published set; hard cutoff, compression and sparse points stay those of the base. */
export function withSet(base, { descriptor: { soft, ...descriptor }, zeta, delta, sigma, size }) {
  const candidate = structuredClone(base);
  const [term] = candidate.model.terms;
  Object.assign(term.descriptor, descriptor, size && { nMax: size, lMax: size });
  term.descriptor.cutoff = { ...term.descriptor.cutoff, soft };
  Object.assign(term.kernel, { zeta, delta });
  candidate.fit.sigma = { ...candidate.fit.sigma, ...sigma };
  return candidate;
}
