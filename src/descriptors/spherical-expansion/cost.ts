import type { DescriptorCost } from "../cost.js";
import { turboSizes } from "../soap-turbo/cost.js";
import { densitySizes, densityStages, expansionArithmetic } from "../density-expansion/cost.js";

export const sphericalExpansionCost: DescriptorCost = {
  presets: ({ cutoff }) => [
    {
      name: "expansion n8 l6",
      parameters: { type: "spherical-expansion", nMax: 8, lMax: 6, sigma: 0.5, cutoff: { radius: cutoff, function: "cosine", width: 0.5 } },
      isCommon: false,
    },
  ],
  sizes: densitySizes,
  stages: densityStages,
  arithmetic: (parameters, extent) => expansionArithmetic(parameters as unknown as { nMax: number; lMax: number }, extent),
};

export const soapTurboExpansionCost: DescriptorCost = {
  presets: ({ cutoff }) => [
    { name: "turbo expansion n8 l8", parameters: { type: "soap-turbo-expansion", nMax: 8, lMax: 8, cutoff: { radius: cutoff } }, isCommon: false },
  ],
  sizes: turboSizes,
  stages: densityStages,
  arithmetic: (parameters, extent) => expansionArithmetic(parameters as unknown as { nMax: number; lMax: number }, extent),
};
