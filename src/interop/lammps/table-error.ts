/** Largest deviations of a table from its function. */
export interface TableError {
  /** In the unit of the values. */
  readonly value: number;
  /** The same, by the unit of the argument. */
  readonly slope: number;
}

/** What is in a table. */
export interface TableContent {
  /** At equally spaced points, at least four. */
  readonly values: Float64Array;
  /** Of the points. */
  readonly spacing: number;
  /** The function and its derivative at point i, which may lie between two. */
  exact(i: number): readonly [number, number];
  /** Makes the function of what a program reads at point i, where it is another one. */
  read?(i: number, value: number, slope: number): readonly [number, number];
  /** First point that counts. */
  readonly from?: number;
}

/** Places between two points where a table is compared. */
const PLACES = [0.25, 0.5, 0.75];

/**
 * How far the cubic polynomials through four neighboring points of a table lie from the function, at quarters and midpoints: about what any program that
 * interpolates by cubic polynomials makes of it.
 */
export function tableError({ values, spacing, exact, read = (_, ...pair) => pair, from = 0 }: TableContent): TableError {
  let [value, slope] = [0, 0];
  for (let k = Math.ceil(from); k < values.length - 1; k++) {
    const first = Math.min(Math.max(k - 1, 0), values.length - 4);
    for (const place of PLACES) {
      const [own, rate] = throughFour(values, first, k + place - first);
      const [found, foundRate] = read(k + place, own, rate / spacing);
      const [expected, expectedRate] = exact(k + place);
      value = Math.max(value, Math.abs(found - expected));
      slope = Math.max(slope, Math.abs(foundRate - expectedRate));
    }
  }
  return { value, slope };
}

/** The cubic polynomial through values[first … first + 3] and its derivative, at t from 0 to 3; by Newton's divided differences. */
function throughFour(values: Float64Array, first: number, t: number): readonly [number, number] {
  const [a, b, c, d] = [values[first], values[first + 1], values[first + 2], values[first + 3]];
  const [first1, second, third] = [b - a, (c - 2 * b + a) / 2, (d - 3 * c + 3 * b - a) / 6];
  const value = a + t * (first1 + (t - 1) * (second + (t - 2) * third));
  return [value, first1 + second * (2 * t - 1) + third * (3 * t * t - 6 * t + 2)];
}
