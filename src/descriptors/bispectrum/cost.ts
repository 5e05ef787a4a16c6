import { type Arithmetic, type DescriptorCost, type Extent, lengthsAround, withValue } from "../cost.js";
import { couplingsOf } from "./components.js";
import type { BispectrumParameters } from "./parameters.js";

type Coupling = ReturnType<typeof couplingsOf>["values"][number];

/** Arithmetic of Z of one coupling: complex products over the rows and columns that are formed. */
function couplingFlops({ j1, e1, j2, e2, j }: Coupling): number {
  const shift = (j1 + j2 - j) / 2;
  let flops = 0;
  for (let row = 0; 2 * row <= j; row++) {
    const last = 2 * row === j ? j / 2 : j;
    const count = Math.min(j1, row + shift) - Math.max(0, row + shift - j2) + 1;
    let columns = 0;
    for (let a = 0; a <= j1; a++) {
      const most = Math.min(j2, last + shift - a, j1 === j2 && e1 === e2 ? a : j2);
      columns += Math.max(0, most - Math.max(0, shift - a) + 1);
    }
    flops += columns * (8 * count + 4);
  }
  return flops;
}

/** Harmonics take about three (seven with gradients) multiply–adds, a radial function two, a coefficient of the density one or two. */
function arithmetic({ twoJMax, chem, bnorm }: BispectrumParameters, { nSpecies, nCenters, nPairs }: Extent): Arithmetic {
  const { values, gradients } = couplingsOf(twoJMax, chem ? nSpecies : 1, bnorm);
  const sum = (list: readonly Coupling[]): number => list.reduce((total, coupling) => total + couplingFlops(coupling), 0);
  let coefficients = 0;
  for (let j = 0; j <= twoJMax; j++) coefficients += (j + 1) ** 2;
  const [lm, radial] = [(twoJMax + 1) ** 2, ((twoJMax + 1) * (twoJMax + 2)) / 2];
  const perPair = 6 * lm + 4 * radial + 2 * coefficients;
  const [ofValues, ofGradients, slopes] = [sum(values), sum(gradients), 14 * lm + 6 * radial];
  const touched = 12 * coefficients + gradients.reduce((total, { j, terms }) => total + 6 * (j + 1) ** 2 + 6 * terms.length, 0);
  return {
    values: nCenters * ofValues + nPairs * perPair,
    backward: nCenters * (ofValues + ofGradients) + nPairs * (perPair + slopes + 4 * coefficients),
    jacobian: nCenters * (ofValues + ofGradients) + nPairs * (perPair + slopes + touched),
  };
}

export const bispectrumCost: DescriptorCost = {
  presets: ({ cutoff }) =>
    [6, 8].map((twoJMax) => ({ name: `bispectrum 2J=${twoJMax}`, parameters: { type: "bispectrum", twoJMax, rcutfac: cutoff }, isCommon: twoJMax === 8 })),
  sizes(parameters) {
    const { rcutfac } = parameters as unknown as BispectrumParameters;
    return [
      { name: "cutoff", unit: "Å", values: lengthsAround(rcutfac), with: (value) => withValue(parameters, ["rcutfac"], value) },
      { name: "twoJMax", unit: "", values: [4, 6, 8, 10, 12], with: (value) => withValue(parameters, ["twoJMax"], value) },
    ];
  },
  stages: {
    radial: ["descriptors/bispectrum/neighbors"],
    angular: ["descriptors/bispectrum/density", "descriptors/bispectrum/matrices", "math/outer-tile"],
    products: ["descriptors/bispectrum"],
  },
  arithmetic: (parameters, extent) => arithmetic(parameters as unknown as BispectrumParameters, extent),
};
