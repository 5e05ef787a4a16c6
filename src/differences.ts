import { isContainer } from "./plain-data.js";

/** Names the values that differ between two plain objects: `tune.parameters.a.to was 8, now 10`. */
export function differences(earlier: unknown, now: unknown, path = ""): string[] {
  if (Object.is(earlier, now)) return [];
  if (!isContainer(earlier) || !isContainer(now) || Array.isArray(earlier) !== Array.isArray(now)) {
    return [`${path || "the configuration"} was ${show(earlier)}, now ${show(now)}`];
  }
  const keys = [...new Set([...Object.keys(earlier), ...Object.keys(now)])];
  return keys.flatMap((key) => differences(earlier[key], now[key], joined(path, key, Array.isArray(now))));
}

function joined(path: string, key: string, isList: boolean): string {
  if (isList) return `${path}[${key}]`;
  return path === "" ? key : `${path}.${key}`;
}

function show(value: unknown): string {
  if (value === undefined) return "absent";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
