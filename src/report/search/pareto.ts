import type { EvaluationRecord } from "../../tune/search-result.js";

/** The metric of the cost of a prediction, µs/atom. */
export const COST = "cost";

/** Whether an evaluation has a measured cost. */
export function hasCost({ metrics }: EvaluationRecord): boolean {
  return Number.isFinite(metrics[COST]) && metrics[COST] > 0;
}

/**
 * The evaluations that no other one beats in cost and value at once, by ascending cost.
 * Of equal ones the first stays.
 */
export function paretoFront(records: readonly EvaluationRecord[], value: (record: EvaluationRecord) => number): EvaluationRecord[] {
  const sorted = records
    .filter((record) => hasCost(record) && Number.isFinite(value(record)))
    .sort((a, b) => a.metrics[COST] - b.metrics[COST] || value(a) - value(b));
  let lowest = Infinity;
  return sorted.filter((record) => {
    if (!(value(record) < lowest)) return false;
    lowest = value(record);
    return true;
  });
}
