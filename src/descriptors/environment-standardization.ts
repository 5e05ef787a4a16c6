import { nextSerial } from "../parallel/attached.js";
import type { EnvironmentBatch } from "../neighbors/environment-batch.js";
import { alignUp, type Arena, type MemoryPool, type Pointer } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";
import { backwardOfSeveral } from "./backward-of-several.js";
import type { Descriptor, DescriptorAttachment, DescriptorEvaluator, DescriptorMemory, DescriptorTables, DescriptorType, PreparedDescriptor, SpeciesList } from "./descriptor.js";
import { DescriptorAround } from "./descriptor-around.js";
import type { RowBatch, Rows, ScratchSize, StateSize } from "./rows.js";
import { checkMethod, learnedNumbers, learnWith, placeNumbers, type Standardization, withStandardization } from "./standardization.js";

/** Another descriptor with each column shifted and scaled, by numbers that are taken from data once and stay with it. */
export class Standardized extends DescriptorAround implements Descriptor {
  /** @throws {InvalidParameterError} for a method that columns which turn cannot have */
  constructor(
    descriptor: Descriptor,
    private readonly standardization: Standardization,
  ) {
    super(descriptor);
    checkMethod(descriptor, standardization);
  }

  get parameters(): Descriptor["parameters"] {
    return { ...this.descriptor.parameters, standardization: this.standardization };
  }

  /** Finds shifts and scales, where they are not known, after the descriptor itself has learned. */
  get learn(): Descriptor["learn"] {
    return learnWith(this.descriptor, this.standardization, (inner, numbers) => new Standardized(inner, numbers));
  }

  /** A column that is shifted is not 0 where that of the descriptor inside is. */
  get neededSpecies(): Descriptor["neededSpecies"] {
    const { descriptor, standardization } = this;
    if (!descriptor.neededSpecies || typeof standardization === "string") return undefined;
    const { shift } = standardization;
    return (species, center) => descriptor.neededSpecies!(species, center).map((needed, column) => (shift[column] === 0 ? needed : []));
  }

  stateSize(species: SpeciesList): StateSize {
    return this.descriptor.stateSize(species);
  }

  memory(species: SpeciesList): DescriptorMemory {
    const { tables, scratch } = this.innerMemory(species);
    const row = 8 * this.featureCount(species);
    return { tables: tables + 3 * alignUp(row), scratch: this.withRows(scratch, 2 * row) };
  }

  /** @throws {InvalidParameterError} for shifts and scales that are not known, or are for other species */
  prepare(wasm: Wasm, pool: MemoryPool, species: SpeciesList): PreparedDescriptor {
    const numbers = learnedNumbers(this, this.standardization, species);
    const { tables: part, release } = this.descriptor.prepare(wasm, pool, species);
    const placed = placeNumbers(wasm, pool, numbers, release);
    const tables: DescriptorTables = { ...part, serial: nextSerial(), descriptor: standardizedAttachment.name, data: placed.data, parts: [part] };
    return { tables, release: placed.release };
  }

  /** Adds rows as they were, and gradients by them. */
  private withRows(scratch: ScratchSize, bytes: number): ScratchSize {
    const perBatch = scratch.perBatch + 2 * alignUp(1);
    if (this.rows === "structure") return { ...scratch, perBatch: perBatch + bytes };
    if (this.rows === "tuple") return { ...scratch, perBatch, perRow: (scratch.perRow ?? 0) + bytes };
    return { ...scratch, perBatch, perCenter: scratch.perCenter + bytes };
  }
}

class StandardizedEvaluator implements DescriptorEvaluator {
  constructor(
    private readonly wasm: Wasm,
    readonly tables: DescriptorTables,
    private readonly inner: DescriptorEvaluator,
  ) {}

  rows(batch: EnvironmentBatch, arena: Arena): Rows {
    return this.inner.rows(batch, arena);
  }

  values(batch: RowBatch, out: Pointer, state: Pointer, scratch: Arena): void {
    const { nFeatures, data } = this.tables;
    this.inner.values(batch, out, state, scratch);
    this.wasm.routines.scaleColumns(batch.rows.nRows, nFeatures, out, data.shifts, data.factors, out);
  }

  jacobian(batch: RowBatch, values: Pointer, state: Pointer, out: Pointer, scratch: Arena): void {
    const { nFeatures, data } = this.tables;
    const mark = scratch.mark();
    this.inner.jacobian(batch, this.restored(batch, values, scratch), state, out, scratch);
    scratch.reset(mark);
    this.wasm.routines.scaleColumns(3 * batch.rows.nEntries, nFeatures, out, 0, data.factors, out);
  }

  backward(batch: RowBatch, values: Pointer, state: Pointer, gradients: Pointer, out: Pointer, scratch: Arena): void {
    this.backwardSeveral(batch, values, state, 1, gradients, out, scratch);
  }

  backwardSeveral(batch: RowBatch, values: Pointer, state: Pointer, members: number, gradients: Pointer, out: Pointer, scratch: Arena): void {
    const { nFeatures, data } = this.tables;
    const nRows = members * batch.rows.nRows;
    const mark = scratch.mark();
    const before = this.restored(batch, values, scratch);
    const ofInner = scratch.f64(nRows * nFeatures);
    this.wasm.routines.scaleColumns(nRows, nFeatures, gradients, 0, data.factors, ofInner);
    backwardOfSeveral(this.inner, { batch, values: before, state }, members, ofInner, out, scratch);
    scratch.reset(mark);
  }

  /** Rows of the descriptor inside, which its derivatives may need. */
  private restored({ rows }: RowBatch, values: Pointer, arena: Arena): Pointer {
    const { nFeatures, data } = this.tables;
    const before = arena.f64(rows.nRows * nFeatures);
    this.wasm.routines.restoreColumns(rows.nRows, nFeatures, values, data.shifts, data.scales, before);
    return before;
  }
}

export const standardizedAttachment: DescriptorAttachment = {
  name: "standardized",
  attach: (wasm, tables, attachPart) => new StandardizedEvaluator(wasm, tables, attachPart(tables.parts![0])),
};

/** A type with standardization as an option. */
export function standardized(type: DescriptorType): DescriptorType {
  return withStandardization(type, (descriptor, standardization) => new Standardized(descriptor, standardization));
}
