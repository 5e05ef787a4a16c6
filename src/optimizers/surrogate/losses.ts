export interface Winsorized {
  readonly losses: readonly number[];
  /** What larger losses were lowered to; infinite when none was. */
  readonly limit: number;
}

/** Losses farther above the median than this many times the distance from the smallest to the median are lowered to there. */
const SPREADS = 3;

/**
 * Lowers the losses that lie far above the others, such as penalties of failed evaluations: a surrogate should spend itself on the
 * region of small losses, not on how bad the bad ones are. Losses that several points share at the top are taken for penalties and do
 * not count for the median.
 */
export function winsorize(losses: readonly number[]): Winsorized {
  const sorted = [...losses].sort((a, b) => a - b);
  const largest = sorted.at(-1)!;
  const below = sorted.filter((loss) => loss < largest);
  const regular = sorted.length - below.length > 1 && below.length > 1 ? below : sorted;
  const smallest = regular[0];
  const median = regular[Math.floor((regular.length - 1) / 2)];
  const limit = median > smallest ? median + SPREADS * (median - smallest) : regular.at(-1)!;
  return largest > limit ? { losses: losses.map((loss) => Math.min(loss, limit)), limit } : { losses, limit: Number.POSITIVE_INFINITY };
}
