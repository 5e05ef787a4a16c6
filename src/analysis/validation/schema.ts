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

const size = z.int().min(1);

/** `learningCurve` of a fit file: errors of fits to growing parts of the training data. */
export const learningCurveSchema = z.strictObject({
  sizes: z
    .union([
      z.array(size).min(1).describe("Numbers of structures beside isolated atoms, which are always there"),
      z.strictObject({
        from: size.optional().describe("Smallest number of structures; default: a sixteenth of the largest"),
        to: size.optional().describe("Largest number of structures; default: all"),
        points: z.int().min(1).max(50).default(5).describe("How many numbers, evenly spread over a logarithmic axis"),
      }),
    ])
    .default({ points: 5 })
    .describe("how many structures are fitted to: numbers, or a range"),
  repeats: z.int().min(1).max(1000).default(3).describe("random parts of each size; smaller parts are contained in larger ones of the same repeat"),
  on: z.enum(["validation", "test", "held-out"]).optional().describe("data that errors are of; default: validation if there is any, else test, else structures held out of the training data"),
  heldOut: z.number().gt(0).lt(1).default(0.2).describe("share of the training data that is held out for errors where no other data serve"),
  seed: seed.describe("of the parts; default: that of the file"),
});

/** The same with its defaults. */
export type LearningCurveOptions = z.output<typeof learningCurveSchema>;
