import { z } from "zod";
import { DistanceEvaluator, distanceMatrices, distanceValue, prepareDistancePoints } from "./distance-kernel.js";
import { gramKernel, writeRadial } from "./gram-kernel.js";
import type { KernelType } from "./kernel.js";
import { lengthScaleSchema } from "./length-scale.js";

/**
 * k(x, x′) of |x − x′| with samples that are ν − ½ times differentiable: δ² exp(−s), δ² (1 + s) exp(−s) and δ² (1 + s + s²/3) exp(−s) with
 * s = √(2ν) |x − x′|/ℓ for ν = 1/2, 3/2 and 5/2. Rasmussen, Williams, Gaussian Processes for Machine Learning (2006), eq. 4.17,
 * 10.7551/mitpress/3206.001.0001. With ν = 1/2 forces cannot be fitted.
 */
export const maternSchema = z.strictObject({
  /** Chooses this kernel. */
  type: z.literal("matern"),
  nu: z.union([z.literal(0.5), z.literal(1.5), z.literal(2.5)]).default(2.5).describe("ν, how smooth functions are: 0.5, 1.5 or 2.5; with 0.5 forces cannot be fitted"),
  lengthScale: lengthScaleSchema.describe("ℓ, in the units of the descriptor's features: how far apart rows are alike"),
  delta: z.number().positive().default(1).describe("eV: standard deviation of the energy that the prior allows"),
});

/** Parameters of the Matérn kernel with every default filled in: δ in eV, the length in units of the features. */
export type MaternParameters = z.output<typeof maternSchema>;

/** ν = 3/2 and 5/2 */
const smooth = gramKernel<MaternParameters>({
  type: "matern",
  usesSquares: true,
  attach({ routines }, { nu, lengthScale, delta }) {
    const routine = nu === 1.5 ? routines.maternThreeHalves : routines.maternFiveHalves;
    return ({ rows, columns, gram, squares, pointSquares, values, slopes }) =>
      routine(rows, columns, gram, squares, pointSquares, lengthScale, delta * delta, values, slopes);
  },
  value({ nu, lengthScale, delta }, gram, square, pointSquare) {
    const s = (Math.sqrt(2 * nu) / lengthScale) * Math.sqrt(Math.max(0, square + pointSquare - 2 * gram));
    return delta * delta * (1 + s + (nu === 2.5 ? (s * s) / 3 : 0)) * Math.exp(-s);
  },
  derivatives({ nu, lengthScale, delta }, gram, square, pointSquare, out) {
    const scale = Math.sqrt(2 * nu) / lengthScale;
    const s = scale * Math.sqrt(Math.max(0, square + pointSquare - 2 * gram));
    const decay = delta * delta * Math.exp(-s);
    const squared = scale * scale;
    if (nu === 2.5) return writeRadial(out, (1 + s + (s * s) / 3) * decay, (-squared / 6) * (1 + s) * decay, (squared * squared * decay) / 12);
    // the curvature grows as 1/s where rows are equal, and the differences that it stands with vanish as s²
    writeRadial(out, (1 + s) * decay, (-squared / 2) * decay, s > 0 ? (squared * squared * decay) / (4 * s) : 0);
  },
  scale: ({ delta }) => delta * delta,
  remedy: () => "a matern kernel of a large lengthScale makes nearly equal rows: lower lengthScale, raise what is added to the diagonal, or use fewer points",
});

/** ν = 1/2 is a function of the distance itself. */
const isRough = ({ nu }: MaternParameters): boolean => nu === 0.5;

export const matern: KernelType<MaternParameters> = {
  ...smooth,
  attach: (wasm, parameters) => (isRough(parameters) ? new DistanceEvaluator(wasm, 2, parameters) : smooth.attach(wasm, parameters)),
  attachSeveral: (wasm, several) => (isRough(several[0]) ? distanceMatrices(wasm, 2, several) : smooth.attachSeveral!(wasm, several)),
  preparePoints: (wasm, points, gradients, allocate, parameters) =>
    isRough(parameters) ? prepareDistancePoints(wasm, points, allocate) : smooth.preparePoints(wasm, points, gradients, allocate, parameters),
  value: (parameters, x, y) => (isRough(parameters) ? distanceValue(2, parameters, x, y) : smooth.value(parameters, x, y)),
  lacksDerivatives: (parameters) => (isRough(parameters) ? "a matern kernel of nu 0.5 has a kink where rows are equal: take nu 1.5 or 2.5" : undefined),
};
