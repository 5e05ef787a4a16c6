import { z } from "zod";
import { gramKernel } from "./gram-kernel.js";

/**
 * k(x, x′) = δ² (x·x′)^ζ. Bartók, Kondor, Csányi, PRB 87, 184115 (2013), eq. 36, 10.1103/PhysRevB.87.184115.
 * Meant for descriptors of unit length (SOAP normalises by default), where k(x, x) = δ²; others are accepted, and their length
 * then weighs in with its power 2ζ. For a ζ that is not whole, the kernel is 0 where x·x′ ≤ 0, and the matrix of n environments is
 * sure to be positive semi-definite only for ζ ≥ n − 2: FitzGerald, Horn, JMAA 61, 633 (1977), 10.1016/0022-247X(77)90167-6.
 */
export const dotProductSchema = z.strictObject({
  /** Chooses this kernel. */
  type: z.literal("dot-product"),
  zeta: z.number().min(1).max(64).default(4).describe("sensitivity: higher powers tell environments further apart"),
  delta: z.number().positive().default(1).describe("eV: standard deviation of the local energy that the prior allows"),
});

/** Parameters of the dot-product kernel with every default filled in: δ in eV. */
export type DotProductParameters = z.output<typeof dotProductSchema>;

const REMEDY = "a fractional zeta gives small negative eigenvalues, a whole one none (above zeta 2 a jitter of 1e-6 covers them)";

export const dotProduct = gramKernel<DotProductParameters>({
  type: "dot-product",
  usesSquares: false,
  attach({ routines }, { zeta, delta }) {
    const deltaSquared = delta * delta;
    const isWhole = Number.isInteger(zeta);
    return ({ rows, columns, gram, values, slopes }) => {
      if (isWhole) routines.dotProductKernel(rows * columns, gram, zeta, deltaSquared, values, slopes);
      else routines.dotProductKernelReal(rows * columns, gram, zeta, deltaSquared, values, slopes);
    };
  },
  value({ zeta, delta }, gram) {
    if (!Number.isInteger(zeta) && gram <= 0) return 0;
    return delta * delta * gram ** zeta;
  },
  derivatives({ zeta, delta }, gram, _square, _pointSquare, out) {
    const isZero = !Number.isInteger(zeta) && gram <= 0;
    const power = (exponent: number): number => (isZero ? 0 : gram ** exponent);
    out.value = delta * delta * power(zeta);
    out.slope = delta * delta * zeta * power(zeta - 1);
    out.curvature = zeta === 1 ? 0 : delta * delta * zeta * (zeta - 1) * power(zeta - 2);
    out.ownSlope = out.pointSlope = out.ownMixed = out.pointMixed = out.squaresMixed = 0;
  },
  scale: ({ delta }) => delta * delta,
  remedy: ({ zeta }) => (Number.isInteger(zeta) ? undefined : REMEDY),
});
