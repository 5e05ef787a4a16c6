import { z } from "zod";
import { dotProduct } from "./dot-product.js";
import { gramKernel } from "./gram-kernel.js";

/**
 * k(x, x′) = δ² (x·x′ + c)^p. Rasmussen, Williams, Gaussian Processes for Machine Learning (2006), eq. 4.22, 10.7551/mitpress/3206.001.0001. With
 * c = σ₀² it is the dot-product kernel of GAP with `covariance_sigma0`. For a p that is not whole, the kernel is 0 where x·x′ + c ≤ 0.
 */
export const polynomialSchema = z.strictObject({
  /** Chooses this kernel. */
  type: z.literal("polynomial"),
  degree: z.number().min(1).max(64).default(2).describe("p: how many features are multiplied at most, whole or not"),
  offset: z.number().nonnegative().default(1).describe("c, in units of x·x′: how much lower degrees count beside the highest"),
  delta: z.number().positive().default(1).describe("eV: standard deviation of the local energy that the prior allows where x·x′ + offset is 1"),
});

/** Parameters of the polynomial kernel with every default filled in: δ in eV. */
export type PolynomialParameters = z.output<typeof polynomialSchema>;

const powerOf = ({ degree, delta }: PolynomialParameters) => ({ type: "dot-product", zeta: degree, delta }) as const;

export const polynomial = gramKernel<PolynomialParameters>({
  type: "polynomial",
  usesSquares: false,
  attach({ routines }, { degree, offset, delta }) {
    const deltaSquared = delta * delta;
    return ({ rows, columns, gram, values, slopes }) => {
      const count = rows * columns;
      routines.addToAll(count, offset, gram, values);
      if (Number.isInteger(degree)) routines.dotProductKernel(count, values, degree, deltaSquared, values, slopes);
      else routines.dotProductKernelReal(count, values, degree, deltaSquared, values, slopes);
    };
  },
  derivatives: (parameters, gram, square, pointSquare, out) =>
    dotProduct.derivatives!(powerOf(parameters), gram + parameters.offset, square, pointSquare, out),
  value({ offset, degree, delta }, gram) {
    const base = gram + offset;
    if (!Number.isInteger(degree) && base <= 0) return 0;
    return delta * delta * base ** degree;
  },
  scale: ({ delta }) => delta * delta,
  remedy: (parameters) => dotProduct.remedy(powerOf(parameters))?.replaceAll("zeta", "degree"),
});
