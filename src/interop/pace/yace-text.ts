import type { Yace, YaceBond, YaceEmbedding, YaceFunction } from "./yace-file.js";

/** Keys whose numbers are whole. */
const WHOLE = new Set(["ndensity", "nradmax", "lmax", "nradbasemax", "mu0", "rank", "num_ms_combs", "mus", "ns", "ls", "ms_combs"]);

/** Nothing in the format tells how many functions there are: a file that is cut off at the end of a line is whole without this comment. */
const COUNTS = "functions of elements";

/** How many functions of each element the head of a file of `yaceText` tells; undefined in other files. */
export function countedFunctions(text: string): number[] | undefined {
  const found = new RegExp(`^# ${COUNTS}: ([\\d, ]+)$`, "mu").exec(text);
  return found?.[1].split(",").map(Number);
}

/**
 * A .yace file. Whole numbers are written without a point, others with one and as many digits as tell them from all others (17 at most).
 * @param comment lines at its head
 */
export function yaceText({ elements, E0, deltaSplineBins, embeddings, bonds, functions }: Yace, comment: readonly string[]): string {
  const table = (value: YaceEmbedding | YaceBond | YaceFunction): string =>
    `{${Object.entries(value).flatMap(([key, own]) => (own === undefined ? [] : [`${key}: ${valueText(own, WHOLE.has(key))}`])).join(", ")}}`;
  return [
    ...comment.map((line) => `# ${line}`.trimEnd()),
    `# ${COUNTS}: ${functions.map(({ length }) => length).join(", ")}`,
    `elements: [${elements.join(", ")}]`,
    `E0: ${valueText(E0, false)}`,
    `deltaSplineBins: ${real(deltaSplineBins)}`,
    "embeddings:",
    ...embeddings.map((own, i) => `  ${i}: ${table(own)}`),
    "bonds:",
    ...bonds.flatMap((row, i) => row.map((own, j) => `  [${i}, ${j}]: ${table(own)}`)),
    "functions:",
    ...functions.flatMap((list, i) => (list.length === 0 ? [`  ${i}: []`] : [`  ${i}:`, ...list.map((own) => `    - ${table(own)}`)])),
    "",
  ].join("\n");
}

type Nested = number | string | readonly Nested[];

function valueText(value: unknown, isWhole: boolean): string {
  const own = value as Nested;
  if (typeof own === "number") return isWhole ? String(own) : real(own);
  if (typeof own === "string") return own;
  return `[${own.map((entry) => valueText(entry, isWhole)).join(", ")}]`;
}

/** With a point: readers of YAML 1.1 take 1e-7 for a word. */
function real(value: number): string {
  const text = String(value);
  if (text.includes(".")) return text;
  return text.includes("e") ? text.replace("e", ".0e") : `${text}.0`;
}
