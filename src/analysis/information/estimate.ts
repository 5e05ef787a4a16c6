/** A value with its standard error. */
export interface Estimate {
  /** Of repetitions, or of the whole sample. */
  readonly mean: number;
  /** Standard error; NaN where there is nothing to tell it from. */
  readonly error: number;
  /** Repetitions, or groups that were left out in turn. */
  readonly count: number;
}

/** Mean of repetitions with other seeds, and its standard error. */
export function meanEstimate(values: readonly number[]): Estimate {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, error: count > 1 ? Math.sqrt(squares / (count - 1) / count) : NaN, count };
}

/**
 * A statistic of a whole sample, with the standard error that leaving out groups of the sample in turn tells: the delete-a-group jackknife.
 * @param statistic of the members of the sample that are kept, by their positions
 * @param groups of each member, 0 … nGroups − 1
 */
export function jackknife(statistic: (kept: Int32Array) => number, groups: Int32Array): Estimate {
  const nGroups = groups.reduce((most, group) => Math.max(most, group + 1), 0);
  const mean = statistic(groups.map((_, i) => i));
  if (nGroups < 2) return { mean, error: NaN, count: nGroups };
  const without = Array.from({ length: nGroups }, (_, left) => statistic(Int32Array.from(groups.keys()).filter((i) => groups[i] !== left)));
  const center = without.reduce((sum, value) => sum + value, 0) / nGroups;
  const squares = without.reduce((sum, value) => sum + (value - center) ** 2, 0);
  return { mean, error: Math.sqrt(((nGroups - 1) / nGroups) * squares), count: nGroups };
}
