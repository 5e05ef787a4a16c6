import type { Assessment } from "../analysis/index.js";
import type { ComparedStructure } from "../report/index.js";
import type { Dataset } from "../structures/index.js";

/** Structures beside what was predicted for them, one after the other. */
export function* comparedStructures(name: string, dataset: Dataset, { comparisons }: Assessment): Generator<ComparedStructure> {
  for (const [index, record] of comparisons.entries()) yield { structure: dataset.structure(index), record, dataset: name };
}
