import type { Geometry } from "../../environments/geometry.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import { parameterRowCount, type ParameterRowsRequest } from "../parametric.js";
import type { EvaluationRequest, PotentialEvaluator, PotentialTables, Prediction } from "../potential.js";
import { BoundForm, type ComposedPotential } from "./bound-form.js";
import { columnCount } from "./columns.js";
import { findPairs } from "./pairs.js";
import { layoutParameters } from "./parameters.js";

/** A composed potential as it goes to threads: it is short, nothing of it is in shared memory. */
export interface ComposedTables extends PotentialTables, ComposedPotential {}

/** Predictions of a composed potential. */
export class ComposedEvaluator implements PotentialEvaluator {
  constructor(
    private readonly wasm: Wasm,
    private readonly tables: ComposedTables,
  ) {}

  evaluate(geometry: Geometry, { want, range }: EvaluationRequest, scratch: Arena): Prediction {
    const { form, species } = this.tables;
    const mark = scratch.mark();
    const pairs = findPairs(this.wasm, scratch, geometry, form, species, range);
    const prediction = new BoundForm(this.wasm, scratch, this.tables).evaluate(pairs, want, scratch);
    scratch.reset(mark);
    return prediction;
  }

  parameterRows(geometry: Geometry, request: ParameterRowsRequest, scratch: Arena): Pointer {
    const { form, species } = this.tables;
    const rows = parameterRowCount(request, geometry.atomicNumbers.length);
    const out = scratch.f64(rows * columnCount(layoutParameters(form, species.length), request.linearOnly));
    const mark = scratch.mark();
    const pairs = findPairs(this.wasm, scratch, geometry, form, species);
    new BoundForm(this.wasm, scratch, this.tables).rows(pairs, request, out, scratch);
    scratch.reset(mark);
    return out;
  }
}
