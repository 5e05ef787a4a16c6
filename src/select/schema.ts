import { z } from "zod";
import { filePath } from "../file-path.js";

/** One number for all centers, or a number per center species, by symbol. */
export const countSchema = z.union([z.int().positive(), z.record(z.string(), z.int().nonnegative())]);

const countOption = countSchema.describe("for all centers together, or by chemical symbol of the center; at most as many as there are different environments");

const groupCountSchema = z.union([z.int().nonnegative(), z.record(z.string(), z.int().nonnegative())]);

const configTypesOption = z
  .record(z.string(), groupCountSchema)
  .optional()
  .describe("so many from the structures of each of these config_types, and `count` from all others (GAP: config_type_n_sparse); default: `count` from all");

const choiceShape = { count: countOption, configTypes: configTypesOption };

/** How the sparse points of a term are chosen among the environments of the training data. */
export const sparseSchema = z.discriminatedUnion("method", [
  z.strictObject({ method: z.literal("random").describe("any, equally likely"), ...choiceShape }),
  z.strictObject({ method: z.literal("farthest-point").describe("one after the other, the one farthest from those chosen"), ...choiceShape }),
  z.strictObject({ method: z.literal("uniform").describe("spread evenly over the box of the features: for the few of pairs and triplets"), ...choiceShape }),
  z.strictObject({
    method: z.literal("cur").describe("by leverage scores, Mahoney & Drineas 2009"),
    ...choiceShape,
    deterministic: z.boolean().default(false).describe("takes the largest leverage scores instead of drawing by them"),
  }),
  z.strictObject({
    method: z.literal("file").describe("given rows, not environments of the data"),
    path: filePath().describe(".npy, .json, or text as in QUIP's sparseX files"),
    layout: z.literal("gap-fit").optional().describe("each point begins with its cutoff, as in the files that gap_fit reads (sparse_file); default: the numbers of the features, a weight at the end"),
  }),
]);

/** How sparse points are chosen, validated, with every default filled in. */
export type SparseOptions = z.output<typeof sparseSchema>;
/** Number of sparse points: in all, or by chemical symbol of the center. */
export type SparseCount = z.output<typeof countSchema>;
/** Sparse points that are asked for in all. */
export function wantedPoints({ count, configTypes = {} }: Exclude<SparseOptions, { method: "file" }>): number {
  const of = (number: number | Readonly<Record<string, number>>): number =>
    typeof number === "number" ? number : Object.values(number).reduce((sum, value) => sum + value, 0);
  return Object.values(configTypes).reduce<number>((sum, number) => sum + of(number), of(count));
}

/** Names of the ways to choose sparse points. */
export const sparseMethods: readonly string[] = sparseSchema.options.map((option) => option.shape.method.value);
