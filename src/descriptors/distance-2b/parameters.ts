import { z } from "zod";
import { tupleCutoffSchema, tupleSymbolSchema } from "../tuples/parameters.js";

/** Parameters of pair distances; see docs/theory/tuples.md. */
export const distance2bSchema = z.strictObject({
  /** Chooses pair distances. */
  type: z.literal("distance-2b"),
  species: z.tuple([tupleSymbolSchema, tupleSymbolSchema]).describe('chemical symbols of the two atoms, in any order; "*": any species (GAP: Z1, Z2)'),
  cutoff: tupleCutoffSchema,
  exponents: z
    .array(z.number().int().min(-20).max(20))
    .min(1)
    .max(20)
    .default([1])
    .describe("the coordinates of a pair are the distance to these powers, whole numbers"),
  tail: z
    .strictObject({
      exponent: z.number().positive().max(20).describe("p"),
      range: z.number().positive().describe("1/Å: b"),
    })
    .optional()
    .describe("further weight (erf(b r) / r)^p; default: none"),
});

/** Parameters of pair distances, see docs/theory/tuples.md; lengths in Å. */
export type Distance2bParameters = z.output<typeof distance2bSchema>;
