import { z } from "zod";
import { DEFAULT_BINS, DEFAULT_REFERENCES } from "../../../analysis/kernel-distribution/distribution.js";

/** Stage 1 of strategy 2 of Kondati Natarajan & Caro (2020): descriptors are judged by the spread of their kernels, nothing is trained. */
export const kernelDistributionSchema = z.strictObject({
  /** Chooses the distribution of kernels. */
  type: z.literal("kernel-distribution"),
  term: z.int().min(0).default(0).describe("term of the model whose kernel is looked at, counted from 0"),
  references: z
    .int()
    .min(2)
    .default(DEFAULT_REFERENCES)
    .describe("most environments that every environment is compared with, a seeded sample"),
  criterion: z
    .enum(["std-and-skewness", "std", "entropy"])
    .default("std-and-skewness")
    .describe("what is maximised: std / (1 + skewnessWeight · |skewness|), the standard deviation alone, or the entropy of the histogram"),
  skewnessWeight: z.number().nonnegative().max(1000).default(2).describe("of criterion std-and-skewness"),
  bins: z.int().min(2).max(10_000).default(DEFAULT_BINS).describe("of the histogram from 0 to 1"),
});

export type KernelDistributionObjectiveOptions = z.output<typeof kernelDistributionSchema>;
