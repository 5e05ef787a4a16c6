import { z } from "zod";
import { gramKernel, writeRadial } from "./gram-kernel.js";

/**
 * k(x, x′) = δ² exp(−|x − x′|²/(2ℓ²)), the same length scale for every feature. Rasmussen, Williams, Gaussian Processes for Machine Learning
 * (2006), eq. 4.9, 10.7551/mitpress/3206.001.0001. A covariance for any descriptors; k(x, x) = δ² whatever their length. For descriptors of
 * unit length that are close to each other it is the dot-product kernel of ζ = 1/ℓ².
 */
export const squaredExponentialSchema = z.strictObject({
  /** Chooses this kernel. */
  type: z.literal("squared-exponential"),
  lengthScale: z
    .number()
    .min(1e-6)
    .max(1e6)
    .default(0.5)
    .describe("ℓ, in the units of the descriptor's features (none for SOAP of unit length): how far apart environments are alike"),
  delta: z.number().positive().default(1).describe("eV: standard deviation of the local energy that the prior allows"),
});

/** Parameters of the squared-exponential kernel with every default filled in: δ in eV, the length in units of the features. */
export type SquaredExponentialParameters = z.output<typeof squaredExponentialSchema>;

export const squaredExponential = gramKernel<SquaredExponentialParameters>({
  type: "squared-exponential",
  usesSquares: true,
  attach:
    ({ routines }, { lengthScale, delta }) =>
    ({ rows, columns, gram, squares, pointSquares, values, slopes }) =>
      routines.squaredExponentialKernel(rows, columns, gram, squares, pointSquares, lengthScale, delta * delta, values, slopes),
  value({ lengthScale, delta }, gram, square, pointSquare) {
    const distance = Math.max(0, square + pointSquare - 2 * gram);
    return delta * delta * Math.exp(-0.5 * distance * (1 / (lengthScale * lengthScale)));
  },
  derivatives({ lengthScale, delta }, gram, square, pointSquare, out) {
    const inverse = 1 / (lengthScale * lengthScale);
    const value = delta * delta * Math.exp(-0.5 * Math.max(0, square + pointSquare - 2 * gram) * inverse);
    writeRadial(out, value, -0.5 * inverse * value, 0.25 * inverse * inverse * value);
  },
  scale: ({ delta }) => delta * delta,
  remedy: () => "a squared-exponential kernel of a large lengthScale makes nearly equal rows: lower lengthScale, raise the jitter, or use fewer sparse points",
});
