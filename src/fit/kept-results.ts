/** Finds what an earlier fit to the same data has made, or makes it. */
export interface Recall {
  /**
   * @param key everything that the result depends on beside the data
   * @param bytes of a result
   */
  <Result>(key: string, make: () => Promise<Result>, bytes: (result: Result) => number): Promise<Result>;
}

interface Kept {
  readonly result: unknown;
  readonly bytes: number;
}

/**
 * Parts of fits that later fits to the same data need again, on the host within a number of bytes: what was not used for the longest
 * time goes first. Users must leave results as they are.
 */
export class KeptResults {
  /** The one that was used last stands last. */
  private readonly kept = new Map<string, Kept>();
  private total = 0;

  constructor(readonly maximumBytes: number) {}

  /** Of all that is kept. */
  get bytes(): number {
    return this.total;
  }

  /** For fits to one data set, which no other one has the name of. */
  of(dataset: string): Recall {
    return async (key, make, bytes) => {
      const name = JSON.stringify([dataset, key]);
      const found = this.kept.get(name);
      if (found) {
        this.kept.delete(name);
        this.kept.set(name, found);
        return found.result as Awaited<ReturnType<typeof make>>;
      }
      // what is being made is not waited for: whoever makes it may be cancelled
      const result = await make();
      this.keep(name, { result, bytes: bytes(result) });
      return result;
    };
  }

  release(): void {
    this.kept.clear();
    this.total = 0;
  }

  private keep(name: string, made: Kept): void {
    if (made.bytes > this.maximumBytes || this.kept.has(name)) return;
    this.kept.set(name, made);
    this.total += made.bytes;
    for (const [oldest, { bytes }] of this.kept) {
      if (this.total <= this.maximumBytes) return;
      this.kept.delete(oldest);
      this.total -= bytes;
    }
  }
}
