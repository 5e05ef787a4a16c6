import { z } from "zod";
import { type FileLocation, FormatError, InvalidParameterError, type ParameterProblem } from "./errors.js";
import { formatPath, type ParameterPath, valueAt } from "./parameter-path.js";
import { isContainer } from "./plain-data.js";
import { suggestionFor } from "./suggestion.js";

export { formatPath, type ParameterPath, valueAt };

/** The parts of a JSON Schema that messages need. */
interface SchemaNode {
  readonly $ref?: string;
  readonly $defs?: Record<string, SchemaNode>;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Record<string, SchemaNode>;
  readonly additionalProperties?: boolean | SchemaNode;
  readonly items?: SchemaNode;
  readonly prefixItems?: readonly SchemaNode[];
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
  readonly allOf?: readonly SchemaNode[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

/** What a validation says of the value in messages. */
export interface ValidationOptions {
  /** What is validated, in front of the message: "soap parameters". */
  readonly what?: string;
  /** Where a parameter stands in a file; with it, errors are FormatErrors. */
  readonly locate?: (path: ParameterPath, part: "key" | "value") => FileLocation | undefined;
}

/**
 * Parses a value with a zod schema and returns it with every default filled in.
 * @throws {InvalidParameterError} naming the parameter, its value, what is allowed and, for a typo, what was probably meant;
 * {FormatError} instead when `locate` knows the place in a file
 */
export function validate<Schema extends z.ZodType>(schema: Schema, value: unknown, options: ValidationOptions = {}): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.map((issue) => resolveUnion(issue));
  // a misspelled key explains the missing one, so it comes first
  const issue = issues.find(({ code }) => code === "unrecognized_keys") ?? issues[0];
  const root = jsonSchemaOf(schema);
  const path = issue.code === "unrecognized_keys" ? [...issue.path, issue.keys[0]] : issue.path;
  const message = describeIssue(issue, path, value, root);
  const problem = { path, kind: kindOf(issue, valueAt(value, path)) };
  const location = options.locate?.(path, issue.code === "unrecognized_keys" ? "key" : "value");
  if (location) throw new FormatError(location, message);
  throw new InvalidParameterError(options.what ? `${options.what}: ${message}` : message, { problem });
}

const jsonSchemas = new WeakMap<z.ZodType, SchemaNode>();

/** Made once for a schema: searches try thousands of values, many of which are refused. */
function jsonSchemaOf(schema: z.ZodType): SchemaNode {
  let known = jsonSchemas.get(schema);
  if (!known) jsonSchemas.set(schema, (known = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as SchemaNode));
  return known;
}

function kindOf({ code }: Issue, given: unknown): ParameterProblem["kind"] {
  if (code === "unrecognized_keys") return "unknown-key";
  if (code === "custom") return "rule";
  return given === undefined ? "missing" : "value";
}

type Issue = z.core.$ZodIssue;

/** A union fails once per branch; the branch that got deepest is the one that was meant. */
function resolveUnion(issue: Issue): Issue {
  if (issue.code !== "invalid_union") return issue;
  let deepest: Issue | undefined;
  for (const branch of issue.errors) {
    for (const inner of branch.map((raw) => resolveUnion({ ...raw, path: [...issue.path, ...raw.path] }))) {
      const isKey = inner.code === "unrecognized_keys";
      if ((inner.path.length > issue.path.length || isKey) && inner.path.length > (deepest?.path.length ?? -1)) deepest = inner;
    }
  }
  return deepest ?? issue;
}

function describeIssue(issue: Issue, path: ParameterPath, root: unknown, schema: SchemaNode): string {
  const name = formatPath(path) || "the value";
  if (issue.code === "unrecognized_keys") {
    const known = nodesAt(schema, issue.path, root).flatMap((node) => Object.keys(node.properties ?? {}));
    const place = issue.path.length > 0 ? ` in ${formatPath(issue.path)}` : "";
    return `unknown key "${issue.keys[0]}"${place}${suggestionFor(issue.keys[0], known) || `; known keys are ${list(unique(known))}`}`;
  }
  if (issue.code === "custom") return path.length > 0 ? `${name}: ${issue.message}` : issue.message;
  const nodes = nodesAt(schema, path, root);
  const allowed = describeAllowed(nodes, schema) || issue.message;
  const given = valueAt(root, path);
  if (given === undefined) return `${name} is missing; it must be ${allowed}`;
  const words = nodes.flatMap((node) => [...(node.enum ?? []), ...(node.const === undefined ? [] : [node.const])]);
  const suggestion = typeof given === "string" ? suggestionFor(given, words.map(String)) : "";
  return `${name} is ${show(given)}; it must be ${allowed}${suggestion}`;
}

/** All schema nodes that may describe the value at a path; a branch whose constants contradict the given value is left out. */
function nodesAt(root: SchemaNode, path: ParameterPath, value: unknown): SchemaNode[] {
  let nodes = expand(root, root, value);
  let inner = value;
  for (const part of path) {
    inner = isContainer(inner) ? inner[part as string] : undefined;
    nodes = nodes.flatMap((node) => children(node, part)).flatMap((node) => expand(node, root, inner));
  }
  return nodes;
}

function children(node: SchemaNode, part: PropertyKey): SchemaNode[] {
  if (typeof part === "number") {
    const item = node.prefixItems?.[part] ?? node.items;
    return item ? [item] : [];
  }
  const child = node.properties?.[String(part)];
  if (child) return [child];
  return isContainer(node.additionalProperties) ? [node.additionalProperties] : [];
}

function expand(node: SchemaNode, root: SchemaNode, value: unknown): SchemaNode[] {
  if (node.$ref?.startsWith("#/$defs/")) {
    const target = root.$defs?.[node.$ref.slice("#/$defs/".length)];
    return target ? expand(target, root, value) : [];
  }
  const branches = node.anyOf ?? node.oneOf ?? node.allOf;
  if (!branches) return [node];
  const matching = branches.filter((branch) => !contradicts(branch, value));
  return (matching.length > 0 ? matching : branches).flatMap((branch) => expand(branch, root, value));
}

function contradicts(node: SchemaNode, value: unknown): boolean {
  if (!isContainer(value) || !node.properties) return false;
  return Object.entries(node.properties).some(([key, child]) => child.const !== undefined && key in value && value[key] !== child.const);
}

/** So many groups with a type of their own are told with their keys, more by their types. */
const MOST_GROUPS = 2;

function describeAllowed(nodes: readonly SchemaNode[], root: SchemaNode): string {
  const words = unique(nodes.flatMap((node) => node.enum ?? (node.const === undefined ? [] : [node.const])).map(show));
  const types = unique(nodes.flatMap((node) => node.properties?.type?.const ?? []).map(show));
  const isOneOfMany = (node: SchemaNode): boolean => types.length > MOST_GROUPS && node.properties?.type?.const !== undefined;
  const others = unique(nodes.filter((node) => !node.enum && node.const === undefined && !isOneOfMany(node)).map((node) => describeNode(node, root)));
  const parts = [...others.filter(Boolean), ...(types.length > MOST_GROUPS ? [`a group of keys whose type is one of ${list(types)}`] : [])];
  if (words.length > 0) parts.unshift(words.length === 1 ? words[0] : `one of ${list(words)}`);
  return parts.join(", or ");
}

function describeNode(node: SchemaNode, root: SchemaNode): string {
  switch (node.type) {
    case "integer":
      return `a whole number${describeRange(node)}`;
    case "number":
      return `a number${describeRange(node)}`;
    case "string":
      return "a text";
    case "boolean":
      return "true or false";
    case "null":
      return "null";
    case "array": {
      const items = node.items ? describeAllowed(expand(node.items, root, undefined), root) : "";
      const length = node.minItems ? `a list of at least ${node.minItems} ${node.minItems === 1 ? "value" : "values"}` : items ? "a list of values" : "a list";
      return items ? `${length}, each ${items}` : length;
    }
    case "object":
      return node.properties ? `a group of keys (${list(Object.keys(node.properties))})` : "a group of keys";
    default:
      return "";
  }
}

function describeRange(node: SchemaNode): string {
  // zod states the range of whole numbers even when none was asked for
  const isFinite = (bound: number | undefined): bound is number => bound !== undefined && Math.abs(bound) < Number.MAX_SAFE_INTEGER;
  const low = isFinite(node.minimum) ? `≥ ${node.minimum}` : isFinite(node.exclusiveMinimum) ? `> ${node.exclusiveMinimum}` : "";
  const high = isFinite(node.maximum) ? `≤ ${node.maximum}` : isFinite(node.exclusiveMaximum) ? `< ${node.exclusiveMaximum}` : "";
  if (isFinite(node.minimum) && isFinite(node.maximum)) return ` from ${node.minimum} to ${node.maximum}`;
  return [low, high].filter(Boolean).map((bound, index) => (index === 0 ? ` ${bound}` : ` and ${bound}`)).join("");
}

function show(value: unknown): string {
  if (typeof value === "number") return String(value);
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

function list(words: readonly string[]): string {
  return words.length > 12 ? `${words.slice(0, 12).join(", ")}, …` : words.join(", ");
}
