import { parse } from "yaml";
import { InvalidParameterError } from "../errors.js";
import { parsePath } from "../parameter-path.js";

type Container = Record<string, unknown> | unknown[];

/** One value given on the command line. */
export interface Assignment {
  /** Keys and positions that lead to it. */
  readonly path: string[];
  /** Scalar, list or object, not validated. */
  readonly value: unknown;
}

/**
 * Reads `nMax=8,cutoff.radius=5,species=[Si, O]` into nested objects. Values are YAML scalars or flow collections;
 * commas inside brackets, braces and quotes do not separate.
 * @throws {InvalidParameterError} when an item has no `=` or no name
 */
export function parseAssignments(text: string): Assignment[] {
  return splitAtCommas(text).map((item) => {
    const equals = item.indexOf("=");
    if (item.slice(0, Math.max(equals, 0)).trim() === "") {
      throw new InvalidParameterError(`"${item.trim()}" is not an assignment; write name=value, for example cutoff.radius=5`);
    }
    return { path: parsePath(item.slice(0, equals)).map(String), value: parseValue(item.slice(equals + 1), item) };
  });
}

function parseValue(text: string, item: string): unknown {
  try {
    return text.trim() === "" ? null : (parse(text) as unknown);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n", 1)[0] : String(error);
    throw new InvalidParameterError(`the value of "${item.trim()}" cannot be read: ${reason}`, { cause: error });
  }
}

function splitAtCommas(text: string): string[] {
  const items: string[] = [];
  let depth = 0;
  let quote = "";
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (quote !== "") quote = character === quote ? "" : quote;
    else if (character === '"' || character === "'") quote = character;
    else if (character === "[" || character === "{") depth++;
    else if (character === "]" || character === "}") depth--;
    else if (character === "," && depth === 0) {
      items.push(text.slice(start, i));
      start = i + 1;
    }
  }
  items.push(text.slice(start));
  return items.filter((item) => item.trim() !== "");
}

/** A copy of `base` with the assignments made; digits in a path are list positions. The original is not touched. */
export function applyAssignments(base: unknown, texts: readonly string[]): unknown {
  let result: unknown = structuredClone(base) ?? {};
  for (const text of texts) {
    for (const { path, value } of parseAssignments(text)) result = assign(result, path, value, path.join("."));
  }
  return result;
}

function assign(target: unknown, path: readonly string[], value: unknown, whole: string): unknown {
  if (path.length === 0) return value;
  const [head, ...rest] = path;
  if (target !== undefined && target !== null && typeof target !== "object") {
    throw new InvalidParameterError(`"${whole}" cannot be set: "${head}" would have to stand inside the value ${JSON.stringify(target)}`);
  }
  const container = (target ?? {}) as Container;
  if (Array.isArray(container)) {
    const index = Number(head);
    if (!Number.isInteger(index) || index < 0 || index > container.length) {
      throw new InvalidParameterError(`"${whole}": "${head}" is not a position in a list of ${container.length} (positions count from 0)`);
    }
    container[index] = assign(container[index], rest, value, whole);
  } else {
    container[head] = assign(Object.hasOwn(container, head) ? container[head] : undefined, rest, value, whole);
  }
  return container;
}
