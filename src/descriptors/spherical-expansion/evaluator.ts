import { type EnvironmentBatch, placeEnvironments } from "../../neighbors/environment-batch.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { DescriptorEvaluator, DescriptorTables } from "../descriptor.js";
import { centerRows, type RowBatch, type Rows } from "../rows.js";

/** The coefficients of every center. They are linear in the density, so that there is no state. */
export class SphericalExpansionEvaluator implements DescriptorEvaluator {
  constructor(
    private readonly wasm: Wasm,
    readonly tables: DescriptorTables,
  ) {}

  rows(batch: EnvironmentBatch): Rows {
    return centerRows(batch);
  }

  values(batch: RowBatch, out: Pointer, _state: Pointer, scratch: Arena): void {
    this.withScratch(batch, scratch, (environments, tables, work) =>
      this.wasm.routines.sphericalExpansionValues(batch.nCenters, environments, tables, out, work),
    );
  }

  jacobian(batch: RowBatch, _values: Pointer, _state: Pointer, out: Pointer, scratch: Arena): void {
    this.withScratch(batch, scratch, (environments, tables, work) =>
      this.wasm.routines.sphericalExpansionJacobian(batch.nCenters, environments, tables, out, work),
    );
  }

  backward(batch: RowBatch, _values: Pointer, _state: Pointer, gradients: Pointer, out: Pointer, scratch: Arena): void {
    this.withScratch(batch, scratch, (environments, tables, work) =>
      this.wasm.routines.sphericalExpansionBackward(batch.nCenters, environments, tables, gradients, out, work),
    );
  }

  private withScratch(batch: EnvironmentBatch, scratch: Arena, run: (environments: Pointer, tables: Pointer, work: Pointer) => void): void {
    const mark = scratch.mark();
    const { pointer, scratchBytes } = this.tables.data;
    const environments = placeEnvironments(this.wasm, scratch, batch);
    run(environments, pointer, scratch.allocate(scratchBytes));
    scratch.reset(mark);
  }
}
