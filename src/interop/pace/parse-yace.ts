import { FormatError } from "../../errors.js";
import { isRecord } from "../../plain-data.js";
import { chemicalSymbols } from "../../structures/periodic-table.js";
import { suggestionFor } from "../../suggestion.js";
import { validate } from "../../validation.js";
import { checkBonds, checkPairTerm } from "./check-bonds.js";
import { checkFunctions } from "./check-functions.js";
import { yaceDocument } from "./yace-document.js";
import { EMBEDDINGS, type Yace, yaceSchema } from "./yace-file.js";
import { countedFunctions } from "./yace-text.js";

/** Å: spacing of tables where a file says none. */
const USUAL_SPACING = 0.001;

/**
 * The content of a .yace file.
 * @param file its name, for messages
 * @throws {FormatError} for what is no such file, or not whole
 */
export function parseYace(text: string, file: string): Yace {
  const given = yaceDocument(text, file);
  refuseOtherForms(given, file);
  const { elements, E0, deltaSplineBins, embeddings, bonds, functions, polypairpot, reppot, lmax } = validate(yaceSchema, given, { locate: () => ({ file }) });
  checkElements(elements, file);
  const energies = E0 ?? elements.map(() => 0);
  if (energies.length !== elements.length) throw new FormatError({ file }, `E0 has ${energies.length} numbers for ${elements.length} elements`);
  const tables = new Tables(elements, file);
  const yace: Yace = {
    elements,
    E0: energies,
    deltaSplineBins: deltaSplineBins ?? USUAL_SPACING,
    embeddings: tables.ofElements(embeddings, "embeddings"),
    bonds: tables.ofPairs(bonds, "bonds"),
    functions: tables.ofElements(functions, "functions"),
    polypairpot: polypairpot && { ...polypairpot, coefficients: tables.ofPairs(polypairpot.coefficients, "polypairpot.coefficients") },
    reppot: reppot && tables.ofSomePairs(reppot.coefficients, "reppot.coefficients"),
  };
  checkEmbeddings(yace, file);
  checkBonds(yace, lmax, file);
  checkPairTerm(yace, file);
  checkFunctions(yace, countedFunctions(text), file);
  return yace;
}

/** Files of the same programs that are no .yace files. */
function refuseOtherForms(given: unknown, file: string): void {
  if (isRecord(given) && !("functions" in given) && Array.isArray(given.species)) {
    throw new FormatError({ file }, "it lists species blocks: a potential in pacemaker's own form. Convert it with pace_yaml2yace, and read the .yace file");
  }
  if (!isRecord(given) || !isRecord(given.functions)) throw new FormatError({ file }, "there is no list of functions in it: it is not a .yace file, or cut off");
  const empty = Object.entries(given.functions).find(([, list]) => list === null);
  if (empty) throw new FormatError({ file }, `functions has nothing for ${empty[0]}: it is cut off (an element without functions has [])`);
  if (isRecord(given.bonds) && Object.values(given.bonds).some((bond) => isRecord(bond) && "splinenodalvals" in bond)) {
    throw new FormatError({ file }, "bonds have splinenodalvals, radial functions as splines, which neither LAMMPS nor pestle reads: export the potential in another form");
  }
}

function checkElements(elements: readonly string[], file: string): void {
  for (const [i, symbol] of elements.entries()) {
    if (!chemicalSymbols.includes(symbol)) throw new FormatError({ file }, `elements names ${symbol}, which is no chemical symbol${suggestionFor(symbol, chemicalSymbols)}`);
    if (elements.indexOf(symbol) < i) throw new FormatError({ file }, `elements names ${symbol} twice`);
  }
}

function checkEmbeddings({ embeddings, elements }: Yace, file: string): void {
  for (const [i, { npoti }] of embeddings.entries()) {
    if (EMBEDDINGS.includes(npoti)) continue;
    throw new FormatError({ file }, `the embedding of ${elements[i]} is ${npoti} (npoti), which is not known${suggestionFor(npoti, EMBEDDINGS) || `; known are ${EMBEDDINGS.join(", ")}`}`);
  }
}

/** Tables of a file by element or pair as lists: nothing may be missing, and nothing of others may be there. */
class Tables {
  constructor(
    private readonly elements: readonly string[],
    private readonly file: string,
  ) {}

  ofElements<Value>(map: Readonly<Record<string, Value>>, what: string): Value[] {
    const keys = this.elements.map((_, i) => String(i));
    this.refuseOthers(map, keys, what, `elements are numbered from 0 to ${this.elements.length - 1}`);
    return keys.map((key, i) => this.entry(map, key, `${what} has no entry for ${this.elements[i]} (${key})`));
  }

  ofPairs<Value>(map: Readonly<Record<string, Value>>, what: string): Value[][] {
    this.ofSomePairs(map, what);
    return this.elements.map((a, i) => this.elements.map((b, j) => this.entry(map, `${i} ${j}`, `${what} has no entry for ${a}-${b} ([${i}, ${j}])`)));
  }

  ofSomePairs<Value>(map: Readonly<Record<string, Value>>, what: string): (Value | undefined)[][] {
    const pairs = this.elements.map((_, i) => this.elements.map((__, j) => `${i} ${j}`));
    this.refuseOthers(map, pairs.flat(), what, `pairs are [i, j] with elements numbered from 0 to ${this.elements.length - 1}`);
    return pairs.map((row) => row.map((key) => map[key]));
  }

  private entry<Value>(map: Readonly<Record<string, Value>>, key: string, missing: string): Value {
    if (Object.hasOwn(map, key)) return map[key];
    throw new FormatError({ file: this.file }, `${missing}: the file is cut off, or not whole`);
  }

  private refuseOthers(map: Readonly<Record<string, unknown>>, known: readonly string[], what: string, rule: string): void {
    const other = Object.keys(map).find((key) => !known.includes(key));
    if (other === undefined) return;
    throw new FormatError({ file: this.file }, `${what} has an entry for ${/^\d+ \d+$/u.test(other) ? `[${other.replace(" ", ", ")}]` : other}; ${rule}`);
  }
}
