// n2p2's symmetry functions.
import { Acsf, type CenterFunction } from "../../../src/descriptors/index.js";
import { cutoffFunctions } from "../../../src/math/cutoff-functions.js";
import { atomicNumberOf } from "../../../src/structures/index.js";
import { Calculator } from "../../descriptors/calculator.js";
import { fromJacobian } from "../../descriptors/differences.js";
import { flat, type Nested } from "../folder.js";
import { expectKnown } from "../not-there.js";
import { headKeys, type IndexEntry, type ReferenceRun } from "./run.js";

/** A function as the files name it; kinds that have no such parameter lack the key. */
interface NamedFunction {
  readonly center: string;
  readonly type: string;
  readonly n?: readonly string[];
  readonly eta: number;
  readonly rs?: number;
  readonly zeta?: number;
  readonly lam?: number;
  readonly rc: number;
}

interface SymmetryFunctionsFile {
  readonly descriptor: string;
  /** by the index of the element: one entry for each column, see `functionsOf` */
  readonly functions: Readonly<Record<string, readonly NamedFunction[]>>;
  readonly element_of_atom: readonly number[];
  /** [atom][column of its element], of the first atoms or all; so are the derivatives */
  readonly G: readonly (readonly number[])[];
  /** [atom i][atom j][column of i's element][3] */
  readonly dG?: readonly (readonly Nested[])[];
}

/** Values and derivatives of every atom by the columns of its element, which must be as many and in the same order. */
export async function compareSymmetryFunctions({ folder: from, executor, comparisons }: ReferenceRun, { file, frame }: IndexEntry): Promise<void> {
  const { functions, element_of_atom, G, dG, ...rest } = from.json(file) as SymmetryFunctionsFile;
  expectKnown(file, Object.keys(rest), [...headKeys, "n2p2_commit"]);
  const columnsOf = Object.fromEntries(element_of_atom.slice(0, G.length).map((element, atom) => [element, G[atom].length]));
  const acsf = new Acsf({ type: "acsf", cutoff: cutoffOf(rest.descriptor), symmetryFunctions: functionsOf(functions, columnsOf) });
  const system = await from.system(frame);
  const species = [...new Set(system.atomicNumbers)].sort((a, b) => a - b);
  const calculator = new Calculator(executor, acsf, species);
  try {
    const environments = calculator.environments(system);
    const computed = calculator.compute(environments, { jacobian: true });
    const { positions } = fromJacobian(calculator, system, environments, computed);
    const own = system.atomicNumbers.map((z) => acsf.columnsOfCenter(species, z));
    const withValues = own.slice(0, G.length);
    const values = withValues.flatMap((columns, atom) => columns.map((column) => computed.values[atom * calculator.nFeatures + column]));
    comparisons.compare("n2p2, values", file, values, flat(G), 1e-11);
    if (!dG) return;
    const nAtoms = system.atomicNumbers.length;
    const at = (i: number, j: number, axis: number, column: number): number => positions[((i * nAtoms + j) * 3 + axis) * calculator.nFeatures + column];
    const derivatives = own.slice(0, dG.length).flatMap((columns, i) => own.flatMap((_, j) => columns.flatMap((column) => [0, 1, 2].map((axis) => at(i, j, axis, column)))));
    comparisons.compare("n2p2, derivatives", file, derivatives, flat(dG), 1e-11);
  } finally {
    calculator.release();
  }
}

/** "…, cutoff_type 1 (cosine)", with an inner radius behind the number where there is one. */
function cutoffOf(descriptor: string): object {
  const [, type, alpha = "0"] = /cutoff_type (\d)(?:\s+([\d.]+))?/u.exec(descriptor) ?? [];
  const name = Object.entries(cutoffFunctions).find(([, { n2p2 }]) => String(n2p2) === type)?.[0];
  if (!name) throw new Error(`no cutoff function in "${descriptor}"`);
  return { function: name, innerFraction: Number(alpha) };
}

/**
 * The functions that the columns are of. The list of the files names for every column, in n2p2's order, the function on the line before its own (the
 * first line for itself): the first line is there twice, and the last not at all. What is missing is a function of the last element: one that another
 * element has, or, of a single element, the wide function whose narrow partner is there.
 */
function functionsOf(listed: SymmetryFunctionsFile["functions"], columnsOf: Readonly<Record<string, number>>): CenterFunction[] {
  const all = new Map<string, CenterFunction>();
  for (const named of Object.values(listed).flat()) {
    const given = functionOf(named);
    all.set(JSON.stringify(given), given);
  }
  const present = [...all.values()];
  const centers = [...new Set(present.map(({ center }) => center))].sort((a, b) => atomicNumberOf(a) - atomicNumberOf(b));
  const others = present.flatMap((given) => centers.map((center) => ({ ...given, center })));
  const partners = present.filter(({ type }) => type === 3).map((given) => ({ ...given, type: 9 as const }));
  const lacks = (center: string): boolean => {
    const columns = columnsOf[centers.indexOf(center)];
    return columns !== undefined && [...all.values()].filter((given) => given.center === center).length < columns;
  };
  for (const candidate of [...others, ...partners]) {
    if (lacks(candidate.center)) all.set(JSON.stringify(candidate), candidate);
  }
  const short = centers.find(lacks);
  if (short) throw new Error(`there are fewer functions of ${short} than columns`);
  return [...all.values()];
}

function functionOf({ center, type, n = [], eta, rs, zeta, lam, rc, ...others }: NamedFunction): CenterFunction {
  expectKnown("a function", Object.keys(others), []);
  const numbers: Readonly<Record<string, CenterFunction["type"]>> = { "2": 2, "3": 3, "9": 9, "12": 12, "13": 13 };
  const number = type === "G2" ? 2 : numbers[/type (\d+)/u.exec(type)?.[1] ?? ""];
  if (!number) throw new Error(`the function type "${type}" is not known`);
  const neighbors = [...n].sort((a, b) => atomicNumberOf(a) - atomicNumberOf(b));
  return {
    center, type: number, ...(n.length > 0 && { neighbors }), eta, shift: rs ?? 0, ...(zeta !== undefined && { zeta, lambda: lam! }), radius: rc,
  };
}
