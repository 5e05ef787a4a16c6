/** Moments of a set of values: the fields of the record `Moments` of the routine `addMoments`. */
export interface Moments {
  readonly count: number;
  readonly mean: number;
  /** Σ (x − mean)² */
  readonly squares: number;
  /** Σ (x − mean)³ */
  readonly cubes: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** What a routine starts from. */
export const noMoments: Moments = { count: 0, mean: 0, squares: 0, cubes: 0, minimum: Infinity, maximum: -Infinity };

/** Moments of the union of two sets. Pébay, SAND2008-6212 (2008), eqs. 1.1 and 1.2 for p = 2, 3. */
export function mergeMoments(a: Moments, b: Moments): Moments {
  if (a.count === 0) return b;
  if (b.count === 0) return a;
  const count = a.count + b.count;
  const shift = b.mean - a.mean;
  const share = (a.count * b.count) / count;
  return {
    count,
    mean: a.mean + (shift * b.count) / count,
    squares: a.squares + b.squares + shift ** 2 * share,
    cubes: a.cubes + b.cubes + shift ** 3 * share * ((a.count - b.count) / count) + (3 * shift * (a.count * b.squares - b.count * a.squares)) / count,
    minimum: Math.min(a.minimum, b.minimum),
    maximum: Math.max(a.maximum, b.maximum),
  };
}

/** A spread that is not larger than this, relative to the largest value, is rounding of equal values. */
const ROUNDING = 1e-12;

/** Standard deviation (of the population) and skewness, the third standardised moment; both 0 where all values are equal. */
export function shapeOf({ count, squares, cubes, minimum, maximum }: Moments): { readonly std: number; readonly skewness: number } {
  const std = Math.sqrt(squares / count);
  if (!(std > ROUNDING * Math.max(Math.abs(minimum), Math.abs(maximum)))) return { std: 0, skewness: 0 };
  return { std, skewness: cubes / count / std ** 3 };
}
