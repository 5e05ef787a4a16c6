/** Errors of one quantity. Without a single reference value `count` is 0 and the others are NaN (null in JSON). */
export interface ErrorStatistics {
  /** Number of reference values. */
  readonly count: number;
  /** Root mean square error. */
  readonly rmse: number;
  /** Mean absolute error. */
  readonly mae: number;
  /** Largest absolute error. */
  readonly max: number;
}

/** Sums up errors of one quantity; nothing but sums is kept. */
export class ErrorSum {
  /** Errors so far. */
  count = 0;
  private squares = 0;
  private absolutes = 0;
  private largest = 0;

  /** Counts predicted − reference, in any unit; the sign does not matter. */
  add(error: number): void {
    const absolute = Math.abs(error);
    this.count += 1;
    this.squares += error * error;
    this.absolutes += absolute;
    if (absolute > this.largest) this.largest = absolute;
  }

  /** Root mean square of the errors; NaN without any, like the others. */
  get rmse(): number {
    return Math.sqrt(this.squares / this.count);
  }

  /** Mean absolute error; NaN without any. */
  get mae(): number {
    return this.absolutes / this.count;
  }

  /** All of them at once. */
  statistics(): ErrorStatistics {
    const { count, rmse, mae } = this;
    return { count, rmse, mae, max: count === 0 ? NaN : this.largest };
  }
}
