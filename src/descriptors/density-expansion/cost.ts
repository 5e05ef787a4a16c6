import { type Arithmetic, countsAround, type Extent, lengthsAround, type SizeParameter, withValue } from "../cost.js";

type Mode = keyof Arithmetic;
type Parameters = Readonly<Record<string, unknown>>;

/** Largest number of radial functions and degree of the schema. */
const MOST = { nMax: 32, lMax: 20 };

/** Cutoff, radial functions and degree of a density of Gaussians. */
export function densitySizes(parameters: Parameters): SizeParameter[] {
  const { nMax, lMax, cutoff } = parameters as unknown as { nMax: number; lMax: number; cutoff: { radius: number } };
  const count = (name: "nMax" | "lMax", value: number): SizeParameter => {
    return { name, unit: "", values: countsAround(value, MOST[name]), with: (other) => withValue(parameters, [name], other) };
  };
  return [
    { name: "cutoff", unit: "Å", values: lengthsAround(cutoff.radius), with: (radius) => withValue(parameters, ["cutoff", "radius"], radius) },
    count("nMax", nMax),
    ...(lMax > 1 ? [count("lMax", lMax)] : []),
  ];
}

/** Stages of all that expands a density. */
export const densityStages = {
  radial: ["descriptors/power-spectrum/radial", "descriptors/power-spectrum/weight", "descriptors/power-spectrum/chunk"],
  angular: ["descriptors/power-spectrum/density"],
  products: ["descriptors/power-spectrum", "math/outer-tile"],
} as const;

/** Radial functions are sums of six products, harmonics take about three (seven with gradients) multiply–adds per lm. */
function perPair(nMax: number, lMax: number, channels: number, mode: Mode): number {
  const [l1, lm] = [lMax + 1, (lMax + 1) ** 2];
  const values = 12 * l1 * nMax + 6 * lm + 2 * lm * nMax;
  if (mode === "values") return values;
  const gradients = 26 * l1 * nMax + 14 * lm;
  // u and v against the gradient of the coefficients, then four sums over lm
  if (mode === "backward") return values + gradients + 4 * lm * nMax + 8 * lm;
  // Y·c and the three G·c; then eleven multiply–adds per feature that the species of the neighbor is in, for three directions
  const touched = l1 * (nMax * (channels - nMax) + (nMax * (nMax + 1)) / 2);
  return values + gradients + 8 * lm * channels + 22 * touched;
}

/**
 * Arithmetic that a power spectrum of all products needs. Padding to even channels, copies, powers and cosines are not counted, so that rates
 * are what arrives, not what is executed.
 */
export function powerSpectrumArithmetic(shape: { readonly nMax: number; readonly lMax: number; readonly normalize: boolean }, extent: Extent): Arithmetic {
  const { nMax, lMax, normalize } = shape;
  const { nSpecies, nCenters, nPairs } = extent;
  const channels = nSpecies * nMax;
  const lm = (lMax + 1) ** 2;
  const nFeatures = ((lMax + 1) * channels * (channels + 1)) / 2;
  const count = (mode: Mode): number => {
    let perCenter = lm * channels * (channels + 1) + (normalize ? 3 * nFeatures : 0);
    if (mode === "backward") perCenter += 2 * lm * channels ** 2 + (normalize ? 4 * nFeatures : 0);
    const projection = mode === "jacobian" && normalize ? 12 * nFeatures : 0;
    return nCenters * perCenter + nPairs * (perPair(nMax, lMax, channels, mode) + projection);
  };
  return { values: count("values"), backward: count("backward"), jacobian: count("jacobian") };
}

/** The same without products; a coefficient of the neighbor's species takes two multiply–adds for each direction. */
export function expansionArithmetic(shape: { readonly nMax: number; readonly lMax: number }, { nPairs }: Extent): Arithmetic {
  const { nMax, lMax } = shape;
  const values = perPair(nMax, lMax, 0, "values");
  return {
    values: nPairs * values,
    backward: nPairs * perPair(nMax, lMax, 0, "backward"),
    jacobian: nPairs * (values + 26 * (lMax + 1) * nMax + (14 + 12 * nMax) * (lMax + 1) ** 2),
  };
}
