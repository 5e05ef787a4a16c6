import { z } from "zod";
import { InvalidParameterError } from "../errors.js";
import type { EnvironmentBatch } from "../neighbors/environment-batch.js";
import { nextSerial } from "../parallel/attached.js";
import { symbolOf } from "../structures/periodic-table.js";
import { validate } from "../validation.js";
import { alignUp, type Arena, type MemoryPool, type Pointer, type Region } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";
import type { ColumnStatistics, DataStatistics, Descriptor, DescriptorAttachment, DescriptorEvaluator, DescriptorMemory, DescriptorTables, DescriptorType, Feature, FeatureSpace, PreparedDescriptor, SpeciesList } from "./descriptor.js";
import type { RowBatch, Rows, RowKind, StateSize } from "./rows.js";

/** A column whose numbers differ by less than this share of the largest is constant: differences are rounding. */
const CONSTANT = 1e-12;

const methodSchema = z
  .enum(["standard", "center", "range", "center-range"])
  .describe(
    "standard: (x − mean) / deviation; center: x − mean; range: (x − minimum) / (maximum − minimum); center-range: (x − mean) / (maximum − minimum). " +
      "Constant columns are shifted only",
  );

const learnedSchema = z.strictObject({
  method: methodSchema,
  species: z.array(z.string()).min(1).describe("chemical symbols that the columns are for"),
  shift: z.array(z.number()).min(1).describe("taken off each column"),
  scale: z.array(z.number().positive()).min(1).describe("that each column is divided by afterwards"),
}).refine(({ shift, scale }) => shift.length === scale.length, { message: "must have as many numbers as shift", path: ["scale"] });

/** Under `standardization` of every descriptor: a method, or what it gave on some data. */
export const standardizationSchema = z
  .union([methodSchema, learnedSchema])
  .describe("columns shifted and scaled by numbers that are taken from the data: a method, or the numbers themselves, as model files hold them");

/** A method, or the numbers that it found. */
export type Standardization = z.output<typeof standardizationSchema>;
type Method = z.output<typeof methodSchema>;
type Learned = z.output<typeof learnedSchema>;

/** Another descriptor with each column shifted and scaled, by numbers that are taken from data once and stay with it. */
export class Standardized implements Descriptor {
  constructor(
    private readonly descriptor: Descriptor,
    private readonly standardization: Standardization,
  ) {}

  get name(): string {
    return this.descriptor.name;
  }

  get parameters(): Descriptor["parameters"] {
    return { ...this.descriptor.parameters, standardization: this.standardization };
  }

  get cutoff(): number {
    return this.descriptor.cutoff;
  }

  get smoothedBy(): string | undefined {
    return this.descriptor.smoothedBy;
  }

  get isSmoothAtCutoff(): boolean {
    return this.descriptor.isSmoothAtCutoff;
  }

  get rows(): RowKind {
    return this.descriptor.rows;
  }

  get ownSpecies(): SpeciesList | undefined {
    return this.descriptor.ownSpecies;
  }

  /** Finds shifts and scales, where they are not known, after the descriptor itself has learned. */
  get learn(): Descriptor["learn"] {
    const { descriptor, standardization } = this;
    if (typeof standardization !== "string") return descriptor.learn && (async (data) => new Standardized(await descriptor.learn!(data), standardization));
    return async (data: DataStatistics<Descriptor>) => {
      const learned = descriptor.learn ? await descriptor.learn(data) : descriptor;
      return new Standardized(learned, numbersFor(standardization, data.species, await data.columns(learned)));
    };
  }

  featureCount(species: SpeciesList): number {
    return this.descriptor.featureCount(species);
  }

  features(species: SpeciesList): Feature[] {
    return this.descriptor.features(species);
  }

  stateSize(species: SpeciesList): StateSize {
    return this.descriptor.stateSize(species);
  }

  memory(species: SpeciesList): DescriptorMemory {
    const none = { perBatch: 0, perCenter: 0, perPair: 0 };
    const { tables, scratch } = this.descriptor.memory?.(species) ?? { tables: 0, scratch: none };
    const row = 8 * this.featureCount(species);
    // rows as they were, and gradients by them
    return { tables: tables + 3 * alignUp(row), scratch: { ...scratch, perBatch: scratch.perBatch + 2 * alignUp(row), perCenter: scratch.perCenter + 2 * row } };
  }

  /** @throws {InvalidParameterError} for shifts and scales that are not known, or are for other species */
  prepare(wasm: Wasm, pool: MemoryPool, species: SpeciesList): PreparedDescriptor {
    const numbers = learnedNumbers(this, this.standardization, species);
    const { tables: part, release } = this.descriptor.prepare(wasm, pool, species);
    const placed = placeNumbers(wasm, pool, numbers, release);
    const tables: DescriptorTables = { ...part, serial: nextSerial(), descriptor: standardizedAttachment.name, data: placed.data, parts: [part] };
    return { tables, release: placed.release };
  }
}

/** Shifts and scales of a method; a constant column is shifted only. */
export function numbersFor(method: Method, species: SpeciesList, { means, deviations, minima, maxima }: ColumnStatistics): Learned {
  const shift = Array.from(method === "range" ? minima : means);
  const spreads = method === "standard" ? deviations : maxima.map((maximum, f) => maximum - minima[f]);
  const scale = shift.map((_, f) => {
    const isConstant = !(maxima[f] - minima[f] > CONSTANT * Math.max(Math.abs(maxima[f]), Math.abs(minima[f])));
    return method === "center" || isConstant ? 1 : spreads[f];
  });
  return { method, species: species.map(symbolOf), shift, scale };
}

/**
 * The numbers for the columns of a descriptor.
 * @throws {InvalidParameterError} for numbers that are not known, or not one for each column
 */
export function learnedNumbers(descriptor: FeatureSpace, standardization: Standardization, species: SpeciesList): Learned {
  const { name, ownSpecies } = descriptor;
  if (typeof standardization === "string") {
    throw new InvalidParameterError(`${name}: standardization "${standardization}" takes its numbers from data, and has not seen any: learnFromData gives them`);
  }
  const nFeatures = descriptor.featureCount(species);
  const symbols = species.map(symbolOf).join(", ");
  const own = standardization.species.join(", ");
  if (standardization.shift.length === nFeatures && (ownSpecies || own === symbols)) return standardization;
  throw new InvalidParameterError(
    `${name}: standardization is for ${standardization.shift.length} columns of ${own}; with ${symbols} there are ${nFeatures}: take it from these data anew`,
  );
}

/** Shifts, scales and their inverses in shared memory, for `scaleColumns` and `restoreColumns`. */
interface PlacedNumbers {
  readonly data: Readonly<Record<"shifts" | "scales" | "factors", Pointer>>;
  release(): void;
}

/**
 * Puts the numbers in shared memory.
 * @param releaseInner gives the tables of the descriptor inside back: called with them, and where there is no room
 */
export function placeNumbers(wasm: Wasm, pool: MemoryPool, { shift, scale }: Learned, releaseInner: () => void): PlacedNumbers {
  const bytes = alignUp(8 * shift.length);
  const region = ((): Region => {
    try {
      return pool.allocate(3 * bytes, "standardization");
    } catch (error) {
      releaseInner();
      throw error;
    }
  })();
  const [shifts, scales, factors] = [0, 1, 2].map((k) => region.pointer + k * bytes);
  wasm.f64(shifts, shift.length).set(shift);
  wasm.f64(scales, shift.length).set(scale);
  wasm.f64(factors, shift.length).set(scale.map((number) => 1 / number));
  const release = (): void => {
    pool.release(region);
    releaseInner();
  };
  return { data: { shifts, scales, factors }, release };
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
    const { nFeatures, data } = this.tables;
    const { nRows } = batch.rows;
    const mark = scratch.mark();
    const before = this.restored(batch, values, scratch);
    const ofInner = scratch.f64(nRows * nFeatures);
    this.wasm.routines.scaleColumns(nRows, nFeatures, gradients, 0, data.factors, ofInner);
    this.inner.backward(batch, before, state, ofInner, out, scratch);
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

/** A key of every descriptor. */
export const standardizationKey = { standardization: standardizationSchema.optional() };

/** A type with standardization as an option. */
export function standardized(type: DescriptorType): DescriptorType {
  return {
    ...type,
    schema: type.schema.safeExtend(standardizationKey),
    create: (parameters) => {
      const { standardization, ...own } = parameters as { readonly standardization?: unknown };
      if (standardization === undefined) return type.create(own);
      const valid = validate(z.object(standardizationKey), { standardization }, { what: type.name });
      return new Standardized(type.create(own), valid.standardization!);
    },
  };
}
