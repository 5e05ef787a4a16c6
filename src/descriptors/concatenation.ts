import { z } from "zod";
import { InvalidParameterError } from "../errors.js";
import type { EnvironmentBatch } from "../neighbors/environment-batch.js";
import { placeEnvironments } from "../neighbors/environment-batch.js";
import { nextSerial } from "../parallel/attached.js";
import { symbolOf } from "../structures/periodic-table.js";
import { validate } from "../validation.js";
import { alignUp, type Arena, type MemoryPool, type Pointer } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";
import { backwardOfSeveral } from "./backward-of-several.js";
import type { DataStatistics, Descriptor, DescriptorAttachment, DescriptorEvaluator, DescriptorMemory, DescriptorTables, DescriptorType, Feature, Harmonic, PreparedDescriptor, SpeciesList } from "./descriptor.js";
import { JoinedStates } from "./joined-states.js";
import { centerRows, type RowBatch, type RowKind, type Rows, stateBytes, type StateSize, structureRows } from "./rows.js";

const NAME = "concatenation";

const NOTHING: StateSize = { perBatch: 0, perCenter: 0, perPair: 0 };

/**
 * Columns of several descriptors side by side, in their order. All have a row for each center, or all one for each structure. Each sees
 * the neighbors within its own cutoff.
 */
export class Concatenation implements Descriptor {
  readonly name = NAME;
  readonly cutoff: number;
  readonly isSmoothAtCutoff: boolean;
  readonly mostNeighbors: number | undefined;
  readonly smoothedBy?: string | undefined;
  readonly rows: RowKind;
  readonly turns?: "spherical" | undefined;
  readonly ownSpecies?: SpeciesList;

  /**
   * @param parts at least one
   * @throws {InvalidParameterError} for rows of tuples, and for parts whose rows are not about the same
   */
  constructor(readonly parts: readonly Descriptor[]) {
    const [{ rows }] = parts;
    const other = parts.find((part) => part.rows !== rows || part.rows === "tuple");
    if (other) {
      throw new InvalidParameterError(
        `${NAME}: ${other.name} has a row for each ${other.rows}${other.rows === rows ? "" : `, ${parts[0].name} for each ${rows}`}; all parts need a row for each center, or all one for each structure`,
      );
    }
    this.rows = rows;
    this.cutoff = Math.max(...parts.map(({ cutoff }) => cutoff));
    const limits = parts.flatMap(({ mostNeighbors = [] }) => mostNeighbors);
    this.mostNeighbors = limits.length > 0 ? Math.min(...limits) : undefined;
    const rough = parts.findIndex(({ isSmoothAtCutoff }) => !isSmoothAtCutoff);
    this.isSmoothAtCutoff = rough < 0;
    if (parts[rough]?.smoothedBy) this.smoothedBy = `parts[${rough}]: ${parts[rough].smoothedBy}`;
    if (parts.some(({ turns }) => turns)) this.turns = "spherical";
    const own = new Set(parts.flatMap(({ ownSpecies }) => ownSpecies ?? []));
    if (own.size > 0) this.ownSpecies = [...own].sort((a, b) => a - b);
  }

  get parameters(): Descriptor["parameters"] {
    return { type: NAME, parts: this.parts.map(({ name, parameters }) => ({ ...parameters, type: name })) };
  }

  get learn(): Descriptor["learn"] {
    if (this.parts.every(({ learn }) => learn === undefined)) return undefined;
    return async (data: DataStatistics<Descriptor>) => {
      const learned: Descriptor[] = [];
      for (const part of this.parts) learned.push(part.learn ? await part.learn(data) : part);
      return new Concatenation(learned);
    };
  }

  /** Those of its parts. */
  get findings(): string | undefined {
    const told = this.parts.flatMap(({ name, findings }) => (findings ? `${name}: ${findings}` : []));
    return told.length > 0 ? told.join("\n") : undefined;
  }

  /** Parts learn one after the other. */
  learningBytes(species: SpeciesList): number {
    const list = this.listFor(species);
    return Math.max(...this.parts.map((part) => part.learningBytes?.(list) ?? 0));
  }

  /** That of its parts, where each of them tells. */
  get smoothness(): Descriptor["smoothness"] {
    if (this.parts.some((part) => !part.smoothness)) return undefined;
    return (species) => Float64Array.from(this.parts.flatMap((part) => [...part.smoothness!(this.listFor(species))]));
  }

  /** That of its parts; the columns of one that does not tell may need nobody. */
  get neededSpecies(): Descriptor["neededSpecies"] {
    if (this.parts.every((part) => !part.neededSpecies)) return undefined;
    return (species, center) => {
      const list = this.listFor(species);
      return this.parts.flatMap((part) => part.neededSpecies?.(list, center) ?? Array.from({ length: part.featureCount(list) }, () => []));
    };
  }

  featureCount(species: SpeciesList): number {
    return this.parts.reduce((sum, part) => sum + part.featureCount(this.listFor(species)), 0);
  }

  features(species: SpeciesList): Feature[] {
    const list = this.listFor(species);
    return this.parts.flatMap((part, index) => {
      const inPart = (label: string): string => `${index + 1}:${part.name} ${label}`;
      return part.features(list).map((feature) => {
        const { label, harmonic } = feature;
        return { ...feature, label: inPart(label), ...(this.turns && { harmonic: harmonic ? { ...harmonic, set: inPart(harmonic.set) } : invariant(inPart(label)) }) };
      });
    });
  }

  /** That of its parts. */
  stateSize(species: SpeciesList): StateSize {
    const list = this.listFor(species);
    return new JoinedStates(this.rows, this.parts.map((part) => part.stateSize(list))).size;
  }

  memory(species: SpeciesList): DescriptorMemory {
    const list = this.listFor(species);
    const needs = this.parts.map((part) => memoryOfPart(part, list, part.cutoff < this.cutoff));
    const most = (key: keyof StateSize): number => Math.max(...needs.map(({ scratch }) => scratch[key]));
    return {
      tables: needs.reduce((sum, { tables }) => sum + tables, 0),
      scratch: { perBatch: most("perBatch"), perCenter: most("perCenter"), perPair: most("perPair") },
    };
  }

  prepare(wasm: Wasm, pool: MemoryPool, species: SpeciesList): PreparedDescriptor {
    const list = this.listFor(species);
    const prepared: PreparedDescriptor[] = [];
    const release = (): void => prepared.splice(0).forEach((part) => part.release());
    try {
      for (const part of this.parts) prepared.push(part.prepare(wasm, pool, list));
    } catch (error) {
      release();
      throw error;
    }
    const parts = prepared.map(({ tables }) => tables);
    const tables: DescriptorTables = {
      serial: nextSerial(),
      descriptor: NAME,
      nFeatures: parts.reduce((sum, { nFeatures }) => sum + nFeatures, 0),
      cutoff: this.cutoff,
      species: parts[0].species,
      rows: this.rows,
      stateSize: statesOf(this.rows, parts).size,
      data: {},
      parts,
    };
    return { tables, release };
  }

  /** The species of the data, and those that parts have features for whatever the data holds: the same list for every part. */
  private listFor(species: SpeciesList): SpeciesList {
    const list = [...new Set([...species, ...(this.ownSpecies ?? [])])].sort((a, b) => a - b);
    const short = this.parts.find(({ ownSpecies }) => ownSpecies?.length !== undefined && ownSpecies.length !== list.length);
    if (!short) return list;
    throw new InvalidParameterError(
      `${NAME}: ${short.name} is for ${short.ownSpecies!.map(symbolOf).join(", ")}, but data and parts together have ${list.map(symbolOf).join(", ")}: name the same species in all parts, or leave them out`,
    );
  }
}

/** What does not turn is of degree 0 among columns that do. */
const invariant = (label: string): Harmonic => ({ degree: 0, order: 0, set: label });

/** What one part takes while it works: environments of its own range, its rows, state and derivatives, and its own scratch. */
function memoryOfPart(part: Descriptor, species: SpeciesList, isShorter: boolean): DescriptorMemory {
  const { tables, scratch } = part.memory?.(species) ?? { tables: 0, scratch: NOTHING };
  const state = part.stateSize(species);
  const row = 8 * part.featureCount(species);
  const blocks = 16 * alignUp(1);
  return {
    tables,
    scratch: {
      perBatch: blocks + scratch.perBatch + state.perBatch,
      // environments of a shorter range have offsets of their own; rows and their gradients
      perCenter: scratch.perCenter + state.perCenter + 2 * row + (isShorter ? 8 : 0),
      // pairs of a shorter range, and a Jacobian
      perPair: scratch.perPair + state.perPair + 3 * row + 24 + (isShorter ? 40 : 0),
    },
  };
}

const statesOf = (rows: RowKind, parts: readonly DescriptorTables[]): JoinedStates => new JoinedStates(rows, parts.map(({ stateSize }) => stateSize));

/** The environments of one part, and where its pairs stand among those of the whole. */
interface PartBatch {
  readonly batch: RowBatch;
  /** i32 [nPairs]; 0: in their order */
  readonly pairs: Pointer;
}

/** What is done with one of the parts. */
interface PartWork {
  /** Position among the parts, and of its first column among the columns. */
  readonly index: number;
  readonly column: number;
  readonly part: DescriptorEvaluator;
  readonly own: PartBatch;
}

class ConcatenationEvaluator implements DescriptorEvaluator {
  private readonly states: JoinedStates;

  constructor(
    private readonly wasm: Wasm,
    readonly tables: DescriptorTables,
    private readonly parts: readonly DescriptorEvaluator[],
  ) {
    this.states = statesOf(tables.rows, parts.map((part) => part.tables));
  }

  rows(batch: EnvironmentBatch, arena: Arena): Rows {
    return this.tables.rows === "center" ? centerRows(batch) : structureRows(this.wasm, batch, arena);
  }

  values(batch: RowBatch, out: Pointer, state: Pointer, scratch: Arena): void {
    const { nRows } = batch.rows;
    this.forEachPart(batch, scratch, ({ index, column, part, own }) => {
      const { nFeatures } = part.tables;
      const values = scratch.f64(nRows * nFeatures);
      const opened = this.states.open(index, batch, state, scratch);
      part.values(own.batch, values, opened, scratch);
      this.states.store(this.wasm, index, batch, opened, state);
      this.wasm.routines.copyColumns(nRows, nFeatures, nFeatures, values, 0, this.tables.nFeatures, out + 8 * column);
    });
  }

  jacobian(batch: RowBatch, values: Pointer, state: Pointer, out: Pointer, scratch: Arena): void {
    const { nFeatures: width } = this.tables;
    this.wasm.f64(out, batch.rows.nEntries * 3 * width).fill(0);
    this.forEachPart(batch, scratch, (work) => {
      const { part, column, own: { batch: own, pairs } } = work;
      const { nFeatures } = part.tables;
      const described = this.described(work, batch, values, state, scratch);
      const { nEntries } = own.rows;
      const jacobian = scratch.f64(nEntries * 3 * nFeatures);
      part.jacobian(own, described.values, described.state, jacobian, scratch);
      for (let k = 0; k < 3; k++) {
        this.wasm.routines.copyColumns(nEntries, nFeatures, 3 * nFeatures, jacobian + 8 * k * nFeatures, pairs, 3 * width, out + 8 * (k * width + column));
      }
    });
  }

  backward(batch: RowBatch, values: Pointer, state: Pointer, gradients: Pointer, out: Pointer, scratch: Arena): void {
    this.backwardSeveral(batch, values, state, 1, gradients, out, scratch);
  }

  backwardSeveral(batch: RowBatch, values: Pointer, state: Pointer, members: number, gradients: Pointer, out: Pointer, scratch: Arena): void {
    this.wasm.f64(out, 3 * members * batch.nPairs).fill(0);
    this.forEachPart(batch, scratch, (work) => {
      const { part, own: { batch: own, pairs } } = work;
      const described = this.described(work, batch, values, state, scratch);
      const share = this.columnsOf(work, members * batch.rows.nRows, gradients, scratch);
      const forces = scratch.f64(3 * members * own.nPairs);
      backwardOfSeveral(part, { batch: own, ...described }, members, share, forces, scratch);
      for (let k = 0; k < members; k++) this.wasm.routines.addVectors(own.nPairs, forces + 24 * k * own.nPairs, pairs, out + 24 * k * batch.nPairs);
    });
  }

  /** Values and state of a part: those that were kept, or made again. */
  private described(work: PartWork, batch: RowBatch, values: Pointer, state: Pointer, scratch: Arena): { values: Pointer; state: Pointer } {
    const { index, part, own } = work;
    if (this.states.keeps(index)) {
      return { values: this.columnsOf(work, batch.rows.nRows, values, scratch), state: this.states.recall(this.wasm, index, batch, state, scratch) };
    }
    const again = { values: scratch.f64(batch.rows.nRows * part.tables.nFeatures), state: scratch.allocate(stateBytes(part.tables.stateSize, own.batch)) };
    part.values(own.batch, again.values, again.state, scratch);
    return again;
  }

  /** The columns of a part, as rows of its own. */
  private columnsOf({ part, column }: PartWork, nRows: number, of: Pointer, scratch: Arena): Pointer {
    const { nFeatures } = part.tables;
    const own = scratch.f64(nRows * nFeatures);
    this.wasm.routines.copyColumns(nRows, nFeatures, this.tables.nFeatures, of + 8 * column, 0, nFeatures, own);
    return own;
  }

  private forEachPart(batch: RowBatch, scratch: Arena, run: (work: PartWork) => void): void {
    if (batch.nCenters === 0) return;
    let column = 0;
    for (const [index, part] of this.parts.entries()) {
      const mark = scratch.mark();
      run({ index, column, part, own: this.within(batch, part, scratch) });
      scratch.reset(mark);
      column += part.tables.nFeatures;
    }
  }

  private within(batch: RowBatch, part: DescriptorEvaluator, arena: Arena): PartBatch {
    const { cutoff } = part.tables;
    if (cutoff >= this.tables.cutoff) return { batch, pairs: 0 };
    const { nCenters, nPairs, centerSpecies } = batch;
    const offsets = arena.i32(nCenters + 1);
    const pairs = arena.i32(nPairs);
    const [neighborSpecies, dx, dy, dz, distances] = [arena.i32(nPairs), arena.f64(nPairs), arena.f64(nPairs), arena.f64(nPairs), arena.f64(nPairs)];
    const shorter = { nCenters, nPairs, centerSpecies, offsets, neighborSpecies, dx, dy, dz, distances };
    this.wasm.routines.environmentsWithin(nCenters, cutoff, placeEnvironments(this.wasm, arena, batch), placeEnvironments(this.wasm, arena, shorter), pairs);
    const own = { ...shorter, nPairs: this.wasm.i32(offsets + 4 * nCenters, 1)[0] };
    return { batch: { ...own, rows: part.rows(own, arena) }, pairs };
  }
}

export const concatenationAttachment: DescriptorAttachment = {
  name: NAME,
  attach: (wasm, tables, attachPart) => new ConcatenationEvaluator(wasm, tables, tables.parts!.map((part) => attachPart(part))),
};

/**
 * The type that puts others side by side.
 * @param partSchema of the parameters of any part
 * @param createPart makes a part from them
 */
export function concatenationOf(partSchema: z.ZodType, createPart: (parameters: never) => Descriptor): DescriptorType {
  const schema = z.strictObject({
    type: z.literal(NAME),
    parts: z.array(partSchema).min(1).describe("descriptors whose columns stand side by side, in this order"),
  });
  return {
    ...concatenationAttachment,
    schema,
    create: (parameters) => new Concatenation(validate(schema, parameters, { what: NAME }).parts.map((part) => createPart(part as never))),
  };
}
