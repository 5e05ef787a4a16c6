import type { EvaluationRecord } from "./search-result.js";

/** Metrics that say what a prediction costs: measured in µs/atom, and counted in operations for each atom. */
export type CostMetric = "cost" | "operations";

/** What evaluations are compared in. */
export interface FrontAxes {
  /** Of the cost: smaller is better. */
  readonly metric: CostMetric;
  /** Whether a price of the cost was taken out of the loss. */
  readonly isPriced: boolean;
}

/** The cost that evaluations differ in, the measured one where there is any; undefined where they cost the same, or nobody knows. */
export function frontAxes(completed: readonly EvaluationRecord[]): FrontAxes | undefined {
  const isPriced = completed.every(({ metrics }) => Number.isFinite(metrics.lossOfErrors));
  const isMeasured = completed.some((record) => hasCost(record, "cost"));
  const counts = new Set(completed.filter((record) => hasCost(record, "operations")).map(({ metrics: { operations } }) => operations));
  if (!isMeasured && counts.size < 2) return undefined;
  return { metric: isMeasured ? "cost" : "operations", isPriced };
}

/** Whether an evaluation has a cost. */
export function hasCost({ metrics }: EvaluationRecord, metric: CostMetric): boolean {
  return Number.isFinite(metrics[metric]) && metrics[metric] > 0;
}

/** What accuracy is measured by: the loss, without the price of the cost where it holds one. */
export function errorOf({ loss, metrics }: EvaluationRecord, { isPriced }: FrontAxes): number {
  return isPriced ? metrics.lossOfErrors : loss;
}

/**
 * The evaluations that no other one beats in cost and error at once, by ascending cost.
 * Of equal ones the first stays.
 */
export function efficientFront(records: readonly EvaluationRecord[], axes: FrontAxes): EvaluationRecord[] {
  const { metric } = axes;
  const sorted = records
    .filter((record) => hasCost(record, metric) && Number.isFinite(errorOf(record, axes)))
    .sort((a, b) => a.metrics[metric] - b.metrics[metric] || errorOf(a, axes) - errorOf(b, axes));
  let lowest = Infinity;
  return sorted.filter((record) => {
    const error = errorOf(record, axes);
    if (!(error < lowest)) return false;
    lowest = error;
    return true;
  });
}

/** The evaluations of a stage that a result can be made of. */
export function completedOf(records: readonly EvaluationRecord[]): EvaluationRecord[] {
  return records.filter(({ status, loss }) => status === "done" && Number.isFinite(loss));
}
