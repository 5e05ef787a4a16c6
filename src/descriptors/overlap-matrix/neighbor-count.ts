import type { EnvironmentBatch } from "../../neighbors/environment-batch.js";
import { nextSerial } from "../../parallel/attached.js";
import type { MemoryPool, Pointer } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { Descriptor, DescriptorAttachment, DescriptorEvaluator, DescriptorTables, Feature, PreparedDescriptor, SpeciesList } from "../descriptor.js";
import { InternalError } from "../../errors.js";
import { centerRows, type RowBatch, type Rows, type StateSize } from "../rows.js";

/** Number of neighbors within a radius, the one column: asks data how many there are. It has no derivatives. */
export class NeighborCount implements Descriptor {
  readonly name = "neighbor-count";
  readonly rows = "center";
  readonly isSmoothAtCutoff = false;

  /** @param cutoff Å */
  constructor(readonly cutoff: number) {}

  get parameters(): Descriptor["parameters"] {
    return { cutoff: this.cutoff };
  }

  featureCount(): number {
    return 1;
  }

  features(): Feature[] {
    return [{ label: "neighbors", bodyOrder: 2, channel: [] }];
  }

  stateSize(): StateSize {
    return { perBatch: 0, perCenter: 0, perPair: 0 };
  }

  prepare(_wasm: Wasm, _pool: MemoryPool, species: SpeciesList): PreparedDescriptor {
    const { name, cutoff, rows } = this;
    const tables = { serial: nextSerial(), descriptor: name, nFeatures: 1, cutoff, species, rows, stateSize: this.stateSize(), data: {} } as const;
    return { tables, release: () => undefined };
  }
}

/** How many neighbors of each center of a batch are within a radius, Å. */
export function neighborCounts(wasm: Wasm, { nCenters, offsets: pointer, distances: at, nPairs }: EnvironmentBatch, radius: number): Float64Array {
  const offsets = wasm.i32(pointer, nCenters + 1);
  const first = offsets[0];
  const distances = wasm.f64(at + 8 * first, nPairs);
  const counts = new Float64Array(nCenters);
  for (let center = 0; center < nCenters; center++) {
    for (let pair = offsets[center]; pair < offsets[center + 1]; pair++) if (distances[pair - first] < radius) counts[center]++;
  }
  return counts;
}

class NeighborCountEvaluator implements DescriptorEvaluator {
  constructor(
    private readonly wasm: Wasm,
    readonly tables: DescriptorTables,
  ) {}

  rows(batch: EnvironmentBatch): Rows {
    return centerRows(batch);
  }

  values(batch: RowBatch, out: Pointer): void {
    this.wasm.f64(out, batch.nCenters).set(neighborCounts(this.wasm, batch, this.tables.cutoff));
  }

  jacobian(): never {
    throw new InternalError("numbers of neighbors have no derivatives");
  }

  backward(): never {
    return this.jacobian();
  }
}

export const neighborCountAttachment: DescriptorAttachment = {
  name: "neighbor-count",
  attach: (wasm, tables) => new NeighborCountEvaluator(wasm, tables),
};
