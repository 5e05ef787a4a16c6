import { InvalidStructureError } from "../errors.js";
import { symbolOf } from "../structures/periodic-table.js";
import type { SpeciesList } from "./descriptor.js";

/**
 * Species index of every atom: its position in the list.
 * @throws {InvalidStructureError} for an atom of a species that is not in the list
 */
export function speciesIndices(atoms: { readonly atomicNumbers: Uint8Array; readonly label: string }, species: SpeciesList): Int32Array {
  return Int32Array.from(atoms.atomicNumbers, (atomicNumber, atom) => {
    const index = species.indexOf(atomicNumber);
    if (index >= 0) return index;
    const known = species.map(symbolOf).join(", ");
    throw new InvalidStructureError(`${atoms.label}: ${symbolOf(atomicNumber)} is not among the species ${known} (atom ${atom + 1})`);
  });
}
