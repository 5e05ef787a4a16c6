import { InvalidParameterError } from "../errors.js";
import { atomicNumberOf, symbolOf } from "../structures/periodic-table.js";

/** Which atoms of a structure are centers; without either list, all of them. */
export interface CenterSelection {
  /** Atomic numbers. */
  readonly species?: readonly number[];
  /** Positions of atoms in the structure, from 0. */
  readonly indices?: readonly number[];
}

/**
 * Reads `Si`, `Si,O` or `0,1,2`.
 * @throws {InvalidParameterError} for a mixture of both or an unknown symbol
 */
export function parseCenterSelection(text: string): CenterSelection {
  const words = text.split(",").map((word) => word.trim()).filter(Boolean);
  const indices = words.filter((word) => /^\d+$/.test(word));
  if (words.length === 0 || (indices.length > 0 && indices.length < words.length)) {
    throw new InvalidParameterError(`centers are "${text}"; give chemical symbols (Si,O) or positions of atoms from 0 (0,1,2), not both`);
  }
  if (indices.length > 0) return { indices: indices.map(Number) };
  return { species: words.map((symbol) => atomicNumberOf(symbol)) };
}

/**
 * Positions of the centers among the atoms, ascending or in the order of the given indices; null for all atoms.
 * @throws {InvalidParameterError} when an index is beyond the atoms of the structure
 */
export function selectCenters(atomicNumbers: Uint8Array, selection: CenterSelection | undefined, label: string): Int32Array | null {
  if (selection?.indices) {
    const nAtoms = atomicNumbers.length;
    const beyond = selection.indices.find((index) => !(Number.isInteger(index) && index >= 0 && index < nAtoms));
    if (beyond !== undefined) {
      throw new InvalidParameterError(`center ${beyond} does not exist in ${label}: it has ${nAtoms} atoms, counted from 0`);
    }
    return Int32Array.from(selection.indices);
  }
  const { species } = selection ?? {};
  if (!species) return null;
  const centers: number[] = [];
  for (let atom = 0; atom < atomicNumbers.length; atom++) if (species.includes(atomicNumbers[atom])) centers.push(atom);
  return Int32Array.from(centers);
}

/**
 * Atomic numbers of the centers that a term names by symbols.
 * @param species atomic numbers of the data
 * @throws {InvalidParameterError} for a species that the data does not have
 */
export function centerNumbers(symbols: readonly string[], species: readonly number[]): number[] {
  return symbols.map((symbol) => {
    const atomicNumber = atomicNumberOf(symbol);
    if (species.includes(atomicNumber)) return atomicNumber;
    throw new InvalidParameterError(`centers names ${symbol}; the data has ${species.map(symbolOf).join(", ")}`);
  });
}
