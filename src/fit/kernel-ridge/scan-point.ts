/** How the energies of a data set that is not fitted to are predicted. */
export interface KernelRidgeScanErrors {
  /** eV: root mean square error. */
  readonly rmse: number;
  /** Pearson's correlation of predicted and reference energies; NaN where either are all equal. */
  readonly correlation: number;
}

/** One pair of length scale and λ of a scan. NaN (null in JSON) where the kernel matrix is not positive definite. */
export interface KernelRidgeScanPoint {
  /** Of each term, in units of its features; NaN for kernels without one. */
  readonly lengthScales: readonly number[];
  /** Multiple of the median distance, where it was given so. */
  readonly ofMedian?: number | undefined;
  /** eV²; a factor of σ² where forces are fitted */
  readonly lambda: number;
  /**
   * Root mean square error of structures that are left out one at a time, of each target in its unit; where forces are fitted of energies (eV), then
   * of components of forces (eV/Å).
   */
  readonly leaveOneOut: readonly number[];
  /** The same with whole groups left out; only where asked for. */
  readonly leaveGroupOut?: readonly number[];
  /** Root mean square of errors over σ of structures or groups left out, energies and forces together: what decides where forces are fitted. */
  readonly leftOutOverSigma?: number;
  /** eV: root mean square error of the validation energies; only where asked for. */
  readonly validation?: number;
  /** Energies of further data sets, by the names that these were given; only where asked for. */
  readonly others?: Readonly<Record<string, KernelRidgeScanErrors>>;
  /** ln p(energies) with K as it is. */
  readonly logEvidence: number;
  /** The same with K + λ scaled by the number that makes it largest. */
  readonly scaledLogEvidence: number;
}
