import { z } from "zod";
import { filePath } from "../file-path.js";

/** One number for all centers, or a number per center species, by symbol. */
export const countSchema = z.union([z.int().positive(), z.record(z.string(), z.int().nonnegative())]);

const countOption = countSchema.describe("for all centers together, or by chemical symbol of the center; at most as many as there are different environments");

/** How the sparse points of a term are chosen among the environments of the training data. */
export const sparseSchema = z.discriminatedUnion("method", [
  z.strictObject({ method: z.literal("random").describe("any, equally likely"), count: countOption }),
  z.strictObject({ method: z.literal("farthest-point").describe("one after the other, the one farthest from those chosen"), count: countOption }),
  z.strictObject({
    method: z.literal("cur").describe("by leverage scores, Mahoney & Drineas 2009"),
    count: countOption,
    deterministic: z.boolean().default(false).describe("takes the largest leverage scores instead of drawing by them"),
  }),
  z.strictObject({
    method: z.literal("file").describe("given rows, not environments of the data"),
    path: filePath().describe(".npy, .json, or text as in QUIP's sparseX files"),
  }),
]);

/** How sparse points are chosen, validated, with every default filled in. */
export type SparseOptions = z.output<typeof sparseSchema>;
/** Number of sparse points: in all, or by chemical symbol of the center. */
export type SparseCount = z.output<typeof countSchema>;
/** Names of the ways to choose sparse points. */
export const sparseMethods: readonly string[] = sparseSchema.options.map((option) => option.shape.method.value);
