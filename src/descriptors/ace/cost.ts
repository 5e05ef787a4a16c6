import { type Arithmetic, type DescriptorCost, type Extent, lengthsAround, withValue } from "../cost.js";
import { aceLayout, aceSpecies, basisOf, degreesOf } from "./basis.js";
import type { AceParameters } from "./parameters.js";
import { planProducts } from "./products.js";
import { namedInSettings } from "./species-settings.js";
import { gradientCount } from "./tables.js";

/** Degrees that leave a few hundred functions, by the largest number of species that they are for. */
const USUAL: readonly (readonly [species: number, degree: readonly number[]])[] = [[1, [20, 16, 12]], [2, [14, 11, 8]], [4, [10, 8, 6]], [8, [8, 5, 4]], [Infinity, [6, 4, 3]]];

/** As many elements as the data have, ascending as there: those that have names, and any others. */
function standIns(nSpecies: number, named: readonly number[]): number[] {
  const others = Array.from({ length: nSpecies + named.length }, (_, index) => index + 1).filter((z) => !named.includes(z));
  return [...named, ...others].slice(0, Math.max(nSpecies, named.length)).sort((a, b) => a - b);
}

/** Harmonics take about three (seven with gradients) multiply–adds, a radial function two (five), a sum one, or two where derivatives come back. */
function arithmetic(parameters: AceParameters, { nSpecies, nCenters, nPairs }: Extent): Arithmetic {
  const species = aceSpecies(parameters) ?? standIns(nSpecies, namedInSettings(parameters));
  const basis = basisOf(parameters, species);
  const layout = aceLayout(parameters, basis);
  const plan = planProducts(basis.pairs, basis.functions);
  const lm = (layout.lMax + 1) ** 2;
  const terms = plan.terms.reduce((sum, { length }) => sum + length, 0);
  const partial = plan.monomials.flat().reduce((sum, { factors: { length } }) => sum + length * (8 * (length - 1) + 4), 0);
  const perPair = 6 * lm + 4 * layout.nColumns + 2 * layout.nSums;
  const perCenter = 2 * plan.basics.length + 6 * plan.products.length + 5 * terms;
  const slopes = 14 * lm + 10 * layout.nColumns;
  return {
    values: nCenters * perCenter + nPairs * perPair,
    backward: nCenters * (2 * perCenter + 16 * plan.products.length + 9 * terms) + nPairs * (perPair + slopes + 4 * layout.nSums),
    jacobian: nCenters * (2 * perCenter + partial) + nPairs * (perPair + slopes + 15 * layout.nSums + (6 * gradientCount(plan, layout, species.length)) / species.length),
  };
}

export const aceCost: DescriptorCost = {
  presets({ cutoff, species }) {
    const degree = USUAL.find(([most]) => species.length <= most)![1];
    const of = (name: string, own: readonly number[], isCommon: boolean) => ({ name, parameters: { type: "ace", cutoff: { radius: cutoff }, order: own.length, degree: own }, isCommon });
    return [of("ace", degree, true), ...(species.length === 1 ? [of("ace large", [25, 21, 17], false)] : [])];
  },
  sizes(given) {
    const parameters = given as unknown as AceParameters;
    const cutoff = { name: "cutoff", unit: "Å", values: lengthsAround(parameters.cutoff.radius), with: (value: number) => withValue(given, ["cutoff", "radius"], value) };
    if (parameters.functions || parameters.bonds) return [cutoff];
    const degrees = degreesOf(parameters);
    const last = degrees[degrees.length - 1];
    const values = [...new Set([0.5, 0.75, 1, 1.25].map((share) => Math.max(1, Math.round(share * last))))];
    return [cutoff, { name: "degree", unit: "", values, with: (value) => ({ ...given, degree: degrees.map((own) => Math.max(1, own + value - last)) }) }];
  },
  stages: {
    radial: ["descriptors/ace/polynomials"],
    angular: ["descriptors/ace/neighbors", "descriptors/ace/sums", "math/outer-tile"],
    products: ["descriptors/ace"],
  },
  arithmetic: (parameters, extent) => arithmetic(parameters as unknown as AceParameters, extent),
};
