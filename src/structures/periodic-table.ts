import { InvalidParameterError } from "../errors.js";
import { closest } from "../suggestion.js";

const SYMBOLS = (
  "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd " +
  "In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu " +
  "Am Cm Bk Cf Es Fm Md No Lr Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og"
).split(" ");

/** Chemical symbols in the order of the atomic number; index 0 is hydrogen. */
export const chemicalSymbols: readonly string[] = SYMBOLS;

const numbers = new Map(SYMBOLS.map((symbol, index) => [symbol, index + 1]));

/** Atomic number of a chemical symbol, in any case ("Si", "SI", "si"); undefined when there is no such element. */
export function findAtomicNumber(symbol: string): number | undefined {
  return numbers.get(symbol) ?? numbers.get(symbol.charAt(0).toUpperCase() + symbol.slice(1).toLowerCase());
}

/** What to tell someone who wrote an unknown symbol: `unknown element "Sj"; did you mean "Si"?`. */
export function describeUnknownElement(text: string): string {
  if (text === "D" || text === "T") return `unknown element "${text}"; write hydrogen isotopes as "H"`;
  const letters = /^[A-Za-z]{1,2}(?=[^a-z]|$)/.exec(text)?.[0];
  const known = letters !== undefined && letters !== text && findAtomicNumber(letters) !== undefined ? letters : undefined;
  const meant = known ?? (text.length <= 3 ? closest(text, SYMBOLS) : undefined);
  return `unknown element "${text}"${meant === undefined ? "; chemical symbols H … Og are allowed" : `; did you mean "${meant}"?`}`;
}

/**
 * Atomic number of a chemical symbol.
 * @throws {InvalidParameterError} with a suggestion, when there is no such element
 */
export function atomicNumberOf(symbol: string): number {
  const found = findAtomicNumber(symbol);
  if (found === undefined) throw new InvalidParameterError(describeUnknownElement(symbol));
  return found;
}

/**
 * Chemical symbol of an atomic number from 1 to 118.
 * @throws {InvalidParameterError} outside this range
 */
export function symbolOf(atomicNumber: number): string {
  const symbol = SYMBOLS[atomicNumber - 1];
  if (symbol === undefined) throw new InvalidParameterError(`there is no element with atomic number ${atomicNumber}; 1 … ${SYMBOLS.length} are allowed`);
  return symbol;
}
