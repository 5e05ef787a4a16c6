/** Counts of kernel values in equal bins between `from` and `to`. */
export interface KernelHistogram {
  readonly from: number;
  readonly to: number;
  readonly counts: readonly number[];
}
