import { InvalidParameterError, InvalidStructureError } from "../errors.js";
import { atomicNumberOf, symbolOf } from "../structures/periodic-table.js";
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

/** Computes something once for each list of species: searches and estimates ask for the same again and again. */
export function rememberedBySpecies<Value>(compute: (species: SpeciesList) => Value): (species: SpeciesList) => Value {
  const known = new Map<string, Value>();
  return (species) => {
    const key = species.join(" ");
    if (!known.has(key)) known.set(key, compute(species));
    return known.get(key)!;
  };
}

/**
 * Atomic numbers of a list of chemical symbols, in its order.
 * @throws {InvalidParameterError} for an unknown symbol or one that is named twice
 */
export function parseSpecies(descriptor: string, symbols: readonly string[]): number[] {
  const species = symbols.map(atomicNumberOf);
  if (new Set(species).size !== species.length) {
    throw new InvalidParameterError(`${descriptor}: species [${symbols.join(", ")}] names one element twice`);
  }
  return species;
}

/** Atomic numbers of a parameter `species`, ascending; undefined where it was left out. */
export function ownSpeciesOf(descriptor: string, symbols: readonly string[] | undefined): SpeciesList | undefined {
  return symbols && parseSpecies(descriptor, symbols).sort((a, b) => a - b);
}

/**
 * Species that a descriptor resolves: its own, if given, else those of the data.
 * @throws {InvalidParameterError} for data with a species that is not among its own
 */
export function speciesFor(descriptor: string, own: SpeciesList | undefined, species: SpeciesList): SpeciesList {
  if (!own) return species;
  const foreign = species.find((z) => !own.includes(z));
  if (foreign === undefined) return own;
  throw new InvalidParameterError(
    `${descriptor}: the data contains ${symbolOf(foreign)}, which is not in species [${own.map(symbolOf).join(", ")}]: add it, or leave species out`,
  );
}
