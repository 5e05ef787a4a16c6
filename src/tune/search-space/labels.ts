import { formatPath, type ParameterPath } from "../../parameter-path.js";
import { isElement } from "./complete.js";

/** Short names for tables, unique among all: `zeta`, or `terms[1].zeta` where several parameters end like this. */
export function labelsOf(paths: readonly ParameterPath[]): string[] {
  const forms = paths.map(formsOf);
  const labels = forms.map((form) => form[0]);
  // all that share a name become longer together, so that they stay comparable
  for (let level = 1; ; level++) {
    const shared = labels.map((label, index) => labels.some((other, at) => at !== index && other === label));
    if (!shared.includes(true) || forms.every((form) => form.length <= level)) return labels;
    shared.forEach((isShared, index) => {
      if (isShared) labels[index] = forms[index][Math.min(level, forms[index].length - 1)];
    });
  }
}

/** Last parts of paths that say nothing by themselves. */
const vague: ReadonlySet<string> = new Set(["type", "scale", "radius", "degree", "p", "q"]);

/** Names of a path from the shortest to the full one. */
function formsOf(path: ParameterPath): string[] {
  const says = !isElement(path.at(-1)) && typeof path.at(-1) !== "number" && !vague.has(String(path.at(-1)));
  const shortest = says && path.at(-2) !== "sigma" && path.at(-3) !== "configTypes" ? 1 : 2;
  const lastPosition = path.findLastIndex((part) => typeof part === "number");
  const list = lastPosition > 0 && lastPosition < path.length - 1 ? path.slice(lastPosition - 1, lastPosition + 1) : [];
  const forms: string[] = [];
  for (let length = shortest; length <= path.length; length++) {
    forms.push(formatPath(path.slice(-length)));
    const tailBegins = path.length - length;
    if (list.length > 0 && tailBegins > lastPosition) forms.push(formatPath([...list, ...path.slice(-length)]));
  }
  return forms;
}
