// The functions of each basis, as the list that a descriptor takes.
import { factorSets } from "../../dist/descriptors/ace/selection.js";
import { pruneExactly } from "../../dist/index.js";
import { seededRandom } from "../../dist/math/random.js";
import { sampleIndices } from "../../dist/math/sampling.js";
import { degreesByOrder, fitted } from "./bases.mjs";

/** @param lWeight how much l counts in the degree */
export function setsUpTo(degrees, lWeight) {
  return factorSets({ nSpecies: 1, degrees, lWeight });
}

/** The list of `functions` for a basis of a family. Up to order 3 there is one coupling for each set of factors. */
export async function functionsOf(executor, { key }, { degree, seed }) {
  const { order, lWeight } = fitted;
  const degrees = key === "by-order" ? degreesByOrder(degree) : Array.from({ length: order }, () => degree);
  const { invariants, kept } = await pruneExactly(executor, setsUpTo(degrees, lWeight));
  const chosen = {
    full: () => invariants,
    "by-order": () => invariants,
    kept: () => invariants.filter((_, i) => kept[i]),
    "kept-pairs": () => invariants.filter(({ factors }, i) => kept[i] || factors.length <= 2),
    random: () => Array.from(sampleIndices(invariants.length, kept.reduce((sum, own) => sum + own, 0), seededRandom(seed)), (i) => invariants[i]),
  }[key]();
  return chosen.map(({ factors }) => ({ n: factors.map(({ n }) => n), l: factors.map(({ l }) => l) }));
}
