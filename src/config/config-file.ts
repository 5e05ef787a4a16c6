import { readFile } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import type { z } from "zod";
import { type FileLocation, FormatError } from "../errors.js";
import { STANDARD_INPUT } from "../structures/io/input-name.js";
import { type ParameterPath, valueAt } from "../parameter-path.js";
import { validate } from "../validation.js";
import { applyAssignments } from "./overrides.js";
import { type LocatedConfig, parseYaml } from "./yaml.js";

/** A configuration file as written, before validation. */
export interface ConfigFile extends LocatedConfig {
  /** As given to `readConfigFile`; places in messages begin with it. */
  readonly path: string;
  /** The whole file, for copies beside a result. */
  readonly text: string;
}

/**
 * Reads a YAML or JSON file.
 * @param refuse throws for a text that is something else, with a better word than what is wrong as YAML
 * @throws {FormatError} when it is not YAML or not a group of keys; the system's error when it cannot be read
 */
export async function readConfigFile(path: string, refuse?: (text: string) => void): Promise<ConfigFile> {
  const text = await readText(path);
  refuse?.(text);
  const config = parseYaml(text, path);
  if (typeof config.value !== "object" || config.value === null || Array.isArray(config.value)) {
    throw new FormatError({ file: path }, "it does not hold a configuration, which is a group of keys such as data, model and fit; pestle schema fit prints them all");
  }
  return { ...config, path, text };
}

async function readText(path: string): Promise<string> {
  try {
    const text = await readFile(path, "utf8");
    // what is no UTF-8 comes as replacement characters
    if (/[\0\uFFFD]/u.test(text)) throw new FormatError({ file: path }, "it is not a text file; a configuration is YAML or JSON");
    return text;
  } catch (error) {
    // the system names the file that cannot be opened, but not the one that cannot be read
    throw error instanceof Error && "code" in error ? Object.assign(error, { path }) : error;
  }
}

/**
 * Applies changes of the command line to a file and validates the whole, with every default filled in. An error in what the file
 * says names line and column; one in what the command line says does not.
 * @param schema or what gives it, where it depends on what the file says
 */
export function resolveConfig<Schema extends z.ZodType>(
  schema: Schema | ((config: unknown) => Schema),
  file: ConfigFile | undefined,
  changes: { readonly assignments?: readonly string[]; readonly values?: (config: Record<string, unknown>) => void },
): z.output<Schema> {
  const config = applyAssignments(file?.value ?? {}, changes.assignments ?? []) as Record<string, unknown>;
  changes.values?.(config);
  // a place in the file would mislead when the value there was replaced
  const locate = (path: ParameterPath, part: "key" | "value"): FileLocation | undefined =>
    file && sameAt(file.value, config, path) ? file.locate(path, part) : undefined;
  return validate(typeof schema === "function" ? schema(config) : schema, config, { locate });
}

function sameAt(a: unknown, b: unknown, path: ParameterPath): boolean {
  return JSON.stringify(valueAt(a, path)) === JSON.stringify(valueAt(b, path));
}

/** A path of a configuration file, which starts from the folder of that file, as seen from the working directory; `-` stays what it is. */
export function resolveBeside(configPath: string, path: string): string {
  return isAbsolute(path) || path === STANDARD_INPUT ? path : join(dirname(configPath), path);
}

/** Resolves the paths under some keys of a configuration in place: single ones and lists. Values that are no paths stay for the schema to refuse. */
export function resolvePathsBeside(config: Record<string, unknown>, file: ConfigFile | undefined, keys: readonly string[]): void {
  if (!file) return;
  const beside = (path: unknown): unknown => (typeof path === "string" ? resolveBeside(file.path, path) : path);
  for (const key of keys) {
    const value = config[key];
    if (value !== undefined) config[key] = Array.isArray(value) ? value.map(beside) : beside(value);
  }
}
