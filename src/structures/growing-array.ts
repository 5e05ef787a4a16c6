type GrowableConstructor<Kind> = new (length: number) => Kind;
type Growable = Float64Array | Int32Array | Uint8Array;

/** Largest block, in values. */
const LARGEST_BLOCK = 1 << 17;

/** What may be left over of memory that was reserved, as a part of it. */
const LARGEST_WASTE = 1 / 8;

/**
 * A typed array that grows as values are appended. They stand in blocks until the end: memory that is new to the process costs more than
 * the copy from one place to another, and doubling asks for twice as much of it. Where the number of values is about known, `reserve` saves
 * the copy too.
 */
export class GrowingArray<Kind extends Growable> {
  private readonly full: Kind[] = [];
  private block: Kind;
  /** Values in the last block, and in those before it. */
  private used = 0;
  private before = 0;

  constructor(
    private readonly Kind: GrowableConstructor<Kind>,
    capacity = 64,
  ) {
    this.block = new Kind(capacity);
  }

  /** Values so far. */
  get length(): number {
    return this.before + this.used;
  }

  append(values: ArrayLike<number>): void {
    const count = values.length;
    if (count <= this.block.length - this.used) {
      this.block.set(values, this.used);
      this.used += count;
      return;
    }
    for (let start = 0; start < count; ) {
      const end = start + this.room(count - start);
      for (let i = start; i < end; i++) this.block[this.used++] = values[i];
      start = end;
    }
  }

  fill(value: number, count: number): void {
    for (let left = count; left > 0; ) {
      const room = this.room(left);
      this.block.fill(value, this.used, this.used + room);
      this.used += room;
      left -= room;
    }
  }

  /** Makes room for `count` values more, in one block; it takes memory only where it is written to. */
  reserve(count: number): void {
    if (count <= LARGEST_BLOCK) return;
    const block = new this.Kind(this.length + Math.ceil(count));
    this.copyTo(block);
    this.used = this.length;
    this.before = 0;
    this.full.length = 0;
    this.block = block;
  }

  /** The values in an array of exactly their number, which may be a view of a buffer that is somewhat larger. */
  finish(): Kind {
    if (this.full.length === 0 && this.used >= (1 - LARGEST_WASTE) * this.block.length) return this.block.subarray(0, this.used) as Kind;
    const all = new this.Kind(this.length);
    this.copyTo(all);
    return all;
  }

  private copyTo(all: Kind): void {
    let at = 0;
    for (const block of this.full) {
      all.set(block, at);
      at += block.length;
    }
    all.set(this.block.subarray(0, this.used), at);
  }

  /** How many of `wanted` values fit into the last block; at least one, for which a new block is begun. */
  private room(wanted: number): number {
    if (this.used === this.block.length) {
      this.full.push(this.block);
      this.before += this.used;
      this.used = 0;
      this.block = new this.Kind(Math.min(LARGEST_BLOCK, 2 * this.block.length));
    }
    return Math.min(wanted, this.block.length - this.used);
  }
}
