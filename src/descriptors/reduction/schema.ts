import { z } from "zod";
import { pruningRecordSchema } from "../pruning-record.js";

const columnsSchema = z.strictObject({
  /** Some of the columns, as they are. */
  type: z.literal("columns"),
  columns: z
    .union([z.array(z.number().int().nonnegative()).min(1), z.array(z.string().min(1)).min(1)])
    .describe("columns that are kept, in the order that they get: positions from 0, or labels, as files of fingerprints name them"),
  species: z.array(z.string()).min(1).optional().describe("chemical symbols that the list is for: data must not have others; needed with positions"),
  pruning: pruningRecordSchema.optional(),
});

/** A list of columns. */
export type ColumnsReduction = z.output<typeof columnsSchema>;

const error = z.number().positive().max(1).optional();

const kernelErrorSchema = z
  .strictObject({
    largest: error.describe("of x·x′ over all pairs of rows, relative to the largest x·x"),
    rms: error.describe("of x·x′ over all pairs of rows, relative to the largest x·x"),
    normalized: error.describe("of x·x′ / (|x| |x′|), a bound"),
  })
  .refine((limits) => Object.values(limits).some((limit) => limit !== undefined), { message: "needs largest, rms or normalized" });

const learnedSchema = z
  .strictObject({
    species: z.array(z.string()).min(1).describe("chemical symbols that the components are for"),
    nRows: z.number().int().positive().describe("rows that they were taken from"),
    explained: z.number().describe("share of the mean square, or of the variance where centered"),
    kernelErrors: z
      .strictObject({
        largest: z.number().describe("of x·x′, relative to the largest x·x"),
        rms: z.number().describe("of x·x′, relative to the largest x·x"),
        normalized: z.number().describe("bound for x·x′ / (|x| |x′|)"),
      })
      .describe("what kernels lose over the data, see kernelError"),
    variances: z.array(z.number()).min(1).describe("mean square of each component"),
    offset: z.array(z.number()).min(1).optional().describe("taken off each component, where centered"),
    vectors: z.array(z.array(z.number()).min(1)).min(1).describe("components in terms of the columns"),
  })
  .refine(({ offset, vectors }) => !offset || offset.length === vectors.length, { message: "must have a number for each of vectors", path: ["offset"] });

/** Components that were taken from data. */
export type LearnedComponents = z.output<typeof learnedSchema>;

const principalComponentsSchema = z.strictObject({
  /** Sums of columns along the principal axes of the data. */
  type: z.literal("principal-components"),
  components: z.number().int().positive().optional().describe("how many; fewer where the data have fewer directions"),
  kernelError: kernelErrorSchema.optional().describe("in place of components: as few as keep these errors over the data"),
  centered: z.boolean().default(false).describe("whether means are taken off first: keeps distances, but no dot products; default: no, which keeps dot products"),
  scaled: z.boolean().default(false).describe("whether columns are divided first by their deviations (root mean squares where means stay), for columns of different units"),
  learned: learnedSchema.optional().describe("what the data gave, as model files hold it"),
});

/** Principal components, known or to be learned. */
export type PrincipalComponentsReduction = z.output<typeof principalComponentsSchema>;

const radialSchema = z.strictObject({
  /** Combinations of radial functions without those that others span. */
  type: z.literal("radial"),
  tolerance: z.number().positive().max(0.1).default(1e-7).describe("combinations with singular values below this share of the largest of their degree are left out; kernels change by about its square"),
});

/** How exact radial functions are kept. */
export type RadialSetting = z.output<typeof radialSchema>;

/** Under `reduction` of every descriptor of environments. */
export const reductionSchema = z
  .discriminatedUnion("type", [columnsSchema, principalComponentsSchema, radialSchema])
  .describe("fewer columns, after a mean over structures and before a standardization");

/** How the columns of a descriptor become fewer. */
export type Reduction = z.output<typeof reductionSchema>;
