import { z } from "zod";
import { filePath } from "../file-path.js";

/** One number for all centers, or a number per center species, by symbol. */
export const countSchema = z.union([z.int().positive(), z.record(z.string(), z.int().nonnegative())]);

/** How the sparse points of a term are chosen among the environments of the training data. */
export const sparseSchema = z.discriminatedUnion("method", [
  z.strictObject({ method: z.literal("random"), count: countSchema }),
  z.strictObject({ method: z.literal("farthest-point"), count: countSchema }),
  z.strictObject({
    method: z.literal("cur"),
    count: countSchema,
    /** Takes the largest leverage scores instead of drawing by them. */
    deterministic: z.boolean().default(false),
  }),
  z.strictObject({
    method: z.literal("file"),
    /** `.npy`, `.json`, or text as in QUIP's sparseX files */
    path: filePath(),
  }),
]);

/** How sparse points are chosen, validated, with every default filled in. */
export type SparseOptions = z.output<typeof sparseSchema>;
/** Number of sparse points: in all, or by chemical symbol of the center. */
export type SparseCount = z.output<typeof countSchema>;
/** Names of the ways to choose sparse points. */
export const sparseMethods: readonly string[] = sparseSchema.options.map((option) => option.shape.method.value);
