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
  expectNumbers(structure, "positions", positions, 3 * nAtoms);
  if (cell) expectNumbers(structure, "cell", cell, 9);
  for (const { shape: { name, per, width }, values } of columnsOf(structure)) {
    expectNumbers(structure, name, values, width * (per === "atom" ? nAtoms : 1), !isTargetName(name));
  }
  for (let atom = 0; atom < nAtoms; atom++) {
    const z = atomicNumbers[atom];
    if (z < 1 || z > 118) throw new InvalidStructureError(`${label}: atomic number ${z}; 1 … 118 are allowed`);
  }
  if (structure.columns) refuseTargets(structure.columns.keys(), label);
  if (!cell && pbc.includes(true)) throw new InvalidStructureError(`${label}: it is periodic but has no cell`);
}

function expectNumbers(structure: Structure, what: string, numbers: ArrayLike<number>, length: number, mayBeAbsent = false): void {
  if (numbers.length !== length) {
    throw new InvalidStructureError(`${structure.label}: ${what} has ${numbers.length} numbers; ${structure.atomicNumbers.length} atoms need ${length}`);
  }
  if (areFinite(numbers)) return;
  for (let i = 0; i < length; i++) {
    if (Number.isFinite(numbers[i]) || (mayBeAbsent && Number.isNaN(numbers[i]))) continue;
    throw new InvalidStructureError(`${structure.label}: ${what}[${i}] is ${numbers[i]}; it must be a finite number`);
  }
}

/** Without a test of each: what is not finite leaves NaN in the sum. */
function areFinite(numbers: ArrayLike<number>): boolean {
  let zero = 0;
  for (let i = 0; i < numbers.length; i++) zero += numbers[i] - numbers[i];
  return zero === 0;
}

function refuseTargets(names: Iterable<string>, label: string): void {
  for (const name of names) {
    if (!isTargetName(name)) continue;
    throw new InvalidStructureError(`${label}: a further column is called "${name}"; reference values belong to its targets`);
  }
}
