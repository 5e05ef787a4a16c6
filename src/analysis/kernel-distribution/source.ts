import type { Descriptor, DescriptorTables } from "../../descriptors/descriptor.js";
import type { DescribedStructures } from "../../environments/cache/environment-cache.js";
import type { Executor } from "../../parallel/executor.js";
import type { Holdings } from "../../parallel/holdings.js";
import { collectDescriptors, type EnvironmentSource, gatherDescriptors } from "../../environments/collect.js";
import type { Dataset } from "../../structures/dataset.js";
import type { Pointer } from "../../wasm/memory.js";

/** Where descriptors of environments come from. */
export interface Source {
  readonly nFeatures: number;
  /** out: f64 [environments × nFeatures] */
  write(environments: readonly EnvironmentSource[], out: Pointer, context: WriteContext): Promise<void>;
}

interface WriteContext {
  readonly executor: Executor;
  readonly signal: AbortSignal | undefined;
}

/** Copies of what is described already. */
export class Described implements Source {
  readonly nFeatures: number;

  constructor(private readonly described: DescribedStructures) {
    this.nFeatures = described.tables.nFeatures;
  }

  write(environments: readonly EnvironmentSource[], out: Pointer, context: WriteContext): Promise<void> {
    return gatherDescriptors(environments, this.described, out, context);
  }
}

/** Describes them each time. */
export class Undescribed implements Source {
  private readonly tables: DescriptorTables;

  constructor(
    private readonly dataset: Dataset,
    descriptor: Descriptor,
    holdings: Holdings,
  ) {
    const { wasm, pool } = holdings.executor;
    this.tables = holdings.keep(descriptor.prepare(wasm, pool, dataset.species())).tables;
  }

  get nFeatures(): number {
    return this.tables.nFeatures;
  }

  write(environments: readonly EnvironmentSource[], out: Pointer, context: WriteContext): Promise<void> {
    return collectDescriptors(this.dataset, environments, this.tables, out, context);
  }
}
