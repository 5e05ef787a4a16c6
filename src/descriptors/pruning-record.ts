import { z } from "zod";

/** How a list of functions or columns was found; it has no effect on what they are. */
export const pruningRecordSchema = z
  .strictObject({
    method: z.enum(["exact", "double", "conditioned"]).describe("whole numbers modulo a prime, double precision, or what is left of columns over data"),
    full: z.number().int().positive().describe("functions or columns before"),
    candidates: z.string().describe("the order in which they were looked at"),
    seed: z.number().int().nonnegative().describe("of the random point"),
    prime: z.number().int().positive().optional().describe("of exact arithmetic"),
    environments: z.number().int().positive().optional().describe("of data that were looked at, too"),
    threshold: z.number().positive().optional().describe("τ of the conditioned form, 1/Å"),
    gap: z.number().positive().optional().describe("in double precision: shortest rest of what is kept over longest of what is not"),
  })
  .describe("how this list was found by pestle reduce; no effect");

/** How a list was found. */
export type PruningRecord = z.output<typeof pruningRecordSchema>;
