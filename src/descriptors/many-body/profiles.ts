import { erf } from "../../math/erf.js";
import { enumerations } from "../../wasm/records.js";
import type { Grid } from "./terms.js";

const { coefficients: COEFFICIENTS } = enumerations.Profile;
/** σ: what a Gaussian leaves beyond is 5·10⁻¹⁷ of it. */
const TAIL = 8.3;
/** σ: intervals of this length leave an error of 10⁻¹⁵ in polynomials of the seventh degree. */
const INTERVAL = 0.06;

/** What bins take of a Gaussian, by its place in its own bin; see `assembly/descriptors/many-body/profile.ts`. */
export interface Profiles {
  /** Bins on each side that a Gaussian reaches. */
  readonly reach: number;
  /** Numbers of a profile: 2 reach + 1, and a zero to make them even. */
  readonly width: number;
  /** Of a bin. */
  readonly nIntervals: number;
}

/** Sizes of the profiles of a grid. */
export function profileShape({ min, max, sigma, n }: Grid): Profiles {
  const step = (max - min) / (n - 1);
  const reach = Math.ceil((TAIL * sigma) / step);
  return { reach, width: 2 * reach + 2, nIntervals: Math.ceil(step / (INTERVAL * sigma)) };
}

/** Numbers of the table of a grid. */
export function profileLength({ width, nIntervals }: Profiles): number {
  return nIntervals * COEFFICIENTS * width;
}

/** Writes the polynomials: [interval][power][bin]. */
export function writeProfiles(grid: Grid, normalizeGaussians: boolean, out: Float64Array): void {
  const { min, max, sigma, n } = grid;
  const { reach, width, nIntervals } = profileShape(grid);
  const step = (max - min) / (n - 1);
  const length = step / nIntervals;
  const factor = gaussianFactor(grid, normalizeGaussians);
  out.fill(0);
  for (let interval = 0; interval < nIntervals; interval++) {
    const place = (interval + 0.5) * length - step / 2;
    const edges = Array.from({ length: 2 * reach + 2 }, (_, q) => edgeSeries(((q - reach - 0.5) * step - place) / sigma, length / sigma));
    for (let q = 0; q <= 2 * reach; q++) {
      for (let power = 0; power < COEFFICIENTS; power++) out[(interval * COEFFICIENTS + power) * width + q] = factor * (edges[q + 1][power] - edges[q][power]);
    }
  }
}

/** By what a difference of normal distribution functions is multiplied for the mean over a bin. */
export function gaussianFactor({ min, max, sigma, n }: Grid, normalizeGaussians: boolean): number {
  return ((n - 1) / (max - min)) * (normalizeGaussians ? 1 : sigma * Math.sqrt(2 * Math.PI));
}

/** The normal distribution function. */
export function normal(u: number): number {
  return 0.5 * (1 + Math.sign(u) * erf(Math.abs(u) / Math.SQRT2));
}

/** Taylor coefficients of Φ(u − h z) by z: −h^k/k! He_{k−1}(u) φ(u), with the polynomials of Hermite for the weight φ. */
function edgeSeries(u: number, h: number): number[] {
  const series = [normal(u)];
  const density = Math.exp((-u * u) / 2) / Math.sqrt(2 * Math.PI);
  let [before, hermite, scale] = [0, 1, 1];
  for (let k = 1; k < COEFFICIENTS; k++) {
    scale *= h / k;
    series.push(-scale * hermite * density);
    [before, hermite] = [hermite, u * hermite - (k - 1) * before];
  }
  return series;
}
