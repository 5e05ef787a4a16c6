import { z } from "zod";
import { InvalidParameterError } from "../errors.js";
import type { ColumnRanges, KernelType } from "./kernel.js";

const lengthSchema = z.number().min(1e-6).max(1e6);
const shareSchema = z.number().positive().max(1e6);

/** ℓ of kernels, in the units of the descriptor's features. */
export const lengthScaleSchema = lengthSchema.default(0.5);

/** ℓ that may differ from feature to feature, or be taken from the training data. */
export const lengthScalesSchema = z
  .union([
    lengthSchema,
    z.array(lengthSchema).min(1).describe("one for each feature"),
    z.strictObject({
      ofRange: z
        .union([shareSchema, z.array(shareSchema).min(1)])
        .describe("one for each feature: this share (the same for all, or a list) of the difference of its largest and smallest value in the training data (GAP: theta_fac)"),
    }),
  ])
  .default(0.5);

/** One for all features, one for each, or shares of the ranges of the training data. */
export type LengthScales = z.output<typeof lengthScalesSchema>;

/**
 * Numbers, one for each feature.
 * @throws {InvalidParameterError} where the data is not known that length scales are shares of
 */
export function knownLengths(lengthScale: Exclude<LengthScales, number>): readonly number[] {
  if (Array.isArray(lengthScale)) return lengthScale;
  throw new InvalidParameterError("lengthScale: { ofRange } is only known to fits of sparse-gp models, which put numbers in its place: give a number, or one for each feature");
}

/** Smaller differences are those of a feature that is the same everywhere, as GAP has it. */
const SMALLEST_RANGE = 1e-8;

/** What a kernel with such length scales says of them. */
export const lengthScaleRules: Required<Pick<KernelType<{ readonly lengthScale: LengthScales }>, "check" | "needsRanges">> & {
  learn<Parameters extends { readonly lengthScale: LengthScales }>(parameters: Parameters, ranges: ColumnRanges): Parameters;
} = {
  check({ lengthScale }, nCoordinates) {
    const isRange = typeof lengthScale === "object" && "ofRange" in lengthScale;
    const numbers = isRange ? lengthScale.ofRange : lengthScale;
    if (!Array.isArray(numbers) || numbers.length === nCoordinates) return;
    const key = isRange ? "lengthScale.ofRange" : "lengthScale";
    throw new InvalidParameterError(`kernel.${key} has ${numbers.length} numbers; the rows have ${nCoordinates} features to compare: give one for each`);
  },
  needsRanges: ({ lengthScale }) => typeof lengthScale === "object" && "ofRange" in lengthScale,
  learn(parameters, { minima, maxima }) {
    const { lengthScale } = parameters;
    if (typeof lengthScale === "number" || Array.isArray(lengthScale)) return parameters;
    const { ofRange } = lengthScale;
    const lengths = Array.from(maxima, (largest, d) => {
      const length = (typeof ofRange === "number" ? ofRange : ofRange[d]) * (largest - minima[d]);
      return length < SMALLEST_RANGE ? 1 : length;
    });
    return { ...parameters, lengthScale: lengths };
  },
};
