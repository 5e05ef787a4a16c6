import type { DescriptorCost } from "../cost.js";
import { densitySizes, densityStages, powerSpectrumArithmetic } from "../density-expansion/cost.js";

/** With more species their products are summed, lest vectors have tens of thousands of columns. */
const MANY_SPECIES = 5;

export const soapCost: DescriptorCost = {
  presets({ cutoff, species }) {
    const compression = species.length >= MANY_SPECIES ? { compression: "mu1nu1" } : {};
    const of = (nMax: number, lMax: number) => ({
      name: `soap n${nMax} l${lMax}`,
      parameters: { type: "soap", nMax, lMax, sigma: 0.5, cutoff: { radius: cutoff, function: "cosine", width: 0.5 }, normalize: true, ...compression },
      isCommon: true,
    });
    return [of(4, 3), of(8, 6)];
  },
  sizes: densitySizes,
  stages: densityStages,
  arithmetic(parameters, extent) {
    const { nMax, lMax, normalize, compression } = parameters as { nMax: number; lMax: number; normalize: boolean; compression: { mode: string } };
    const nSpecies = compression.mode === "mu2" ? 1 : extent.nSpecies;
    return powerSpectrumArithmetic({ nMax, lMax, normalize }, { ...extent, nSpecies });
  },
};
