/** Seconds on the clock that a comparison may take, and shares of it. */
export class Deadline {
  private readonly start = performance.now();

  /** @param seconds undefined: as long as it takes */
  constructor(readonly seconds: number | undefined) {}

  /** Since the start. */
  get elapsed(): number {
    return (performance.now() - this.start) / 1000;
  }

  /** Whether less than a share of the time is over. */
  isBefore(share: number): boolean {
    return this.seconds === undefined || this.elapsed < share * this.seconds;
  }
}
