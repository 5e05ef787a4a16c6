import { polynomialSet } from "../../descriptors/ace/radial/polynomials.js";
import { radialParts } from "../../descriptors/ace/radial/pair-radial.js";
import type { RadialSet } from "../../descriptors/ace/radial/radial-functions.js";
import { type PairFunction } from "../../models/pair/pair-function.js";
import type { Model } from "../../models/model-type.js";
import { overlayFunctions } from "../lammps/overlays.js";
import { type PairFunctionSum, type PairSection, pairSection } from "../lammps/pair-section.js";
import { type ExportedTerm, specOf } from "./exported-term.js";
import { jetsOf } from "./projection.js";

/**
 * Pair functions as sections of a file for `pair_style table`: r in Å, φ in eV, −dφ/dr in eV/Å, equally spaced in r².
 * @param overlays pair potentials
 * @param terms whose pair terms are in the tables, too
 */
export function pairSections(species: readonly number[], overlays: readonly Model[], terms: readonly ExportedTerm[]): PairSection[] {
  const pairs = species.flatMap((_, i) => species.slice(i).map((__, offset): [number, number] => [i, i + offset]));
  return pairs
    .map((pair): PairFunctionSum => {
      const [a, b] = pair.map((index) => species[index]);
      return { pair, functions: [...overlays.flatMap((overlay) => overlayFunctions(overlay, a, b)), ...terms.flatMap((term) => [...pairTerm(term, a, b), ...pairTerm(term, b, a)])] };
    })
    .filter(({ functions }) => functions.length > 0)
    .map((sum) => pairSection(sum, species));
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
