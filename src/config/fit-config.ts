import { dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { z } from "zod";
import { fitSchema, modelSchema } from "../fit/schema.js";
import { isRecord } from "../plain-data.js";
import { dataSchema } from "../structures/data-schema.js";
import { resolveBeside } from "./config-file.js";

/** The fit file. */
export const fitFileSchema = z.strictObject({
  data: dataSchema,
  model: modelSchema,
  fit: fitSchema.prefault({}),
  seed: z.int().min(0).max(0xffffffff).default(1).describe("Of everything that is random: split and sparse sets"),
});

export type FitConfig = z.output<typeof fitFileSchema>;

/**
 * Makes the paths of an unvalidated fit file relative to the working directory instead of the folder of the file, so that paths
 * given on the command line may stand beside them.
 */
export function relocatePaths(config: Record<string, unknown>, configPath: string): void {
  changePaths(config, (path) => resolveBeside(configPath, path));
}

/** The other way round: paths from the working directory become paths from the folder of a fit file that is to be written. */
export function pathsBeside(config: Record<string, unknown>, configPath: string): void {
  const folder = dirname(resolve(configPath));
  changePaths(config, (path) => (isAbsolute(path) ? path : relative(folder, resolve(path)).replaceAll(sep, "/")));
}

function changePaths(config: Record<string, unknown>, change: (path: string) => string): void {
  const relocate = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(relocate);
    return typeof value === "string" ? change(value) : value;
  };
  const { data, model } = config;
  if (isRecord(data)) for (const part of ["train", "validation", "test"]) if (part in data) data[part] = relocate(data[part]);
  const terms = isRecord(model) && Array.isArray(model.terms) ? (model.terms as unknown[]) : [];
  for (const term of terms) {
    if (isRecord(term)) changeInside(term, relocate);
  }
}

/** Every `path` of a term: sparse points, or what a descriptor reads. */
function changeInside(group: Record<string, unknown>, relocate: (value: unknown) => unknown): void {
  for (const [key, value] of Object.entries(group)) {
    if (isRecord(value)) changeInside(value, relocate);
    else if (key === "path") group[key] = relocate(value);
  }
}
