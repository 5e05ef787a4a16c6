import { z } from "zod";
import { descriptorSchema } from "../descriptors/registry.js";
import { keysSchema, typesSchema } from "../structures/data-schema.js";
import { durationSchema } from "../tune/schema.js";

const named = z.strictObject({
  name: z.string().min(1).max(60).optional().describe("for tables and plots; default: the type"),
  descriptor: descriptorSchema.describe("its parameters, with the type"),
});

/** What `pestle compare` does; a configuration file holds these keys. */
export const compareSchema = z.strictObject({
  data: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).describe("file of structures, or a list of files, relative to this file; - for the standard input"),
  keys: keysSchema.optional(),
  types: typesSchema.optional(),
  descriptors: z
    .array(z.union([z.string().min(1), named]))
    .min(1)
    .optional()
    .describe("what is compared: a type (soap), a preset (soap n8 l6), or a name and a descriptor; default: what is common for such data"),
  quick: z.boolean().default(false).describe("few repetitions, for a first look"),
  seed: z.int().min(0).default(1).describe("of all samples"),
  budget: durationSchema.optional().describe("time on the clock: 90 s, 15 min; default: as long as it takes"),
  sample: z
    .strictObject({
      cost: z.int().min(1).max(100_000).default(300).describe("environments that costs are measured on"),
      information: z.int().min(10).max(5000).default(1000).describe("environments that information is measured on"),
    })
    .default({ cost: 300, information: 1000 })
    .describe("how much of the data is looked at"),
});

/** A file of `pestle compare`, validated, with every default filled in. */
export type CompareConfig = z.output<typeof compareSchema>;
