import { InvalidParameterError } from "../../errors.js";
import { suggestionFor } from "../../suggestion.js";
import type { Condition, Entry } from "./compile.js";
import { type CompleteCandidate, completeCandidate, lookUp, place } from "./complete.js";
import { SearchParameterError } from "./parameter-error.js";
import { levelsOf } from "./range.js";
import type { Candidate, ParameterValue } from "./search-space.js";

/**
 * Entries that some point can make active; the others would be dimensions that change nothing.
 * @param ordered every entry after those it refers to
 * @throws {SearchParameterError} for a condition that no value fulfils
 */
export function withoutNeverActive(ordered: readonly Entry[], base: Candidate, complete: CompleteCandidate): Entry[] {
  const kept = new Map<string, Entry>();
  for (const entry of ordered) {
    const isPossible = entry.conditions.every((condition) => {
      const target = kept.get(condition.reference.name);
      return target ? checkTarget(entry, condition, target) : checkFile(entry, condition, base, complete);
    });
    if (isPossible) kept.set(entry.name, entry);
  }
  return [...kept.values()];
}

/** The values that an entry can take, where they are a list. */
export function choicesOf({ rule }: Entry): readonly ParameterValue[] | undefined {
  if (rule.kind === "values") return rule.values;
  if (rule.kind === "fixed") return [rule.value];
  if (rule.kind !== "range" || typeof rule.from !== "number" || typeof rule.to !== "number") return undefined;
  return levelsOf({ low: rule.from, high: rule.to, isLog: rule.isLog, isInteger: rule.isInteger, step: rule.step });
}

function checkTarget(entry: Entry, { reference, allowed }: Condition, target: Entry): boolean {
  const choices = choicesOf(target);
  const path = [entry.key, "when"];
  if (target.rule.kind === "range" && !choices) {
    throw new SearchParameterError(path, "value", `"when" names ${reference.name}, which is searched as a range of numbers; conditions need a list of values or whole numbers`);
  }
  if (!choices) return true; // tied: known only at a point
  const foreign = allowed.find((value) => !choices.includes(value));
  // it may take other values in the file, where it is not active
  if (foreign === undefined || target.conditions.length > 0 || (choices.length === 1 && !choices.some((value) => allowed.includes(value)))) {
    return target.conditions.length > 0 || choices.some((value) => allowed.includes(value));
  }
  const list = choices.length > 12 ? `${choices.slice(0, 12).join(", ")}, …` : choices.join(", ");
  const meant = typeof foreign === "string" ? suggestionFor(foreign, choices.map(String)) : "";
  throw new SearchParameterError(path, "value", `${reference.name} is never ${JSON.stringify(foreign)}: its values are ${list}${meant}`);
}

/** Whether the file itself fulfils a condition; a value that the file could not even hold is an error. */
function checkFile(entry: Entry, { reference, allowed }: Condition, base: Candidate, complete: CompleteCandidate): boolean {
  const value = lookUp(complete, reference.path) as ParameterValue;
  for (const choice of allowed.filter((other) => other !== value)) {
    const changed = structuredClone(base);
    place(changed, reference.path, choice, { complete, defaults: complete, species: [] });
    try {
      completeCandidate(changed);
    } catch (error) {
      if (!(error instanceof InvalidParameterError)) throw error;
      if (error.message.startsWith(`${reference.name} is `)) throw new SearchParameterError([entry.key, "when"], "value", error.message, { cause: error });
    }
  }
  return allowed.includes(value);
}
