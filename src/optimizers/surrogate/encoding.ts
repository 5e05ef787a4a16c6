import type { Dimension, Point } from "../optimizer.js";

/** Coordinates for distances: 0 to 1 for numbers and ordered levels; the level itself for categories, which are equal or not. */
export function encode(dimensions: readonly Dimension[], point: Point): Float64Array {
  return Float64Array.from(dimensions, (dimension, d) => {
    if (dimension.kind === "ordered") return dimension.levels > 1 ? point[d] / (dimension.levels - 1) : 0;
    return point[d];
  });
}

/** Squared distance in one dimension: Hamming for categories. */
export function squaredDifference(dimension: Dimension, a: number, b: number): number {
  if (dimension.kind === "categorical") return a === b ? 0 : 1;
  return (a - b) * (a - b);
}

export function keyOf(point: Point): string {
  return point.join(" ");
}
