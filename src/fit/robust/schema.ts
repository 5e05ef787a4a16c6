import { z } from "zod";

/** `robust` of a fit file: Huber's loss in place of squares. */
export const robustSchema = z.strictObject({
  huber: z.number().positive().default(1.5).describe("δ in units of σ: residuals beyond it count linearly in place of squared"),
  iterations: z.int().min(1).max(1000).default(10).describe("fits with new weights, at most, after the first"),
  tolerance: z.number().nonnegative().default(0.01).describe("ends when no weight (0 … 1) changes by more"),
});

/** The same with its defaults. */
export type RobustOptions = z.output<typeof robustSchema>;
