import { type EnvironmentBatch, placeEnvironments } from "../../neighbors/environment-batch.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { DescriptorEvaluator, DescriptorTables } from "../descriptor.js";
import { centerRows, type RowBatch, type Rows } from "../rows.js";
import { placesFor } from "./tables.js";

/** Evaluates symmetry functions. Nothing is kept for derivatives: what they need is computed again, which takes less time than to read it. */
export class AcsfEvaluator implements DescriptorEvaluator {
  private readonly pointer: Pointer;

  constructor(
    private readonly wasm: Wasm,
    readonly tables: DescriptorTables,
  ) {
    this.pointer = tables.data.pointer;
  }

  rows(batch: EnvironmentBatch): Rows {
    return centerRows(batch);
  }

  values(batch: RowBatch, out: Pointer, _state: Pointer, scratch: Arena): void {
    this.withScratch(batch, scratch, (environments, capacity, work) =>
      this.wasm.routines.acsfValues(batch.nCenters, capacity, environments, this.pointer, out, work),
    );
  }

  jacobian(batch: RowBatch, _values: Pointer, _state: Pointer, out: Pointer, scratch: Arena): void {
    this.withScratch(batch, scratch, (environments, capacity, work) =>
      this.wasm.routines.acsfJacobian(batch.nCenters, capacity, environments, this.pointer, out, work),
    );
  }

  backward(batch: RowBatch, _values: Pointer, _state: Pointer, gradients: Pointer, out: Pointer, scratch: Arena): void {
    this.withScratch(batch, scratch, (environments, capacity, work) =>
      this.wasm.routines.acsfBackward(batch.nCenters, capacity, environments, this.pointer, gradients, out, work),
    );
  }

  private withScratch(batch: RowBatch, scratch: Arena, run: (environments: Pointer, capacity: number, work: Pointer) => void): void {
    const mark = scratch.mark();
    const { nSpecies, scratchBytes, placeBytes } = this.tables.data;
    const environments = placeEnvironments(this.wasm, scratch, batch);
    const capacity = placesFor(this.mostNeighbors(batch), nSpecies);
    run(environments, capacity, scratch.allocate(scratchBytes + capacity * placeBytes));
    scratch.reset(mark);
  }

  private mostNeighbors({ nCenters, offsets: pointer }: RowBatch): number {
    const offsets = this.wasm.i32(pointer, nCenters + 1);
    let most = 0;
    for (let center = 0; center < nCenters; center++) most = Math.max(most, offsets[center + 1] - offsets[center]);
    return most;
  }
}
