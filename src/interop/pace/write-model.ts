import { basename, dirname, join } from "node:path";
import { InvalidParameterError } from "../../errors.js";
import { ZblModel } from "../../models/pair/zbl.js";
import type { Model } from "../../models/model-type.js";
import { writeWholeFile } from "../../output-file.js";
import { symbolOf } from "../../structures/periodic-table.js";
import { lammpsLines } from "../lammps/input-lines.js";
import { pairTableText } from "../lammps/pair-section.js";
import { version } from "../../version.js";
import { type AceSum, aceSumOf } from "./ace-sum.js";
import { type ExportedBond, exportedBond, type RadialOptions } from "./bond.js";
import { type ExportedTerm, exportedTerms, specOf } from "./exported-term.js";
import { functionsOfCenter } from "./exported-functions.js";
import { pairSections } from "./pair-tables.js";
import type { Yace, YaceBond } from "./yace-file.js";
import { yaceText } from "./yace-text.js";

/** How a model is written. */
export interface WriteYaceOptions {
  /** Where the pair term goes: among the functions, or into a table for `pair_style table` beside the file. Default: functions. */
  readonly pair?: "functions" | "table";
  /** Functions of ChebExpCos that radial functions are written as sums of, where the file has no such ones; default: as many as they take, up to 120. */
  readonly radialFunctions?: number;
  /** Largest deviation of these sums, as a share of the size of a function. Default: 1e-6. */
  readonly tolerance?: number;
}

/** What was written. */
export interface WrittenYace {
  /** Names of the files, the .yace first. */
  readonly files: readonly string[];
  /** Input of LAMMPS that uses them. */
  readonly lammps: readonly string[];
  /** What the radial functions became; absent where all are exact. */
  readonly projection?: RadialProjection;
  /** Members of a committee whose mean it is; 0: there is none */
  readonly nMembers: number;
}

/** Radial functions as sums of those of ChebExpCos. */
export interface RadialProjection {
  /** Largest number of functions. */
  readonly functions: number;
  /** Largest deviation of a value, as a share of the size of its function. */
  readonly error: number;
  /** The same of derivatives. */
  readonly slopeError: number;
}

/** A file by its name, beside others. */
export interface YaceFileText {
  readonly name: string;
  readonly text: string;
}

const TOLERANCE = 1e-6;
/** Å, as everybody has it. */
const TABLE_SPACING = 0.001;
/** Functions of g_k at most. */
const MOST_RADIAL = 500;

/**
 * Writes a linear model of the descriptor `ace` as a .yace file for `pair_style pace` of LAMMPS: alone, as the mean of a committee, or in a sum with pair
 * potentials, which become lines of input and tables beside it. Lysogorskiy et al., npj Comput. Mater. 7, 97 (2021), 10.1038/s41524-021-00559-9.
 * @throws {InvalidParameterError} for models that the file has no place for, and radial functions that it follows only roughly
 */
export async function writeYaceModel(path: string, model: Model, options: WriteYaceOptions = {}): Promise<WrittenYace> {
  const { texts, ...written } = yaceFiles(model, { ...options, name: basename(path) });
  // the file that others belong to comes last
  for (const { name, text } of [...texts].reverse()) await writeWholeFile(join(dirname(path), name), text);
  return { ...written, files: texts.map(({ name }) => name) };
}

/** The files of a model, the .yace first. */
export function yaceFiles(model: Model, options: WriteYaceOptions & { readonly name: string }): Omit<WrittenYace, "files"> & { readonly texts: readonly YaceFileText[] } {
  const { name, tolerance = TOLERANCE, radialFunctions: size } = options;
  const withPairs = options.pair !== "table";
  if (size !== undefined && !(Number.isInteger(size) && size >= 1 && size <= MOST_RADIAL)) {
    throw new InvalidParameterError(`radialFunctions is ${size}; it must be a whole number from 1 to ${MOST_RADIAL}`);
  }
  if (!(tolerance > 0)) throw new InvalidParameterError(`tolerance is ${tolerance}; it must be above 0`);
  const sum = aceSumOf(model);
  const terms = exportedTerms(sum.terms);
  const bonds = exportedBonds(sum, terms, { size, withPairs });
  const projection = projectionOf(bonds.flat());
  if (projection) requireClose(projection, tolerance);
  const zbl = sum.overlays.filter((overlay) => overlay instanceof ZblModel);
  const sections = pairSections(sum.species, sum.overlays.filter((overlay) => !(overlay instanceof ZblModel)), withPairs ? [] : terms);
  const tableName = `${name.replace(/\.yace$/u, "")}.table`;
  const lammps = lammpsLines({ style: { name: "pace", file: name }, tableName, species: sum.species, zbl, sections });
  const tables = sections.length > 0 ? [{ name: tableName, text: pairTableText(sections) }] : [];
  const yace = yaceOf(sum, terms, bonds, withPairs);
  return { texts: [{ name, text: yaceText(yace, commentOf(lammps)) }, ...tables], lammps, ...(projection && { projection }), nMembers: sum.nMembers };
}

/** By element of the center and of the neighbor; pairs with the same functions share them. */
function exportedBonds({ species }: AceSum, terms: readonly ExportedTerm[], options: RadialOptions): ExportedBond[][] {
  const known = new Map<string, ExportedBond>();
  return species.map((center) =>
    species.map((neighbor) => {
      const own = terms.filter((term) => term.coefficients.has(center) && term.species.includes(neighbor));
      // a bond without functions is in the file, too
      const all = own.length > 0 ? own : terms.slice(0, 1);
      const key = JSON.stringify(all.map((term) => [terms.indexOf(term), specOf(term, center, neighbor)]));
      const bond = known.get(key) ?? exportedBond(all, center, neighbor, options);
      known.set(key, bond);
      return bond;
    }),
  );
}

function projectionOf(bonds: readonly ExportedBond[]): RadialProjection | undefined {
  const projected = bonds.flatMap(({ head, errors }) => (errors ? [{ functions: head.nradbasemax!, error: errors.value, slopeError: errors.slope }] : []));
  if (projected.length === 0) return undefined;
  const largest = (key: keyof RadialProjection): number => Math.max(...projected.map((own) => own[key]));
  return { functions: largest("functions"), error: largest("error"), slopeError: largest("slopeError") };
}

function requireClose({ functions, error, slopeError }: RadialProjection, tolerance: number): void {
  if (error <= tolerance && slopeError <= tolerance) return;
  throw new InvalidParameterError(
    `${functions} functions of ChebExpCos follow the radial functions to ${error.toExponential(1)} of their size, and their derivatives to ${slopeError.toExponential(1)}; ` +
      `allowed is ${tolerance.toExponential(0)}: take more of them (radialFunctions), fit with a lower degree, an innerCutoff of 0, one cutoff for all functions or a radial basis of pacemaker ` +
      "(radial: { type: chebyshev-exponential-cosine }), put the pair term into a table (pair: table), or allow more (tolerance)",
  );
}

function yaceOf(sum: AceSum, terms: readonly ExportedTerm[], bonds: readonly (readonly ExportedBond[])[], withPairs: boolean): Yace {
  const { species } = sum;
  const functions = species.map((_, element) => functionsOfCenter(terms, { species, element, bonds: bonds[element], withPairs }));
  const isFinite = sum.atomEnergies.every(Number.isFinite) && functions.flat().every(({ ctildes }) => ctildes.every(Number.isFinite));
  if (!isFinite) throw new InvalidParameterError("the model has coefficients that are not finite, which no .yace file can hold: fit it again");
  return {
    elements: species.map(symbolOf),
    E0: sum.atomEnergies,
    deltaSplineBins: TABLE_SPACING,
    embeddings: species.map(() => ({ ndensity: 1, FS_parameters: [1, 1], npoti: "FinnisSinclairShiftedScaled", rho_core_cutoff: 100_000, drho_core_cutoff: 250 })),
    bonds: bonds.map((row) => row.map((bond) => withCoefficients(bond, terms))),
    functions,
  };
}

/** R_nl of all terms, those of a term behind those of the terms before. */
function withCoefficients({ head, manyBody }: ExportedBond, terms: readonly ExportedTerm[]): YaceBond {
  const lMax = Math.max(0, ...terms.map(({ layout }) => layout.lMax));
  const size = head.nradbasemax!;
  const row = (term: ExportedTerm, n: number, l: number): number[] => {
    const own = manyBody(term, n, l);
    return Array.from({ length: size }, (_, k) => own[k] ?? 0);
  };
  const rows = terms.flatMap((term) => Array.from({ length: term.nMax }, (_, n) => Array.from({ length: lMax + 1 }, (__, l) => row(term, n + 1, l))));
  const coefficients = rows.length > 0 ? rows : [Array.from({ length: lMax + 1 }, () => Array.from({ length: size }, () => 0))];
  const { radbasename, radparameters, nradbasemax, ...rest } = head;
  return { radbasename, radparameters, nradbasemax, nradmax: coefficients.length, lmax: lMax, radcoefficients: coefficients, ...rest };
}

function commentOf(lammps: readonly string[]): string[] {
  return [`written by pestle ${version}; eV and Å; in LAMMPS:`, ...lammps.map((line) => `  ${line}`)];
}
