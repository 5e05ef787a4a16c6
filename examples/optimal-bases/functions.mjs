// The functions of each basis.
import { Ace, pruneAce } from "../../dist/index.js";
import { seededRandom } from "../../dist/math/random.js";
import { sampleIndices } from "../../dist/math/sampling.js";

const SPECIES = [14]; // any one: which does not matter to what is kept

/** Largest degree of orders 1, 2 and 3, as it is usual. */
function degreesByOrder(degree) {
  return [degree, degree - 4, degree - 8].map((own) => Math.max(own, 0));
}

/** Parameters of the expansion that choose the functions of a basis. */
export async function functionsOf(executor, { kind, order, lWeight }, { degree, seed }) {
  const all = { order, degree: kind === "by-order" ? degreesByOrder(degree) : degree, lWeight };
  if (kind === "all" || kind === "by-order") return all;
  const { parameters } = new Ace({ type: "ace", cutoff: { radius: 5 }, pair: false, ...all });
  const { functions, exact } = await pruneAce(executor, parameters, SPECIES, { keepPairs: kind === "kept-pairs" });
  return { functions: kind === "random" ? drawn(exact, functions.length, seed) : functions };
}

/** As many of all functions; up to order 3 there is one coupling for each set of factors. */
function drawn({ invariants }, count, seed) {
  return Array.from(sampleIndices(invariants.length, count, seededRandom(seed)), (i) => {
    const { factors } = invariants[i];
    return { n: factors.map(({ n }) => n), l: factors.map(({ l }) => l) };
  });
}
