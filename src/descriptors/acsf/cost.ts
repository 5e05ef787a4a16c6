import { type DescriptorCost, lengthsAround, withValue } from "../cost.js";
import type { AcsfParameters } from "./parameters.js";

/** Lists of functions, of which a share is taken for smaller sets. */
const lists = ["g2", "g3", "g4", "g5", "weightedRadial", "weightedAngular"] as const;

function countOf(parameters: AcsfParameters): number {
  return lists.reduce((sum, list) => sum + parameters[list].length, 0);
}

/** The first of every list. */
function withShare(parameters: AcsfParameters, share: number): Record<string, unknown> {
  const cut = lists.map((list) => [list, parameters[list].slice(0, Math.round(share * parameters[list].length))]);
  return { ...parameters, ...Object.fromEntries(cut) };
}

export const acsfCost: DescriptorCost = {
  presets: ({ cutoff }) => [
    { name: "acsf", parameters: { type: "acsf", cutoff: { radius: cutoff }, grid: { rule: "imbalzano" } }, isCommon: true },
    { name: "acsf weighted", parameters: { type: "acsf", cutoff: { radius: cutoff }, grid: { rule: "gastegger", weighted: true } }, isCommon: true },
  ],
  sizes(given) {
    const parameters = given as unknown as AcsfParameters;
    // functions of every element have a radius of their own
    if (parameters.symmetryFunctions) return [];
    const count = countOf(parameters);
    const shares = [...new Set([0.25, 0.5, 0.75, 1].map((share) => countOf(withShare(parameters, share) as unknown as AcsfParameters)))].filter((n) => n > 0);
    return [
      { name: "cutoff", unit: "Å", values: lengthsAround(parameters.cutoff.radius), with: (radius) => withValue(given, ["cutoff", "radius"], radius) },
      ...(shares.length > 2 ? [{ name: "functions", unit: "", values: shares, with: (value: number) => withShare(parameters, value / count) }] : []),
    ];
  },
  stages: {
    radial: ["descriptors/acsf/gaussians", "descriptors/acsf/neighbors", "math/cutoff", "math/exp"],
    angular: ["descriptors/acsf/triplets", "descriptors/acsf/factors"],
    products: ["descriptors/acsf"],
  },
};
