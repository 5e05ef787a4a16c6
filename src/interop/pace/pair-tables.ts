import { polynomialSet } from "../../descriptors/ace/radial/polynomials.js";
import { radialParts } from "../../descriptors/ace/radial/pair-radial.js";
import type { RadialSet } from "../../descriptors/ace/radial/radial-functions.js";
import { InvalidParameterError } from "../../errors.js";
import { type PairFunction } from "../../models/pair/pair-function.js";
import { pairFunctionsOf } from "../../models/pair/functions.js";
import type { Model } from "../../models/model-type.js";
import { symbolOf } from "../../structures/periodic-table.js";
import { type ExportedTerm, specOf } from "./exported-term.js";
import { jetsOf } from "./projection.js";

/** Lines of a table, which LAMMPS takes as they are where `pair_style table spline` says as many. */
export const TABLE_LINES = 6000;
/** Å: LAMMPS stops where atoms come nearer. */
export const TABLE_START = 0.5;

/** φ(r) of two elements as a sum. */
interface PairSum {
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
 * Pair functions as sections of a file for `pair_style table`: r in Å, φ in eV, −dφ/dr in eV/Å, equally spaced in r².
 * @param overlays pair potentials
 * @param terms whose pair terms are in the tables, too
 */
export function pairSections(species: readonly number[], overlays: readonly Model[], terms: readonly ExportedTerm[]): PairSection[] {
  const pairs = species.flatMap((_, i) => species.slice(i).map((__, offset): [number, number] => [i, i + offset]));
  return pairs
    .map((pair): PairSum => {
      const [a, b] = pair.map((index) => species[index]);
      return { pair, functions: [...overlays.flatMap((overlay) => overlayFunctions(overlay, a, b)), ...terms.flatMap((term) => [...pairTerm(term, a, b), ...pairTerm(term, b, a)])] };
    })
    .filter(({ functions }) => functions.length > 0)
    .map((sum) => section(sum, species));
}

function overlayFunctions(overlay: Model, a: number, b: number): PairFunction[] {
  const { species, functions } = pairFunctionsOf(overlay)!;
  const own = functions[species.indexOf(a) * species.length + species.indexOf(b)];
  return own ? [own] : [];
}

/** What a neighbor adds to a center. */
function pairTerm(term: ExportedTerm, center: number, neighbor: number): PairFunction[] {
  const coefficients = term.coefficients.get(center);
  const { pair } = radialParts(specOf(term, center, neighbor), term.layout);
  const index = term.species.indexOf(neighbor);
  const own = term.basis.pairs.flatMap(({ species, n }, column) => (species === index ? [{ n, column }] : []));
  if (!coefficients || !pair || own.length === 0) return [];
  const set: RadialSet = "set" in pair ? pair.set : polynomialSet(pair.polynomials);
  const at = (r: number, out: Float64Array): void => {
    out.fill(0);
    const jets = jetsOf(set, r);
    for (const { n, column } of own) for (const d of [0, 1] as const) out[d] += coefficients[column] * jets[n - 1][d];
  };
  return [{ cutoff: set.pieces[set.pieces.length - 1].end, at }];
}

function section({ pair, functions }: PairSum, species: readonly number[]): PairSection {
  const keyword = pair.map((index) => symbolOf(species[index])).join("_");
  const end = Math.max(...functions.map(({ cutoff }) => cutoff));
  if (end <= TABLE_START) throw new InvalidParameterError(`the pair function of ${keyword.replace("_", "-")} ends at ${end} Å; tables for LAMMPS begin at ${TABLE_START} Å`);
  const [first, last] = [TABLE_START ** 2, end ** 2];
  const out = new Float64Array(2);
  const lines = Array.from({ length: TABLE_LINES }, (_, i) => {
    const r = i === TABLE_LINES - 1 ? end : Math.sqrt(first + ((last - first) * i) / (TABLE_LINES - 1));
    const [value, slope] = functions.filter(({ cutoff }) => r < cutoff).reduce(
      (sum, { at }) => {
        at(r, out);
        return [sum[0] + out[0], sum[1] + out[1]];
      },
      [0, 0],
    );
    if (!Number.isFinite(value) || !Number.isFinite(slope)) {
      throw new InvalidParameterError(`the pair function of ${keyword.replace("_", "-")} is not finite at ${r} Å, where tables for LAMMPS must be: take a potential that is`);
    }
    return `${i + 1} ${r} ${value} ${slope === 0 ? 0 : -slope}`;
  });
  return { pair, keyword, text: [keyword, `N ${TABLE_LINES} RSQ ${TABLE_START} ${end}`, "", ...lines, ""].join("\n") };
}
