import { z } from "zod";
import { DEFAULT_BINS, DEFAULT_REFERENCES } from "./distribution.js";

const DEFAULT_WEIGHTS = { std: 1, skewness: 0.1 };

/** Stage 1 of strategy 2 of Natarajan and Caro (2020): descriptors are judged by the spread of their kernels, nothing is trained. */
export const kernelDistributionSchema = z.strictObject({
  type: z.literal("kernel-distribution"),
  term: z.int().min(0).default(0).describe("term of the model whose kernel is looked at, counted from 0"),
  references: z
    .int()
    .min(2)
    .default(DEFAULT_REFERENCES)
    .describe("most environments that every environment is compared with, a seeded sample"),
  weights: z
    .strictObject({
      std: z.number().positive().default(DEFAULT_WEIGHTS.std).describe("of the standard deviation, which is maximised"),
      skewness: z.number().nonnegative().default(DEFAULT_WEIGHTS.skewness).describe("of |skewness|, which is minimised; 0: standard deviation only"),
    })
    .default(DEFAULT_WEIGHTS)
    .describe("loss = skewness · |skewness| − std · standard deviation"),
  bins: z.int().min(1).max(10_000).default(DEFAULT_BINS).describe("of the histogram from 0 to 1 that is reported"),
});

export type KernelDistributionObjectiveOptions = z.output<typeof kernelDistributionSchema>;
