import { z } from "zod";
import { gramKernel, writeRadial } from "./gram-kernel.js";
import type { KernelPoints, KernelType, WeightedForm } from "./kernel.js";
import { knownLengths, lengthScaleRules, lengthScalesSchema } from "./length-scale.js";
import { mappedKernel, normalizeMap, type RowMap, scaleMap } from "./mapped-kernel.js";
import { MOST_COORDINATES, shortRows, type ShortParameters } from "./short-rows.js";
import { weightedForm } from "./weighted-kernel.js";

/**
 * k(x, x′) = δ² exp(−½ Σ_d ((x_d − x′_d)/ℓ_d)²) + c², usually the same length scale ℓ for every feature and no constant. Rasmussen, Williams,
 * Gaussian Processes for Machine Learning (2006), eqs. 4.9 and 5.1 f., 10.7551/mitpress/3206.001.0001. A covariance for any descriptors;
 * k(x, x) = δ² + c² whatever their length. For descriptors of unit length that are close to each other it is the dot-product kernel of ζ = 1/ℓ².
 */
export const squaredExponentialSchema = z.strictObject({
  /** Chooses this kernel. */
  type: z.literal("squared-exponential"),
  lengthScale: lengthScalesSchema.describe("ℓ, in the units of the descriptor's features (none for SOAP of unit length): how far apart environments are alike"),
  normalize: z.boolean().optional().describe("divides rows by their length before they are compared; default: false"),
  delta: z.number().positive().default(1).describe("eV: standard deviation of the local energy that the prior allows"),
  constant: z.number().nonnegative().optional().describe("eV: c, of a part of the local energy that is the same for all environments (GAP: f0); default: 0"),
});

/** Parameters of the squared-exponential kernel with every default filled in: δ in eV, lengths in units of the features. */
export type SquaredExponentialParameters = z.output<typeof squaredExponentialSchema>;

interface Gaussian {
  readonly lengthScale: number;
  readonly delta: number;
  readonly constant: number;
}

/** One length scale for all features. */
const gaussian = gramKernel<Gaussian>({
  type: "squared-exponential",
  usesSquares: true,
  attach:
    ({ routines }, { lengthScale, delta, constant }) =>
    ({ rows, columns, gram, squares, pointSquares, values, slopes }) => {
      routines.squaredExponentialKernel(rows, columns, gram, squares, pointSquares, lengthScale, delta * delta, values, slopes);
      if (constant > 0) routines.addToAll(rows * columns, constant * constant, values, values);
    },
  value({ lengthScale, delta, constant }, gram, square, pointSquare) {
    const distance = Math.max(0, square + pointSquare - 2 * gram);
    return delta * delta * Math.exp(-0.5 * distance * (1 / (lengthScale * lengthScale))) + constant * constant;
  },
  derivatives({ lengthScale, delta, constant }, gram, square, pointSquare, out) {
    const inverse = 1 / (lengthScale * lengthScale);
    const value = delta * delta * Math.exp(-0.5 * Math.max(0, square + pointSquare - 2 * gram) * inverse);
    writeRadial(out, value, -0.5 * inverse * value, 0.25 * inverse * inverse * value);
    out.value += constant * constant;
  },
  scale: ({ delta }) => delta * delta,
  remedy: () => undefined,
});

/** The kernel for rows of any length, as one of a single length scale and maps of rows. */
const general = mappedKernel<SquaredExponentialParameters, Gaussian>(gaussian, ({ lengthScale, normalize, delta, constant = 0 }) => {
  const maps: RowMap[] = normalize ? [normalizeMap] : [];
  if (typeof lengthScale === "number") return { inner: { lengthScale, delta, constant }, maps };
  const factors = knownLengths(lengthScale).map((length) => 1 / length);
  return { inner: { lengthScale: 1, delta, constant }, maps: [...maps, scaleMap(factors)] };
});

/** What short rows need; undefined where the kernel has more to it. */
function shortParameters({ lengthScale, normalize, delta, constant = 0 }: SquaredExponentialParameters, nCoordinates: number): ShortParameters | undefined {
  if (normalize || constant > 0 || nCoordinates > MOST_COORDINATES) return undefined;
  return { lengthScales: typeof lengthScale === "number" ? new Array<number>(nCoordinates).fill(lengthScale) : knownLengths(lengthScale), delta };
}

const weightedRows = weightedForm(general);

/** Rows with a weight: by routines for short rows where these serve. */
const weighted: WeightedForm<SquaredExponentialParameters> = {
  attach(wasm, parameters, nCoordinates) {
    const short = shortParameters(parameters, nCoordinates);
    return short ? shortRows.attach(wasm, short, nCoordinates) : weightedRows.attach(wasm, parameters, nCoordinates);
  },
  preparePoints(wasm, points, gradients, allocate, parameters): KernelPoints {
    const short = shortParameters(parameters, points.columns - 1);
    if (short) return shortRows.preparePoints(wasm, points, gradients, allocate, short);
    return weightedRows.preparePoints(wasm, points, gradients, allocate, parameters);
  },
};

export const squaredExponential: KernelType<SquaredExponentialParameters> = {
  type: "squared-exponential",
  ...general,
  weighted,
  mapsRows: ({ lengthScale, normalize }) => normalize === true || typeof lengthScale !== "number",
  derivatives: ({ lengthScale, delta, constant = 0 }, gram, square, pointSquare, out) =>
    gaussian.derivatives!({ lengthScale: lengthScale as number, delta, constant }, gram, square, pointSquare, out),
  scale: ({ delta }) => delta * delta,
  remedy: () => "a squared-exponential kernel of a large lengthScale makes nearly equal rows: lower lengthScale, raise the jitter, or use fewer sparse points",
  ...lengthScaleRules,
};
