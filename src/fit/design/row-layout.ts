import type { Matrix } from "../../linalg/matrix.js";
import type { RowLayout } from "../../models/local-energy/derivative-rows.js";
import { VOIGT } from "../../structures/tensor.js";
import type { Arena } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { StructureTargets } from "../structure-targets.js";

/** The energy, x y z of each atom that is fitted, the virial (Voigt). */
export function layoutOf({ energy, forces, virial }: StructureTargets): RowLayout {
  const afterEnergy = energy ? 1 : 0;
  return {
    energy: energy ? 0 : -1,
    forces: forces ? afterEnergy : -1,
    virial: virial ? afterEnergy + (forces?.values.length ?? 0) : -1,
    atoms: forces?.atoms ?? new Int32Array(0),
  };
}

/** Reference values into the last column, signs (F = −dE/dr, V = −dE/dε) and weights 1/σ into the rows. */
export function finishRows(wasm: Wasm, { energy, forces, virial }: StructureTargets, layout: RowLayout, design: Matrix, scratch: Arena): void {
  const { rows: nRows, columns, stride } = design;
  const mark = scratch.mark();
  const weights = wasm.f64(scratch.f64(nRows), nRows);
  const matrixView = wasm.f64(design.pointer, nRows * stride);
  // Rows hold derivatives, so that the target of a derivative is minus its force or virial.
  const set = (row: number, target: number, weight: number): void => {
    matrixView[row * stride + columns - 1] = target;
    weights[row] = weight;
  };
  if (energy) set(layout.energy, energy.value, 1 / energy.sigma);
  if (forces) forces.values.forEach((force, i) => set(layout.forces + i, -force, -1 / forces.sigma[i]));
  if (virial) {
    VOIGT.forEach(([a, b], i) => set(layout.virial + i, -0.5 * (virial.values[a] + virial.values[b]), -1 / virial.sigma[i]));
  }
  wasm.routines.scaleRows(nRows, columns, stride, weights.byteOffset, design.pointer);
  scratch.reset(mark);
}
