import { z } from "zod";
import type { KernelType } from "./kernel.js";

/**
 * k(x, x′) = δ² (x·x′)^ζ. Bartók, Kondor, Csányi, PRB 87, 184115 (2013), eq. 36, 10.1103/PhysRevB.87.184115.
 * Meant for descriptors of unit length (SOAP normalises by default), where k(x, x) = δ²; others are accepted, and their length
 * then weighs in with its power 2ζ. For a ζ that is not whole, the kernel is 0 where x·x′ ≤ 0, and the matrix of n environments is
 * sure to be positive semi-definite only for ζ ≥ n − 2: FitzGerald, Horn, JMAA 61, 633 (1977), 10.1016/0022-247X(77)90167-6.
 */
export const dotProductSchema = z.strictObject({
  type: z.literal("dot-product"),
  /** Sensitivity: higher powers tell environments further apart. */
  zeta: z.number().min(1).max(64).default(4),
  /** Standard deviation of the local energy that the prior allows, eV */
  delta: z.number().positive().default(1),
});

export type DotProductParameters = z.output<typeof dotProductSchema>;

export const dotProduct: KernelType<DotProductParameters> = {
  type: "dot-product",
  attach(wasm, { zeta, delta }) {
    const { routines } = wasm;
    const deltaSquared = delta * delta;
    const isWhole = Number.isInteger(zeta);
    return {
      evaluate(count, gram, values, slopes) {
        if (isWhole) routines.dotProductKernel(count, gram, zeta, deltaSquared, values, slopes);
        else routines.dotProductKernelReal(count, gram, zeta, deltaSquared, values, slopes);
      },
    };
  },
  value({ zeta, delta }, gram) {
    if (!Number.isInteger(zeta) && gram <= 0) return 0;
    return delta * delta * gram ** zeta;
  },
  scale: ({ delta }) => delta * delta,
  isPositive: ({ zeta }) => Number.isInteger(zeta),
};
