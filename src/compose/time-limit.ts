/** Longer delays than timers take count as none, ms. */
const LONGEST_DELAY = 2 ** 31 - 1;

/** A signal that fires with another one, or when some time is over. */
export class TimeLimit {
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout | undefined;
  /** Whether the time was over before it was cleared. */
  isOver = false;
  private readonly onOuter = (): void => this.controller.abort();

  /** @param seconds Infinity: there is no limit */
  constructor(
    private readonly outer: AbortSignal | undefined,
    seconds: number,
  ) {
    if (outer?.aborted) this.controller.abort();
    outer?.addEventListener("abort", this.onOuter);
    const delay = 1000 * Math.max(0, seconds);
    if (delay > LONGEST_DELAY) return;
    this.timer = setTimeout(() => {
      this.isOver = true;
      this.controller.abort();
    }, delay).unref();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  clear(): void {
    clearTimeout(this.timer);
    this.outer?.removeEventListener("abort", this.onOuter);
  }
}
