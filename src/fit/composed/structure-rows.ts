import { BoundForm, type ComposedPotential } from "../../models/composed/bound-form.js";
import { columnCount } from "../../models/composed/columns.js";
import type { ComposedPairs } from "../../models/composed/pairs.js";
import { parameterRowCount } from "../../models/parametric.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { PlacedTargets } from "./placed-targets.js";

/** A structure that is fitted to. */
export interface PlacedStructure {
  readonly pairs: ComposedPairs;
  readonly targets: PlacedTargets;
}

/** Rows of one structure after another, for one set of values, on one thread. */
export class StructureRows {
  /** Of all parameters, or of the linear ones. */
  readonly nColumns: number;
  private readonly bound: BoundForm;

  constructor(
    private readonly wasm: Wasm,
    private readonly scratch: Arena,
    potential: ComposedPotential,
    private readonly linearOnly: boolean,
  ) {
    this.bound = new BoundForm(wasm, scratch, potential, { rows: linearOnly ? "linear" : "all" });
    this.nColumns = columnCount(this.bound.layout, linearOnly);
  }

  /**
   * Hands each row that is fitted to over with its target and 1/σ.
   * @param take called with the derivatives by the columns, good until it returns
   */
  forEach({ pairs, targets }: PlacedStructure, take: (row: Float64Array, value: number, weight: number, index: number) => void): void {
    const { wasm, scratch, linearOnly, nColumns } = this;
    const { nRows, forces, virial } = targets;
    const mark = scratch.mark();
    const request = { forces, virial, linearOnly };
    const made: Pointer = scratch.f64(parameterRowCount(request, pairs.nAtoms) * nColumns);
    this.bound.rows(pairs, request, made, scratch);
    const all = wasm.f64(made, parameterRowCount(request, pairs.nAtoms) * nColumns);
    const [rows, values, weights] = [wasm.i32(targets.rows, nRows), wasm.f64(targets.values, nRows), wasm.f64(targets.weights, nRows)];
    for (let r = 0; r < nRows; r++) take(all.subarray(rows[r] * nColumns, (rows[r] + 1) * nColumns), values[r], weights[r], r);
    scratch.reset(mark);
  }
}
