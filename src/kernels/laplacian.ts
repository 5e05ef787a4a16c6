import { z } from "zod";
import { DistanceEvaluator, distanceMatrices, distanceValue, prepareDistancePoints } from "./distance-kernel.js";
import type { KernelType } from "./kernel.js";
import { lengthScaleSchema } from "./length-scale.js";

/**
 * k(x, x′) = δ² exp(−Σ_f |x_f − x′_f|/ℓ). Hansen et al., J. Chem. Theory Comput. 9, 3404 (2013), table 1, 10.1021/ct400195d, where it serves
 * Coulomb matrices best. It has a kink where rows are equal, so that forces cannot be fitted with it; those of a model are the derivatives
 * of its energies wherever there are any.
 */
export const laplacianSchema = z.strictObject({
  /** Chooses this kernel. */
  type: z.literal("laplacian"),
  lengthScale: lengthScaleSchema.describe("ℓ, in the units of the descriptor's features, of the sum of the magnitudes of all differences"),
  delta: z.number().positive().default(1).describe("eV: standard deviation of the energy that the prior allows"),
});

/** Parameters of the Laplacian kernel with every default filled in: δ in eV, the length in units of the features. */
export type LaplacianParameters = z.output<typeof laplacianSchema>;

export const laplacian: KernelType<LaplacianParameters> = {
  type: "laplacian",
  attach: (wasm, parameters) => new DistanceEvaluator(wasm, 1, parameters),
  attachSeveral: (wasm, several) => distanceMatrices(wasm, 1, several),
  preparePoints: (wasm, points, _, allocate) => prepareDistancePoints(wasm, points, allocate),
  value: (parameters, x, y) => distanceValue(1, parameters, x, y),
  scale: ({ delta }) => delta * delta,
  remedy: () => undefined,
  lacksDerivatives: () => "a laplacian kernel has a kink where rows are equal: take squared-exponential, or matern with nu 1.5 or 2.5",
};
