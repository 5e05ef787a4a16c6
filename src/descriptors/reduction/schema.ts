import { z } from "zod";
import { pruningRecordSchema } from "../pruning-record.js";

const columnsSchema = z.strictObject({
  type: z.literal("columns"),
  columns: z
    .union([z.array(z.number().int().nonnegative()).min(1), z.array(z.string().min(1)).min(1)])
    .describe("columns that are kept, in the order that they get: positions from 0, or labels, as files of fingerprints name them"),
  species: z.array(z.string()).min(1).optional().describe("chemical symbols that the list is for: data must have these; needed with positions"),
  pruning: pruningRecordSchema.optional(),
});

/** A list of columns. */
export type ColumnsReduction = z.output<typeof columnsSchema>;

/** Under `reduction` of every descriptor of environments. */
export const reductionSchema = z.discriminatedUnion("type", [columnsSchema]).describe("fewer columns, after a mean over structures and before a standardization");

/** How the columns of a descriptor become fewer. */
export type Reduction = z.output<typeof reductionSchema>;
