import { z } from "zod";
import { InvalidParameterError } from "../errors.js";
import { gramKernel } from "./gram-kernel.js";
import type { KernelType } from "./kernel.js";
import { knownLengths, lengthScaleRules, lengthScalesSchema } from "./length-scale.js";
import { mappedKernel, scaleMap } from "./mapped-kernel.js";

/**
 * k(x, x′) = δ² (1 − r)₊^(j+1) ((j + 1) r + 1) + c² with r² = Σ_d ((x_d − x′_d)/ℓ_d)² and j = ⌊D/2⌋ + 2 in D dimensions: a piecewise polynomial with
 * compact support, q = 1, whose first term is 0 from r = 1 on. Rasmussen, Williams, Gaussian Processes for Machine Learning (2006), eq. 4.21,
 * 10.7551/mitpress/3206.001.0001. Twice differentiable where rows are equal; GAP calls it `pp`.
 */
export const piecewisePolynomialSchema = z.strictObject({
  /** Chooses this kernel. */
  type: z.literal("piecewise-polynomial"),
  lengthScale: lengthScalesSchema.describe("ℓ, in the units of the descriptor's features: the distance from which on rows have nothing in common"),
  delta: z.number().positive().default(1).describe("eV: standard deviation of the local energy that the prior allows"),
  constant: z.number().nonnegative().optional().describe("eV: c, of a part of the local energy that is the same for all environments (GAP: f0); default: 0"),
  dimension: z.int().min(1).max(100_000).optional().describe("D, which sets the power; not below the number of features, which is the default"),
});

/** Parameters of the piecewise polynomial kernel with every default filled in: δ in eV, lengths in units of the features. */
export type PiecewisePolynomialParameters = z.output<typeof piecewisePolynomialSchema>;

interface Compact {
  readonly delta: number;
  readonly constant: number;
  readonly dimension: number | undefined;
}

const exponentOf = ({ dimension }: Compact, nFeatures: number): number => Math.floor((dimension ?? nFeatures) / 2) + 2;

/** A length scale of 1 for all features. */
const compact = gramKernel<Compact>({
  type: "piecewise-polynomial",
  usesSquares: true,
  attach:
    ({ routines }, parameters) =>
    ({ rows, columns, nFeatures, gram, squares, pointSquares, values, slopes }) => {
      const { delta, constant } = parameters;
      routines.piecewisePolynomialKernel(rows, columns, gram, squares, pointSquares, exponentOf(parameters, nFeatures), delta * delta, values, slopes);
      if (constant > 0) routines.addToAll(rows * columns, constant * constant, values, values);
    },
  value(parameters, gram, square, pointSquare, nFeatures) {
    const { delta, constant } = parameters;
    const j = exponentOf(parameters, nFeatures);
    const r = Math.sqrt(Math.max(0, square + pointSquare - 2 * gram));
    return delta * delta * Math.max(0, 1 - r) ** (j + 1) * ((j + 1) * r + 1) + constant * constant;
  },
  scale: ({ delta }) => delta * delta,
  remedy: () => undefined,
});

export const piecewisePolynomial: KernelType<PiecewisePolynomialParameters> = {
  type: "piecewise-polynomial",
  ...mappedKernel<PiecewisePolynomialParameters, Compact>(compact, ({ lengthScale, delta, constant = 0, dimension }) => {
    const factors = typeof lengthScale === "number" ? 1 / lengthScale : knownLengths(lengthScale).map((length) => 1 / length);
    return { inner: { delta, constant, dimension }, maps: [scaleMap(factors)] };
  }),
  mapsRows: () => true,
  scale: ({ delta }) => delta * delta,
  remedy: () => "a piecewise-polynomial kernel of a large lengthScale makes nearly equal rows: lower lengthScale, raise the jitter, or use fewer sparse points",
  ...lengthScaleRules,
  check(parameters, nCoordinates) {
    lengthScaleRules.check(parameters, nCoordinates);
    // below, the function is no covariance
    if (parameters.dimension !== undefined && parameters.dimension < nCoordinates) {
      throw new InvalidParameterError(`kernel.dimension is ${parameters.dimension}; it must not be below the number of features to compare, ${nCoordinates}`);
    }
  },
};
