/** Small parameters of every descriptor, for tests that hold for all of them. */
export const exampleParameters: Readonly<Record<string, object>> = {
  soap: { nMax: 3, lMax: 2, sigma: 0.5, cutoff: { radius: 3.5, function: "cosine" } },
  "soap-turbo": { nMax: 3, lMax: 2, cutoff: { radius: 3.5 } },
  acsf: { cutoff: { radius: 3.5 } },
  ace: { cutoff: { radius: 3.5 }, degree: [5, 4, 4] },
  bispectrum: { twoJMax: 4, rcutfac: 3.5 },
  "spherical-expansion": { nMax: 3, lMax: 2, sigma: 0.5, cutoff: { radius: 3.5, function: "cosine" } },
  "soap-turbo-expansion": { nMax: 3, lMax: 2, cutoff: { radius: 3.5 } },
  "distance-2b": { species: ["O", "Si"], cutoff: { radius: 3.5 } },
  "angle-3b": { center: "*", species: ["*", "*"], cutoff: { radius: 3.5 } },
  "local-mbtr": { k2: { geometry: "inverse-distance" }, k3: { geometry: "cosine" } },
  concatenation: { parts: [{ type: "acsf", cutoff: { radius: 3 } }, { type: "bispectrum", twoJMax: 2, rcutfac: 3.5 }] },
  "coulomb-matrix": {},
  "sine-matrix": {},
  "ewald-sum-matrix": {},
  mbtr: { k1: {}, k2: { geometry: "inverse-distance" }, k3: { geometry: "cosine" } },
  "valle-oganov": { cutoff: { radius: 3.5 } },
};
