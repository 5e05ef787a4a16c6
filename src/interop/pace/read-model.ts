import { readFile } from "node:fs/promises";
import { Ace } from "../../descriptors/ace/ace.js";
import { FormatError, InvalidParameterError } from "../../errors.js";
import { LinearModel } from "../../models/linear/model.js";
import type { LinearTerm } from "../../models/linear/term.js";
import { atomicNumberOf } from "../../structures/periodic-table.js";
import { reasonOf } from "../../system-error.js";
import { aceParameters, type YaceColumn, yaceColumns } from "./ace-of-yace.js";
import { parseYace } from "./parse-yace.js";
import { isPolynomial, type Yace, type YaceBond, type YaceEmbedding } from "./yace-file.js";

/**
 * A linear atomic cluster expansion in the .yace form of pacemaker and ACEpotentials, with the descriptor `ace` and these functions.
 * @throws {FormatError} for what is no such file, not whole, or has parts that a linear model has no place for; {InvalidParameterError} where it cannot be read
 */
export async function readYaceModel(path: string): Promise<LinearModel> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    throw new InvalidParameterError(`cannot read ${path}: ${reasonOf(error)}`, { cause: error });
  });
  return yaceModel(parseYace(text, path), path);
}

/** The model of what a .yace file says; `file` is for messages. */
export function yaceModel(yace: Yace, file: string): LinearModel {
  const problem = nonlinearPart(yace);
  if (problem) throw new FormatError({ file }, problem);
  const order = yace.elements.map((symbol, element) => ({ atomicNumber: atomicNumberOf(symbol), element })).sort((a, b) => a.atomicNumber - b.atomicNumber);
  const linear = { ...yace, functions: yace.functions.map((list, element) => list.map((own) => ofOneDensity(own, yace.embeddings[element]))) };
  return new LinearModel({
    species: order.map(({ atomicNumber }) => atomicNumber),
    isolatedAtomEnergies: order.map(({ element }) => yace.E0[element]),
    terms: order.flatMap(({ atomicNumber, element }) => termOf(withSums(linear, element), atomicNumber, file)),
  });
}

/** What the sums over one neighbor became. */
interface Summed {
  readonly yace: Yace;
  readonly columns: readonly YaceColumn[];
}

/** Functions of one neighbor are added up to one radial function, R_n0 with an n of its own: projected radial functions have a hundred g_k. */
function withSums(yace: Yace, element: number): Summed {
  const { elements, bonds, functions } = yace;
  if (isPolynomial(bonds[element][0])) return { yace, columns: yaceColumns(yace, element) };
  // behind those that the file has no coefficients of, which are 0
  const n = 1 + Math.max(0, ...bonds.flat().map(({ radcoefficients, nradmax = 0 }) => Math.max(nradmax, radcoefficients!.length)));
  const lMax = Math.max(0, ...functions[element].flatMap(({ ls }) => ls));
  const sums = elements.map((): number[] => []);
  for (const { rank, mus: [mu], ns: [k], ctildes } of functions[element]) {
    if (rank === 1) sums[mu][k - 1] = ctildes.reduce((sum, own) => sum + own, sums[mu][k - 1] ?? 0);
  }
  const rowOf = (mu: number): number[] => Array.from(sums[mu], (own: number | undefined) => own ?? 0);
  const withRow = (bond: YaceBond, mu: number): YaceBond => {
    const rows = bond.radcoefficients!;
    const empty = Array.from({ length: n - 1 - rows.length }, (): number[][] => []);
    // for every l, as all others are in most files: functions that do not differ with l take the place of one
    return { ...bond, radcoefficients: [...rows, ...empty, Array.from({ length: lMax + 1 }, () => rowOf(mu))] };
  };
  const rest = { ...yace, functions: functions.map((list) => list.filter(({ rank }) => rank > 1)) };
  const single = elements.flatMap((neighbor, mu): YaceColumn[] => {
    if (sums[mu].length === 0) return [];
    // A_n00 has Y_00 of orthonormal harmonics in it
    return [{ entry: { neighbors: [neighbor], n: [n], l: [0] }, density: 0, coefficient: Math.sqrt(4 * Math.PI) }];
  });
  const own = bonds[element].map(withRow);
  // other centers have no functions here, and with the same bonds no tables of their own
  return { yace: { ...yace, bonds: bonds.map(() => own) }, columns: [...single, ...yaceColumns(rest, element)] };
}

/** A center has no functions but its own. */
function termOf({ yace, columns }: Summed, atomicNumber: number, file: string): LinearTerm[] {
  if (columns.length === 0) return [];
  try {
    const descriptor = new Ace(aceParameters(yace, columns.map(({ entry }) => entry)));
    return [{ descriptor, centers: [atomicNumber], quadratic: false, coefficients: Float64Array.from(columns, ({ coefficient }) => coefficient) }];
  } catch (error) {
    if (!(error instanceof InvalidParameterError)) throw error;
    throw new FormatError({ file }, error.message, { cause: error });
  }
}

type Weighted = Pick<YaceEmbedding, "ndensity" | "FS_parameters">;

/** Σ_p w_p ρ_p as one density. */
function ofOneDensity<Own extends Yace["functions"][number][number]>(own: Own, { FS_parameters: weights }: Weighted): Own {
  const ctildes = Array.from({ length: own.num_ms_combs }, (_, q) =>
    Array.from({ length: own.ndensity }, (__, p) => weights[2 * p] * own.ctildes[q * own.ndensity + p]).reduce((sum, part) => sum + part, 0),
  );
  return { ...own, ndensity: 1, ctildes };
}

/** What the file has that a linear model has not. */
function nonlinearPart({ elements, embeddings, bonds, polypairpot, reppot }: Yace): string | undefined {
  for (const [i, { ndensity, FS_parameters: parameters, npoti }] of embeddings.entries()) {
    if (parameters.length < 2 * ndensity) return `the embedding of ${elements[i]} has ${parameters.length} FS_parameters for ${ndensity} densities; it must have two for each`;
    for (let p = 0; p < ndensity; p++) {
      const [weight, exponent] = parameters.slice(2 * p);
      if (exponent === 1 || weight === 0) continue;
      return `the embedding of ${elements[i]} is ${npoti} with a density to the power ${exponent}: the energy is not linear in it, and only linear expansions (FS_parameters w, 1) become models here`;
    }
  }
  if (polypairpot && reppot?.flat().some((own) => own !== undefined)) {
    return "reppot replaces the pair term at small distances, which a linear model has no place for: leave reppot out, and fit with a baseline of type zbl in its place";
  }
  const coreAt = bonds.map((row, i) => row.findIndex((bond) => hasCore(bond, embeddings[i])));
  const center = coreAt.findIndex((j) => j >= 0);
  if (center < 0) return undefined;
  const pair = `${elements[center]}-${elements[coreAt[center]]}`;
  return `${pair} has a core repulsion (prehc, inner_cutoff_type ${bonds[center][coreAt[center]].inner_cutoff_type ?? "density"}), which takes the place of the functions at small distances: a linear model has no place for it`;
}

function hasCore({ prehc = 0, inner_cutoff_type: type }: YaceBond, { rho_core_cutoff: cutoff, drho_core_cutoff: width }: YaceEmbedding): boolean {
  // a core density of 0 must leave the functions on, and the core of a ZBL switches them by distance
  return type === "zbl" || prehc !== 0 || cutoff < width || cutoff <= 0;
}
