import type { FisherInformation, FisherSpectrum } from "../../../src/analysis/index.js";

/** A spectrum of so many eigenvalues, 10⁻⁶ apart. */
function spectrum(names: readonly string[], count: number, more: Partial<FisherSpectrum> = {}): FisherSpectrum {
  const eigenvalues = Array.from({ length: count }, (_, k) => `1.25e-${6 * k}`);
  const sloppy = eigenvalues.slice(3);
  return {
    eigenvalues, digits: eigenvalues.map(() => 12), log10Kappa: 6 * (count - 1), isCertain: true, gaugeModes: 0, gaugeResidual: null, nullModes: [],
    significant: { count: Math.min(3, count), share: Math.min(3, count) / count },
    sloppiness: names.map((_, p) => p / names.length),
    sloppyDirections: sloppy.toReversed().map((eigenvalue) => ({ eigenvalue, shares: names.slice(0, 7).map((name) => ({ name, share: 0.14 })) })),
    ...more,
  };
}

/** Information of a product with a gauge mode, in high precision. */
export function syntheticFisher(): FisherInformation {
  const names = ["a.alpha", "a.beta", "root.shift[0]", ...[0, 1, 2, 3].map((k) => `root.left.c[${k}]`), ...[0, 1].map((k) => `root.right.c[${k}]`)];
  const linear = names.slice(2);
  const set = (name: string, own: readonly string[], more: Partial<FisherSpectrum>) => ({
    name, parameters: own, unused: name === "all" ? ["root.unused"] : [], tier: "high" as const, raw: spectrum(own, own.length - 1, more), scaled: spectrum(own, own.length - 1),
  });
  return {
    rows: 533, structures: 5, weights: { sigma: { energy: 1, forces: 1, perAtom: false, configTypes: {} }, source: "unit" }, loss: 12.5, residualVariance: 0.024,
    precision: {
      tier: "high", bits: 256, reason: "the information of all parameters has κ of 10^42.0, beyond the 10^26 that singular values of a double J are trusted to",
      log10Kappa: { eigenvaluesOfJTJ: 17.2, singularValues: 31.4, high: 36 }, log10EigenvaluesInDouble: [0, 1, 2, 3, 4, 5].map((k) => 0.3 - 5.5 * k),
    },
    spectra: [set("linear", linear, { gaugeModes: 1, gaugeResidual: 1e-78 }), set("all", names, { nullModes: [[{ name: "a.<b>", share: 0.7 }, { name: "a.beta", share: 0.3 }]] })],
    participation: { set: "all", parameters: names, log10Eigenvalues: names.slice(1).map((_, k) => -6 * k), shares: names.slice(1).map((_, k) => names.map((_, p) => (p === k ? 0.93 : p === k + 1 ? 0.07 : 0))) },
    parameters: names.map((name, p) => ({ name, value: p - 1.5, isLinear: p > 1, isLogarithmic: p < 2, errorLinear: p > 1 ? 0.4 : null, error: p === 8 ? 1e16 : 0.01 * p })),
    truncated: 0,
    predictions: [{ label: "frame <1>", energy: 0.02, forces: [0.1, 0.2, 0.7, 0.3, 0.2, 0.1] }],
    warnings: ["nothing in the data depends on root.unused"],
  };
}
