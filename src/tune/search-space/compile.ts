import { InvalidParameterError } from "../../errors.js";
import { formatPath, type ParameterPath, parsePath, type ParsedPath, valueAt } from "../../parameter-path.js";
import { isContainer } from "../../plain-data.js";
import { suggestionFor } from "../../suggestion.js";
import { type CompleteCandidate, isElement, lookUp } from "./complete.js";
import { SearchParameterError } from "./parameter-error.js";
import type { ParametersOptions } from "./schema.js";
import type { ParameterValue } from "./search-space.js";

/** Another parameter that is referred to. */
export interface Reference {
  readonly path: ParameterPath;
  readonly name: string;
}

export interface Condition {
  readonly reference: Reference;
  readonly allowed: readonly ParameterValue[];
}

export type Rule =
  | {
      readonly kind: "range";
      readonly from: number | Reference;
      readonly to: number | Reference;
      readonly isLog: boolean;
      readonly isInteger: boolean;
      /** 0: real numbers */
      readonly step: number;
    }
  | { readonly kind: "values"; readonly values: readonly ParameterValue[]; readonly isCategorical: boolean }
  | { readonly kind: "fixed"; readonly value: ParameterValue }
  | { readonly kind: "tie"; readonly target: Reference; readonly factor: number; readonly plus: number; readonly isInteger: boolean };

/** One parameter: wildcards are expanded, the path is that of the fit file. */
export interface Entry {
  readonly path: ParameterPath;
  readonly name: string;
  /** as written under `parameters` */
  readonly key: string;
  readonly rule: Rule;
  readonly conditions: readonly Condition[];
}

interface Match {
  readonly path: ParameterPath;
  /** What the wildcards stand for. */
  readonly matches: readonly (string | number)[];
}

/** @throws {SearchParameterError} for paths that cannot be, overlaps, and references to what is not there */
export function compileEntries(parameters: ParametersOptions, complete: CompleteCandidate, species: readonly string[] | undefined): Entry[] {
  const entries: Entry[] = [];
  for (const [key, options] of Object.entries(parameters)) {
    const matches = blame([key], "key", () => expand(checkedPath(key), complete, species));
    for (const { path, matches: wild } of matches) {
      const refer = (text: string, part: ParameterPath): Reference => blame([key, ...part], "value", () => resolveReference(text, wild, complete));
      entries.push({ path, name: formatPath(path), key, rule: ruleOf(options, refer), conditions: conditionsOf(options, refer) });
    }
  }
  checkOverlaps(entries);
  checkReferences(entries, complete);
  return entries;
}

function blame<T>(path: ParameterPath, part: "key" | "value", run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof InvalidParameterError) throw new SearchParameterError(path, part, error.message, { cause: error });
    throw error;
  }
}

const notSearched: Readonly<Record<string, string>> = {
  data: "the data cannot be searched: every candidate is judged on the same structures",
  seed: "the seed cannot be searched: it would be a search for luck. Set it once, in the file",
  tune: "the search cannot search itself",
};

function checkedPath(text: string): ParsedPath {
  const path = parsePath(text);
  const [section] = path;
  if (section !== "model" && section !== "fit") {
    const reason = notSearched[section] ?? `it must begin with model. or fit.${suggestionFor(String(section), ["model", "fit"])}`;
    throw new InvalidParameterError(`"${text}": ${reason}`);
  }
  return path;
}

/** Writes positions as the file has them and wildcards out. */
function expand(parts: ParsedPath, complete: CompleteCandidate, species: readonly string[] | undefined): Match[] {
  let found: Match[] = [{ path: [], matches: [] }];
  for (const part of parts) {
    found = found.flatMap(({ path, matches }) => {
      if (part !== "*") return [{ path: [...path, stepInto(complete, path, part)], matches }];
      return wildcard(complete, path, species).map((key) => ({ path: [...path, key], matches: [...matches, key] }));
    });
  }
  return found;
}

function stepInto(complete: CompleteCandidate, path: ParameterPath, part: string | number): string | number {
  const container = valueAt(complete, path);
  if (Array.isArray(container)) {
    const index = Number(part);
    if (!Number.isInteger(index) || index < 0 || index >= container.length) {
      const size = container.length === 1 ? "one entry" : `${container.length} entries`;
      throw new InvalidParameterError(`${formatPath([...path, part])} is not there: ${formatPath(path)} has ${size}, counted from 0`);
    }
    return index;
  }
  if (typeof part === "number") {
    throw new InvalidParameterError(`${formatPath([...path, part])} is not there: ${formatPath(path)} is not a list`);
  }
  return part;
}

function wildcard(complete: CompleteCandidate, path: ParameterPath, species: readonly string[] | undefined): (string | number)[] {
  const container = valueAt(complete, path);
  const keys = Array.isArray(container) ? [...container.keys()] : isContainer(container) ? Object.keys(container) : [...(species ?? [])];
  if (keys.length === 0) {
    const reason = isContainer(container) ? "has no entries" : "stands for the species of the data, which are not known here";
    throw new InvalidParameterError(`${formatPath([...path, "*"])}: ${isContainer(container) ? `${formatPath(path)} ${reason}` : `* ${reason}`}`);
  }
  return keys;
}

/** A path inside an entry; its wildcards stand for the same as those of the entry. */
function resolveReference(text: string, wild: readonly (string | number)[], complete: CompleteCandidate): Reference {
  const named = parsePath(text);
  if (named[0] !== "model" && named[0] !== "fit") {
    throw new InvalidParameterError(`"${text}" is not the path of a parameter, such as model.terms.0.kernel.zeta or fit.jitter`);
  }
  let next = 0;
  const parts = named.map((part) => {
    if (part !== "*") return part;
    if (next === wild.length) throw new InvalidParameterError(`"${text}" has more wildcards than the parameter that names it`);
    return wild[next++];
  });
  const path: (string | number)[] = [];
  for (const part of parts) path.push(stepInto(complete, path, part));
  return { path, name: formatPath(path) };
}

type Options = ParametersOptions[string];
type Refer = (text: string, part: ParameterPath) => Reference;

function ruleOf(options: Options, refer: Refer): Rule {
  const { from, to, values, value, same } = options;
  if (from !== undefined && to !== undefined) {
    const bound = (given: number | string, part: string): number | Reference => (typeof given === "number" ? given : refer(given, [part]));
    const isInteger = options.integer ?? false;
    return {
      kind: "range",
      from: bound(from, "from"),
      to: bound(to, "to"),
      isLog: options.scale === "log",
      isInteger,
      step: options.step ?? (isInteger ? 1 : 0),
    };
  }
  if (values) {
    const isOrdered = options.categorical !== true && values.every((item) => typeof item === "number");
    return { kind: "values", values: isOrdered ? [...values].sort((a, b) => Number(a) - Number(b)) : values, isCategorical: !isOrdered };
  }
  if (same !== undefined) {
    return { kind: "tie", target: refer(same, ["same"]), factor: options.factor ?? 1, plus: options.plus ?? 0, isInteger: options.integer ?? false };
  }
  return { kind: "fixed", value: value! };
}

function conditionsOf({ when = {} }: Options, refer: Refer): Condition[] {
  return Object.entries(when).map(([text, allowed]) => ({ reference: refer(text, ["when", text]), allowed: [allowed].flat() }));
}

function checkOverlaps(entries: readonly Entry[]): void {
  const byName = new Map<string, Entry>();
  for (const entry of entries) {
    const twin = byName.get(entry.name);
    if (twin) throw new SearchParameterError([entry.key], "key", `${entry.name} is given twice: as "${twin.key}" and as "${entry.key}"`);
    byName.set(entry.name, entry);
  }
  for (const entry of entries) {
    for (let depth = 1; depth < entry.path.length; depth++) {
      const parent = byName.get(formatPath(entry.path.slice(0, depth)));
      if (parent) throw new SearchParameterError([entry.key], "key", `${entry.name} lies inside ${parent.name}, which is given too; leave one of them out`);
    }
  }
}

/** What the entry refers to, with the place where it does. */
export function referencesOf({ rule, conditions }: Entry): { reference: Reference; part: ParameterPath }[] {
  const bounds = rule.kind === "range" ? ([["from", rule.from], ["to", rule.to]] as const) : rule.kind === "tie" ? ([["same", rule.target]] as const) : [];
  return [
    ...bounds.flatMap(([part, bound]) => (typeof bound === "number" ? [] : [{ reference: bound, part: [part] }])),
    ...conditions.map(({ reference }) => ({ reference, part: ["when"] })),
  ];
}

/** A reference must lead to another entry or to a value of the file. */
function checkReferences(entries: readonly Entry[], complete: CompleteCandidate): void {
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  for (const entry of entries) {
    for (const { reference, part } of referencesOf(entry)) {
      if (byName.has(reference.name)) continue;
      const value = lookUp(complete, reference.path);
      const fail = (why: string): never => {
        throw new SearchParameterError([entry.key, ...part], "value", `"${part[0] as string}" names ${reference.name}, ${why}`);
      };
      if (value === undefined) fail(`which has no value in this file${missing(reference.path, complete)}`);
      if (isContainer(value)) fail(`which is a group of parameters; name one of them: ${Object.keys(value).join(", ")}`);
      if (entry.rule.kind === "range" && part[0] !== "when" && typeof value !== "number") fail(`which is ${JSON.stringify(value)} and not a number`);
    }
  }
}

/** What was probably meant by a path that leads nowhere. */
function missing(path: ParameterPath, complete: CompleteCandidate): string {
  const depth = path.findIndex((_, index) => valueAt(complete, path.slice(0, index + 1)) === undefined);
  const container = valueAt(complete, path.slice(0, depth));
  if (!isContainer(container) || isElement(path[depth])) return "";
  return suggestionFor(String(path[depth]), Object.keys(container));
}
