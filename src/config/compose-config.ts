import { z } from "zod";
import { composeFitSchema, composeModelSchema, composeSectionSchema } from "../compose/schema.js";
import { changeFilePaths } from "../file-path.js";
import { dataSchema } from "../structures/data-schema.js";
import { resolveBeside } from "./config-file.js";
import { seedSchema } from "./fit-config.js";

/** The schema of compose files: data, how candidates are trained, and what is searched. */
export const composeFileSchema = z.strictObject({
  data: dataSchema,
  model: composeModelSchema.prefault({}).describe("cutoff, and how pairs of species are told apart"),
  fit: composeFitSchema.prefault({}).describe("how candidates are trained"),
  compose: composeSectionSchema.describe("what is searched, by which rules, and for how long"),
  seed: seedSchema,
});

/** A compose file, validated, with every default filled in. */
export type ComposeConfig = z.output<typeof composeFileSchema>;

/** Of each configuration type, where the data does not say what candidates are judged on. */
const VALIDATION_SHARE = 0.2;

/** Makes the paths of an unvalidated compose file relative to the working directory instead of its folder. */
export function relocateComposePaths(config: Record<string, unknown>, configPath: string): void {
  changeFilePaths(composeFileSchema, config, (path) => resolveBeside(configPath, path));
}

/** Takes a share of the training file for validation, where an unvalidated file says nothing of it. */
export function withValidation(data: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const split = (data.split ?? {}) as { readonly validation?: unknown; readonly stratify?: unknown; readonly configTypes?: { readonly validation?: unknown } };
  if (data.validation !== undefined || typeof split !== "object" || split.validation !== undefined || split.configTypes?.validation !== undefined) return { ...data };
  return { ...data, split: { stratify: true, ...split, validation: VALIDATION_SHARE } };
}

/** What must stay the same for a search to go on: all but budgets and the places of files, whose contents count. */
export function composeIdentity({ data: { split, keys, columns, types }, model, fit, seed, compose: { budget: _, ...compose } }: ComposeConfig): unknown {
  return { data: { split, keys, columns, types }, model, fit, seed, compose };
}
