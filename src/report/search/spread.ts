import { spreadOf } from "../../tune/spread.js";
import type { EvaluationRecord, StageResult } from "../../tune/search-result.js";

export interface GenerationSpread {
  readonly generation: number;
  /** First and last evaluation. */
  readonly from: number;
  readonly to: number;
  /** See `spreadOf`. */
  readonly spread: number;
}

/** How far the points of each generation lie apart. */
export function generationSpreads({ records, parameters }: StageResult): GenerationSpread[] {
  const generations = new Map<number, EvaluationRecord[]>();
  for (const record of records) {
    if (record.id < 0 || record.point === null || record.point.length !== parameters.length) continue;
    const members = generations.get(record.generation);
    if (members) members.push(record);
    else generations.set(record.generation, [record]);
  }
  const dimensions = parameters.map(({ dimension }) => dimension);
  return [...generations].map(([generation, members]) => {
    const ids = members.map(({ id }) => id);
    return { generation, from: Math.min(...ids), to: Math.max(...ids), spread: spreadOf(members.flatMap(({ point }) => point ? [point] : []), dimensions) };
  });
}
