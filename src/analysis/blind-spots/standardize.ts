/** How rows were scaled. */
export interface ColumnScales {
  /** Deviation of each column that rows were divided by; 0 for columns of one value, which no longer count. */
  readonly deviations: Float64Array;
  /** Columns that are not of one value. */
  readonly varying: number;
}

/** A spread that is not larger, relative to the largest magnitude of all columns, is rounding of one value. */
const ROUNDING = 1e-12;
/** Deviations below this share of the largest count as this: what is scaled up more would be rounding. */
const SMALLEST = 1e-6;

/** Divides each column of n × d rows, in place, by its deviation over the rows; columns of one value become 0. */
export function standardizeRows(values: Float64Array, n: number, d: number): ColumnScales {
  const deviations = columnDeviations(values, n, d);
  const largest = deviations.reduce((most, value) => Math.max(most, value), 0);
  const scales = deviations.map((value) => (value > 0 ? Math.max(value, SMALLEST * largest) : 0));
  for (let i = 0, at = 0; i < n; i++) for (let f = 0; f < d; f++, at++) values[at] = scales[f] > 0 ? values[at] / scales[f] : 0;
  return { deviations: scales, varying: scales.reduce((count, value) => count + Number(value > 0), 0) };
}

/** Standard deviations of the columns; 0 where all that differs is rounding. */
function columnDeviations(values: Float64Array, n: number, d: number): Float64Array {
  const [means, squares] = [new Float64Array(d), new Float64Array(d)];
  let magnitude = 0;
  for (let i = 0, at = 0; i < n; i++) {
    for (let f = 0; f < d; f++, at++) {
      means[f] += values[at] / n;
      if (Math.abs(values[at]) > magnitude) magnitude = Math.abs(values[at]);
    }
  }
  for (let i = 0, at = 0; i < n; i++) for (let f = 0; f < d; f++, at++) squares[f] += (values[at] - means[f]) ** 2 / n;
  return squares.map((square) => (Math.sqrt(square) > ROUNDING * magnitude ? Math.sqrt(square) : 0));
}

/** |x − y| of two scaled rows, and of the rows before they were scaled; by differences. */
export function rowDistances(values: Float64Array, i: number, j: number, { deviations }: ColumnScales): { readonly scaled: number; readonly plain: number } {
  const d = deviations.length;
  let [scaled, plain] = [0, 0];
  for (let f = 0; f < d; f++) {
    const difference = values[i * d + f] - values[j * d + f];
    scaled += difference ** 2;
    plain += (difference * deviations[f]) ** 2;
  }
  return { scaled: Math.sqrt(scaled), plain: Math.sqrt(plain) };
}
