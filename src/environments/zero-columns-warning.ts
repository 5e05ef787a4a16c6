import type { Feature } from "../descriptors/descriptor.js";
import { symbolOf } from "../structures/periodic-table.js";

/** Labels that are named; the others are counted. */
const NAMED = 5;

/**
 * A sentence about columns that are 0 in every row; none where there is nothing to say. Columns of species that the data does not have are
 * nothing to speak of.
 * @param columns those that are 0
 * @param species atomic numbers in the data
 */
export function zeroColumnsWarning(columns: readonly number[], features: readonly Feature[], species: Iterable<number>): string[] {
  const symbols = new Set([...species].map(symbolOf));
  const labels = columns.map((column) => features[column]).filter(({ channel }) => channel.every((symbol) => symbols.has(symbol))).map(({ label }) => label);
  if (labels.length === 0) return [];
  const named = labels.slice(0, NAMED).map((label) => `"${label}"`).join(", ");
  const more = labels.length > NAMED ? ` and ${labels.length - NAMED} more` : "";
  const [are, functions] = labels.length === 1 ? ["is", "1 feature"] : ["are", `${labels.length} of ${features.length} features`];
  return [`${functions} ${are} 0 in every row: ${named}${more}; they tell nothing about these data, so leave them out or choose parameters that reach neighbors`];
}
