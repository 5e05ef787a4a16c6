import type { EvaluationRecord } from "../../tune/search-result.js";

export interface FailureGroup {
  /** The reason of the first one. */
  readonly reason: string;
  readonly records: readonly EvaluationRecord[];
}

/** Failed evaluations by reason, the most frequent first; reasons that differ in numbers only count as one. */
export function failureGroups(records: readonly EvaluationRecord[]): FailureGroup[] {
  const groups = new Map<string, { reason: string; records: EvaluationRecord[] }>();
  for (const record of records) {
    if (record.status !== "failed") continue;
    const reason = record.reason ?? "no reason given";
    const key = reason.replace(/[-−]?\d[\d.,]*(e[-+]?\d+)?/gi, "#");
    const group = groups.get(key);
    if (group) group.records.push(record);
    else groups.set(key, { reason, records: [record] });
  }
  return [...groups.values()].sort((a, b) => b.records.length - a.records.length);
}
