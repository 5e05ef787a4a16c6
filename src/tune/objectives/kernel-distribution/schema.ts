import { z } from "zod";
import { DEFAULT_BINS, DEFAULT_REFERENCES } from "./distribution.js";

/** Stage 1 of the two-stage strategy: descriptors are judged by their kernels alone, nothing is fitted. */
export const kernelDistributionSchema = z.strictObject({
  type: z.literal("kernel-distribution"),
  /** Term of the model whose kernel is looked at, from 0. */
  term: z.number().int().min(0).default(0),
  /** Most environments that every environment is compared with: a seeded sample. */
  references: z.number().int().min(1).default(DEFAULT_REFERENCES),
  /** What the two properties of the distribution weigh: loss = skewness · |skewness| / (1 + |skewness|) − std · 2σ. */
  weights: z
    .strictObject({ std: z.number().nonnegative().default(1), skewness: z.number().nonnegative().default(0.1) })
    .default({ std: 1, skewness: 0.1 }),
  /** of the histogram that is reported */
  bins: z.number().int().min(1).max(100_000).default(DEFAULT_BINS),
});

export type KernelDistributionObjectiveOptions = z.output<typeof kernelDistributionSchema>;
