import { pointAt } from "../dimensions.js";
import type { Dimension, Point } from "../optimizer.js";
import { encode, keyOf, squaredDifference } from "./encoding.js";
import { minimizeOverSpace, type MinimizeOptions, spread } from "./minimize.js";

const CANDIDATES = 2048;

/**
 * At most `count` points to evaluate next: the distinct minima of a surrogate, then the lowest of points spread over the space that
 * keep a distance from each other and from the known ones. Fewer where the space has no more points.
 */
export function proposeLow(
  dimensions: readonly Dimension[],
  lossOf: (point: Point) => number,
  known: readonly Point[],
  count: number,
  options: MinimizeOptions,
): readonly Point[] {
  const taken = new Set(known.map(keyOf));
  const chosen: Point[] = [];
  const take = (point: Point): void => {
    taken.add(keyOf(point));
    chosen.push(point);
  };
  for (const { point } of minimizeOverSpace(dimensions, lossOf, options)) if (chosen.length < count && !taken.has(keyOf(point))) take(point);
  if (chosen.length === count) return chosen;
  const unit = spread(dimensions.length, options.seed + 1);
  const candidates = Array.from({ length: CANDIDATES }, (_, i) => pointAt(dimensions, unit(i)))
    .map((point) => ({ point, value: lossOf(point) }))
    .sort((a, b) => a.value - b.value);
  for (let distance = 0.1 * Math.sqrt(dimensions.length); chosen.length < count; distance = distance > 1e-3 ? distance / 4 : 0) {
    for (const { point } of candidates) {
      const isFar = [...known, ...chosen].every((other) => distanceBetween(dimensions, point, other) >= distance);
      if (chosen.length < count && !taken.has(keyOf(point)) && isFar) take(point);
    }
    if (distance === 0) break;
  }
  return chosen;
}

function distanceBetween(dimensions: readonly Dimension[], a: Point, b: Point): number {
  const x = encode(dimensions, a);
  const y = encode(dimensions, b);
  return Math.sqrt(dimensions.reduce((sum, dimension, d) => sum + squaredDifference(dimension, x[d], y[d]), 0));
}
