import { z } from "zod";
import { tupleCutoffSchema, tupleSymbolSchema } from "../tuples/parameters.js";

/** Parameters of triplets; see docs/theory/tuples.md. */
export const angle3bSchema = z.strictObject({
  /** Chooses triplets. */
  type: z.literal("angle-3b"),
  center: tupleSymbolSchema.describe('chemical symbol of the atom in the middle; "*": any species (GAP: Z_center)'),
  species: z.tuple([tupleSymbolSchema, tupleSymbolSchema]).describe('chemical symbols of its two neighbors, in any order; "*" for both: any species (GAP: Z1, Z2)'),
  cutoff: tupleCutoffSchema,
});

/** Parameters of triplets, see docs/theory/tuples.md; lengths in Å. */
export type Angle3bParameters = z.output<typeof angle3bSchema>;
