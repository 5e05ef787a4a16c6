import { InvalidParameterError } from "../../errors.js";
import { nextSerial } from "../../parallel/attached.js";
import { symbolOf } from "../../structures/periodic-table.js";
import { alignUp, type MemoryPool } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { Descriptor, DescriptorMemory, DescriptorTables, Feature, NeededSpecies, PreparedDescriptor, ReducedFrom, SpeciesList } from "../descriptor.js";
import { DescriptorAround } from "../descriptor-around.js";
import type { ScratchSize, StateSize } from "../rows.js";
import { ownSpeciesOf, rememberedBySpecies } from "../species.js";
import { type ColumnMap, columnsAfter, mapScratchBytes, type MapShape, partsOf, placedBytes, placeMap, shapeOf } from "./column-map.js";
import { KeptRows } from "./kept-rows.js";

/** Name of the tables; `evaluator.ts` attaches them. */
export const REDUCED = "reduced";

/** Entries that a row of a tuple has at most: the two sides of a triplet. */
const ENTRIES_PER_TUPLE = 2;

/** Another descriptor with fewer columns, each one of those before or a sum of them. */
export abstract class ReducedDescriptor extends DescriptorAround implements Descriptor {
  abstract readonly learn?: Descriptor["learn"];
  /** Of the reduction, where it was made for some. */
  private readonly madeFor: SpeciesList | undefined;
  private readonly mapFor = rememberedBySpecies((species) => this.makeMap(species));

  /**
   * @param descriptor the one inside
   * @param symbols chemical symbols that the reduction is for, where it depends on them
   * @throws {InvalidParameterError} where these are not the species of the descriptor
   */
  constructor(descriptor: Descriptor, symbols: readonly string[] | undefined) {
    super(descriptor);
    this.madeFor = ownSpeciesOf(descriptor.name, symbols);
    const own = descriptor.ownSpecies;
    if (!this.madeFor || !own || own.join() === this.madeFor.join()) return;
    throw new InvalidParameterError(`${this.name}: reduction is for ${namesOf(this.madeFor)}, but the descriptor for ${namesOf(own)}: make it for these`);
  }

  /** For these species, which are all in `ownSpecies` where there are such. */
  protected abstract makeMap(species: SpeciesList): ColumnMap;

  override get ownSpecies(): SpeciesList | undefined {
    return this.descriptor.ownSpecies ?? this.madeFor;
  }

  /**
   * How the columns come from those of the descriptor inside.
   * @throws {InvalidParameterError} for species that the reduction was not made for
   */
  columnMap(species: SpeciesList): ColumnMap {
    return this.mapFor(this.listFor(species));
  }

  /**
   * The species that the descriptor inside is asked for.
   * @throws {InvalidParameterError} as `columnMap`
   */
  listFor(species: SpeciesList): SpeciesList {
    const { madeFor } = this;
    if (!madeFor || this.descriptor.ownSpecies) return species;
    const foreign = species.filter((atomicNumber) => !madeFor.includes(atomicNumber));
    if (foreign.length === 0) return madeFor;
    throw new InvalidParameterError(`${this.name}: reduction is for ${namesOf(madeFor)}, but the data contain ${namesOf(foreign)}: make it for these data`);
  }

  /** What it was made of, as all descriptors with fewer columns tell it. */
  get reducedFrom(): ReducedFrom {
    return { descriptor: this.descriptor, columnMap: (species) => this.columnMap(species) };
  }

  override featureCount(species: SpeciesList): number {
    return this.mapShape(species).nAfter;
  }

  /** How large the map is, or will be at most. */
  protected mapShape(species: SpeciesList): MapShape {
    return shapeOf(this.columnMap(species));
  }

  override features(species: SpeciesList): Feature[] {
    const before = this.descriptor.features(this.listFor(species));
    return partsOf(this.columnMap(species)).map((parts, index) => {
      if (parts.length === 1 && parts[0].weight === 1) return before[parts[0].column];
      const of = parts.map(({ column }) => before[column]);
      return { label: this.labelOfSum(index), bodyOrder: of.reduce((most, { bodyOrder }) => Math.max(most, bodyOrder), 2), channel: [...new Set(of.flatMap(({ channel }) => channel))] };
    });
  }

  /** A sum needs what all its columns need; with an offset it is never 0. */
  get neededSpecies(): Descriptor["neededSpecies"] {
    const { descriptor } = this;
    if (!descriptor.neededSpecies) return undefined;
    return (species, center) => {
      const before = descriptor.neededSpecies!(this.listFor(species), center);
      const map = this.columnMap(species);
      const offset = "columns" in map ? undefined : map.offset;
      return partsOf(map).map((parts, index) => (offset && offset[index] !== 0 ? [] : commonNeeds(parts.map(({ column }) => before[column]))));
    };
  }

  /** Of a sum, the root of the sum of squares: the diagonal of the prior that the columns before have. */
  get smoothness(): Descriptor["smoothness"] {
    const { descriptor } = this;
    if (!descriptor.smoothness) return undefined;
    return (species) => {
      const before = descriptor.smoothness!(this.listFor(species));
      return Float64Array.from(partsOf(this.columnMap(species)), (parts) => Math.sqrt(parts.reduce((sum, { column, weight }) => sum + (weight * before[column]) ** 2, 0)));
    };
  }

  stateSize(species: SpeciesList): StateSize {
    const list = this.listFor(species);
    return new KeptRows(this.rows, this.descriptor.stateSize(list), this.descriptor.featureCount(list)).size;
  }

  memory(species: SpeciesList): DescriptorMemory {
    const map = this.mapShape(species);
    const list = this.listFor(species);
    const inner = this.innerMemory(list);
    const state = this.descriptor.stateSize(list);
    const blocks = mapScratchBytes(map) + 8 * alignUp(1);
    const { perBatch, perCenter, perPair, perRow } = this.rowScratch(8 * map.nBefore);
    const scratch: ScratchSize = {
      perBatch: inner.scratch.perBatch + state.perBatch + perBatch + blocks,
      perCenter: inner.scratch.perCenter + state.perCenter + perCenter,
      perPair: inner.scratch.perPair + state.perPair + perPair,
      ...(this.rows === "tuple" && { perRow: (inner.scratch.perRow ?? 0) + perRow }),
    };
    return { tables: inner.tables + placedBytes(map), scratch };
  }

  prepare(wasm: Wasm, pool: MemoryPool, species: SpeciesList): PreparedDescriptor {
    const map = this.columnMap(species);
    const { tables: part, release } = this.descriptor.prepare(wasm, pool, this.listFor(species));
    const placed = placeMap(wasm, pool, map, release);
    const tables: DescriptorTables = {
      ...part,
      serial: nextSerial(),
      descriptor: REDUCED,
      nFeatures: columnsAfter(map),
      stateSize: new KeptRows(this.rows, part.stateSize, part.nFeatures).size,
      data: placed.data,
      parts: [part],
    };
    return { tables, release: placed.release };
  }

  /** A label for a column that is a sum, by its position from 0. */
  protected labelOfSum(index: number): string {
    return `sum ${index + 1}`;
  }

  /** Rows of the descriptor inside, gradients by them, and their Jacobian. */
  private rowScratch(row: number): Required<ScratchSize> {
    const jacobian = 3 * row;
    if (this.rows === "structure") return { perBatch: 2 * row, perCenter: 0, perPair: jacobian, perRow: 0 };
    if (this.rows === "tuple") return { perBatch: 0, perCenter: 0, perPair: 0, perRow: 2 * row + ENTRIES_PER_TUPLE * jacobian };
    return { perBatch: 0, perCenter: 2 * row, perPair: jacobian, perRow: 0 };
  }
}

/** What all columns need that are not always 0. */
function commonNeeds(needs: readonly NeededSpecies[]): NeededSpecies {
  const some = needs.filter((needed) => needed !== null);
  if (some.length === 0) return null;
  return some[0].filter((own) => some.every((needed) => needed.includes(own)));
}

/** Chemical symbols, for messages. */
export const namesOf = (species: SpeciesList): string => species.map(symbolOf).join(", ");
