import type { EnvironmentBatch } from "../../neighbors/environment-batch.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import { backwardOfSeveral } from "../backward-of-several.js";
import type { DescriptorAttachment, DescriptorEvaluator, DescriptorTables } from "../descriptor.js";
import { type DescribedBatch, type RowBatch, type Rows, sliceBatch, stateBytes } from "../rows.js";
import { MapRoutines } from "./column-map.js";
import { KeptRows } from "./kept-rows.js";
import { REDUCED } from "./reduced-descriptor.js";

/** Centers whose rows inside are held at once where no derivatives are wanted. */
const TILE = 256;

class ReducedEvaluator implements DescriptorEvaluator {
  private readonly map: MapRoutines;
  private readonly kept: KeptRows;

  constructor(
    private readonly wasm: Wasm,
    readonly tables: DescriptorTables,
    private readonly inner: DescriptorEvaluator,
  ) {
    this.map = new MapRoutines(wasm, tables.data, tables.nFeatures);
    this.kept = new KeptRows(tables.rows, inner.tables.stateSize, inner.tables.nFeatures);
  }

  rows(batch: EnvironmentBatch, arena: Arena): Rows {
    return this.inner.rows(batch, arena);
  }

  values(batch: RowBatch, out: Pointer, state: Pointer, scratch: Arena): void {
    const { nRows } = batch.rows;
    const mark = scratch.mark();
    const opened = this.kept.open(batch, state, scratch);
    if (opened) {
      this.inner.values(batch, opened.values, opened.state, scratch);
      this.kept.store(this.wasm, batch, opened, state);
      this.map.values(nRows, opened.values, out, scratch);
    } else if (this.tables.rows === "structure") this.valuesAlone({ batch, values: out, state: 0 }, scratch);
    else this.valuesInTiles(batch, out, scratch);
    scratch.reset(mark);
  }

  jacobian(batch: RowBatch, _values: Pointer, state: Pointer, out: Pointer, scratch: Arena): void {
    const { nEntries } = batch.rows;
    const mark = scratch.mark();
    const before = this.before(batch, state, scratch);
    const jacobian = scratch.f64(3 * nEntries * this.inner.tables.nFeatures);
    this.inner.jacobian(batch, before.values, before.state, jacobian, scratch);
    this.map.derivatives(3 * nEntries, jacobian, out, scratch);
    scratch.reset(mark);
  }

  backward(batch: RowBatch, values: Pointer, state: Pointer, gradients: Pointer, out: Pointer, scratch: Arena): void {
    this.backwardSeveral(batch, values, state, 1, gradients, out, scratch);
  }

  backwardSeveral(batch: RowBatch, _values: Pointer, state: Pointer, members: number, gradients: Pointer, out: Pointer, scratch: Arena): void {
    const nRows = members * batch.rows.nRows;
    const mark = scratch.mark();
    const before = this.before(batch, state, scratch);
    const ofInner = scratch.f64(nRows * this.inner.tables.nFeatures);
    this.map.gradients(nRows, gradients, ofInner, scratch);
    backwardOfSeveral(this.inner, { batch, ...before }, members, ofInner, out, scratch);
    scratch.reset(mark);
  }

  /** Rows and state of the descriptor inside: those that were kept, or made again. */
  private before(batch: RowBatch, state: Pointer, scratch: Arena): { values: Pointer; state: Pointer } {
    const kept = this.kept.recall(this.wasm, batch, state, scratch);
    if (kept) return kept;
    const { nFeatures, stateSize } = this.inner.tables;
    const again = { values: scratch.f64(batch.rows.nRows * nFeatures), state: scratch.allocate(stateBytes(stateSize, batch)) };
    this.inner.values(batch, again.values, again.state, scratch);
    return again;
  }

  private valuesInTiles(batch: RowBatch, out: Pointer, scratch: Arena): void {
    const all = { batch, values: out, state: 0 };
    for (let first = 0; first < batch.nCenters; first += TILE) {
      this.valuesAlone(sliceBatch(this.wasm, this.tables, all, first, Math.min(batch.nCenters, first + TILE)), scratch);
    }
  }

  private valuesAlone({ batch, values: out }: DescribedBatch, scratch: Arena): void {
    const { nRows } = batch.rows;
    const mark = scratch.mark();
    const values = scratch.f64(nRows * this.inner.tables.nFeatures);
    this.inner.values(batch, values, 0, scratch);
    this.map.values(nRows, values, out, scratch);
    scratch.reset(mark);
  }
}

export const reducedAttachment: DescriptorAttachment = {
  name: REDUCED,
  attach: (wasm, tables, attachPart) => new ReducedEvaluator(wasm, tables, attachPart(tables.parts![0])),
};
