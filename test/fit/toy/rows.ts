import { defineTask, type RowsInput, rowsOf, type StructureTargets } from "../../../src/core.js";
import { VOIGT } from "../../../src/structures/tensor.js";
import { type PairForm, pairSum } from "./pair-sum.js";

export interface ToyRows {
  readonly structures: readonly StructureTargets[];
  readonly form: PairForm;
  /** Atomic numbers whose offsets are fitted: the first columns. The last one is the amplitude. */
  readonly species: readonly number[];
  /** Elements from one row to the next. */
  readonly stride: number;
}

/** Rows of some structures, divided by σ, with the reference value in the column after the last. */
export const writeToyRows = defineTask("toy/rows", ({ wasm, scratch }, { rows, design }: RowsInput<ToyRows>): null => {
  const { structures, form, species, stride } = rows;
  let row = design;
  for (const targets of structures) {
    const { geometry, energy, forces, virial } = targets;
    const sum = pairSum(wasm, scratch, geometry, form);
    const view = wasm.f64(row, rowsOf(targets) * stride).fill(0);
    let next = 0;
    const write = (counts: readonly number[], slope: number, value: number, sigma: number): void => {
      [...counts, slope, value].forEach((element, column) => (view[next * stride + column] = element / sigma));
      next++;
    };
    const counts = species.map((atomicNumber) => geometry.atomicNumbers.filter((other) => other === atomicNumber).length);
    const none = species.map(() => 0);
    if (energy) write(counts, sum.local.reduce((total, value) => total + value, 0), energy.value, energy.sigma);
    forces?.values.forEach((force, i) => write(none, -sum.gradient[3 * forces.atoms[Math.floor(i / 3)] + (i % 3)], force, forces.sigma[i]));
    if (virial) VOIGT.forEach(([a, b], i) => write(none, -sum.strain[a], 0.5 * (virial.values[a] + virial.values[b]), virial.sigma[i]));
    row += 8 * rowsOf(targets) * stride;
  }
  return null;
});
