import { z } from "zod";
import { originSchema } from "../../models/committee/model.js";

/** `committee` of a fit file: several models in place of one, whose spread is the error bar of their mean. */
export const committeeSchema = z.strictObject({
  members: z.int().min(2).max(256).default(8).describe("K, models; their spread tells a standard deviation with a relative error of 1/√(2 (K − 1))"),
  by: originSchema
    .default("bootstrap")
    .describe(
      "bootstrap: each is fitted to as many structures as there are, drawn with replacement; disjoint: each to its own part of them; posterior: one fit to all, and " +
        "models drawn from what it leaves open of the coefficients, for trainers that tell",
    ),
  calibration: z
    .enum(["auto", "out-of-bag", "none"])
    .default("auto")
    .describe(
      "how error bars are made as large as errors. out-of-bag: by training structures, each judged by the members that were not fitted to it (bootstrap, disjoint; 4 members or more); " +
        "auto: with the validation data, or out of bag where there are none",
    ),
});

/** The same with its defaults. */
export type CommitteeOptions = z.output<typeof committeeSchema>;
