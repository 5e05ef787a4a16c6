import type { EnvironmentBatch } from "../../neighbors/environment-batch.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { DescriptorEvaluator, DescriptorTables } from "../descriptor.js";
import { centerRows, type RowBatch, type Rows } from "../rows.js";
import { type PlacedTerm, requireDistances, runTerms } from "./routines.js";

/** Evaluates local many-body tensors: one row for each center. The state holds by what each row was multiplied. */
export class LocalTensorEvaluator implements DescriptorEvaluator {
  private readonly terms: readonly PlacedTerm[];
  private readonly isUnit: boolean;

  constructor(
    private readonly wasm: Wasm,
    readonly tables: DescriptorTables,
  ) {
    const { pairs, triplets, firstTriplet, isUnit } = tables.data;
    const all: PlacedTerm[] = [{ pointer: pairs, order: 2, column: 0 }, { pointer: triplets, order: 3, column: firstTriplet }];
    this.terms = all.filter(({ pointer }) => pointer !== 0);
    this.isUnit = isUnit === 1;
  }

  rows(batch: EnvironmentBatch): Rows {
    return centerRows(batch);
  }

  values(batch: RowBatch, out: Pointer, state: Pointer, scratch: Arena): void {
    const { wasm, tables, isUnit } = this;
    requireDistances(wasm, batch);
    runTerms(wasm, scratch, batch, this.terms, { mode: "values", rows: out, rowLength: tables.nFeatures });
    const factors = new Float64Array(batch.nCenters).fill(1);
    for (let center = 0; isUnit && center < batch.nCenters; center++) {
      const row = this.row(out, center);
      const length = Math.sqrt(row.reduce((sum, x) => sum + x * x, 0));
      factors[center] = length > 0 ? 1 / length : 0;
      for (let f = 0; f < row.length; f++) row[f] *= factors[center];
    }
    if (state) wasm.f64(state, batch.nCenters).set(factors);
  }

  jacobian(batch: RowBatch, values: Pointer, state: Pointer, out: Pointer, scratch: Arena): void {
    const { wasm, tables, isUnit } = this;
    const { nCenters, nPairs, offsets } = batch;
    wasm.f64(out, 3 * nPairs * tables.nFeatures).fill(0);
    runTerms(wasm, scratch, batch, this.terms, { mode: "jacobian", rows: out, rowLength: tables.nFeatures });
    if (!isUnit) return;
    const [ends, factors] = [wasm.i32(offsets, nCenters + 1), wasm.f64(state, nCenters)];
    for (let center = 0; center < nCenters; center++) {
      const x = this.row(values, center);
      for (let row = 3 * (ends[center] - ends[0]); row < 3 * (ends[center + 1] - ends[0]); row++) project(this.row(out, row), x, factors[center]);
    }
  }

  backward(batch: RowBatch, values: Pointer, state: Pointer, gradients: Pointer, out: Pointer, scratch: Arena): void {
    const { wasm, tables, isUnit } = this;
    const { nCenters, nPairs, offsets } = batch;
    wasm.f64(out, 3 * nPairs).fill(0);
    if (nCenters === 0) return;
    const mark = scratch.mark();
    let rows = gradients;
    if (isUnit) {
      rows = scratch.f64(nCenters * tables.nFeatures);
      wasm.f64(rows, nCenters * tables.nFeatures).set(wasm.f64(gradients, nCenters * tables.nFeatures));
      const factors = wasm.f64(state, nCenters);
      for (let center = 0; center < nCenters; center++) project(this.row(rows, center), this.row(values, center), factors[center]);
    }
    const pairs = out - 24 * wasm.i32(offsets, 1)[0];
    runTerms(wasm, scratch, batch, this.terms, { mode: "backward", rows, rowLength: tables.nFeatures, pairs });
    scratch.reset(mark);
  }

  private row(rows: Pointer, row: number): Float64Array {
    const { nFeatures } = this.tables;
    return this.wasm.f64(rows + 8 * row * nFeatures, nFeatures);
  }
}

/** Derivatives of a row to those of the unit vector x along it. */
function project(slopes: Float64Array, x: Float64Array, factor: number): void {
  let along = 0;
  for (let f = 0; f < x.length; f++) along += x[f] * slopes[f];
  for (let f = 0; f < x.length; f++) slopes[f] = (slopes[f] - along * x[f]) * factor;
}
