import type { Executor } from "../../../parallel/index.js";
import type { Region } from "../../../wasm/memory.js";

/** Memory of one evaluation, given back whatever happens. */
export class Work {
  private readonly releases: (() => void)[] = [];

  constructor(readonly executor: Executor) {}

  allocate(bytes: number, label: string): Region {
    const region = this.executor.pool.allocate(bytes, label);
    this.releases.push(() => this.executor.pool.release(region));
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
