import { InvalidStructureError } from "../../errors.js";
import { type EnvironmentBatch, placeEnvironments } from "../../neighbors/environment-batch.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { DescriptorEvaluator, DescriptorTables } from "../descriptor.js";
import { centerRows, type RowBatch, type Rows } from "../rows.js";
import { neighborCounts } from "./neighbor-count.js";

/** Evaluates overlap matrices. Nothing is kept for derivatives: eigenvectors are large, and values do not need them. */
export class OverlapMatrixEvaluator implements DescriptorEvaluator {
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
    this.withScratch(batch, scratch, (environments, work) =>
      this.wasm.routines.overlapMatrixValues(batch.nCenters, environments, this.pointer, out, work),
    );
  }

  jacobian(batch: RowBatch, _values: Pointer, _state: Pointer, out: Pointer, scratch: Arena): void {
    this.withScratch(batch, scratch, (environments, work) =>
      this.wasm.routines.overlapMatrixJacobian(batch.nCenters, environments, this.pointer, out, work),
    );
  }

  backward(batch: RowBatch, values: Pointer, state: Pointer, gradients: Pointer, out: Pointer, scratch: Arena): void {
    this.backwardSeveral(batch, values, state, 1, gradients, out, scratch);
  }

  backwardSeveral(batch: RowBatch, _values: Pointer, _state: Pointer, members: number, gradients: Pointer, out: Pointer, scratch: Arena): void {
    this.withScratch(batch, scratch, (environments, work) =>
      this.wasm.routines.overlapMatrixBackward(batch.nCenters, members, environments, this.pointer, gradients, out, work),
    );
  }

  private withScratch(batch: RowBatch, scratch: Arena, run: (environments: Pointer, work: Pointer) => void): void {
    this.requireRoom(batch);
    const mark = scratch.mark();
    const environments = placeEnvironments(this.wasm, scratch, batch);
    run(environments, scratch.allocate(this.tables.data.scratchBytes));
    scratch.reset(mark);
  }

  private requireRoom(batch: RowBatch): void {
    const { descriptor, cutoff, data } = this.tables;
    const counts = neighborCounts(this.wasm, batch, cutoff);
    const crowded = counts.findIndex((count) => count > data.maxNeighbors);
    if (crowded < 0) return;
    throw new InvalidStructureError(
      `an atom has ${counts[crowded]} neighbors within ${cutoff} Å, more than the ${data.maxNeighbors} that ${descriptor} has room for (maxNeighbors, given or learned from other data): raise maxNeighbors to ${counts[crowded]} or more, or lower cutoff.radius`,
    );
  }
}
