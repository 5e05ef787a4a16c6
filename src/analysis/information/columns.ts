import { standardNormal, seededRandom } from "../../math/random.js";

/** Columns that tell nothing of their own. */
export interface ColumnCounts {
  /** Of one value. */
  readonly constant: number;
  /** Linear in one of those before them; constant ones not counted. */
  readonly duplicate: number;
}

/** A spread that is not larger, relative to the largest magnitude, is rounding of one value. */
const ROUNDING = 1e-12;
/** 1 − |correlation| of columns that say the same. */
const SAME = 1e-9;

/**
 * Counts constant and duplicate columns of f64 [n × d] in O(n d): columns without mean and of unit length are projected on one random vector,
 * and only those whose projections agree are compared.
 */
export function countColumns(values: Float64Array, n: number, d: number): ColumnCounts {
  const { means, lengths, constant } = columnLengths(values, n, d);
  const random = seededRandom(1);
  const direction = Float64Array.from({ length: n }, () => standardNormal(random));
  const projections = new Float64Array(d);
  for (let row = 0; row < n; row++) {
    for (let f = 0, at = row * d; f < d; f++, at++) projections[f] += direction[row] * (values[at] - means[f]);
  }
  const varying = Int32Array.from(constant.keys()).filter((f) => !constant[f]);
  for (const f of varying) projections[f] = Math.abs(projections[f] / lengths[f]);
  varying.sort((a, b) => projections[a] - projections[b] || a - b);
  // equal unit vectors differ by √(2·SAME) at most, their projections by that times |direction|, on average √n; three times that is room enough
  const reach = 3 * Math.sqrt(2 * SAME);
  const correlation = (a: number, b: number): number => {
    let sum = 0;
    for (let row = 0, at = 0; row < n; row++, at += d) sum += (values[at + a] - means[a]) * (values[at + b] - means[b]);
    return Math.abs(sum) / (lengths[a] * lengths[b]);
  };
  const repeated = new Uint8Array(d);
  for (let i = 0; i < varying.length; i++) {
    for (let j = i - 1; j >= 0 && projections[varying[i]] - projections[varying[j]] <= reach; j--) {
      // one that is known to be repeated has its equal among those before, too
      if (repeated[varying[j]] || !(1 - correlation(varying[i], varying[j]) <= SAME)) continue;
      repeated[varying[i]] = 1;
      break;
    }
  }
  return { constant: d - varying.length, duplicate: repeated.reduce((sum, is) => sum + is, 0) };
}

function columnLengths(values: Float64Array, n: number, d: number): { means: Float64Array; lengths: Float64Array; constant: Uint8Array } {
  const means = new Float64Array(d);
  const [minima, maxima] = [new Float64Array(d).fill(Infinity), new Float64Array(d).fill(-Infinity)];
  for (let row = 0, at = 0; row < n; row++) {
    for (let f = 0; f < d; f++, at++) {
      const value = values[at];
      means[f] += value / n;
      if (value < minima[f]) minima[f] = value;
      if (value > maxima[f]) maxima[f] = value;
    }
  }
  const lengths = new Float64Array(d);
  for (let row = 0, at = 0; row < n; row++) for (let f = 0; f < d; f++, at++) lengths[f] += (values[at] - means[f]) ** 2;
  const constant = new Uint8Array(d);
  for (let f = 0; f < d; f++) {
    lengths[f] = Math.sqrt(lengths[f]);
    constant[f] = Number(!(maxima[f] - minima[f] > ROUNDING * Math.max(Math.abs(minima[f]), Math.abs(maxima[f]))));
  }
  return { means, lengths, constant };
}
