import type { Region } from "../wasm/memory.js";
import type { Executor } from "./executor.js";

/** What a computation holds in the memory of an executor, to be given back together whatever happens. */
export class Holdings {
  private readonly releases: (() => void)[] = [];

  constructor(readonly executor: Executor) {}

  allocate(bytes: number, label: string): Region {
    const { pool } = this.executor;
    const region = pool.allocate(bytes, label);
    this.releases.push(() => pool.release(region));
    return region;
  }

  keep<Resource extends { release(): void }>(resource: Resource): Resource {
    this.releases.push(() => resource.release());
    return resource;
  }

  release(): void {
    for (const release of this.releases.splice(0)) release();
  }
}
