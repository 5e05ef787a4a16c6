/** What kernels lose with fewer components, over all pairs of rows of the data. */
export interface ComponentErrors {
  /** Largest error of x·x′, relative to the largest x·x. */
  readonly largest: number;
  /** Root mean square error of x·x′, relative to the largest x·x. */
  readonly rms: number;
  /** Bound of the error of x·x′ / (|x| |x′|). */
  readonly normalized: number;
}

/** The same for 0, 1, 2, … components, the first one 1 where nothing is left. */
interface ErrorsByCount {
  readonly largest: Float64Array;
  readonly rms: Float64Array;
  readonly normalized: Float64Array;
}

/**
 * The error of x·x′ is x·Qx′, with Q the projection on the components that are left out. |x·Qx′| ≤ |Qx| |Qx′|, so that the largest is one of x·Qx: one
 * pass finds it for all pairs. Its mean square over all pairs is the trace of (QSQ)², S the mean of xxᵀ: the sum of the squares of the variances that are left out. Where
 * e = |Qx|² / |x|², the error of the normalized kernel is at most 1 − √((1−e)(1−e′)) + √(ee′) ≤ 2 max e.
 * @param variances of all components
 * @param rows of all components, with a weight behind them if `hasWeight`
 */
export async function componentErrors(variances: Float64Array, hasWeight: boolean, rows: AsyncIterable<Float64Array>): Promise<ErrorsByCount> {
  const n = variances.length;
  const width = n + (hasWeight ? 1 : 0);
  const [largest, normalized, rms] = [0, 1, 2].map(() => new Float64Array(n + 1));
  for await (const values of rows) for (let first = 0; first < values.length; first += width) addRow(values.subarray(first, first + n), largest, normalized);
  const size = largest[0];
  let sum = 0;
  for (let k = n; k >= 0; k--) {
    if (k < n) sum += variances[k] ** 2;
    rms[k] = size > 0 ? Math.sqrt(sum) / size : 0;
    largest[k] = size > 0 ? largest[k] / size : 0;
    normalized[k] = Math.min(1, 2 * normalized[k]);
  }
  return { largest, rms, normalized };
}

/** What is left of a row without its first k components, for every k. */
function addRow(row: Float64Array, largest: Float64Array, normalized: Float64Array): void {
  const n = row.length;
  const square = row.reduce((sum, value) => sum + value * value, 0);
  let left = 0;
  for (let k = n; k >= 0; k--) {
    if (k < n) left += row[k] * row[k];
    if (left > largest[k]) largest[k] = left;
    if (square > 0 && left / square > normalized[k]) normalized[k] = left / square;
  }
}

/** The fewest components that keep all errors below limits, at least 1. */
export function fewestComponents(errors: ErrorsByCount, limits: { readonly [Kind in keyof ComponentErrors]?: number | undefined }): number {
  const kinds = (["largest", "rms", "normalized"] as const).filter((kind) => limits[kind] !== undefined);
  let count = 1;
  while (count < errors.rms.length - 1 && kinds.some((kind) => !(errors[kind][count] <= limits[kind]!))) count++;
  return count;
}
