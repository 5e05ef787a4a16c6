import { type Entry, referencesOf } from "./compile.js";
import { SearchParameterError } from "./parameter-error.js";

/**
 * Entries in an order in which each comes after those that it refers to.
 * @throws {SearchParameterError} when they refer to each other in a circle
 */
export function orderByDependency(entries: readonly Entry[]): Entry[] {
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const done = new Set<Entry>();
  const path: Entry[] = [];
  const visit = (entry: Entry): void => {
    if (done.has(entry)) return;
    const start = path.indexOf(entry);
    if (start >= 0) {
      const circle = [...path.slice(start), entry].map(({ name }) => name).join(" → ");
      throw new SearchParameterError([entry.key], "key", `${entry.name} depends on itself: ${circle}; give one of them numbers as bounds`);
    }
    path.push(entry);
    for (const { reference } of referencesOf(entry)) {
      const target = byName.get(reference.name);
      if (target) visit(target);
    }
    path.pop();
    done.add(entry);
  };
  entries.forEach(visit);
  return [...done];
}

/** The entry and all that its value depends on. */
export function withAncestors(entry: Entry, byName: ReadonlyMap<string, Entry>): Set<Entry> {
  const found = new Set<Entry>();
  const visit = (one: Entry): void => {
    if (found.has(one)) return;
    found.add(one);
    for (const { reference } of referencesOf(one)) {
      const target = byName.get(reference.name);
      if (target) visit(target);
    }
  };
  visit(entry);
  return found;
}
