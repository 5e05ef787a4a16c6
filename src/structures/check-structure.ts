import { InvalidStructureError } from "../errors.js";
import type { Structure } from "./structure.js";
import { columnsOf, isTargetName } from "./target-columns.js";

/**
 * Makes sure that a structure can be used.
 * @throws {InvalidStructureError} when its arrays do not fit each other, hold numbers that are not finite (further columns may hold NaN) or
 * no element, or when it is periodic without a cell
 */
export function checkStructure(structure: Structure): void {
  const { atomicNumbers, positions, cell, pbc, label } = structure;
  const nAtoms = atomicNumbers.length;
  const expectLength = (what: string, array: ArrayLike<number> | null | undefined, length: number): void => {
    if (array && array.length !== length) {
      throw new InvalidStructureError(`${label}: ${what} has ${array.length} numbers; ${nAtoms} atoms need ${length}`);
    }
  };
  const expectFinite = (what: string, array: ArrayLike<number> | null | undefined, mayBeAbsent = false): void => {
    if (!array || (array instanceof Float64Array && isFinite(array))) return;
    for (let i = 0; i < array.length; i++) {
      if (Number.isFinite(array[i]) || (mayBeAbsent && Number.isNaN(array[i]))) continue;
      throw new InvalidStructureError(`${label}: ${what}[${i}] is ${array[i]}; it must be a finite number`);
    }
  };
  expectLength("positions", positions, 3 * nAtoms);
  expectLength("cell", cell, 9);
  const columns = columnsOf(structure);
  for (const { shape: { name, per, width }, values } of columns) expectLength(name, values, width * (per === "atom" ? nAtoms : 1));
  for (let atom = 0; atom < nAtoms; atom++) {
    const z = atomicNumbers[atom];
    if (z < 1 || z > 118) throw new InvalidStructureError(`${label}: atomic number ${z}; 1 … 118 are allowed`);
  }
  expectFinite("positions", positions);
  expectFinite("cell", cell);
  for (const { shape: { name }, values } of columns) expectFinite(name, values, !isTargetName(name));
  for (const name of structure.columns?.keys() ?? []) {
    if (!isTargetName(name)) continue;
    throw new InvalidStructureError(`${label}: a further column is called "${name}"; reference values belong to its targets`);
  }
  if (!cell && pbc.includes(true)) throw new InvalidStructureError(`${label}: it is periodic but has no cell`);
}

/** The loop for what nearly all arrays are, without a test of each number: what is not finite leaves NaN in the sum. */
function isFinite(numbers: Float64Array): boolean {
  let zero = 0;
  for (let i = 0; i < numbers.length; i++) zero += numbers[i] - numbers[i];
  return zero === 0;
}
