import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import type { AceFunction, Factor } from "../../descriptors/ace/selection.js";
import { seededRandom } from "../../math/random.js";
import type { Derivatives } from "./real-pruning.js";

/** Real and imaginary parts of A_m, m = −l … l, of one factor, and where its 2l + 1 real variables begin: those of m = 0, 1, … l, two each but for 0. */
export interface Sums {
  readonly at: number;
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/**
 * Derivatives of functions by the sums over neighbors A_{μnlm} that they are products of, at values drawn for a seed: A_{−m} = (−1)^m A_m*, so that
 * real and imaginary parts for m ≥ 0 are the variables.
 */
export function aceDerivatives(functions: readonly AceFunction[], seed: number): Derivatives {
  const sums = drawSums(functions, seed);
  const nVariables = [...sums.values()].reduce((count, { re }) => count + re.length, 0);
  const rows = new Float64Array(functions.length * nVariables);
  functions.forEach(({ factors, terms }, index) => {
    const own = factors.map((factor) => sums.get(keyOf(factor))!);
    const row = rows.subarray(index * nVariables, (index + 1) * nVariables);
    for (const { m, coefficient } of terms) addProduct(row, own, m, coefficient);
  });
  return { nColumns: functions.length, nVariables, rows, label: "random sums over neighbors" };
}

export function keyOf({ species, n, l }: Factor): string {
  return `${species} ${n} ${l}`;
}

/** Values of all factors that occur, by their keys. */
export function drawSums(functions: readonly AceFunction[], seed: number): Map<string, Sums> {
  const random = seededRandom(seed);
  const sums = new Map<string, Sums>();
  let at = 0;
  for (const factor of functions.flatMap(({ factors }) => factors)) {
    const { l } = factor;
    if (sums.has(keyOf(factor))) continue;
    const [re, im] = [new Float64Array(2 * l + 1), new Float64Array(2 * l + 1)];
    for (let m = 0; m <= l; m++) {
      const sign = m % 2 === 0 ? 1 : -1;
      re[l + m] = 2 * uniformFloat64(random) - 1;
      if (m > 0) im[l + m] = 2 * uniformFloat64(random) - 1;
      re[l - m] = sign * re[l + m];
      if (m > 0) im[l - m] = -sign * im[l + m];
    }
    sums.set(keyOf(factor), { at, re, im });
    at += 2 * l + 1;
  }
  return sums;
}

/** Adds the derivatives of coefficient · Re Π A. */
function addProduct(row: Float64Array, sums: readonly Sums[], m: readonly number[], coefficient: number): void {
  m.forEach((own, t) => {
    let [re, im] = [coefficient, 0];
    sums.forEach((other, s) => {
      if (s === t) return;
      const place = (other.re.length - 1) / 2 + m[s];
      [re, im] = [re * other.re[place] - im * other.im[place], re * other.im[place] + im * other.re[place]];
    });
    const { at } = sums[t];
    const sign = own < 0 && own % 2 !== 0 ? -1 : 1;
    if (own === 0) row[at] += re;
    else {
      const variable = at + 2 * Math.abs(own) - 1;
      row[variable] += sign * re;
      row[variable + 1] += own > 0 ? -im : sign * im;
    }
  });
}
