import type { Region } from "../wasm/memory.js";
import type { Executor } from "./executor.js";

/** Something that is to be given back. */
export interface Releasable {
  /** Called once. */
  release(): void;
}

/** What a computation holds in the memory of an executor, to be given back together whatever happens. */
export class Holdings {
  private readonly releases: (() => void)[] = [];

  constructor(
    /** In whose memory everything is. */
    readonly executor: Executor,
  ) {}

  /**
   * A region of the pool, given back with the rest.
   * @throws {ResourceError}
   */
  allocate(bytes: number, label: string): Region {
    const { pool } = this.executor;
    const region = pool.allocate(bytes, label);
    this.releases.push(() => pool.release(region));
    return region;
  }

  /** Takes over anything that has a `release`, and returns it. */
  keep<Resource extends Releasable>(resource: Resource): Resource {
    this.releases.push(() => resource.release());
    return resource;
  }

  /** Gives everything back, in the order in which it came; may be called again. */
  release(): void {
    for (const release of this.releases.splice(0)) release();
  }
}
