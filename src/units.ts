import { InvalidParameterError } from "./errors.js";
import { suggestionFor } from "./suggestion.js";

/**
 * Constants of nature in SI units: the values that CODATA recommends since 2018. Those that define the SI are exact; the others have a
 * standard uncertainty, in brackets in the last digits.
 * Source: E. Tiesinga, P. J. Mohr, D. B. Newell, B. N. Taylor, Rev. Mod. Phys. 93, 025010 (2021), tables XXXI ff.,
 * DOI 10.1103/RevModPhys.93.025010; https://physics.nist.gov/cuu/Constants/
 */
export const codata2018 = {
  /** m/s, exact */
  speedOfLight: 299_792_458,
  /** J·s, exact */
  planck: 6.62607015e-34,
  /** C, exact */
  elementaryCharge: 1.602176634e-19,
  /** J/K, exact */
  boltzmann: 1.380649e-23,
  /** 1/mol, exact */
  avogadro: 6.02214076e23,
  /** dimensionless, 7.297 352 5693(11)e-3 */
  fineStructure: 7.2973525693e-3,
  /** J, 4.359 744 722 2071(85)e-18 */
  hartree: 4.3597447222071e-18,
  /** m, 5.291 772 109 03(80)e-11 */
  bohr: 5.29177210903e-11,
  /** kg, 9.109 383 7015(28)e-31 */
  electronMass: 9.1093837015e-31,
  /** kg, 1.660 539 066 60(50)e-27 */
  atomicMass: 1.6605390666e-27,
  /** F/m, 8.854 187 8128(13)e-12 */
  vacuumPermittivity: 8.8541878128e-12,
} as const;

const { elementaryCharge, avogadro, speedOfLight } = codata2018;
/** eV; 1 eV is e joules, exactly. */
const JOULE = 1 / elementaryCharge;
/** eV, CODATA 2018: 27.211 386 245 988(53) */
const HARTREE = 27.211386245988;
/** Å, CODATA 2018 */
const BOHR = 0.529177210903;

/**
 * What other units are in those of pestle: `1.5 * units.hartree` is 1.5 Hartree in eV. Energies are in eV, lengths in Å, pressures in
 * eV/Å³; masses are in amu, times in fs, and m·v² becomes an energy with `units.amuAngstrom2PerFs2`.
 */
export const units = {
  /** eV, 27.211 386 245 988(53) */
  hartree: HARTREE,
  /** eV, 13.605 693 122 994(26) */
  rydberg: 13.605693122994,
  /** eV, 6.241 509 074…e18, exact: 1/e */
  joule: JOULE,
  /** eV, 4.336 410 424…e-2, exact: the thermochemical calorie is 4.184 J, N_A and e are exact */
  kcalPerMol: (4184 * JOULE) / avogadro,
  /** eV, 1.036 426 965…e-2, exact */
  kJPerMol: (1000 * JOULE) / avogadro,
  /** Å, 0.529 177 210 903(80) */
  bohr: BOHR,
  /** eV/Å³, 6.241 509 074…e-3, exact: 1 eV/Å³ is 160.217 663 4 GPa */
  gigapascal: 1 / (elementaryCharge * 1e21),
  /** eV, 103.642 696 5268…: 1 amu·Å²/fs², from the atomic mass constant 1.660 539 066 60(50)e-27 kg */
  amuAngstrom2PerFs2: (codata2018.atomicMass * 1e10) / elementaryCharge,
  /** e·Å, 0.208 194 332…, exact: 1 D is 1e-21/c C·m */
  debye: 1e-11 / (speedOfLight * elementaryCharge),
  /** eV/K, 8.617 333 262…e-5, exact */
  boltzmann: codata2018.boltzmann / elementaryCharge,
  /** eV·Å/e², 14.399 645 4784…: 1/(4π ε₀) = E_h a₀/e², from the Hartree energy and the Bohr radius */
  coulomb: HARTREE * BOHR,
} as const;

/** Powers of energy, length, time, charge, temperature. */
type Dimension = readonly [number, number, number, number, number];

const ENERGY: Dimension = [1, 0, 0, 0, 0];
const LENGTH: Dimension = [0, 1, 0, 0, 0];
const TIME: Dimension = [0, 0, 1, 0, 0];
const CHARGE: Dimension = [0, 0, 0, 1, 0];
const TEMPERATURE: Dimension = [0, 0, 0, 0, 1];
const MASS: Dimension = [1, -2, 2, 0, 0];
const PRESSURE: Dimension = [1, -3, 0, 0, 0];
const DIPOLE: Dimension = [0, 1, 0, 1, 0];
const NUMBER: Dimension = [0, 0, 0, 0, 0];

/** Size in eV, Å, fs, e, K, and dimension. */
const table: Readonly<Record<string, readonly [number, Dimension]>> = {
  eV: [1, ENERGY],
  meV: [1e-3, ENERGY],
  J: [JOULE, ENERGY],
  kJ: [1000 * JOULE, ENERGY],
  cal: [4.184 * JOULE, ENERGY],
  kcal: [4184 * JOULE, ENERGY],
  hartree: [HARTREE, ENERGY],
  Ry: [units.rydberg, ENERGY],
  Å: [1, LENGTH],
  pm: [0.01, LENGTH],
  nm: [10, LENGTH],
  m: [1e10, LENGTH],
  bohr: [BOHR, LENGTH],
  fs: [1, TIME],
  ps: [1e3, TIME],
  s: [1e15, TIME],
  e: [1, CHARGE],
  C: [1 / elementaryCharge, CHARGE],
  K: [1, TEMPERATURE],
  amu: [units.amuAngstrom2PerFs2, MASS],
  Pa: [units.gigapascal * 1e-9, PRESSURE],
  bar: [units.gigapascal * 1e-4, PRESSURE],
  kbar: [units.gigapascal * 0.1, PRESSURE],
  GPa: [units.gigapascal, PRESSURE],
  D: [units.debye, DIPOLE],
  mol: [avogadro, NUMBER],
  1: [1, NUMBER],
};

/** Other spellings. */
const aliases: Readonly<Record<string, string>> = {
  Ha: "hartree", Hartree: "hartree", Eh: "hartree", rydberg: "Ry", Rydberg: "Ry",
  A: "Å", Ang: "Å", angstrom: "Å", Angstrom: "Å", Bohr: "bohr", a0: "bohr",
  u: "amu", Da: "amu", debye: "D", Debye: "D",
};

const POWER = /^(.*?)\^?([-+]?\d+|[²³])$/u;
const SUPERSCRIPTS: Readonly<Record<string, number>> = { "²": 2, "³": 3 };

/**
 * By what a number in one unit is multiplied to be in another: `unitFactor("hartree/bohr", "eV/Å")` is 51.42….
 * A unit is a product of `eV meV J kJ cal kcal hartree Ry Å pm nm m bohr fs ps s e C K amu Pa bar kbar GPa D mol` with `*`, `·`, `/` and
 * powers, such as `kcal/mol/Å`, `eV/Å³`, `eV/Å^3`, `e·Å`; an empty text or `1` is a number without a unit.
 * @throws {InvalidParameterError} for a unit that is not known, and for two that measure different things
 */
export function unitFactor(from: string, to: string): number {
  if (from === to) return 1;
  const [a, b] = [parseUnit(from), parseUnit(to)];
  if (a.dimension.some((power, i) => power !== b.dimension[i])) {
    throw new InvalidParameterError(`"${from}" cannot be converted to "${to}": they measure different things`);
  }
  return a.size / b.size;
}

/** Units of pestle for what has one. */
const ownUnits: readonly string[] = ["1", "eV", "Å", "fs", "e", "K", "amu", "eV/Å", "eV/Å²", "eV/Å³", "Å/fs", "e·Å"];
const BASE_UNITS = ["eV", "Å", "fs", "e", "K"];

/** The unit of pestle that a unit is converted to. */
export interface OwnUnit {
  /** Of the same dimension. */
  readonly unit: string;
  /** What numbers in the given unit are multiplied by. */
  readonly factor: number;
}

/**
 * The unit of pestle for what a unit measures, and by what numbers are multiplied to be in it: `ownUnit("hartree/bohr")` is
 * `{ unit: "eV/Å", factor: 51.42… }`.
 * @throws {InvalidParameterError} for a unit that is not known, see {@link unitFactor}
 */
export function ownUnit(unit: string): OwnUnit {
  const { dimension } = parseUnit(unit);
  const known = ownUnits.find((own) => parseUnit(own).dimension.every((power, i) => power === dimension[i]));
  const own = known ?? productOf(dimension);
  return { unit: own, factor: unitFactor(unit, own) };
}

function productOf(dimension: readonly number[]): string {
  const power = (value: number): string => ["", "", "²", "³"][value] ?? `^${value}`;
  const above = dimension.flatMap((value, i) => (value > 0 ? [`${BASE_UNITS[i]}${power(value)}`] : []));
  const below = dimension.flatMap((value, i) => (value < 0 ? [`/${BASE_UNITS[i]}${power(-value)}`] : []));
  return `${above.join("·") || "1"}${below.join("")}`;
}

function parseUnit(text: string): { size: number; dimension: number[] } {
  let size = 1;
  const dimension = [0, 0, 0, 0, 0];
  // the sign of Ångström has a code of its own, which NFC turns into the letter
  for (const [, sign, word] of `*${text.trim().normalize("NFC") || "1"}`.matchAll(/([*·/])\s*([^*·/]*)/gu)) {
    const [unitSize, unitDimension, ownPower] = lookUp(word.trim(), text);
    const power = sign === "/" ? -ownPower : ownPower;
    size *= unitSize ** power;
    unitDimension.forEach((unitPower, i) => (dimension[i] += unitPower * power));
  }
  return { size, dimension };
}

function lookUp(word: string, text: string): [number, Dimension, number] {
  const find = (name: string): readonly [number, Dimension] | undefined => {
    const known = Object.hasOwn(aliases, name) ? aliases[name] : name;
    return Object.hasOwn(table, known) ? table[known] : undefined;
  };
  const plain = find(word);
  if (plain) return [...plain, 1];
  const [, name = word, power = "1"] = POWER.exec(word) ?? [];
  const unit = find(name);
  if (unit) return [...unit, SUPERSCRIPTS[power] ?? Number(power)];
  const known = Object.keys(table).filter((key) => key !== "1");
  const place = word === text ? "" : ` in "${text}"`;
  throw new InvalidParameterError(`"${word}"${place} is not a unit${suggestionFor(word, known) || `; known units are ${known.join(", ")}`}`);
}
