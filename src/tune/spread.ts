import type { Dimension, Point } from "../optimizers/optimizer.js";

/**
 * Root mean square distance of points from their mean per dimension, in shares of the ranges: 0.29 where they fill a space evenly, 0
 * where all are the same. Categories count as equal or not.
 */
export function spreadOf(points: readonly Point[], dimensions: readonly Dimension[]): number {
  if (points.length === 0 || dimensions.length === 0) return 0;
  const squares = dimensions.map((dimension, d) => {
    const coordinates = points.map((point) => point[d]);
    if (dimension.kind === "categorical") return disagreement(coordinates);
    return variance(coordinates.map((x) => (dimension.kind === "ordered" ? x / Math.max(1, dimension.levels - 1) : x)));
  });
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / dimensions.length);
}

function variance(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}

/** Half the chance that two points differ: for two levels the variance of their numbers 0 and 1. */
function disagreement(levels: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const level of levels) counts.set(level, (counts.get(level) ?? 0) + 1);
  return 0.5 * (1 - [...counts.values()].reduce((sum, count) => sum + (count / levels.length) ** 2, 0));
}
