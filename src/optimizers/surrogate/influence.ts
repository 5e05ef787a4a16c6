import { pointAt } from "../dimensions.js";
import type { Dimension, Point } from "../optimizer.js";
import { spread } from "./minimize.js";

/** Mean loss where one dimension has one value. */
export interface EffectPoint {
  /** 0 … 1 of a range, or a level. */
  readonly value: number;
  /** Over all other dimensions. */
  readonly loss: number;
}

/** What one dimension does to the loss, according to a surrogate. */
export interface Influence {
  /** Share of the variance over the space that this dimension explains alone: 0 to 1 up to sampling noise. */
  readonly firstOrder: number;
  /** Share that vanishes when this dimension is known, its interactions included. */
  readonly total: number;
  /** Mean loss over all other dimensions: at 0 … 1 of a range, or at levels. */
  readonly effect: readonly EffectPoint[];
}

const SAMPLES = 1024;
const EFFECT_SAMPLES = 128;
const EFFECT_VALUES = 11;

/**
 * Variance-based sensitivity of a cheap function: first-order indices by Saltelli et al. 2010 (doi:10.1016/j.cpc.2009.09.018, table 2
 * (b)), total ones by Jansen 1999, and main effects.
 */
export function influencesOf(dimensions: readonly Dimension[], lossOf: (point: Point) => number): readonly Influence[] {
  const n = dimensions.length;
  const unit = spread(2 * n, 1);
  const pairs = Array.from({ length: SAMPLES }, (_, i) => unit(i)).map((u) => ({
    a: pointAt(dimensions, u.slice(0, n)),
    b: pointAt(dimensions, u.slice(n)),
  }));
  const fromA = pairs.map(({ a }) => lossOf(a));
  const fromB = pairs.map(({ b }) => lossOf(b));
  const all = [...fromA, ...fromB];
  const mean = all.reduce((sum, loss) => sum + loss, 0) / all.length;
  const variance = all.reduce((sum, loss) => sum + (loss - mean) ** 2, 0) / all.length;
  return dimensions.map((dimension, d) => {
    let first = 0;
    let total = 0;
    for (const [i, { a, b }] of pairs.entries()) {
      const exchanged = lossOf(a.with(d, b[d]));
      first += (fromB[i] - mean) * (exchanged - fromA[i]);
      total += (exchanged - fromA[i]) ** 2 / 2;
    }
    const share = (sum: number): number => (variance > 0 ? sum / SAMPLES / variance : 0);
    const effect = effectValues(dimension).map((value) => ({
      value,
      loss: pairs.slice(0, EFFECT_SAMPLES).reduce((sum, { a }) => sum + lossOf(a.with(d, value)), 0) / EFFECT_SAMPLES,
    }));
    return { firstOrder: Math.max(share(first), 0), total: share(total), effect };
  });
}

function effectValues(dimension: Dimension): readonly number[] {
  const even = Array.from({ length: EFFECT_VALUES }, (_, i) => i / (EFFECT_VALUES - 1));
  if (dimension.kind === "continuous") return even;
  if (dimension.kind === "ordered" && dimension.levels > EFFECT_VALUES) return even.map((u) => Math.round(u * (dimension.levels - 1)));
  return Array.from({ length: dimension.levels }, (_, level) => level);
}
