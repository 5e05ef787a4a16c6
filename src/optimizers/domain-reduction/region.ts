import { unitOf } from "../dimensions.js";
import type { Dimension, Point } from "../optimizer.js";
import type { Interval } from "../surrogate/minimize.js";

export interface ReductionOptions {
  readonly panning: number;
  readonly oscillation: number;
  /** η */
  readonly zoom: number;
  /** Narrower than this a range is not made; default: 10⁻⁶ */
  readonly narrowest?: number;
}

export interface Region {
  readonly region: readonly Interval[];
  readonly displacement: readonly number[];
}

/**
 * The next region, dimension by dimension (Stander & Craig 2002, eqs. 4 to 8): with the optimum at d = 2 (x − middle) / width, c = d
 * d_before and ĉ = sign(c) √|c|, γ = [γ_pan (1 + ĉ) + γ_osc (1 − ĉ)] / 2, the width is multiplied by η + |d| (γ − η). The new range lies
 * around the optimum and is moved inside the whole range where it sticks out. Of a category the share of free levels shrinks by η while
 * the best level stays and grows again when it changes.
 */
export function reduceRegion(dimensions: readonly Dimension[], before: Region, optimum: Point, best: Point, options: ReductionOptions): Region {
  const { panning, oscillation, zoom, narrowest = 1e-6 } = options;
  const region: Interval[] = [];
  const displacement: number[] = [];
  for (const [d, dimension] of dimensions.entries()) {
    const { low, high } = before.region[d];
    const width = high - low;
    if (dimension.kind === "categorical") {
      // the level of the best, plus 1 to tell it from none
      const isSame = before.displacement[d] === best[d] + 1;
      region.push({ low: 0, high: isSame ? width * zoom : Math.min(width / zoom, 1) });
      displacement.push(best[d] + 1);
      continue;
    }
    const x = unitOf(dimension, optimum[d]);
    const moved = Math.min(Math.max((2 * x - low - high) / width, -1), 1);
    const product = moved * before.displacement[d];
    const trend = Math.sign(product) * Math.sqrt(Math.abs(product));
    const gamma = (panning * (1 + trend) + oscillation * (1 - trend)) / 2;
    const next = Math.max(width * (zoom + Math.abs(moved) * (gamma - zoom)), narrowest);
    const from = Math.min(Math.max(x - next / 2, 0), 1 - next);
    region.push({ low: from, high: from + next });
    displacement.push(moved + 0);
  }
  return { region, displacement };
}
