import { type EnvironmentBatch, placeEnvironments } from "../../neighbors/environment-batch.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { DescriptorEvaluator, DescriptorTables } from "../descriptor.js";
import type { RowBatch, Rows } from "../rows.js";

/** Where the routines of tuples find their inputs. */
export interface TupleInputs {
  readonly nCenters: number;
  readonly environments: Pointer;
  readonly tables: Pointer;
  /** Neighbors of any center, at most. */
  readonly capacity: number;
  /** `scratchPerPair` bytes for each of them. */
  readonly scratch: Pointer;
}

/** The routines of one kind of tuples. */
export interface TupleRoutines {
  /** Entries of a row. */
  readonly entriesPerRow: number;
  readonly scratchPerPair: number;
  /** ofCenters: i32 [nCenters + 1], the first row of every center */
  count(inputs: TupleInputs, ofCenters: Pointer): void;
  /** offsets: i32 [nRows + 1], pairs: i32 [nEntries] */
  rows(inputs: TupleInputs, offsets: Pointer, pairs: Pointer): void;
  values(inputs: TupleInputs, out: Pointer): void;
  jacobian(inputs: TupleInputs, out: Pointer): void;
  backward(inputs: TupleInputs, gradients: Pointer, out: Pointer): void;
}

/** Rows of tuples of a center with its neighbors, which routines find again from the environments: no state is kept. */
export class TupleEvaluator implements DescriptorEvaluator {
  constructor(
    private readonly wasm: Wasm,
    readonly tables: DescriptorTables,
    private readonly routines: TupleRoutines,
  ) {}

  rows(batch: EnvironmentBatch, arena: Arena): Rows {
    const { wasm, routines } = this;
    const { nCenters } = batch;
    const ofCenters = arena.i32(nCenters + 1);
    this.withInputs(batch, arena, (inputs) => routines.count(inputs, ofCenters));
    const nRows = wasm.i32(ofCenters, nCenters + 1)[nCenters];
    const nEntries = nRows * routines.entriesPerRow;
    const offsets = arena.i32(nRows + 1);
    const pairs = arena.i32(nEntries);
    this.withInputs(batch, arena, (inputs) => routines.rows(inputs, offsets, pairs));
    return { kind: "tuple", nRows, nEntries, offsets, pairs, ofCenters };
  }

  values(batch: RowBatch, out: Pointer, _state: Pointer, scratch: Arena): void {
    this.withInputs(batch, scratch, (inputs) => this.routines.values(inputs, out));
  }

  jacobian(batch: RowBatch, _values: Pointer, _state: Pointer, out: Pointer, scratch: Arena): void {
    this.withInputs(batch, scratch, (inputs) => this.routines.jacobian(inputs, out));
  }

  backward(batch: RowBatch, _values: Pointer, _state: Pointer, gradients: Pointer, out: Pointer, scratch: Arena): void {
    this.withInputs(batch, scratch, (inputs) => this.routines.backward(inputs, gradients, out));
  }

  private withInputs(batch: EnvironmentBatch, arena: Arena, run: (inputs: TupleInputs) => void): void {
    const mark = arena.mark();
    const { nCenters } = batch;
    const capacity = this.routines.scratchPerPair > 0 ? this.mostNeighbors(batch) : 0;
    const environments = placeEnvironments(this.wasm, arena, batch);
    run({ nCenters, environments, tables: this.tables.data.pointer, capacity, scratch: arena.allocate(capacity * this.routines.scratchPerPair) });
    arena.reset(mark);
  }

  private mostNeighbors({ nCenters, offsets }: EnvironmentBatch): number {
    const ends = this.wasm.i32(offsets, nCenters + 1);
    let most = 0;
    for (let center = 0; center < nCenters; center++) most = Math.max(most, ends[center + 1] - ends[center]);
    return most;
  }
}
