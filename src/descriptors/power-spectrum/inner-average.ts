import type { EnvironmentBatch } from "../../neighbors/environment-batch.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { DescriptorEvaluator, DescriptorTables } from "../descriptor.js";
import { type RowBatch, type Rows, structureRows } from "../rows.js";
import { PowerSpectrumRoutines } from "./routines.js";

/**
 * The power spectrum of the mean density of all centers of a structure: one row, whose state is that of one center. The density of center i
 * counts 1/n in the mean, so the derivatives are those of a center with the state of the mean, divided by n.
 */
export class InnerAverageEvaluator implements DescriptorEvaluator {
  private readonly routines: PowerSpectrumRoutines;

  constructor(
    private readonly wasm: Wasm,
    readonly tables: DescriptorTables,
  ) {
    this.routines = new PowerSpectrumRoutines(wasm, tables);
  }

  rows(batch: EnvironmentBatch, arena: Arena): Rows {
    return structureRows(this.wasm, batch, arena);
  }

  values(batch: RowBatch, out: Pointer, state: Pointer, scratch: Arena): void {
    if (batch.nCenters === 0) return;
    const mark = scratch.mark();
    this.routines.ofMean(batch, out, state || scratch.allocate(this.routines.stateBytes), scratch);
    scratch.reset(mark);
  }

  jacobian(batch: RowBatch, values: Pointer, state: Pointer, out: Pointer, scratch: Arena): void {
    const width = 3 * this.tables.nFeatures;
    this.forEachCenter(batch, (center, pairsBefore) => this.routines.jacobian(center, values, state, out + 8 * width * pairsBefore, scratch));
    this.divide(out, width * batch.nPairs, batch.nCenters);
  }

  backward(batch: RowBatch, values: Pointer, state: Pointer, gradients: Pointer, out: Pointer, scratch: Arena): void {
    this.forEachCenter(batch, (center, pairsBefore) => this.routines.backward(center, values, state, 1, gradients, out + 24 * pairsBefore, scratch));
    this.divide(out, 3 * batch.nPairs, batch.nCenters);
  }

  private forEachCenter(batch: RowBatch, run: (center: EnvironmentBatch, pairsBefore: number) => void): void {
    const offsets = this.wasm.i32(batch.offsets, batch.nCenters + 1).slice();
    for (let c = 0; c < batch.nCenters; c++) {
      const nPairs = offsets[c + 1] - offsets[c];
      const center = { ...batch, nCenters: 1, nPairs, centerSpecies: batch.centerSpecies + 4 * c, offsets: batch.offsets + 4 * c };
      run(center, offsets[c] - offsets[0]);
    }
  }

  private divide(pointer: Pointer, count: number, divisor: number): void {
    const values = this.wasm.f64(pointer, count);
    for (let i = 0; i < count; i++) values[i] /= divisor;
  }
}
