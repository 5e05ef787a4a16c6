import { InvalidParameterError } from "./errors.js";

/** Keys and list positions that lead to a value inside nested objects and lists. */
export type ParameterPath = readonly PropertyKey[];

/** What `parsePath` reads: an unquoted position in brackets is a number, everything else a text. */
export type ParsedPath = readonly (string | number)[];

const PLAIN_PART = /^[^.[\]"\s](?:[^.[\]"]*[^.[\]"\s])?/u;
const BRACKETS = /^\[(?:(\d+|\*)|"([^"]+)")\]/u;

/**
 * Reads `model.terms[0].kernel.zeta`; positions may be written `terms.0` too, and names with dots as `configTypes["a.b"]`.
 * @throws {InvalidParameterError} when it is not a path
 */
export function parsePath(text: string): ParsedPath {
  const parts: (string | number)[] = [];
  let rest = text.trim();
  while (rest !== "") {
    const bracket = BRACKETS.exec(rest);
    if (bracket && parts.length > 0) {
      const [whole, position, quoted] = bracket;
      parts.push(quoted ?? (position === "*" ? "*" : Number(position)));
      rest = rest.slice(whole.length);
      continue;
    }
    const afterDot = parts.length === 0 ? rest : rest.startsWith(".") ? rest.slice(1) : "";
    const [part] = PLAIN_PART.exec(afterDot) ?? [];
    if (part === undefined || part === "__proto__") {
      throw new InvalidParameterError(`"${text}" is not a path; write for example model.terms[0].kernel.zeta or model.terms.0.kernel.zeta`);
    }
    parts.push(part);
    rest = afterDot.slice(part.length);
  }
  if (parts.length === 0) throw new InvalidParameterError("a path is empty; write for example model.terms[0].kernel.zeta");
  return parts;
}

/** `model.terms[0].kernel` */
export function formatPath(path: ParameterPath): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    const name = String(part);
    if (/[.[\]"]/u.test(name)) return `${text}["${name}"]`;
    return text === "" ? name : `${text}.${name}`;
  }, "");
}

/** The value at a path inside nested objects and lists; undefined where the path ends early. */
export function valueAt(value: unknown, path: ParameterPath): unknown {
  return path.reduce<unknown>((inner, part) => {
    if (typeof inner !== "object" || inner === null || !Object.hasOwn(inner, part)) return undefined;
    return (inner as Record<PropertyKey, unknown>)[part];
  }, value);
}
