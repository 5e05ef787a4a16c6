import type { Descriptor, DescriptorMemory, Feature, FeatureSpace, PreparedDescriptor, SpeciesList } from "./descriptor.js";
import type { StateSize } from "./rows.js";
import type { MemoryPool } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";

/** Has the columns of another descriptor, and what is said of them. */
export abstract class FeatureSpaceAround<Kind extends FeatureSpace> implements FeatureSpace {
  /** @param descriptor the one inside */
  constructor(protected readonly descriptor: Kind) {}

  abstract get parameters(): FeatureSpace["parameters"];

  get name(): string {
    return this.descriptor.name;
  }

  get rows(): Kind["rows"] {
    return this.descriptor.rows;
  }

  get turns(): FeatureSpace["turns"] {
    return this.descriptor.turns;
  }

  get weighsRows(): boolean | undefined {
    return this.descriptor.weighsRows;
  }

  get ownSpecies(): SpeciesList | undefined {
    return this.descriptor.ownSpecies;
  }

  featureCount(species: SpeciesList): number {
    return this.descriptor.featureCount(species);
  }

  features(species: SpeciesList): Feature[] {
    return this.descriptor.features(species);
  }
}

/** The same of environments, which it sees as far as the descriptor inside. */
export abstract class DescriptorAround extends FeatureSpaceAround<Descriptor> implements Descriptor {
  get cutoff(): number {
    return this.descriptor.cutoff;
  }

  get isSmoothAtCutoff(): boolean {
    return this.descriptor.isSmoothAtCutoff;
  }

  get smoothedBy(): string | undefined {
    return this.descriptor.smoothedBy;
  }

  get mostNeighbors(): number | undefined {
    return this.descriptor.mostNeighbors;
  }

  get findings(): string | undefined {
    return this.descriptor.findings;
  }

  get expectedRows(): Descriptor["expectedRows"] {
    return this.descriptor.expectedRows?.bind(this.descriptor);
  }

  learningBytes(species: SpeciesList): number {
    return this.descriptor.learningBytes?.(species) ?? 0;
  }

  abstract stateSize(species: SpeciesList): StateSize;
  abstract memory(species: SpeciesList): DescriptorMemory;
  abstract prepare(wasm: Wasm, pool: MemoryPool, species: SpeciesList): PreparedDescriptor;

  /** What the descriptor inside takes. */
  protected innerMemory(species: SpeciesList): DescriptorMemory {
    return this.descriptor.memory?.(species) ?? { tables: 0, scratch: { perBatch: 0, perCenter: 0, perPair: 0 } };
  }
}
