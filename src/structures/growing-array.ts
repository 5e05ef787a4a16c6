type GrowableConstructor<Kind> = new (length: number) => Kind;
type Growable = Float64Array | Int32Array | Uint8Array;

/** A typed array that grows as values are appended, by doubling. */
export class GrowingArray<Kind extends Growable> {
  length = 0;
  private values: Kind;
  private readonly Kind: GrowableConstructor<Kind>;

  constructor(Kind: GrowableConstructor<Kind>, capacity = 64) {
    this.Kind = Kind;
    this.values = new Kind(capacity);
  }

  append(values: ArrayLike<number>): void {
    const start = this.reserve(values.length);
    this.values.set(values, start);
  }

  fill(value: number, count: number): void {
    const start = this.reserve(count);
    this.values.fill(value, start, start + count);
  }

  /** The values in an array of exactly their number. */
  finish(): Kind {
    return this.values.length === this.length ? this.values : (this.values.slice(0, this.length) as Kind);
  }

  private reserve(count: number): number {
    const start = this.length;
    this.length += count;
    if (this.length > this.values.length) {
      const larger = new this.Kind(Math.max(this.length, 2 * this.values.length));
      larger.set(this.values.subarray(0, start));
      this.values = larger;
    }
    return start;
  }
}
