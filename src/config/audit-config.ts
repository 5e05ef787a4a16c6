import { z } from "zod";
import { descriptorSchema } from "../descriptors/registry.js";
import { keysSchema, typesSchema } from "../structures/data-schema.js";

/** What `pestle audit` does; a configuration file holds these keys. */
export const auditSchema = z.strictObject({
  data: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).describe("file of structures, or a list of files, relative to this file; - for the standard input"),
  keys: keysSchema.optional(),
  types: typesSchema.optional(),
  descriptor: descriptorSchema.describe("what is audited"),
  quick: z.boolean().default(false).describe("small samples and few repetitions, for a first look"),
  seed: z.int().min(0).default(1).describe("of all samples"),
  sample: z
    .strictObject({
      cost: z.int().min(1).max(100_000).optional().describe("environments that costs are measured on; default 300"),
      rows: z.int().min(2).max(5000).optional().describe("rows that are compared with each other; default 2000, 400 with quick"),
      sensitivity: z.int().min(1).max(100_000).optional().describe("environments whose atoms are moved; default 500, 60 with quick"),
      pairs: z.int().min(2).max(1_000_000).optional().describe("environments of each species that blind pairs are searched among; default 20000, 1000 with quick"),
      compared: z.int().min(1).max(1_000_000).optional().describe("pairs of close rows of each species whose structures are compared; default 1000, 100 with quick"),
    })
    .default({})
    .describe("how much of the data is looked at"),
  output: z.string().min(1).optional().describe("file of all numbers, JSON"),
  report: z.string().min(1).optional().describe("page, name.html or a folder"),
});

/** A file of `pestle audit`, validated, with every default filled in. */
export type AuditConfig = z.output<typeof auditSchema>;
