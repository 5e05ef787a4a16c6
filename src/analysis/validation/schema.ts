import { z } from "zod";

const seed = z.int().min(0).max(0xffffffff).optional();

/** `crossValidation` of a fit file: every structure is predicted by a fit that it was no part of. */
export const crossValidationSchema = z.strictObject({
  folds: z.int().min(2).default(5).describe("parts that the training data are divided into; each is left out of one fit"),
  split: z
    .enum(["stratified", "random", "contiguous", "grouped"])
    .optional()
    .describe(
      "stratified (the default): at random, every config_type in the same shares; random; contiguous: frames that follow each other stay together, " +
        "each config_type by itself; grouped: all structures of a group in one fold",
    ),
  group: z.string().min(1).optional().describe("config_type, a key of the comment lines, or a column of data.columns, whose value structures of one group share; implies split: grouped"),
  seed: seed.describe("of the folds; default: that of the file"),
});

/** The same with its defaults. */
export type CrossValidationOptions = z.output<typeof crossValidationSchema>;
