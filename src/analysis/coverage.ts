import { erf } from "../math/erf.js";
import { seededRandom, standardNormal } from "../math/random.js";

/** A share of the errors as it should be for normally distributed errors of these bars, and as it is. */
export interface CoveragePoint {
  /** 0 … 1 */
  readonly expected: number;
  /** 0 … 1 */
  readonly observed: number;
  /** Half width of the interval, in bars. */
  readonly deviations: number;
}

/** Predictions with bars of about the same size. */
export interface BarBin {
  /** Root mean square of the bars. */
  readonly bar: number;
  /** Root mean square of the errors: the same where the bars are right. */
  readonly error: number;
  /** Of the predictions. */
  readonly count: number;
}

/** Shares that intervals are made for. */
const LEVELS = [...Array.from({ length: 19 }, (_, i) => (i + 1) / 20), 0.99];
/** Errors that are drawn for a rank correlation, at least. */
const DRAWS = 10_000;
/** Bins hold this many predictions or more … */
const BIN_COUNT = 8;
/** … and are no more than these. */
const MOST_BINS = 12;

/**
 * How many errors lie within intervals that should hold a given share of them.
 * @param ratios error/bar of each prediction, at least one
 */
export function coverage(ratios: readonly number[]): CoveragePoint[] {
  const sizes = ratios.map(Math.abs);
  return LEVELS.map((expected) => {
    const deviations = normalInterval(expected);
    return { expected, deviations, observed: sizes.filter((size) => size <= deviations).length / sizes.length };
  });
}

/** k with erf(k/√2) = share, 0 < share < 1: half the interval about 0 that holds a share of a normal distribution. */
function normalInterval(share: number): number {
  let [low, high] = [0, 40];
  while (high - low > 1e-12 * high) {
    const middle = (low + high) / 2;
    if (erf(middle / Math.SQRT2) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * Sizes of bars beside those of errors, from the smallest bars to the largest, with about as many predictions in each bin.
 * @param bars greater than 0; errors as many
 */
export function barBins(bars: ArrayLike<number>, errors: ArrayLike<number>): BarBin[] {
  const order = Array.from({ length: bars.length }, (_, i) => i).sort((a, b) => bars[a] - bars[b] || a - b);
  const count = Math.max(1, Math.min(MOST_BINS, Math.floor(order.length / BIN_COUNT)));
  return Array.from({ length: count }, (_, bin) => {
    const members = order.slice(Math.round((bin * order.length) / count), Math.round(((bin + 1) * order.length) / count));
    const rootMeanSquare = (of: ArrayLike<number>): number => Math.sqrt(members.reduce((sum, i) => sum + of[i] ** 2, 0) / members.length);
    return { bar: rootMeanSquare(bars), error: rootMeanSquare(errors), count: members.length };
  });
}

/** Spearman's correlation of the ranks of two lists, −1 … 1; equal values share their mean rank; NaN where one list is constant. */
export function rankCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [x, y] = [ranks(a), ranks(b)];
  const mean = (a.length - 1) / 2;
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    xy += (x[i] - mean) * (y[i] - mean);
    xx += (x[i] - mean) ** 2;
    yy += (y[i] - mean) ** 2;
  }
  return xy / Math.sqrt(xx * yy);
}

/**
 * Rank correlation of bars with sizes of errors that are drawn with them: what bars that are right reach. An error may be small by chance, so that it is
 * below 1: 0.3 where bars are spread over a factor of 3, 0.6 over a factor of 10. NaN where all are equal.
 */
export function attainableCorrelation(bars: ArrayLike<number>): number {
  const random = seededRandom(1);
  const repeats = Math.ceil(DRAWS / bars.length);
  let sum = 0;
  for (let k = 0; k < repeats; k++) sum += rankCorrelation(bars, Float64Array.from(bars, (bar) => Math.abs(bar * standardNormal(random))));
  return sum / repeats;
}

function ranks(values: ArrayLike<number>): Float64Array {
  const order = Array.from({ length: values.length }, (_, i) => i).sort((a, b) => values[a] - values[b]);
  const found = new Float64Array(values.length);
  for (let first = 0, last = 0; first < order.length; first = last) {
    while (last < order.length && values[order[last]] === values[order[first]]) last++;
    for (let k = first; k < last; k++) found[order[k]] = (first + last - 1) / 2;
  }
  return found;
}
