import { placeEnvironments } from "../../neighbors/environment-batch.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { DescriptorTables } from "../descriptor.js";
import type { RowBatch } from "../rows.js";
import { StateEvaluator } from "../state-evaluator.js";

/** Evaluates cluster bases; keeps the densities of the neighbors of each center for derivatives. */
export class ClusterEvaluator extends StateEvaluator {
  constructor(
    private readonly host: Wasm,
    tables: DescriptorTables,
  ) {
    const { clusterValues: values, clusterJacobian: jacobian, clusterBackward: backward } = host.routines;
    super(host, tables, { values, jacobian, backward });
  }

  /** By α (Å⁻²) and β as they are, not by their logarithms, and by the factors of species. */
  parameterDerivatives(batch: RowBatch, out: Pointer, scratch: Arena): void {
    const mark = scratch.mark();
    const { pointer, scratchBytes, changeBytes } = this.tables.data;
    const environments = placeEnvironments(this.host, scratch, batch);
    const densities = scratch.allocate(changeBytes);
    this.host.routines.clusterParameters(batch.nCenters, environments, pointer, out, densities, scratch.allocate(scratchBytes));
    scratch.reset(mark);
  }
}
