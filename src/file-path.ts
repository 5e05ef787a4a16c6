import { z } from "zod";
import type { ParameterPath } from "./parameter-path.js";

const filePaths = z.registry<{ readonly isFile: true }>();

/** A schema for the path of a file: what it stands for moves with the file that names it, and is part of what a result was made from. */
export function filePath(): z.ZodString {
  return z.string().min(1).register(filePaths, { isFile: true });
}

/** Where a value names a file. */
export interface FilePlace {
  /** In the value. */
  readonly path: ParameterPath;
  /** The file as written there. */
  readonly file: string;
}

/** A file that options name. */
export interface NamedFile {
  /** The option that names it: "train"; its group where that is merely called path: "sparse". */
  readonly role: string;
  /** As written in the options. */
  readonly path: string;
}

/**
 * Every file that a value names, in the order of the value: texts where the schema, followed through the value, has `filePath()`. The value
 * need not be valid; what the schema does not know is passed over.
 */
export function filePlaces(schema: z.ZodType, value: unknown): FilePlace[] {
  return unique(placesIn(schema, value, []));
}

/** The same as files with roles. @param role where no option gives a name */
export function filesIn(schema: z.ZodType, value: unknown, role: string): NamedFile[] {
  return filePlaces(schema, value).map(({ path, file }) => {
    const name = path.findLast((part) => typeof part === "string" && part !== "path");
    return { role: (name as string | undefined) ?? role, path: file };
  });
}

/** Changes every path of a file that a value names, in place. */
export function changeFilePaths(schema: z.ZodType, value: unknown, change: (path: string) => string): void {
  for (const { path, file } of filePlaces(schema, value)) containerOf(value, path)[path.at(-1)!] = change(file);
}

/** A copy of plain data without the paths of the files that it names. */
export function withoutFilePaths<Value>(schema: z.ZodType, value: Value): Value {
  const copy = structuredClone(value);
  for (const { path } of filePlaces(schema, copy).reverse()) {
    const container = containerOf(copy, path);
    if (Array.isArray(container)) container.splice(Number(path.at(-1)), 1);
    else delete container[path.at(-1)!];
  }
  return copy;
}

function containerOf(value: unknown, path: ParameterPath): Record<PropertyKey, unknown> {
  return path.slice(0, -1).reduce((inner, part) => inner[part] as Record<PropertyKey, unknown>, value as Record<PropertyKey, unknown>);
}

type Definition = z.core.$ZodTypes["_zod"]["def"];

function placesIn(schema: z.core.$ZodType, value: unknown, path: ParameterPath): FilePlace[] {
  if (typeof value === "string") return namesFile(schema) ? [{ path, file: value }] : [];
  if (typeof value !== "object" || value === null) return [];
  const definition = (schema as z.core.$ZodTypes)._zod.def;
  if (definition.type === "array") {
    return Array.isArray(value) ? value.flatMap((item, index) => placesIn(definition.element, item, [...path, index])) : [];
  }
  if (definition.type === "object" || definition.type === "record") {
    if (Array.isArray(value)) return [];
    return Object.entries(value).flatMap(([key, inner]) => {
      const child = definition.type === "record" ? definition.valueType : Object.hasOwn(definition.shape, key) ? definition.shape[key] : undefined;
      return child ? placesIn(child, inner, [...path, key]) : [];
    });
  }
  return branchesOf(definition).filter((branch) => !contradicts(branch, value)).flatMap((branch) => placesIn(branch, value, path));
}

function namesFile(schema: z.core.$ZodType): boolean {
  return filePaths.get(schema) !== undefined || branchesOf((schema as z.core.$ZodTypes)._zod.def).some(namesFile);
}

/** Schemas of the same value that a schema is made of. */
function branchesOf(definition: Definition): readonly z.core.$ZodType[] {
  switch (definition.type) {
    case "union":
      return definition.options;
    case "intersection":
      return [definition.left, definition.right];
    case "pipe":
      return [definition.in, definition.out];
    case "lazy":
      return [definition.getter()];
    case "optional":
    case "nullable":
    case "default":
    case "prefault":
    case "nonoptional":
    case "readonly":
    case "catch":
      return [definition.innerType];
    default:
      return [];
  }
}

/** Whether a literal of an object schema says that the value is of another branch. */
function contradicts(schema: z.core.$ZodType, value: object): boolean {
  const definition = (schema as z.core.$ZodTypes)._zod.def;
  if (definition.type !== "object") return branchesOf(definition).length === 1 && contradicts(branchesOf(definition)[0], value);
  return Object.entries(definition.shape).some(([key, child]) => {
    const inner = (child as z.core.$ZodTypes)._zod.def;
    return inner.type === "literal" && Object.hasOwn(value, key) && !inner.values.includes((value as Record<string, never>)[key]);
  });
}

function unique(places: readonly FilePlace[]): FilePlace[] {
  const seen = new Set<string>();
  return places.filter(({ path }) => {
    const key = JSON.stringify(path);
    return !seen.has(key) && seen.add(key);
  });
}
