import { ResourceError } from "../errors.js";

/** Byte offset into the WebAssembly memory. */
export type Pointer = number;

/** All regions start on a cache line. */
const ALIGNMENT = 64;
const PAGE = 65536;
const GROWTH = 256; // pages: 16 MiB

/** Bytes that WebAssembly can address. */
export const ADDRESSABLE_BYTES = 65536 * PAGE;

/** The next multiple of a cache line (64 bytes). */
export function alignUp(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  for (; value >= 1000 && unit < units.length - 1; unit++) value /= 1000;
  return `${value >= 100 || unit === 0 ? value.toFixed(0) : value.toPrecision(3)} ${units[unit]}`;
}

interface Span {
  start: number;
  end: number;
}

/** A region of the memory, owned by whoever allocated it. */
export interface Region {
  /** First byte, a multiple of 64. */
  readonly pointer: Pointer;
  /** As asked for; what is taken from the pool is rounded up. */
  readonly bytes: number;
  /** What is in it, for messages about memory. */
  readonly label: string;
}

/**
 * The host's allocator over one WebAssembly memory: first fit, neighbors merged on release.
 * Only the thread that created the memory allocates; routines and workers receive pointers.
 */
export class MemoryPool {
  /** Grows as needed, never shrinks. */
  readonly memory: WebAssembly.Memory;
  /** Limit that the pool keeps, at most 4 GiB. */
  readonly maximumBytes: number;
  private free: Span[] = [];
  private readonly used = new Map<Pointer, number>();
  private readonly reclaimers = new Map<() => boolean, () => number>();
  private end: number;
  private inUse = 0;
  private peak = 0;

  constructor(memory: WebAssembly.Memory, base: Pointer, maximumBytes: number) {
    this.memory = memory;
    this.maximumBytes = Math.min(maximumBytes, ADDRESSABLE_BYTES);
    this.end = memory.buffer.byteLength;
    const start = alignUp(base);
    if (start < this.end) this.free.push({ start, end: this.end });
  }

  /** In regions at present. */
  get bytesInUse(): number {
    return this.inUse;
  }

  /** Most that was in use at once. */
  get peakBytes(): number {
    return this.peak;
  }

  /** Below the limit; not in one piece, perhaps. */
  get bytesAvailable(): number {
    return this.maximumBytes - this.inUse;
  }

  /** With what its holders would give back if somebody needed it. */
  get bytesObtainable(): number {
    return [...this.reclaimers.values()].reduce((sum, idleBytes) => sum + idleBytes(), this.bytesAvailable);
  }

  /**
   * Makes `reclaim` part of the answer to a full memory: it gives back something that it can do without, and says whether it did.
   * @param idleBytes what it could give back in all
   * @returns what ends that
   */
  addReclaimer(reclaim: () => boolean, idleBytes: () => number = () => 0): () => void {
    this.reclaimers.set(reclaim, idleBytes);
    return () => this.reclaimers.delete(reclaim);
  }

  /** @throws {ResourceError} when the region does not fit in the memory limit, after all that could be reclaimed was */
  allocate(bytes: number, label: string): Region {
    for (;;) {
      try {
        return this.take(bytes, label);
      } catch (error) {
        if (![...this.reclaimers.keys()].some((reclaim) => reclaim())) throw error;
      }
    }
  }

  private take(bytes: number, label: string): Region {
    const size = Math.max(ALIGNMENT, alignUp(bytes));
    let index = this.free.findIndex((span) => span.end - span.start >= size);
    if (index < 0) {
      this.grow(size, label);
      index = this.free.length - 1;
    }
    const span = this.free[index];
    const pointer = span.start;
    span.start += size;
    if (span.start === span.end) this.free.splice(index, 1);
    this.used.set(pointer, size);
    this.inUse += size;
    this.peak = Math.max(this.peak, this.inUse);
    return { pointer, bytes, label };
  }

  /** Gives a region back; one that is not (or no more) of this pool is ignored. */
  release(region: Region): void {
    const size = this.used.get(region.pointer);
    if (size === undefined) return;
    this.used.delete(region.pointer);
    this.inUse -= size;
    const span = { start: region.pointer, end: region.pointer + size };
    const after = this.free.findIndex((other) => other.start > span.start);
    this.free.splice(after < 0 ? this.free.length : after, 0, span);
    this.mergeFree();
  }

  /** Gives the end of a region back and keeps its first bytes. */
  shrink(region: Region, bytes: number): Region {
    const size = this.used.get(region.pointer);
    const kept = Math.max(ALIGNMENT, alignUp(bytes));
    if (size === undefined || kept >= size) return region;
    const tail = { pointer: region.pointer + kept, bytes: size - kept, label: region.label };
    this.used.set(region.pointer, kept);
    this.used.set(tail.pointer, tail.bytes);
    this.release(tail);
    return { ...region, bytes };
  }

  private mergeFree(): void {
    const merged: Span[] = [];
    for (const span of this.free) {
      const last = merged[merged.length - 1];
      if (last && last.end === span.start) last.end = span.end;
      else merged.push(span);
    }
    this.free = merged;
  }

  private grow(size: number, label: string): void {
    const last = this.free[this.free.length - 1];
    const tail = last && last.end === this.end ? last.end - last.start : 0;
    const limit = Math.floor(this.maximumBytes / PAGE);
    const present = this.end / PAGE;
    const needed = Math.ceil((size - tail) / PAGE);
    const pages = Math.min(Math.max(needed, GROWTH), limit - present);
    if (pages < needed || !this.tryGrow(pages)) {
      throw new ResourceError(
        `not enough memory for ${label}: it needs ${formatBytes(size)}, of ${formatBytes(this.maximumBytes)} in all ` +
          `${formatBytes(this.inUse)} are taken; use fewer sparse points, a smaller basis or smaller blocks, or raise the memory limit (at most 4.29 GB)`,
      );
    }
    const end = this.memory.buffer.byteLength;
    if (tail > 0) last.end = end;
    else this.free.push({ start: this.end, end });
    this.end = end;
  }

  private tryGrow(pages: number): boolean {
    try {
      this.memory.grow(pages);
      return true;
    } catch {
      return false;
    }
  }
}

/** Thrown by an arena that is full; the executor answers it with a larger arena and runs the (pure) task again. */
export class ArenaOverflow extends Error {
  /** Size that the arena would have needed so far. */
  readonly requiredBytes: number;

  constructor(requiredBytes: number) {
    super(`scratch arena needs at least ${formatBytes(requiredBytes)}`);
    this.requiredBytes = requiredBytes;
  }
}

/** Stack allocator over one region: `mark`, allocate, `reset` to the mark. Never frees single blocks. */
export class Arena {
  /** First byte of the region. */
  readonly start: Pointer;
  /** Byte after the region. */
  readonly end: Pointer;
  private top: Pointer;

  constructor(region: { readonly pointer: Pointer; readonly bytes: number }) {
    this.start = region.pointer;
    this.end = region.pointer + region.bytes;
    this.top = this.start;
  }

  /** Above the top. */
  get bytesAvailable(): number {
    return this.end - this.top;
  }

  /** @throws {ArenaOverflow} when the arena is too small */
  allocate(bytes: number): Pointer {
    const pointer = this.top;
    const next = pointer + Math.max(ALIGNMENT, alignUp(bytes));
    if (next > this.end) throw new ArenaOverflow(next - this.start);
    this.top = next;
    return pointer;
  }

  /**
   * Allocates numbers of 8 bytes; not cleared.
   * @throws {ArenaOverflow} when the arena is too small
   */
  f64(count: number): Pointer {
    return this.allocate(count * 8);
  }

  /**
   * Allocates numbers of 4 bytes; not cleared.
   * @throws {ArenaOverflow} when the arena is too small
   */
  i32(count: number): Pointer {
    return this.allocate(count * 4);
  }

  /** The top, to `reset` to. */
  mark(): Pointer {
    return this.top;
  }

  /** Frees everything above a mark; default: everything. */
  reset(mark: Pointer = this.start): void {
    this.top = mark;
  }
}
