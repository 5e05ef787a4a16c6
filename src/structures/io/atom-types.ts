import { InvalidParameterError } from "../../errors.js";
import { describeUnknownElement, findAtomicNumber, symbolOf } from "../periodic-table.js";

/**
 * Atomic numbers of the elements that atom types 1, 2, … stand for.
 * @throws {InvalidParameterError} for what is no chemical symbol
 */
export function elementsOfTypes(symbols: readonly string[] = []): number[] {
  return symbols.map((symbol, index) => {
    const found = findAtomicNumber(symbol);
    if (found === undefined) throw new InvalidParameterError(`types: the element of atom type ${index + 1} is an ${describeUnknownElement(symbol)}`);
    return found;
  });
}

/** What to tell someone whose file has a number in place of a chemical symbol that the types, if there are any, do not cover. */
export function describeUnknownType(text: string, types: readonly number[]): string {
  if (types.length === 0) {
    return (
      `"${text}" stands in place of a chemical symbol: if it is an atom type, say which elements types 1, 2, … are (--types Si,O, in fit files ` +
      "data.types: [Si, O]); an atomic number belongs into a column Z:I:1 (Properties=Z:I:1:pos:R:3)"
    );
  }
  const known = types.map((element, index) => `${index + 1} = ${symbolOf(element)}`).join(", ");
  return `there is no atom type ${text}: --types (data.types in fit files) names the elements of ${known}`;
}
