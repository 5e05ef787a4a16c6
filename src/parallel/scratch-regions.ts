import { ResourceError } from "../errors.js";
import type { MemoryPool, Region } from "../wasm/memory.js";

const INITIAL_SCRATCH = 4 << 20;

/** Scratch below this is a power of two, above it one of four steps between these. */
const FINE_SCRATCH = 64 << 20;

/** Regions larger than so many times what a task needs are left to tasks that need them. */
const TOO_LARGE = 4;

/**
 * Bytes of the scratch that a thread will have after some tasks, whatever their order: steps from one size to the next are large, so
 * that tasks are not run again often.
 * @param required what the largest of the tasks allocates, bytes
 */
export function scratchSize(required: number): number {
  const power = 2 ** Math.floor(Math.log2(Math.max(required, INITIAL_SCRATCH)));
  const step = power < FINE_SCRATCH ? power : power / 4;
  return Math.ceil(Math.max(required, INITIAL_SCRATCH) / step) * step;
}

/**
 * Scratch of the tasks in flight. Regions are kept from task to task and given back when others need the memory; a task whose region has no
 * room waits until another one has finished, so that many threads need no more memory than one.
 */
export class ScratchRegions {
  private readonly idle: Region[] = [];
  private readonly waiting: (() => void)[] = [];
  /** Bytes that tasks of a name turned out to need. */
  private readonly needs = new Map<string, number>();
  private inUse = 0;
  private total = 0;

  /** @param mostRegions to keep, in use or not */
  constructor(
    private readonly pool: MemoryPool,
    private readonly mostRegions: () => number,
  ) {
    pool.addReclaimer(
      () => this.releaseIdle(),
      () => this.idle.reduce((sum, { bytes }) => sum + bytes, 0),
    );
  }

  /** Of all regions, in use or not. */
  get bytes(): number {
    return this.total;
  }

  /**
   * A region for a task, as large as earlier ones of its name needed it.
   * @throws {ResourceError} when there is no room although no other task has scratch
   */
  async take(task: string, label: string | undefined): Promise<Region> {
    const need = this.needs.get(task);
    if (need === undefined) {
      const any = this.idle.pop();
      if (any) this.inUse++;
      return any ?? this.obtain(INITIAL_SCRATCH, label);
    }
    try {
      return await this.obtain(need, label);
    } catch {
      // this one may need less
      this.needs.delete(task);
      return this.obtain(INITIAL_SCRATCH, label);
    }
  }

  /**
   * A larger region in place of one that was too small.
   * @throws {ResourceError}
   */
  exchange(small: Region, task: string, requiredBytes: number, label: string | undefined): Promise<Region> {
    const bytes = scratchSize(requiredBytes);
    this.needs.set(task, Math.max(bytes, this.needs.get(task) ?? 0));
    this.release(small);
    this.inUse--;
    this.wake();
    return this.obtain(bytes, label);
  }

  /** Takes back the region of a task that has ended. */
  giveBack(region: Region): void {
    this.idle.push(region);
    this.inUse--;
    this.wake();
  }

  private async obtain(bytes: number, label = "a thread"): Promise<Region> {
    for (;;) {
      try {
        const region = this.takeIdle(bytes) ?? this.allocate(bytes, label);
        this.inUse++;
        return region;
      } catch (error) {
        if (this.inUse === 0 || !(error instanceof ResourceError)) {
          this.wake(); // others may need less
          throw error;
        }
      }
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  /** The smallest that will do. */
  private takeIdle(bytes: number): Region | undefined {
    const fitting = this.idle.filter((region) => region.bytes >= bytes && region.bytes <= TOO_LARGE * bytes);
    if (fitting.length === 0) return undefined;
    const region = fitting.reduce((best, other) => (other.bytes < best.bytes ? other : best));
    this.idle.splice(this.idle.indexOf(region), 1);
    return region;
  }

  private allocate(bytes: number, label: string): Region {
    while (this.inUse + this.idle.length >= this.mostRegions() && this.releaseIdle());
    const region = this.pool.allocate(bytes, `scratch of ${label}`);
    this.total += region.bytes;
    return region;
  }

  private releaseIdle(): boolean {
    const region = this.idle.shift();
    if (region) this.release(region);
    return region !== undefined;
  }

  private release(region: Region): void {
    this.pool.release(region);
    this.total -= region.bytes;
  }

  private wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}
