// QUIP's SOAP in plain loops, in its own order of components: Bartók, Kondor & Csányi, Phys. Rev. B 87, 184115 (2013); Darby et al., npj Comput. Mater. 8, 166 (2022).
import { type RadialFunctions, radialFunctions, range } from "../descriptors/soap/radial-twin.js";
import { realHarmonics } from "../math/special-functions.js";

export interface SoapShape {
  readonly nMax: number;
  readonly lMax: number;
  /** Å, as the others */
  readonly sigma: number;
  readonly radius: number;
  readonly width: number;
}

export interface PlainSoap {
  /** In QUIP's order; 0: all species. */
  readonly list: readonly number[];
  readonly centerInAll: boolean;
  readonly nuR?: number;
  readonly nuS?: number;
  readonly diagonal?: boolean;
  readonly normalise?: boolean;
  readonly weight?: number;
}

/** c[channel][n][lm] */
export type Coefficients = number[][][];

export const radialOf = ({ nMax, lMax, sigma, radius, width }: SoapShape): RadialFunctions => radialFunctions({ basis: "equispaced-gaussian", nMax, lMax, sigma, cutoff: { radius, width } });

/** 1 up to the width before the radius, a half cosine from there. */
export const cutoffFunction = (r: number, radius: number, width: number): number => (r <= radius - width ? 1 : r > radius ? 0 : 0.5 * (1 + Math.cos((Math.PI * (r - radius + width)) / width)));

/** Of a center of species `own` and its neighbors. */
export function densityCoefficients(
  { list, centerInAll, weight = 1 }: PlainSoap, { nMax, lMax, radius, width }: SoapShape, radial: RadialFunctions, own: number, neighbors: readonly { readonly z: number; readonly d: readonly number[] }[],
): Coefficients {
  const c = list.map(() => range(nMax).map(() => range((lMax + 1) ** 2).map(() => 0)));
  const add = (z: number, isCenter: boolean, r: number, u: readonly number[], factor: number): void => {
    const [q, y] = [radial(r), realHarmonics(lMax, u[0], u[1], u[2])];
    list.forEach((species, channel) => {
      if (species !== 0 && species !== z && !(isCenter && centerInAll)) return;
      for (let l = 0; l <= lMax; l++) for (let lm = l * l; lm < (l + 1) ** 2; lm++) for (let n = 0; n < nMax; n++) c[channel][n][lm] += factor * q[l][n] * y[lm];
    });
  };
  add(own, true, 0, [0, 0, 1], weight);
  for (const { z, d } of neighbors) {
    const r = Math.hypot(...d);
    add(z, false, r, d.map((x) => x / r), cutoffFunction(r, radius, width));
  }
  return c;
}

const added = (rows: readonly number[][]): number[] => rows.reduce((a, b) => a.map((x, i) => x + b[i]));

/** Channels of one factor, species slow, n fast; those without a species or n are sums. */
function factor(c: Coefficients, species: boolean, n: boolean): { n: number; row: number[] }[] {
  const some = species ? c : [c[0].map((_, k) => added(c.map((rows) => rows[k])))];
  return some.flatMap((rows) => (n ? rows : [added(rows)]).map((row, k) => ({ n: k, row })));
}

/** The power spectrum, in QUIP's order. */
export function components(c: Coefficients, { nuR = 2, nuS = 2, diagonal = false, normalise = true }: PlainSoap, lMax: number): number[] {
  const [left, right] = [factor(c, nuS >= 1, nuR >= 1), factor(c, nuS >= 2, nuR >= 2)];
  const isSymmetric = nuR !== 1 && nuS !== 1;
  const values: number[] = [];
  left.forEach((a, i) => right.forEach((b, j) => {
    if ((isSymmetric && j > i) || (diagonal && a.n !== b.n)) return;
    for (let l = 0; l <= lMax; l++) {
      let sum = 0;
      for (let lm = l * l; lm < (l + 1) ** 2; lm++) sum += a.row[lm] * b.row[lm];
      values.push((sum / Math.sqrt(2 * l + 1)) * (isSymmetric && i !== j ? Math.SQRT2 : 1));
    }
  }));
  const norm = normalise ? Math.hypot(...values) : 1;
  return values.map((value) => value / norm);
}
