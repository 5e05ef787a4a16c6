import { type DescriptorCost, lengthsAround, type SizeParameter, withValue } from "../cost.js";

/** Both kinds have a cutoff, and nothing else that grows. */
export function tupleSizes(parameters: Readonly<Record<string, unknown>>): SizeParameter[] {
  const { radius } = parameters.cutoff as { readonly radius: number };
  return [{ name: "cutoff", unit: "Å", values: lengthsAround(radius), with: (value) => withValue(parameters, ["cutoff", "radius"], value) }];
}

export const distance2bCost: DescriptorCost = {
  presets: ({ cutoff }) => [{ name: "distance-2b", parameters: { type: "distance-2b", species: ["*", "*"], cutoff: { radius: cutoff } }, isCommon: false }],
  sizes: tupleSizes,
  stages: { radial: ["descriptors/distance-2b"] },
};

/** Triplets grow with the square of the neighbors, so that GAP takes less of them. */
const SHORTER = 0.7;

export const angle3bCost: DescriptorCost = {
  presets: ({ cutoff }) => [
    {
      name: "angle-3b",
      parameters: { type: "angle-3b", center: "*", species: ["*", "*"], cutoff: { radius: Math.round(10 * SHORTER * cutoff) / 10 } },
      isCommon: false,
    },
  ],
  sizes: tupleSizes,
  stages: { radial: ["descriptors/angle-3b/neighbors"], products: ["descriptors/angle-3b"] },
};
