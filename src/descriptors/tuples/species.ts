import { InvalidParameterError } from "../../errors.js";
import { atomicNumberOf } from "../../structures/periodic-table.js";
import type { SpeciesList } from "../descriptor.js";

/** Stands for every species. */
export const ANY = "*";

/** Species index of the routines: −1 for any, −2 for one that the data does not have. */
export function tupleSpecies(symbol: string, species: SpeciesList): number {
  if (symbol === ANY) return -1;
  const index = species.indexOf(atomicNumberOf(symbol));
  return index < 0 ? -2 : index;
}

/** Which part of the pairs of atoms is of two species, in either order, where species are mixed at random. */
export function shareOfPairs([first, second]: readonly [string, string], share: (symbol: string) => number): number {
  if (first === second) return share(first) ** 2;
  const straight = share(first) * share(second);
  if (first !== ANY && second !== ANY) return 2 * straight;
  return 2 * straight - straight ** 2;
}

/** @throws {InvalidParameterError} for what is neither a chemical symbol nor "*" */
export function checkTupleSpecies(descriptor: string, symbols: readonly string[]): void {
  for (const symbol of symbols) {
    if (symbol === ANY) continue;
    try {
      atomicNumberOf(symbol);
    } catch {
      throw new InvalidParameterError(`${descriptor}: "${symbol}" is no chemical symbol; write one such as Si, or "${ANY}" for any species`);
    }
  }
}
