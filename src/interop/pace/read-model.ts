import { readFile } from "node:fs/promises";
import { Ace } from "../../descriptors/ace/ace.js";
import { FormatError, InvalidParameterError } from "../../errors.js";
import { LinearModel } from "../../models/linear/model.js";
import type { LinearTerm } from "../../models/linear/term.js";
import { atomicNumberOf } from "../../structures/periodic-table.js";
import { reasonOf } from "../../system-error.js";
import { aceParameters, yaceColumns } from "./ace-of-yace.js";
import { parseYace } from "./parse-yace.js";
import type { Yace, YaceBond, YaceEmbedding } from "./yace-file.js";

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
    terms: order.flatMap(({ atomicNumber, element }) => termOf(linear, { atomicNumber, element }, file)),
  });
}

/** A center has no functions but its own. */
function termOf(yace: Yace, { atomicNumber, element }: { atomicNumber: number; element: number }, file: string): LinearTerm[] {
  const columns = yaceColumns(yace, element);
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
