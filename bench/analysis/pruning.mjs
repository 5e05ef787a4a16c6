// Which functions of a cluster expansion depend on the others: exactly, and in double precision.
import { pruneAce, pruneColumns, pruneExactly } from "../../dist/analysis/index.js";
import { aceSchema } from "../../dist/descriptors/ace/parameters.js";
import { factorSets } from "../../dist/descriptors/ace/selection.js";
import { createDescriptor } from "../../dist/descriptors/registry.js";

function exactCase(name, { degrees, lWeight, full, kept, variables }) {
  return {
    name,
    unit: "function",
    async run({ executor, measureBoth, verify }) {
      const prune = () => pruneExactly(executor, factorSets({ nSpecies: 1, degrees, lWeight }));
      const found = await prune();
      verify(found.invariants.length === full && found.rank === kept && found.variables === variables, `${found.rank} of ${found.invariants.length} functions, ${found.variables} variables`);
      const times = await measureBoth(prune);
      return { count: full, ...times, verified: true };
    },
  };
}

/** The free numbers of products of n vectors with 2l + 1 components. */
function freeNumbers(n, l) {
  return n > 2 * l + 1 ? n * (2 * l + 1) - l * (2 * l + 1) : (n * (n + 1)) / 2;
}

const listCase = {
  name: "prune-ace-list",
  unit: "function",
  async run({ executor, measureBoth, verify }) {
    const parameters = aceSchema.parse({ type: "ace", cutoff: { radius: 5 }, order: 3, degree: [20, 16, 12] });
    const prune = () => pruneAce(executor, parameters, [14]);
    const { keptByOrder } = await prune();
    verify(keptByOrder.join(" ") === "20 71 11", `kept ${keptByOrder.join(", ")}`);
    return { count: 299, ...(await measureBoth(prune)), verified: true };
  },
};

const soapCase = {
  name: "prune-soap-columns",
  unit: "column",
  async run({ executor, smoke, measureBoth, verify }) {
    const [nMax, lMax] = smoke ? [4, 2] : [8, 6];
    const soap = createDescriptor({ type: "soap", cutoff: { radius: 5 }, nMax, lMax, sigma: 0.5, species: ["Si"] });
    const prune = () => pruneColumns(executor, soap, [14]);
    const { points, gap } = await prune();
    const expected = Array.from({ length: lMax + 1 }, (_, l) => freeNumbers(nMax, l)).reduce((sum, own) => sum + own, 0);
    verify(points[0].rank === expected, `rank ${points[0].rank} instead of ${expected}`);
    verify(gap > 1e3, `gap ${gap}`);
    return { count: soap.featureCount([14]), ...(await measureBoth(prune)), verified: true };
  },
};

export const cases = [
  exactCase("prune-exact-350", { degrees: [12, 12, 12], lWeight: 1, full: 347, kept: 98, variables: 147 }),
  exactCase("prune-exact-6400", { degrees: [26, 26, 26], lWeight: 1.5, full: 6432, kept: 572, variables: 694 }),
  listCase,
  soapCase,
];
