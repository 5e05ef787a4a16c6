// Computes descriptors for the tests: plain arrays in, plain arrays out. Outputs are filled with NaN before and guarded behind.
import { backwardOfSeveral } from "../../src/descriptors/backward-of-several.js";
import { attachDescriptor, type Descriptor, type DescriptorEvaluator, type DescriptorMemory, type PreparedDescriptor } from "../../src/descriptors/index.js";
import { type RowBatch, scratchBytes, stateBytes } from "../../src/descriptors/index.js";
import type { EnvironmentBatch } from "../../src/neighbors/index.js";
import { buildNeighborList, copyNeighborList, type PlainNeighborList } from "../../src/neighbors/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { Arena, type Pointer, type Region } from "../../src/wasm/memory.js";
import { withScratch } from "../../src/wasm/scratch.js";

/** Atoms in a cell. */
export interface System {
  readonly name: string;
  readonly atomicNumbers: readonly number[];
  /** Å, nAtoms × 3 */
  readonly positions: Float64Array;
  readonly cell: Float64Array | null;
  readonly pbc: readonly [boolean, boolean, boolean];
}

/** Centers with their neighbors, species as positions in the list of the plan. */
export interface Environments {
  readonly centerSpecies: readonly number[];
  readonly offsets: readonly number[];
  readonly neighborSpecies: readonly number[];
  /** Å, nPairs × 3 */
  readonly displacements: Float64Array;
}

export interface SystemEnvironments extends Environments {
  readonly list: PlainNeighborList;
}

export interface Wanted {
  readonly jacobian?: boolean;
  /** nRows × nFeatures */
  readonly gradients?: Float64Array;
}

export interface Computed {
  /** Entries of row r: offsets[r] … offsets[r + 1] − 1; and the pair of each entry. */
  readonly offsets: readonly number[];
  readonly pairs: readonly number[];
  /** nRows × nFeatures */
  readonly values: Float64Array;
  /** nEntries × 3 × nFeatures; empty unless asked for */
  readonly jacobian: Float64Array;
  /** nPairs × 3; empty unless asked for */
  readonly backward: Float64Array;
}

/** Numbers behind every output that must stay untouched. */
const GUARD = 8;
/** Memory of several gradients with what they come back through. */
const SEVERAL_BYTES = 16e6;

export class Calculator {
  readonly evaluator: DescriptorEvaluator;
  readonly prepared: PreparedDescriptor;
  readonly nFeatures: number;
  /** What it says that it takes. */
  readonly memory: DescriptorMemory | undefined;
  private region: Region;

  constructor(
    readonly executor: Executor,
    readonly descriptor: Descriptor,
    species: readonly number[],
  ) {
    this.memory = descriptor.memory?.(species);
    this.prepared = descriptor.prepare(executor.wasm, executor.pool, species);
    this.evaluator = attachDescriptor(executor.wasm, this.prepared.tables);
    this.nFeatures = this.prepared.tables.nFeatures;
    this.region = executor.pool.allocate(1 << 20, "test");
  }

  release(): void {
    this.executor.pool.release(this.region);
    this.prepared.release();
  }

  environments(system: System, options: { extraCenters?: Float64Array; centers?: Int32Array } = {}): SystemEnvironments {
    const { wasm, pool } = this.executor;
    const { positions, cell, pbc, atomicNumbers } = system;
    const input = { positions, nAtoms: atomicNumbers.length, cell, pbc, cutoff: this.prepared.tables.cutoff, ...options };
    const list = withScratch(pool, (arena) => copyNeighborList(wasm, buildNeighborList(wasm, arena, input)));
    const { species } = this.prepared.tables;
    const speciesOf = (atom: number): number => (atom < 0 ? -1 : species.indexOf(atomicNumbers[atom]));
    return {
      centerSpecies: Array.from(list.centerAtoms, speciesOf),
      offsets: [...list.offsets],
      neighborSpecies: Array.from(list.neighborAtoms, speciesOf),
      displacements: list.displacements,
      list,
    };
  }

  compute(environments: Environments, wanted: Wanted = {}): Computed {
    const nCenters = environments.centerSpecies.length;
    const nPairs = environments.neighborSpecies.length;
    const { nFeatures } = this;
    const arena = this.arenaFor(nCenters, nPairs, wanted);
    const batch = this.placeRows(arena, environments);
    const { nRows, nEntries, offsets, pairs } = batch.rows;
    const values = this.output(arena, nRows * nFeatures);
    const state = arena.allocate(stateBytes(this.prepared.tables.stateSize, batch));
    // no more than it said it would need
    const scratchSize = this.memory ? scratchBytes(this.memory.scratch, batch) : 0;
    const scratch = new Arena({ pointer: arena.allocate(scratchSize), bytes: scratchSize });
    this.evaluator.values(batch, values.pointer, state, scratch);
    const jacobian = this.output(arena, wanted.jacobian ? nEntries * 3 * nFeatures : 0);
    if (wanted.jacobian) this.evaluator.jacobian(batch, values.pointer, state, jacobian.pointer, scratch);
    const backward = this.output(arena, wanted.gradients ? nPairs * 3 : 0);
    if (wanted.gradients) {
      const gradients = this.put(arena, wanted.gradients);
      this.evaluator.backward(batch, values.pointer, state, gradients, backward.pointer, scratch);
    }
    const { wasm } = this.executor;
    const ends = [...wasm.i32(offsets, nRows + 1)];
    const entryPairs = pairs ? [...wasm.i32(pairs, nEntries)] : Array.from({ length: nEntries }, (_, entry) => entry);
    return { offsets: ends, pairs: entryPairs, values: values.take(), jacobian: jacobian.take(), backward: backward.take() };
  }

  /** What comes back from several gradients in one call: [gradients × pairs × 3]. */
  backwardOfSeveral(environments: Environments, gradients: readonly Float64Array[]): Float64Array {
    const { wasm, pool } = this.executor;
    const nPairs = environments.neighborSpecies.length;
    const region = pool.allocate(SEVERAL_BYTES, "test");
    try {
      wasm.f64(region.pointer, SEVERAL_BYTES >> 3).fill(NaN);
      const arena = new Arena(region);
      const batch = this.placeRows(arena, environments);
      const values = arena.f64(batch.rows.nRows * this.nFeatures);
      const state = arena.allocate(stateBytes(this.prepared.tables.stateSize, batch));
      this.evaluator.values(batch, values, state, arena);
      const given = this.put(arena, Float64Array.from(gradients.flatMap((one) => [...one])));
      const out = this.output(arena, 3 * gradients.length * nPairs);
      backwardOfSeveral(this.evaluator, { batch, values, state }, gradients.length, given, out.pointer, arena);
      return out.take();
    } finally {
      pool.release(region);
    }
  }

  /** Values alone, without a state. */
  valuesAlone(environments: Environments): Float64Array {
    const arena = this.arenaFor(environments.centerSpecies.length, environments.neighborSpecies.length, {});
    const batch = this.placeRows(arena, environments);
    const values = this.output(arena, batch.rows.nRows * this.nFeatures);
    this.evaluator.values(batch, values.pointer, 0, arena);
    return values.take();
  }

  /** Environments in the WebAssembly memory with the rows that the descriptor makes of them. */
  placeRows(arena: Arena, environments: Environments): RowBatch {
    const batch = this.place(arena, environments);
    return { ...batch, rows: this.evaluator.rows(batch, arena) };
  }

  /** Environments in the WebAssembly memory. */
  place(arena: Arena, { centerSpecies, offsets, neighborSpecies, displacements }: Environments): EnvironmentBatch {
    const { wasm } = this.executor;
    const integers = (values: readonly number[]): Pointer => {
      const pointer = arena.i32(values.length);
      wasm.i32(pointer, values.length).set(values);
      return pointer;
    };
    const nPairs = neighborSpecies.length;
    const component = (axis: number): Pointer => this.put(arena, Float64Array.from({ length: nPairs }, (_, p) => displacements[3 * p + axis]));
    const lengths = Float64Array.from({ length: nPairs }, (_, p) => Math.hypot(...displacements.subarray(3 * p, 3 * p + 3)));
    return {
      nCenters: centerSpecies.length,
      nPairs,
      centerSpecies: integers(centerSpecies),
      offsets: integers(offsets),
      neighborSpecies: integers(neighborSpecies),
      dx: component(0),
      dy: component(1),
      dz: component(2),
      distances: this.put(arena, lengths),
    };
  }

  private put(arena: Arena, values: Float64Array): Pointer {
    const pointer = arena.f64(values.length);
    this.executor.wasm.f64(pointer, values.length).set(values);
    return pointer;
  }

  /** Room for an output that must be written in full and not beyond. */
  private output(arena: Arena, length: number): { pointer: Pointer; take: () => Float64Array } {
    const pointer = arena.f64(length + GUARD);
    this.executor.wasm.f64(pointer, length + GUARD).fill(NaN);
    const take = (): Float64Array => {
      const written = this.executor.wasm.f64(pointer, length + GUARD);
      if (!written.subarray(length).every(Number.isNaN)) throw new Error("a routine wrote behind its output");
      return written.slice(0, length);
    };
    return { pointer, take };
  }

  /** A fresh arena full of NaN, so that whatever a routine reads without having written it shows. */
  private arenaFor(nCenters: number, nPairs: number, wanted: Wanted): Arena {
    const { nFeatures } = this;
    // rows and entries of tuples: up to a triplet for each two neighbors
    const isTuple = this.prepared.tables.rows === "tuple";
    const mostRows = nCenters + (isTuple ? nPairs * nPairs : 0);
    const reals = nPairs * 6 + mostRows * (nFeatures * 3 + 8) + (wanted.jacobian ? (nPairs + 2 * mostRows) * 3 * nFeatures : 0) + nFeatures;
    // values without a state keep one for some centers
    const batch = { nCenters: nCenters + 64, nPairs };
    const scratch = this.memory ? scratchBytes(this.memory.scratch, { ...batch, rows: { nRows: mostRows } }) : 0;
    const bytes = reals * 8 + stateBytes(this.prepared.tables.stateSize, batch) + scratch + (1 << 16);
    if (this.region.bytes < bytes) {
      this.executor.pool.release(this.region);
      this.region = this.executor.pool.allocate(2 * bytes, "test");
    }
    const used = Math.min(this.region.bytes, bytes) >> 3;
    this.executor.wasm.f64(this.region.pointer, used).fill(NaN);
    return new Arena(this.region);
  }
}
