import { CancelledError } from "../../errors.js";
import { throwIfAborted } from "../../parallel/executor.js";
import type { MemoryPool } from "../../wasm/memory.js";

/** Something in shared memory that is expensive to make. */
export interface Cacheable {
  readonly bytes: number;
  release(): void;
}

/** The right to use a cached thing until it is given back; it is not evicted before. */
export interface Lease<Value extends Cacheable> {
  readonly value: Value;
  release(): void;
}

interface Entry {
  readonly made: Promise<Cacheable>;
  /** When it is made. */
  value: Cacheable | undefined;
  users: number;
  /** Larger: used later. */
  lastUse: number;
  /** The cache was emptied while it was in use. */
  isDoomed: boolean;
}

/**
 * Keeps what was made under a key within a number of bytes, and as long as nobody else needs the memory: what was not used for the
 * longest time goes first, nothing in use goes at all.
 */
export class ByteCache {
  private readonly entries = new Map<string, Entry>();
  private clock = 0;
  private endReclaiming: (() => void) | undefined;

  constructor(
    private readonly pool: MemoryPool,
    readonly maximumBytes: number,
  ) {}

  get bytes(): number {
    return [...this.entries.values()].reduce((sum, { value }) => sum + (value?.bytes ?? 0), 0);
  }

  /** Whether something of this size could be added: things in use stay. */
  hasRoomFor(bytes: number): boolean {
    const taken = [...this.entries.values()].reduce((sum, { users, value }) => sum + (users > 0 ? (value?.bytes ?? 0) : 0), 0);
    return taken + bytes <= this.maximumBytes;
  }

  has(key: string): boolean {
    return this.entries.has(key);
  }

  /** What is kept under the key; makes it when it is not there. Several callers of one key wait for the same making. */
  async lease<Value extends Cacheable>(key: string, make: () => Promise<Value>, signal?: AbortSignal): Promise<Lease<Value>> {
    for (;;) {
      throwIfAborted(signal);
      const isNew = !this.entries.has(key);
      const entry = this.entries.get(key) ?? this.begin(key, make);
      entry.users++;
      try {
        const value = (await entry.made) as Value;
        entry.lastUse = ++this.clock;
        if (isNew) this.evictDownTo(this.maximumBytes);
        return { value, release: once(() => this.giveBack(key, entry)) };
      } catch (error) {
        entry.users--;
        // Somebody else's cancellation is no reason to go without.
        if (isNew || !(error instanceof CancelledError)) throw error;
      }
    }
  }

  /** Gives back everything, what is in use as soon as it is not. */
  release(): void {
    for (const entry of this.entries.values()) entry.isDoomed = true;
    while (this.evictOne());
  }

  private begin<Value extends Cacheable>(key: string, make: () => Promise<Value>): Entry {
    const entry: Entry = { made: make(), value: undefined, users: 0, lastUse: ++this.clock, isDoomed: false };
    this.entries.set(key, entry);
    this.endReclaiming ??= this.pool.addReclaimer(
      () => this.evictOne(),
      () => this.idle.reduce((sum, [, { value }]) => sum + value!.bytes, 0),
    );
    entry.made.then(
      (value) => (entry.value = value),
      () => this.forget(key),
    );
    return entry;
  }

  private giveBack(key: string, entry: Entry): void {
    entry.users--;
    if (entry.users > 0) return;
    if (entry.isDoomed) this.remove(key, entry);
    else this.evictDownTo(this.maximumBytes);
  }

  private evictDownTo(bytes: number): void {
    while (this.bytes > bytes && this.evictOne());
  }

  private get idle(): [string, Entry][] {
    return [...this.entries].filter(([, { users, value }]) => users === 0 && value !== undefined);
  }

  /** What was not used for the longest time; false when all is in use. */
  private evictOne(): boolean {
    const { idle } = this;
    if (idle.length === 0) return false;
    const [key, entry] = idle.reduce((oldest, other) => (other[1].lastUse < oldest[1].lastUse ? other : oldest));
    this.remove(key, entry);
    return true;
  }

  private remove(key: string, entry: Entry): void {
    this.forget(key);
    entry.value?.release();
  }

  private forget(key: string): void {
    this.entries.delete(key);
    if (this.entries.size > 0) return;
    this.endReclaiming?.();
    this.endReclaiming = undefined;
  }
}

function once(action: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) action();
    isDone = true;
  };
}
