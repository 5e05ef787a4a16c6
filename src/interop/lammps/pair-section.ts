import { InvalidParameterError } from "../../errors.js";
import type { PairFunction } from "../../models/pair/pair-function.js";
import { symbolOf } from "../../structures/periodic-table.js";
import { version } from "../../version.js";
import { type TableError, tableError } from "./table-error.js";

/** Lines of a table, which LAMMPS takes as they are where `pair_style table spline` says as many. */
export const TABLE_LINES = 6000;
/** Å: LAMMPS stops where atoms come nearer. */
export const TABLE_START = 0.5;

/** φ(r) of two elements as a sum. */
export interface PairFunctionSum {
  /** Indices of the elements, ascending. */
  readonly pair: readonly [number, number];
  readonly functions: readonly PairFunction[];
}

/** A section of a file of `pair_style table`. */
export interface PairSection {
  readonly pair: readonly [number, number];
  /** As `pair_coeff` names it. */
  readonly keyword: string;
  readonly text: string;
}

/**
 * A pair function as a section: r in Å, φ in eV, −dφ/dr in eV/Å, equally spaced in r².
 * @param species atomic numbers of the elements
 * @throws {InvalidParameterError} for functions that end before tables begin, or are not finite
 */
export function pairSection({ pair, functions }: PairFunctionSum, species: readonly number[]): PairSection {
  const keyword = pair.map((index) => symbolOf(species[index])).join("_");
  const end = Math.max(...functions.map(({ cutoff }) => cutoff));
  if (end <= TABLE_START) throw new InvalidParameterError(`the pair function of ${keyword.replace("_", "-")} ends at ${end} Å; tables for LAMMPS begin at ${TABLE_START} Å`);
  const lines = Array.from({ length: TABLE_LINES }, (_, i) => {
    const r = i === TABLE_LINES - 1 ? end : tableDistance(i, end);
    const [value, slope] = pairSumAt(functions, r);
    if (!Number.isFinite(value) || !Number.isFinite(slope)) {
      throw new InvalidParameterError(`the pair function of ${keyword.replace("_", "-")} is not finite at ${r} Å, where tables for LAMMPS must be: take a potential that is`);
    }
    return `${i + 1} ${r} ${value} ${slope === 0 ? 0 : -slope}`;
  });
  return { pair, keyword, text: [keyword, `N ${TABLE_LINES} RSQ ${TABLE_START} ${end}`, "", ...lines, ""].join("\n") };
}

/** Å: of line i of a table, from 0, which may lie between two. */
export function tableDistance(i: number, end: number): number {
  const [first, last] = [TABLE_START ** 2, end ** 2];
  return Math.sqrt(first + ((last - first) * i) / (TABLE_LINES - 1));
}

/** φ and φ′ */
export function pairSumAt(functions: readonly PairFunction[], r: number): readonly [number, number] {
  const out = new Float64Array(2);
  let [value, slope] = [0, 0];
  for (const { cutoff, at } of functions) {
    if (r >= cutoff) continue;
    at(r, out);
    value += out[0];
    slope += out[1];
  }
  return [value, slope];
}

/** Largest deviations of φ (eV) and of forces (eV/Å), both of which are in the table. */
export function pairTableErrors(functions: readonly PairFunction[]): TableError {
  const end = Math.max(...functions.map(({ cutoff }) => cutoff));
  const spacing = (end ** 2 - TABLE_START ** 2) / (TABLE_LINES - 1);
  const [value, slope] = ([0, 1] as const).map((column) => {
    const values = Float64Array.from({ length: TABLE_LINES }, (_, i) => pairSumAt(functions, tableDistance(i, end))[column]);
    return tableError({ values, spacing, exact: (i) => [pairSumAt(functions, tableDistance(i, end))[column], 0] }).value;
  });
  return { value, slope };
}

/** A file of sections. */
export function pairTableText(sections: readonly PairSection[]): string {
  return [`# pair functions for pair_style table, written by pestle ${version}; eV and Å`, "", ...sections.map(({ text }) => text)].join("\n");
}
