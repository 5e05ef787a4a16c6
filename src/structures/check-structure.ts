import { InvalidStructureError } from "../errors.js";
import type { Structure } from "./structure.js";

/**
 * Makes sure that a structure can be used.
 * @throws {InvalidStructureError} when its arrays do not fit each other, hold numbers that are not finite or no element, or when it is
 * periodic without a cell
 */
export function checkStructure(structure: Structure): void {
  const { atomicNumbers, positions, cell, pbc, targets, label } = structure;
  const nAtoms = atomicNumbers.length;
  const expectLength = (what: string, array: ArrayLike<number> | null | undefined, length: number): void => {
    if (array && array.length !== length) {
      throw new InvalidStructureError(`${label}: ${what} has ${array.length} numbers; ${nAtoms} atoms need ${length}`);
    }
  };
  const expectFinite = (what: string, array: ArrayLike<number> | null | undefined): void => {
    for (let i = 0; array && i < array.length; i++) {
      if (!Number.isFinite(array[i])) throw new InvalidStructureError(`${label}: ${what}[${i}] is ${array[i]}; it must be a finite number`);
    }
  };
  expectLength("positions", positions, 3 * nAtoms);
  expectLength("forces", targets.forces, 3 * nAtoms);
  expectLength("cell", cell, 9);
  expectLength("virial", targets.virial, 9);
  for (const z of atomicNumbers) if (z < 1 || z > 118) throw new InvalidStructureError(`${label}: atomic number ${z}; 1 … 118 are allowed`);
  expectFinite("positions", positions);
  expectFinite("cell", cell);
  expectFinite("forces", targets.forces);
  expectFinite("virial", targets.virial);
  if (targets.energy !== undefined) expectFinite("energy", [targets.energy]);
  if (!cell && pbc.includes(true)) throw new InvalidStructureError(`${label}: it is periodic but has no cell`);
}
