import { NumericalError } from "../../errors.js";
import { namingStructure } from "../../environments/environments.js";
import { rowsOf, type StructureTargets } from "../../fit/structure-targets.js";
import type { RowsInput } from "../../fit/least-squares/chains.js";
import { strideOf } from "../../fit/least-squares/triangle.js";
import { attachedEvaluator, type NumberedTables } from "../../models/attached.js";
import type { Prediction } from "../../models/potential.js";
import { defineTask } from "../../parallel/task.js";
import { VOIGT } from "../../structures/tensor.js";
import type { Arena } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";

/** Structures whose rows make one block. */
export interface FisherRows {
  readonly tables: NumberedTables;
  /** What multiplies each column: the value of a parameter that is counted in its logarithm, else 1. */
  readonly factors: Float64Array;
  /** Of the whole energy, with that of isolated atoms. */
  readonly structures: readonly StructureTargets[];
}

/** One row among those of `parameterRows`. */
interface TargetRow {
  /** Its number there. */
  readonly row: number;
  readonly residual: number;
  readonly sigma: number;
  readonly what: string;
}

/** Rows of J over σ, with what remains of the reference values over σ as the right-hand side. */
export const writeFisherRows = defineTask("analysis/fisher-rows", ({ wasm, scratch }, { rows: { tables, factors, structures }, design }: RowsInput<FisherRows>): null => {
  const evaluator = attachedEvaluator(wasm, tables);
  const stride = strideOf(factors.length);
  let next = design;
  for (const targets of structures) {
    const mark = scratch.mark();
    namingStructure(targets.geometry.label, () => {
      const request = { forces: targets.forces !== null, virial: targets.virial !== null };
      const prediction = evaluator.evaluate(targets.geometry, { want: request }, scratch);
      const rows = evaluator.parameterRows!(targets.geometry, request, scratch);
      for (const [k, target] of targetRows(targets, prediction).entries()) {
        writeRow(wasm.f64(rows + 8 * target.row * factors.length, factors.length), factors, target, wasm.f64(next + 8 * k * stride, stride));
      }
    });
    scratch.reset(mark);
    next += 8 * rowsOf(targets) * stride;
  }
  return null;
});

function writeRow(source: Float64Array, factors: Float64Array, { residual, sigma, what }: TargetRow, out: Float64Array): void {
  out.fill(0);
  for (let k = 0; k < source.length; k++) {
    out[k] = (source[k] * factors[k]) / sigma;
    if (!Number.isFinite(out[k])) throw new NumericalError(`the derivative of ${what} by parameter ${k + 1} of ${source.length} is ${source[k]}; the parameters of the model are out of range for this structure`);
  }
  out[source.length] = residual / sigma;
  if (!Number.isFinite(out[source.length])) throw new NumericalError(`${what} is not finite`);
}

/** In the order of the rows of a fit: the energy, forces of atoms that count, the virial. */
export function targetRows({ geometry, energy, forces, virial }: StructureTargets, prediction: Prediction): TargetRow[] {
  const rows: TargetRow[] = [];
  if (energy) rows.push({ row: 0, residual: energy.value - prediction.energy, sigma: energy.sigma, what: "the energy" });
  forces?.values.forEach((value, i) => {
    const component = 3 * forces.atoms[Math.floor(i / 3)] + (i % 3);
    rows.push({ row: 1 + component, residual: value - prediction.forces![component], sigma: forces.sigma[i], what: `force ${"xyz"[i % 3]} of atom ${Math.floor(component / 3) + 1}` });
  });
  const firstVirial = 1 + (forces ? 3 * geometry.atomicNumbers.length : 0);
  VOIGT.forEach(([a, b], i) => {
    if (!virial) return;
    const [reference, predicted] = [virial.values, prediction.virial!].map((values) => 0.5 * (values[a] + values[b]));
    rows.push({ row: firstVirial + i, residual: reference - predicted, sigma: virial.sigma[i], what: `virial component ${i + 1}` });
  });
  return rows;
}

/** Rows of J of one structure, unweighted: energy, forces where they are asked for. */
export interface PlainRowsInput {
  readonly tables: NumberedTables;
  readonly factors: Float64Array;
  readonly geometry: StructureTargets["geometry"];
  readonly forces: boolean;
}

/** For predictions: rows × columns. */
export const plainRows = defineTask("analysis/fisher-plain-rows", ({ wasm, scratch }: { wasm: Wasm; scratch: Arena }, { tables, factors, geometry, forces }: PlainRowsInput): Float64Array => {
  const evaluator = attachedEvaluator(wasm, tables);
  const n = factors.length;
  const rows = namingStructure(geometry.label, () => evaluator.parameterRows!(geometry, { forces, virial: false }, scratch));
  return wasm.f64(rows, (forces ? 1 + 3 * geometry.atomicNumbers.length : 1) * n).map((value, k) => value * factors[k % n]);
});
