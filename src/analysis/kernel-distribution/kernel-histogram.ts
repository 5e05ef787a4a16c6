/** Counts of kernel values in equal bins between `from` and `to`. */
export interface KernelHistogram {
  /** Lower end of the first bin, in units of the largest k(x, x). */
  readonly from: number;
  /** Upper end of the last bin, in the same units. */
  readonly to: number;
  /** One for each bin. */
  readonly counts: readonly number[];
}
