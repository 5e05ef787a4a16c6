import { LineCounter, parseDocument } from "yaml";
import { FormatError } from "../../errors.js";
import type { ParameterPath } from "../../parameter-path.js";
import { chemicalSymbols } from "../../structures/periodic-table.js";
import { suggestionFor } from "../../suggestion.js";
import { validate } from "../../validation.js";
import { isPolynomial, type Yace, type YaceBond, type YaceFunction, yaceSchema } from "./yace-file.js";

/** Å: spacing of tables where a file says none. */
const USUAL_SPACING = 0.001;

/**
 * The content of a .yace file.
 * @param file its name, for messages
 * @throws {FormatError} for what is no such file, or not whole
 */
export function parseYace(text: string, file: string): Yace {
  const given = plainOf(text, file);
  const isTable = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isTable(given) || !("functions" in given)) throw new FormatError({ file }, "there is no list of functions in it: it is not a .yace file, or cut off");
  if (isTable(given.bonds) && Object.values(given.bonds).some((bond) => isTable(bond) && "splinenodalvals" in bond)) {
    throw new FormatError({ file }, "bonds have splinenodalvals, radial functions as splines, which neither LAMMPS nor pestle reads: export the potential in another form");
  }
  const locate = (_: ParameterPath): { file: string } => ({ file });
  const { elements, E0, deltaSplineBins, embeddings, bonds, functions, polypairpot, reppot } = validate(yaceSchema, given, { locate });
  elements.forEach((symbol) => checkSymbol(symbol, file));
  const repeated = elements.find((symbol, i) => elements.indexOf(symbol) < i);
  if (repeated !== undefined) throw new FormatError({ file }, `elements names ${repeated} twice`);
  const energies = E0 ?? elements.map(() => 0);
  if (energies.length !== elements.length) throw new FormatError({ file }, `E0 has ${energies.length} numbers for ${elements.length} elements`);
  const one = <Value>(map: Readonly<Record<string, Value>>, key: string, what: string): Value => {
    if (key in map) return map[key];
    throw new FormatError({ file }, `${what} has no entry for ${key.split(" ").map((index) => elements[Number(index)]).join("-")} (${key.includes(" ") ? `[${key.replace(" ", ", ")}]` : key})`);
  };
  const pairs = <Value>(make: (key: string) => Value): Value[][] => elements.map((_, i) => elements.map((__, j) => make(`${i} ${j}`)));
  const yace: Yace = {
    elements,
    E0: energies,
    deltaSplineBins: deltaSplineBins ?? USUAL_SPACING,
    embeddings: elements.map((_, i) => one(embeddings, String(i), "embeddings")),
    bonds: pairs((key) => one(bonds, key, "bonds")),
    functions: elements.map((_, i) => functions[String(i)] ?? []),
    polypairpot: polypairpot && { ...polypairpot, coefficients: pairs((key) => one(polypairpot.coefficients, key, "polypairpot")) },
    reppot: reppot && pairs((key) => reppot.coefficients[key]),
  };
  checkBonds(yace, file);
  yace.functions.forEach((list, element) => list.forEach((own, index) => checkFunction(yace, own, element, { file, where: `functions[${element}][${index}]` })));
  return yace;
}

function checkSymbol(symbol: string, file: string): void {
  if (chemicalSymbols.includes(symbol)) return;
  throw new FormatError({ file }, `elements names ${symbol}, which is no chemical symbol${suggestionFor(symbol, chemicalSymbols)}`);
}

/** Keys of pairs are lists, [0, 1]: or ? [0, 1] :, which the parser knows in the first line of a table only. */
const PAIR_KEY = /(?:\?\s*)?\[\s*(\d+)\s*,\s*(\d+)\s*\]\s*:/gu;

/** Plain data; keys of pairs as their numbers with a space between them. */
function plainOf(text: string, file: string): unknown {
  const lineCounter = new LineCounter();
  const document = parseDocument(text.replace(PAIR_KEY, '"$1 $2":'), { lineCounter, prettyErrors: false });
  const [problem] = document.errors;
  if (!problem) return document.toJS();
  const { line, col } = lineCounter.linePos(problem.pos[0]);
  throw new FormatError({ file, line, column: col }, `${problem.message.split("\n", 1)[0]}: it is not a .yace file, or cut off`);
}

function checkBonds({ bonds, elements }: Yace, file: string): void {
  bonds.forEach((row, i) =>
    row.forEach((bond, j) => {
      const problem = bondProblem(bond);
      if (problem) throw new FormatError({ file }, `bonds: ${elements[i]}-${elements[j]} ${problem}`);
    }),
  );
  const [first, ...others] = bonds.flat();
  if (others.some((bond) => isPolynomial(bond) !== isPolynomial(first))) throw new FormatError({ file }, "bonds with polynomials of ACE.jl and bonds with other radial functions do not go together");
}

const RADIAL_NAMES = ["ChebPow", "ChebLinear", "ChebExpCos", "SBessel"];

function bondProblem(bond: YaceBond): string | undefined {
  const needs = (...keys: (keyof YaceBond)[]): string | undefined => {
    const missing = keys.find((key) => bond[key] === undefined);
    return missing && `has no ${missing}`;
  };
  if (isPolynomial(bond)) return needs("p", "r0", "xl", "xr", "pl", "pr", "maxn", "recursion_coefficients");
  if (!RADIAL_NAMES.includes(bond.radbasename)) {
    return `has radial functions ${bond.radbasename}, which are not known${suggestionFor(bond.radbasename, RADIAL_NAMES) || `; known are ${RADIAL_NAMES.join(", ")}`}`;
  }
  const inner = bond.inner_cutoff_type === "distance" || bond.inner_cutoff_type === "zbl" ? needs("rcut_in", "dcut_in") : undefined;
  const lambda = bond.radbasename.startsWith("Cheb") && bond.radbasename !== "ChebLinear" && !bond.radparameters?.length ? "has no radparameters" : undefined;
  return needs("nradbasemax", "radcoefficients") ?? (bond.radbasename === "ChebExpCos" ? needs("dcut") : undefined) ?? lambda ?? inner;
}

interface Place {
  readonly file: string;
  readonly where: string;
}

function checkFunction({ elements, bonds, embeddings }: Yace, own: YaceFunction, element: number, { file, where }: Place): void {
  const { rank, ndensity, num_ms_combs: terms, mus, ns, ls, ms_combs: ms, ctildes } = own;
  const fail = (reason: string): never => {
    throw new FormatError({ file }, `${where} ${reason}`);
  };
  for (const [name, list, expected] of [["mus", mus, rank], ["ns", ns, rank], ["ls", ls, rank], ["ms_combs", ms, rank * terms], ["ctildes", ctildes, ndensity * terms]] as const) {
    if (list.length !== expected) fail(`has ${list.length} numbers in ${name}; it must have ${expected}`);
  }
  if (own.mu0 !== element) fail(`has mu0: ${own.mu0}; it stands among those of ${element}`);
  if (ndensity > embeddings[element].ndensity) fail(`has ndensity: ${ndensity}; the embedding of ${elements[element]} has ${embeddings[element].ndensity}`);
  mus.forEach((mu, t) => {
    if (mu >= elements.length) fail(`has mus: ${mus.join(", ")}; there are ${elements.length} elements, counted from 0`);
    const bond = bonds[element][mu];
    const largest = isPolynomial(bond) ? bond.maxn! : rank === 1 ? bond.nradbasemax! : Math.max(bond.nradmax ?? 0, bond.radcoefficients!.length);
    if (ns[t] > largest) fail(`has ns: ${ns.join(", ")}; ${elements[element]}-${elements[mu]} has ${largest} radial functions`);
  });
}
