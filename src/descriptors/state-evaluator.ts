import { type EnvironmentBatch, placeEnvironments } from "../neighbors/environment-batch.js";
import type { Arena, Pointer } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";
import type { DescriptorEvaluator, DescriptorTables } from "./descriptor.js";
import { centerRows, type RowBatch, type Rows, sliceBatch } from "./rows.js";

/** Centers that share the memory of a state where no derivatives are wanted; even, since centers are computed in pairs. */
const TILE = 64;

/** Routines that compute centers in pairs: values leave a state of each center, which derivatives read. They return a status, which the caller's instance turns into an error. */
export interface StateRoutines {
  readonly values: (nCenters: number, environments: Pointer, tables: Pointer, out: Pointer, state: Pointer, scratch: Pointer) => void;
  readonly jacobian: (nCenters: number, environments: Pointer, tables: Pointer, state: Pointer, out: Pointer, scratch: Pointer) => void;
  /** Of several gradients at once. */
  readonly backward: (
    nCenters: number, members: number, environments: Pointer, tables: Pointer, state: Pointer, gradients: Pointer, out: Pointer, scratch: Pointer,
  ) => void;
}

/**
 * Evaluates a descriptor with a row and a state for each center; its tables hold `pointer`, `scratchBytes`, and `memberBytes` for each gradient but the
 * first.
 */
export class StateEvaluator implements DescriptorEvaluator {
  private readonly pointer: Pointer;
  private readonly scratchBytes: number;
  private readonly memberBytes: number;

  constructor(
    private readonly wasm: Wasm,
    readonly tables: DescriptorTables,
    private readonly routines: StateRoutines,
  ) {
    this.pointer = tables.data.pointer!;
    this.scratchBytes = tables.data.scratchBytes!;
    this.memberBytes = tables.data.memberBytes!;
  }

  rows(batch: EnvironmentBatch): Rows {
    return centerRows(batch);
  }

  values(batch: RowBatch, out: Pointer, state: Pointer, scratch: Arena): void {
    if (state) this.valuesWithState(batch, out, state, scratch);
    else this.valuesAlone(batch, out, scratch);
  }

  jacobian(batch: RowBatch, _values: Pointer, state: Pointer, out: Pointer, scratch: Arena): void {
    this.withScratch(batch, scratch, (environments, work) =>
      this.routines.jacobian(batch.nCenters, environments, this.pointer, state, out, work),
    );
  }

  backward(batch: RowBatch, values: Pointer, state: Pointer, gradients: Pointer, out: Pointer, scratch: Arena): void {
    this.backwardSeveral(batch, values, state, 1, gradients, out, scratch);
  }

  backwardSeveral(batch: RowBatch, _values: Pointer, state: Pointer, members: number, gradients: Pointer, out: Pointer, scratch: Arena): void {
    const work = (environments: Pointer, own: Pointer): void =>
      this.routines.backward(batch.nCenters, members, environments, this.pointer, state, gradients, out, own);
    this.withScratch(batch, scratch, work, Math.max(0, members - 1) * this.memberBytes);
  }

  private valuesWithState(batch: EnvironmentBatch, out: Pointer, state: Pointer, scratch: Arena): void {
    this.withScratch(batch, scratch, (environments, work) =>
      this.routines.values(batch.nCenters, environments, this.pointer, out, state, work),
    );
  }

  private valuesAlone(batch: RowBatch, out: Pointer, scratch: Arena): void {
    const { nCenters } = batch;
    const mark = scratch.mark();
    const state = scratch.allocate(this.tables.stateSize.perCenter * Math.min(nCenters, TILE));
    for (let first = 0; first < nCenters; first += TILE) {
      const part = sliceBatch(this.wasm, this.tables, { batch, values: out, state: 0 }, first, Math.min(nCenters, first + TILE));
      this.valuesWithState(part.batch, part.values, state, scratch);
    }
    scratch.reset(mark);
  }

  private withScratch(batch: EnvironmentBatch, scratch: Arena, run: (environments: Pointer, work: Pointer) => void, more = 0): void {
    const mark = scratch.mark();
    const environments = placeEnvironments(this.wasm, scratch, batch);
    run(environments, scratch.allocate(this.scratchBytes + more));
    scratch.reset(mark);
  }
}
