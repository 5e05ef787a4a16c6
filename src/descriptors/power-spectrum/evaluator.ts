import type { EnvironmentBatch } from "../../neighbors/environment-batch.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { DescriptorEvaluator, DescriptorTables } from "../descriptor.js";
import { centerRows, type RowBatch, type Rows, sliceBatch } from "../rows.js";
import { PowerSpectrumRoutines } from "./routines.js";

/** Centers that share the memory of a state where no derivatives are wanted. */
const TILE = 64;

/** Evaluates any descriptor whose tables `preparePowerSpectrum` wrote: one row for each center. */
export class PowerSpectrumEvaluator implements DescriptorEvaluator {
  private readonly routines: PowerSpectrumRoutines;

  constructor(
    private readonly wasm: Wasm,
    readonly tables: DescriptorTables,
  ) {
    this.routines = new PowerSpectrumRoutines(wasm, tables);
  }

  rows(batch: EnvironmentBatch): Rows {
    return centerRows(batch);
  }

  values(batch: RowBatch, out: Pointer, state: Pointer, scratch: Arena): void {
    if (state) this.routines.values(batch, out, state, scratch);
    else this.valuesAlone(batch, out, scratch);
  }

  jacobian(batch: RowBatch, values: Pointer, state: Pointer, out: Pointer, scratch: Arena): void {
    this.routines.jacobian(batch, values, state, out, scratch);
  }

  backward(batch: RowBatch, values: Pointer, state: Pointer, gradients: Pointer, out: Pointer, scratch: Arena): void {
    this.routines.backward(batch, values, state, 1, gradients, out, scratch);
  }

  backwardSeveral(batch: RowBatch, values: Pointer, state: Pointer, members: number, gradients: Pointer, out: Pointer, scratch: Arena): void {
    this.routines.backward(batch, values, state, members, gradients, out, scratch);
  }

  private valuesAlone(batch: RowBatch, out: Pointer, scratch: Arena): void {
    const { nCenters } = batch;
    const mark = scratch.mark();
    const state = scratch.allocate(this.routines.stateBytes * Math.min(nCenters, TILE));
    for (let first = 0; first < nCenters; first += TILE) {
      const part = sliceBatch(this.wasm, this.tables, { batch, values: out, state: 0 }, first, Math.min(nCenters, first + TILE));
      this.routines.values(part.batch, part.values, state, scratch);
    }
    scratch.reset(mark);
  }
}
