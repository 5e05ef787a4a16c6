import { z } from "zod";

/** Cosine cutoff of tuples. */
export const tupleCutoffSchema = z
  .strictObject({
    radius: z.number().positive().max(50).describe("Å: range of the neighbors"),
    width: z.number().positive().default(0.5).describe("Å: transition width of the cosine that the weight falls with"),
  })
  .refine((value) => value.width <= value.radius, { message: "must not exceed cutoff.radius", path: ["width"] })
  .describe("how far an atom sees");

/** A chemical symbol, or "*" for any. */
export const tupleSymbolSchema = z.string();
