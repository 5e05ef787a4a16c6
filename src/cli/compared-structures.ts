import type { Assessment } from "../analysis/assessment.js";
import type { ComparedStructure } from "../report/worst-structures.js";
import type { Dataset } from "../structures/dataset.js";

/** Structures beside what was predicted for them, one after the other. */
export function* comparedStructures(name: string, dataset: Dataset, { comparisons }: Assessment): Generator<ComparedStructure> {
  for (const [index, record] of comparisons.entries()) yield { structure: dataset.structure(index), record, dataset: name };
}
