import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { seededRandom } from "../../math/random.js";
import { SOBOL_DIMENSIONS, sobolSequence } from "../designs/sobol-sequence.js";
import { pointAt, type UnitPoint } from "../dimensions.js";
import type { Dimension, Point } from "../optimizer.js";

/** Part of the unit interval of every dimension; categories are not restricted. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface Scored {
  readonly point: Point;
  readonly value: number;
}

/** Points spread evenly over the space: a scrambled Sobol sequence, or random points where it has too few dimensions. */
export function spread(nDimensions: number, seed: number): (index: number) => UnitPoint {
  if (nDimensions <= SOBOL_DIMENSIONS) return sobolSequence(nDimensions, seed);
  const random = seededRandom(seed);
  return () => Array.from({ length: nDimensions }, () => uniformFloat64(random));
}

export interface CompassOptions {
  /** First step, as a share of the range. */
  readonly step: number;
  /** The last one. */
  readonly tolerance: number;
  readonly evaluations: number;
  readonly region?: readonly Interval[];
}

/**
 * Compass search: a step to either side of every coordinate, every other level of a category; half the step when nothing is lower
 * (Kolda, Lewis & Torczon 2003, doi:10.1137/S003614450242889). Ordered levels move by one at least.
 */
export function compassSearch(dimensions: readonly Dimension[], start: Scored, lossOf: (point: Point) => number, options: CompassOptions): Scored {
  let best = start;
  let left = options.evaluations;
  for (let step = options.step; step >= options.tolerance && left > 0; step /= 2) {
    for (let isLower = true; isLower && left > 0; ) {
      isLower = false;
      for (const [d, dimension] of dimensions.entries()) {
        for (const value of neighborValues(dimension, best.point[d], step, options.region?.[d])) {
          const point = best.point.with(d, value);
          left--;
          const loss = lossOf(point);
          if (loss < best.value) {
            best = { point, value: loss };
            isLower = true;
          }
        }
      }
    }
  }
  return best;
}

function neighborValues(dimension: Dimension, value: number, step: number, region: Interval = { low: 0, high: 1 }): readonly number[] {
  if (dimension.kind === "continuous") {
    return [Math.max(value - step, region.low), Math.min(value + step, region.high)].filter((moved) => moved !== value);
  }
  if (dimension.kind === "categorical") return Array.from({ length: dimension.levels }, (_, level) => level).filter((level) => level !== value);
  const jump = Math.max(1, Math.round(step * dimension.levels));
  const low = Math.floor(region.low * dimension.levels);
  const high = Math.min(Math.ceil(region.high * dimension.levels), dimension.levels) - 1;
  return [value - jump, value + jump].filter((level) => level >= low && level <= high);
}

export interface MinimizeOptions {
  readonly seed: number;
  /** Points to begin from besides those spread over the space. */
  readonly starts?: readonly Point[];
  readonly candidates?: number;
  readonly region?: readonly Interval[];
}

/**
 * Low points of a cheap function, lowest first: the best of many points spread over the space and of the given ones, each followed
 * downhill by compass search. Minima that coincide are listed once.
 */
export function minimizeOverSpace(dimensions: readonly Dimension[], lossOf: (point: Point) => number, options: MinimizeOptions): readonly Scored[] {
  const { seed, starts = [], candidates = 1024, region } = options;
  const unit = spread(dimensions.length, seed);
  const points = Array.from({ length: candidates }, (_, i) => pointAt(dimensions, inside(dimensions, unit(i), region)));
  const scored = [...starts, ...points].map((point) => ({ point, value: lossOf(point) })).sort((a, b) => a.value - b.value);
  const minima: Scored[] = [];
  for (const start of scored.slice(0, 8)) {
    const found = compassSearch(dimensions, start, lossOf, { step: 0.1, tolerance: 1e-4, evaluations: 100 * dimensions.length, region });
    if (!minima.some(({ point }) => point.every((x, d) => Math.abs(x - found.point[d]) < 1e-3))) minima.push(found);
  }
  return minima.sort((a, b) => a.value - b.value);
}

function inside(dimensions: readonly Dimension[], unit: UnitPoint, region: readonly Interval[] | undefined): UnitPoint {
  if (!region) return unit;
  return unit.map((u, d) => (dimensions[d].kind === "categorical" ? u : region[d].low + u * (region[d].high - region[d].low)));
}
