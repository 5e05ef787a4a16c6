/** Points of one data set and group: reference values and errors, of equal length. */
export interface PointSeries {
  readonly reference: Float64Array;
  readonly error: Float64Array;
}

/** Which points of every series to draw, as indices in ascending order. */
export type DrawnPoints = readonly Int32Array[];

/**
 * Chooses about `limit` points that look like all of them: a grid is laid over reference and error, and every series keeps the
 * first point in each cell it occupies, and its largest |error|. So dense regions lose points and lonely points stay.
 * The grid becomes coarser until the points fit; with at most `limit` points everything is kept.
 */
export function thinPoints(series: readonly PointSeries[], limit: number): DrawnPoints {
  const total = series.reduce((sum, { reference }) => sum + reference.length, 0);
  if (total <= limit) return series.map(({ reference }) => Int32Array.from(reference.keys()));
  const x = extent(series.map(({ reference }) => reference));
  const y = extent(series.map(({ error }) => error));
  for (let columns = 320; ; columns = Math.floor(columns * 0.8)) {
    const chosen = series.map((points) => occupiedCells(points, x, y, Math.max(1, columns)));
    if (columns <= 1 || chosen.reduce((sum, { length }) => sum + length, 0) <= limit) return chosen;
  }
}

interface Extent {
  readonly lower: number;
  readonly width: number;
}

function extent(arrays: readonly Float64Array[]): Extent {
  let lower = Infinity;
  let upper = -Infinity;
  for (const values of arrays) {
    for (const value of values) {
      if (value < lower) lower = value;
      if (value > upper) upper = value;
    }
  }
  return { lower, width: upper > lower ? upper - lower : 1 };
}

function occupiedCells({ reference, error }: PointSeries, x: Extent, y: Extent, columns: number): Int32Array {
  // Error plots are about a third as high as wide.
  const rows = Math.max(1, Math.round(columns / 3));
  const cell = (value: number, { lower, width }: Extent, n: number): number => Math.min(n - 1, Math.floor(((value - lower) / width) * n));
  const occupied = new Set<number>();
  const kept: number[] = [];
  const worst = error.reduce((largest, value, i) => (Math.abs(value) > Math.abs(error[largest]) ? i : largest), 0);
  for (let i = 0; i < reference.length; i++) {
    const key = cell(reference[i], x, columns) * rows + cell(error[i], y, rows);
    if (occupied.has(key) && i !== worst) continue;
    occupied.add(key);
    kept.push(i);
  }
  return Int32Array.from(kept);
}
