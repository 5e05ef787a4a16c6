import { FormatError, InvalidParameterError } from "../../errors.js";
import { heldText } from "../../held-files.js";
import { type CutoffFunctionName, cutoffFunctions, hasInnerRadius } from "../../math/cutoff-functions.js";
import { findAtomicNumber } from "../../structures/periodic-table.js";
import { reasonOf } from "../../system-error.js";
import { unitFactor } from "../../units.js";
import { compareFunctions, kindOfType, namesOfFunction, numbersOfFunction } from "./n2p2-order.js";
import type { AcsfParameters, CenterFunction } from "./parameters.js";

/** Symmetry functions of an `input.nn` of n2p2. */
export interface SymmetryFunctionFile {
  /** How functions end. */
  readonly cutoff: Pick<AcsfParameters["cutoff"], "function" | "innerFraction">;
  /** In the order of the file; lengths in Å. */
  readonly functions: readonly CenterFunction[];
}

/** Units of length that files of n2p2 come in. */
export type LengthUnit = "angstrom" | "bohr";

/** Where the numbers of each type stand behind the elements. */
const columns = {
  2: ["eta", "shift", "radius"],
  3: ["eta", "lambda", "zeta", "radius", "shift"],
  9: ["eta", "lambda", "zeta", "radius", "shift"],
  12: ["eta", "shift", "radius"],
  13: ["eta", "shift", "lambda", "zeta", "radius"],
} as const;
const neighborCounts = { 2: 1, 3: 2, 9: 2, 12: 0, 13: 0 } as const;
type FunctionType = CenterFunction["type"];

/**
 * Reads the symmetry functions of an `input.nn`. Descriptors are part of the browser build, so the module for files is asked for only here.
 * @throws {InvalidParameterError} when it cannot be read, {FormatError} when it is something else
 */
export function readInputFile(path: string, lengthUnit: LengthUnit): SymmetryFunctionFile {
  const fs = typeof process === "undefined" ? undefined : process.getBuiltinModule?.("node:fs");
  if (!fs) throw new InvalidParameterError("acsf: a file of symmetry functions can be read in Node.js only; give them as a list instead");
  let text: string;
  try {
    text = heldText(path, (file) => fs.readFileSync(file, "utf8"));
  } catch (error) {
    throw new InvalidParameterError(`acsf: cannot read the symmetry functions in ${path}: ${reasonOf(error)}`, { cause: error });
  }
  return parseSymmetryFunctions(text, { file: path, lengthUnit });
}

/**
 * Reads `symfunction_short` lines and `cutoff_type` from the text of an `input.nn` of n2p2; everything else there is passed over.
 * @param options file: what messages call the text; lengthUnit: of the text
 * @throws {FormatError} for a line that is no symmetry function, or a text without any
 */
export function parseSymmetryFunctions(text: string, options: { readonly file?: string; readonly lengthUnit?: LengthUnit } = {}): SymmetryFunctionFile {
  const { file = "input.nn", lengthUnit = "angstrom" } = options;
  const unit = lengthUnit === "bohr" ? unitFactor("bohr", "Å") : 1;
  let cutoff: SymmetryFunctionFile["cutoff"] = { function: "cosine", innerFraction: 0 };
  const functions: CenterFunction[] = [];
  for (const [index, line] of text.split(/\r?\n/u).entries()) {
    const [keyword, ...words] = line.replace(/#.*$/u, "").trim().split(/\s+/u);
    const fail = (message: string): never => {
      throw new FormatError({ file, line: index + 1 }, message);
    };
    if (keyword === "symfunction_short") functions.push(functionOf(words, unit, fail));
    else if (keyword === "cutoff_type") cutoff = cutoffOf(words, fail);
  }
  if (functions.length === 0) throw new FormatError({ file }, "there is no line symfunction_short; an input.nn of n2p2 has one for each symmetry function");
  return { cutoff, functions };
}

type Fail = (message: string) => never;

function functionOf([center = "", type = "", ...words]: readonly string[], unit: number, fail: Fail): CenterFunction {
  if (!Object.hasOwn(kindOfType, type)) return fail(`symmetry functions of type ${type || "(none)"} are not known; there are 2, 3, 9, 12 and 13`);
  const number = Number(type) as FunctionType;
  const neighbors = words.slice(0, neighborCounts[number]);
  const elements = [center, ...neighbors];
  const wrong = elements.find((symbol) => findAtomicNumber(symbol) === undefined);
  if (wrong !== undefined || neighbors.length < neighborCounts[number]) return fail(`"${wrong ?? ""}" is no element`);
  const names = columns[number];
  const values = words.slice(neighbors.length).map(Number);
  const least = number === 3 || number === 9 ? 4 : names.length;
  if (values.length < least || values.length > names.length || !values.every(Number.isFinite)) {
    return fail(`a function of type ${type} has the numbers ${names.join(", ")}${least < names.length ? " (the last may be left out)" : ""}; found "${words.slice(neighbors.length).join(" ")}"`);
  }
  const given: Partial<Record<(typeof names)[number], number>> = Object.fromEntries(names.map((name, i) => [name, values[i]]));
  const { eta = 0, shift = 0, radius = 0, zeta = 0, lambda = 0 } = given;
  const isAngular = number !== 2 && number !== 12;
  const problem = problemOf({ eta, shift, radius, zeta: isAngular ? zeta : 1, lambda });
  if (problem) return fail(problem);
  const lengths = { eta: eta / unit ** 2, shift: shift * unit, radius: radius * unit };
  return { center, type: number, ...(neighbors.length > 0 && { neighbors }), ...lengths, ...(isAngular && { zeta, lambda }) };
}

function problemOf({ eta, shift, radius, zeta, lambda }: Readonly<Record<"eta" | "shift" | "radius" | "zeta" | "lambda", number>>): string | undefined {
  if (eta < 0) return `eta is ${eta}; it must not be negative`;
  if (shift < 0) return `the shift is ${shift}; it must not be negative`;
  if (!(radius > 0)) return `the cutoff radius is ${radius}; it must be positive`;
  if (zeta < 1) return `zeta is ${zeta}; it must be 1 or more, since derivatives are infinite for atoms in line otherwise`;
  return Math.abs(lambda) > 1 ? `lambda is ${lambda}; it must be from −1 to 1` : undefined;
}

function cutoffOf([type = "", alpha = "0"]: readonly string[], fail: Fail): SymmetryFunctionFile["cutoff"] {
  const found = Object.entries(cutoffFunctions).find(([, { n2p2 }]) => type === String(n2p2));
  if (!found) return fail(`cutoff_type is "${type}"; it is a number from 0 to 8`);
  const innerFraction = Number(alpha);
  if (!(innerFraction >= 0 && innerFraction < 1)) return fail(`the inner radius of cutoff_type is "${alpha}"; it is a fraction of the cutoff radius from 0 to below 1`);
  const name = found[0] as CutoffFunctionName;
  return { function: name, innerFraction: hasInnerRadius(name) ? innerFraction : 0 };
}

/**
 * Lines of an `input.nn` of n2p2 with the symmetry functions and the cutoff function, in the order that n2p2 numbers them in. Numbers are read back
 * to the same bits if the unit is Å.
 * @param functions of `Acsf.parameters.symmetryFunctions`, or made by `Acsf.symmetryFunctionFile`
 */
export function formatSymmetryFunctions({ cutoff, functions }: SymmetryFunctionFile, lengthUnit: LengthUnit = "angstrom"): string {
  const unit = lengthUnit === "bohr" ? unitFactor("Å", "bohr") : 1;
  const sorted = functions.map(numbersOfFunction).sort((a, b) => a.center - b.center || compareFunctions(a, b)).map(namesOfFunction);
  const lines = sorted.map(({ center, type, neighbors = [], eta, shift, radius, zeta = 0, lambda = 0 }) => {
    const numbers = { eta: eta / unit ** 2, shift: shift * unit, radius: radius * unit, zeta, lambda };
    return ["symfunction_short", center, type, ...neighbors, ...columns[type].map((name) => numbers[name])].join(" ");
  });
  const { n2p2 } = cutoffFunctions[cutoff.function];
  return `${[`cutoff_type ${n2p2}${cutoff.innerFraction > 0 ? ` ${cutoff.innerFraction}` : ""}`, ...lines].join("\n")}\n`;
}
