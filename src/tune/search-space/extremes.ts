import type { Entry, Reference } from "./compile.js";
import { type CompleteCandidate, lookUp } from "./complete.js";

/** Lowest and highest value that a parameter takes anywhere in the space. */
export function extremesOf(entry: Entry, byName: ReadonlyMap<string, Entry>, complete: CompleteCandidate): [number, number] {
  const ofReference = ({ name, path }: Reference): [number, number] => {
    const value = Number(lookUp(complete, path));
    const target = byName.get(name);
    if (!target) return [value, value];
    const [low, high] = extremesOf(target, byName, complete);
    // where the target is not active, the value of the file holds
    return target.conditions.length > 0 ? [Math.min(low, value), Math.max(high, value)] : [low, high];
  };
  const { rule } = entry;
  switch (rule.kind) {
    case "range": {
      const ends = [rule.from, rule.to].map((end) => (typeof end === "number" ? [end, end] : ofReference(end)));
      return [ends[0][0], ends[1][1]];
    }
    case "tie": {
      const ends = ofReference(rule.target).map((end) => rule.factor * end + rule.plus);
      return [Math.min(...ends), Math.max(...ends)];
    }
    case "values":
    case "fixed": {
      const numbers = (rule.kind === "values" ? rule.values : [rule.value]).map(Number);
      return [Math.min(...numbers), Math.max(...numbers)];
    }
  }
}
