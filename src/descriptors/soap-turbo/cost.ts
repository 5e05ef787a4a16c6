import { countsAround, type DescriptorCost, lengthsAround, type SizeParameter, withValue } from "../cost.js";
import { densityStages, powerSpectrumArithmetic } from "../density-expansion/cost.js";

interface Shape {
  readonly nMax: number | Readonly<Record<string, number>>;
  readonly lMax: number;
  readonly cutoff: { readonly radius: number; readonly soft: number };
}

/** Of poly3, beyond which polynomials are linearly dependent. */
const MOST_RADIAL = 10;

/** Products of 32 radial functions are 4224 columns at lMax 7. */
const MANY_SPECIES = 5;

export const soapTurboCost: DescriptorCost = {
  presets({ cutoff, species }) {
    const compression = species.length >= MANY_SPECIES ? { compression: "trivial" } : {};
    return [{ name: "soap-turbo n8 l8", parameters: { type: "soap-turbo", nMax: 8, lMax: 8, cutoff: { radius: cutoff }, ...compression }, isCommon: true }];
  },
  sizes: turboSizes,
  stages: densityStages,
  arithmetic(parameters, extent) {
    const { nMax, lMax } = parameters as unknown as Shape;
    const mean = typeof nMax === "number" ? nMax : Object.values(nMax).reduce((sum, n) => sum + n, 0) / Object.keys(nMax).length;
    return powerSpectrumArithmetic({ nMax: mean, lMax, normalize: true }, extent);
  },
};

/** Cutoff, radial functions and degree of the density. */
export function turboSizes(parameters: Readonly<Record<string, unknown>>): SizeParameter[] {
  const { nMax, lMax, cutoff } = parameters as unknown as Shape;
  const filter = cutoff.radius - cutoff.soft;
  return [
    {
      name: "cutoff",
      unit: "Å",
      values: lengthsAround(cutoff.radius),
      with: (radius) => withValue(withValue(parameters, ["cutoff", "radius"], radius), ["cutoff", "soft"], Math.max(0.5 * radius, radius - filter)),
    },
    ...(typeof nMax === "number"
      ? [{ name: "nMax", unit: "", values: countsAround(nMax, MOST_RADIAL), with: (value: number) => withValue(parameters, ["nMax"], value) }]
      : []),
    ...(lMax > 1 ? [{ name: "lMax", unit: "", values: countsAround(lMax, 20), with: (value: number) => withValue(parameters, ["lMax"], value) }] : []),
  ];
}
