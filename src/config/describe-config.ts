import { z } from "zod";
import { descriptorSchema } from "../descriptors/registry.js";
import { typesSchema } from "../structures/data-schema.js";
import { fingerprintPrecisions } from "../interop/fingerprints/writer.js";

/** What `pestle describe` does; a configuration file holds these keys. */
export const describeSchema = z.strictObject({
  data: z.string().min(1).describe("file of structures (extended XYZ), plain or gzipped, relative to this file; - for the standard input"),
  types: typesSchema.optional(),
  descriptor: descriptorSchema.describe("what is computed"),
  centers: z
    .union([z.array(z.string().min(1)), z.array(z.int().min(0))])
    .optional()
    .describe("chemical symbols, or positions of atoms from 0; default: all atoms"),
  output: z.string().min(1).optional().describe("file ending in .npy, .h5, .json or .jsonl; - for JSON lines on the standard output"),
  precision: z.enum(fingerprintPrecisions).default("double").describe("of the numbers in the file: 8 or 4 bytes"),
});

/** A file of `pestle describe`, validated, with every default filled in. */
export type DescribeConfig = z.output<typeof describeSchema>;
