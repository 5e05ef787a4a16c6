import { nextSerial } from "../parallel/attached.js";
import type { Arena, MemoryPool, Pointer } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";
import type { SpeciesList } from "./descriptor.js";
import { FeatureSpaceAround } from "./descriptor-around.js";
import { checkMethod, learnedNumbers, learnWith, placeNumbers, type Standardization, withStandardization } from "./standardization.js";
import type {
  PreparedStructureDescriptor,
  SpeciesStructure,
  StructureDescriptor,
  StructureDescriptorAttachment,
  StructureDescriptorEvaluator,
  StructureDescriptorTables,
  StructureDescriptorType,
} from "./structure-descriptor.js";

/** What `Standardized` is for descriptors of environments: each column shifted and scaled by numbers that are taken from data once. */
export class StandardizedStructure extends FeatureSpaceAround<StructureDescriptor> implements StructureDescriptor {
  readonly describes = "structures";

  constructor(
    descriptor: StructureDescriptor,
    private readonly standardization: Standardization,
  ) {
    super(descriptor);
    checkMethod(descriptor, standardization);
  }

  get parameters(): StructureDescriptor["parameters"] {
    return { ...this.descriptor.parameters, standardization: this.standardization };
  }

  /** Finds shifts and scales, where they are not known, after the descriptor itself has learned. */
  get learn(): StructureDescriptor["learn"] {
    return learnWith(this.descriptor, this.standardization, (inner, numbers) => new StandardizedStructure(inner, numbers));
  }

  /** @throws {InvalidParameterError} for shifts and scales that are not known, or are for other columns */
  prepare(wasm: Wasm, pool: MemoryPool, species: SpeciesList): PreparedStructureDescriptor {
    const numbers = learnedNumbers(this, this.standardization, species);
    const { tables: part, release } = this.descriptor.prepare(wasm, pool, species);
    const placed = placeNumbers(wasm, pool, numbers, release);
    const tables: StructureDescriptorTables = { ...part, serial: nextSerial(), descriptor: standardizedStructureAttachment.name, data: placed.data, parts: [part] };
    return { tables, release: placed.release };
  }
}

class StandardizedStructureEvaluator implements StructureDescriptorEvaluator {
  constructor(
    private readonly wasm: Wasm,
    readonly tables: StructureDescriptorTables,
    private readonly inner: StructureDescriptorEvaluator,
  ) {}

  values(structure: SpeciesStructure, out: Pointer, scratch: Arena): void {
    const { nFeatures, data } = this.tables;
    this.inner.values(structure, out, scratch);
    if (structure.species.length === 0) return; // zeros
    this.wasm.routines.scaleColumns(1, nFeatures, out, data.shifts, data.factors, out);
  }

  jacobian(structure: SpeciesStructure, values: Pointer, out: Pointer, strain: Pointer, scratch: Arena): void {
    const { nFeatures, data } = this.tables;
    const mark = scratch.mark();
    this.inner.jacobian(structure, this.restored(values, scratch), out, strain, scratch);
    scratch.reset(mark);
    this.wasm.routines.scaleColumns(3 * structure.species.length, nFeatures, out, 0, data.factors, out);
    this.wasm.routines.scaleColumns(9, nFeatures, strain, 0, data.factors, strain);
  }

  backward(structure: SpeciesStructure, values: Pointer, gradients: Pointer, out: Pointer, strain: Pointer, scratch: Arena): void {
    const { nFeatures, data } = this.tables;
    const mark = scratch.mark();
    const before = this.restored(values, scratch);
    const ofInner = scratch.f64(nFeatures);
    this.wasm.routines.scaleColumns(1, nFeatures, gradients, 0, data.factors, ofInner);
    this.inner.backward(structure, before, ofInner, out, strain, scratch);
    scratch.reset(mark);
  }

  /** The row of the descriptor inside, which its derivatives may need. */
  private restored(values: Pointer, arena: Arena): Pointer {
    const { nFeatures, data } = this.tables;
    const before = arena.f64(nFeatures);
    this.wasm.routines.restoreColumns(1, nFeatures, values, data.shifts, data.scales, before);
    return before;
  }
}

export const standardizedStructureAttachment: StructureDescriptorAttachment = {
  describes: "structures",
  name: "standardized-structure",
  attach: (wasm, tables, attachPart) => new StandardizedStructureEvaluator(wasm, tables, attachPart(tables.parts![0])),
};

/** A type of descriptors of structures with standardization as an option. */
export function standardizedStructures(type: StructureDescriptorType): StructureDescriptorType {
  return withStandardization(type, (descriptor, standardization) => new StandardizedStructure(descriptor, standardization));
}
