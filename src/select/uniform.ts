import { uniformInt } from "pure-rand/distribution/uniformInt";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";

/** Rows on the host, and the columns of them that count. */
export interface GridInput {
  /** f64 [count × nFeatures] */
  readonly values: Float64Array;
  readonly count: number;
  readonly nFeatures: number;
  /** The first ones of the columns. */
  readonly nCoordinates: number;
}

/**
 * Rows spread evenly over the box that holds them: with a grid of ⌈M^(1/d)⌉ points along each of d coordinates, the first row that is nearest to
 * each grid point, in the order of the data; where grid points without rows leave fewer than M, others at random, each from a random grid point.
 * What gap_fit calls `uniform`, for few coordinates. Indices ascending.
 */
export function uniformPoints(input: GridInput, size: number, random: RandomGenerator): Int32Array {
  const wanted = Math.min(size, input.count);
  const rowsOfBins = binRows(input, size);
  const chosen: number[] = [];
  for (const rows of rowsOfBins) {
    if (chosen.length === wanted) break;
    chosen.push(rows.shift()!);
  }
  // bins that are empty from here on go to the end and off
  const bins = rowsOfBins.filter((rows) => rows.length > 0);
  while (chosen.length < wanted) {
    const b = uniformInt(random, 0, bins.length - 1);
    const rows = bins[b];
    const r = uniformInt(random, 0, rows.length - 1);
    chosen.push(rows[r]);
    rows[r] = rows.at(-1)!;
    rows.pop();
    if (rows.length > 0) continue;
    bins[b] = bins.at(-1)!;
    bins.pop();
  }
  return Int32Array.from(chosen).sort();
}

/** Rows of every grid point that has some, in the order in which these are met. */
function binRows({ values, count, nFeatures, nCoordinates }: GridInput, size: number): number[][] {
  const minima = new Float64Array(nCoordinates).fill(Infinity);
  const maxima = new Float64Array(nCoordinates).fill(-Infinity);
  for (let row = 0; row < count; row++) {
    for (let d = 0; d < nCoordinates; d++) {
      const value = values[row * nFeatures + d];
      minima[d] = Math.min(minima[d], value);
      maxima[d] = Math.max(maxima[d], value);
    }
  }
  // rounding must not add a point: 27^(1/3) is 3
  const points = Math.ceil(size ** (1 / nCoordinates) - 1e-9);
  const bins = new Map<string, number[]>();
  for (let row = 0; row < count; row++) {
    const bin = Array.from(minima, (minimum, d) => {
      const range = maxima[d] - minimum;
      return range > 0 ? Math.round(((values[row * nFeatures + d] - minimum) / range) * (points - 1)) : 0;
    }).join();
    const known = bins.get(bin);
    if (known) known.push(row);
    else bins.set(bin, [row]);
  }
  return [...bins.values()];
}
