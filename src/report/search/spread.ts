import type { EvaluationRecord, StageResult } from "../../tune/search-result.js";

export interface GenerationSpread {
  readonly generation: number;
  /** First and last evaluation. */
  readonly from: number;
  readonly to: number;
  /** Root mean square distance from the center per dimension, in shares of the ranges; categories differ by 0 or 1. */
  readonly spread: number;
}

/** How far the points of each generation lie apart: 0.29 where they fill their ranges evenly, 0 where all are the same. */
export function generationSpreads({ records, parameters }: StageResult): GenerationSpread[] {
  const generations = new Map<number, EvaluationRecord[]>();
  for (const record of records) {
    if (record.id < 0 || record.point === null || record.point.length !== parameters.length) continue;
    const members = generations.get(record.generation);
    if (members) members.push(record);
    else generations.set(record.generation, [record]);
  }
  return [...generations].map(([generation, members]) => {
    const ids = members.map(({ id }) => id);
    const squares = parameters.map(({ dimension }, d) => {
      const coordinates = members.map(({ point }) => point?.[d] ?? 0);
      if (dimension.kind === "categorical") return disagreement(coordinates);
      return variance(coordinates.map((x) => (dimension.kind === "ordered" ? x / Math.max(1, dimension.levels - 1) : x)));
    });
    const spread = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / Math.max(1, squares.length));
    return { generation, from: Math.min(...ids), to: Math.max(...ids), spread };
  });
}

function variance(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}

/** Half the chance that two points differ, which is the variance of equally likely values 0 and 1 for two of them. */
function disagreement(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return 0.5 * (1 - [...counts.values()].reduce((sum, count) => sum + (count / values.length) ** 2, 0));
}
