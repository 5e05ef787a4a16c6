import { InvalidParameterError } from "../errors.js";

/**
 * Quantile of ascending values, interpolated linearly between order statistics (type 7 of Hyndman & Fan,
 * Am. Stat. 50, 361 (1996), 10.1080/00031305.1996.10473566). NaN for an empty array.
 * @throws InvalidParameterError if `probability` is not within 0 … 1.
 */
export function quantile(sorted: ArrayLike<number>, probability: number): number {
  if (!(probability >= 0 && probability <= 1)) {
    throw new InvalidParameterError(`probability is ${probability}; it must be within 0 and 1`);
  }
  if (sorted.length === 0) return NaN;
  const position = probability * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}

/** `count` + 1 edges of bins of equal width from `lower` to `upper`. */
export function linearEdges(lower: number, upper: number, count: number): Float64Array {
  requireBins(lower < upper, lower, upper, count);
  const edges = Float64Array.from({ length: count + 1 }, (_, i) => lower + ((upper - lower) * i) / count);
  edges[count] = upper;
  return edges;
}

/** `count` + 1 edges of bins of equal ratio from `lower` > 0 to `upper`. */
export function logarithmicEdges(lower: number, upper: number, count: number): Float64Array {
  requireBins(lower > 0 && lower < upper, lower, upper, count);
  const edges = Float64Array.from({ length: count + 1 }, (_, i) => lower * Math.pow(upper / lower, i / count));
  edges[count] = upper;
  return edges;
}

function requireBins(ordered: boolean, lower: number, upper: number, count: number): void {
  if (ordered && Number.isFinite(lower) && Number.isFinite(upper) && Number.isInteger(count) && count >= 1) return;
  throw new InvalidParameterError(
    `cannot make ${count} bins from ${lower} to ${upper}; need finite lower < upper (lower > 0 on a logarithmic axis) and at least one bin`,
  );
}

/** How many values fall into each bin, and how many outside. */
export interface Histogram {
  /** Ascending, one more than there are bins. */
  readonly edges: Float64Array;
  /** Values from edge i up to edge i + 1; the last bin holds the upper end, too. */
  readonly counts: Uint32Array;
  /** Values under the first edge. */
  readonly below: number;
  /** Values over the last edge. */
  readonly above: number;
}

/** Counts values into bins [edge, next edge); the last bin includes its upper edge. NaN is not counted. */
export function histogram(values: ArrayLike<number>, edges: Float64Array): Histogram {
  const counts = new Uint32Array(Math.max(0, edges.length - 1));
  let below = 0;
  let above = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (Number.isNaN(value)) continue;
    if (value < edges[0]) below += 1;
    else if (value > edges[counts.length]) above += 1;
    else counts[Math.min(upperBound(edges, value) - 1, counts.length - 1)] += 1;
  }
  return { edges, counts, below, above };
}

/** Share of ascending values that are ≤ each threshold (0 … 1); NaN for an empty array. */
export function cumulativeShare(sorted: ArrayLike<number>, thresholds: ArrayLike<number>): Float64Array {
  return Float64Array.from(thresholds, (threshold) => upperBound(sorted, threshold) / sorted.length);
}

/** Index of the first element > value in an ascending array. */
function upperBound(sorted: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
