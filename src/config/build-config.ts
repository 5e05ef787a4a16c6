import { z } from "zod";
import { changeFilePaths } from "../file-path.js";
import { knownPotentialSchema } from "../models/known-potential.js";
import { resolveBeside } from "./config-file.js";

/** What `pestle build` makes; a configuration file holds these keys. */
export const buildSchema = z.strictObject({
  model: knownPotentialSchema.describe("the potential: one of closed form, one in files, or a sum, as model.baseline of a fit file"),
  species: z.array(z.string().min(1)).min(1).optional().describe("chemical symbols that it is for; default: those that it names, or that its model files know"),
});

/** A file of `pestle build`, validated, with every default filled in. */
export type BuildConfig = z.output<typeof buildSchema>;

/** Makes the paths of an unvalidated file relative to the working directory instead of the folder of the file. */
export function relocateBuildPaths(config: Record<string, unknown>, configPath: string): void {
  changeFilePaths(buildSchema, config, (path) => resolveBeside(configPath, path));
}
