import { type DescriptorCost, lengthsAround, type SizeParameter, withValue } from "../cost.js";

type Parameters = Readonly<Record<string, unknown>>;
interface Grid {
  readonly grid: { readonly n: number };
}

const GRIDS = [50, 100, 200, 400];

/** Points of all axes together. */
function gridSizes(parameters: Parameters): SizeParameter[] {
  const terms = ["k2", "k3"].filter((term) => parameters[term] !== undefined);
  const withPoints = (n: number): Parameters =>
    terms.reduce((changed, term) => withValue(changed, [term], { ...(parameters[term] as object), grid: { ...(parameters[term] as Grid).grid, n } }), parameters);
  return terms.length === 0 ? [] : [{ name: "points", unit: "", values: GRIDS, with: withPoints }];
}

const stages = { radial: ["descriptors/many-body/weights", "descriptors/many-body/pairs"], angular: ["descriptors/many-body/triplets"], products: ["descriptors/many-body"] };

/** Distances and angles within the cutoff. */
function termsWithin(cutoff: number): object {
  return {
    k2: { geometry: "distance", grid: { min: 0.5, max: cutoff, n: 100 }, weighting: { function: "exp", cutoff } },
    k3: { geometry: "angle", grid: { n: 100 }, weighting: { function: "smooth-cutoff", cutoff } },
  };
}

/** Parameters of columns for more pairs of species than these are mostly zeros. */
const FEW_SPECIES = 4;

export const mbtrCost: DescriptorCost = {
  presets: ({ cutoff, species, isPeriodic }) => [
    { name: "mbtr", parameters: { type: "mbtr", ...termsWithin(cutoff), normalization: "n-atoms" }, isCommon: !isPeriodic && species.length <= FEW_SPECIES },
  ],
  sizes: gridSizes,
  stages,
};

export const localMbtrCost: DescriptorCost = {
  presets: ({ cutoff }) => [{ name: "local-mbtr", parameters: { type: "local-mbtr", ...termsWithin(cutoff) }, isCommon: false }],
  sizes: gridSizes,
  stages,
};

export const valleOganovCost: DescriptorCost = {
  presets: ({ cutoff }) => [{ name: "valle-oganov", parameters: { type: "valle-oganov", cutoff: { radius: cutoff } }, isCommon: false }],
  sizes(parameters) {
    const { radius } = parameters.cutoff as { readonly radius: number };
    return [
      { name: "cutoff", unit: "Å", values: lengthsAround(radius), with: (value) => withValue(parameters, ["cutoff", "radius"], value) },
      { name: "points", unit: "", values: GRIDS, with: (value) => withValue(parameters, ["n"], value) },
    ];
  },
  stages,
};
