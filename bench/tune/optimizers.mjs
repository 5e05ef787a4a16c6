// Success rates of the optimizers on standard functions (functions.mjs): in how many of many seeds the target is reached within a number of
// evaluations, and after how many in the median of those. Prints the table of docs/theory/optimizers.md. The rate of the case is what an
// optimizer itself costs per evaluation asked for.
import { createOptimizer } from "../../dist/optimizers/index.js";
import { evaluationsToTarget, functions } from "./functions.mjs";

const MANY = 640;
const FEW = 120;

/** [title, options, budget]: those that model the loss are for evaluations that cost minutes, and get fewer. */
const cheap = [
  ["random", { type: "random" }, MANY],
  ["sobol", { type: "sobol" }, MANY],
  ["latin-hypercube", { type: "latin-hypercube", points: MANY }, MANY],
  ["particle-swarm", { type: "particle-swarm" }, MANY],
  ["particle-swarm, constriction", { type: "particle-swarm", variant: "constriction" }, MANY],
  ["particle-swarm, ring", { type: "particle-swarm", topology: "ring" }, MANY],
  ["particle-swarm, velocityLimit 1", { type: "particle-swarm", velocityLimit: 1 }, MANY],
  ["particle-swarm, natarajan-caro", { type: "particle-swarm", variant: "natarajan-caro" }, MANY],
];
const modelling = [
  ["domain-reduction", { type: "domain-reduction" }, MANY],
  ["domain-reduction, gp", { type: "domain-reduction", model: "gp" }, MANY],
  ["domain-reduction, none", { type: "domain-reduction", model: "none" }, MANY],
  ["surrogate, quadratic", { type: "surrogate", model: "quadratic", rounds: 20 }, FEW],
  ["surrogate, gp", { type: "surrogate", model: "gp", rounds: 20 }, FEW],
  ["bayesian", { type: "bayesian" }, FEW],
];

/** Points asked for, the time the optimizer took for them, and { success, median } per function. */
function judge(options, budget, nSeeds) {
  const optimizer = createOptimizer(options);
  let count = 0;
  const results = functions.map((f) => {
    const counted = { ...f, lossOf: (point) => (count++, f.lossOf(point)) };
    const runs = Array.from({ length: nSeeds }, (_, i) => evaluationsToTarget(optimizer, counted, i + 1, budget));
    const reached = runs.flatMap(({ evaluations }) => evaluations ?? []).sort((a, b) => a - b);
    return { name: f.name, success: reached.length / nSeeds, median: reached[Math.floor(reached.length / 2)] ?? null };
  });
  return { count, results };
}

const cell = ({ success, median }) => (median === null ? "–" : `${Math.round(100 * success)} %, ${median}`);

function verifyFunctions(verify) {
  for (const { name, lossOf, minimum } of functions) verify(Math.abs(lossOf(minimum)) < 1e-12, `${name} has its minimum of 0 where it says`);
}

function compare(name, contenders, check) {
  return {
    name,
    unit: "point",
    async run({ smoke, verify }) {
      verifyFunctions(verify);
      const nSeeds = smoke ? 1 : 20;
      const rows = [];
      let count = 0;
      console.log(`| ${nSeeds} seeds | evaluations | ${functions.map(({ title }) => title).join(" | ")} |`);
      console.log(`|---|---|${functions.map(() => "---|").join("")}`);
      const [start, cpu] = [performance.now(), process.cpuUsage()];
      for (const [title, options, budget] of contenders) {
        const allowed = smoke ? Math.min(budget, 24) : budget;
        const judged = judge(options, allowed, nSeeds);
        count += judged.count;
        rows.push({ title, budget: allowed, results: judged.results });
        console.log(`| ${title} | ${allowed} | ${judged.results.map(cell).join(" | ")} |`);
      }
      const { user, system } = process.cpuUsage(cpu);
      const seconds = (performance.now() - start) / 1000;
      if (!smoke) check(Object.fromEntries(rows.map(({ title, results }) => [title, Object.fromEntries(results.map((r) => [r.name, r.success]))])), verify);
      return { count, seconds, cpuSeconds: (user + system) / 1e6, rows, verified: true };
    },
  };
}

export const cases = [
  compare("tune-optimizers", cheap, (rates, verify) => {
    verify(rates["particle-swarm"].sphere >= 0.9 && rates.random.sphere <= 0.1, "a swarm finds the sphere, random points do not");
    verify(rates["particle-swarm"].mixed >= 0.9 && rates.random.mixed <= 0.1, "a swarm finds mixed levels, random points do not");
  }),
  compare("tune-optimizers-models", modelling, (rates, verify) => {
    verify(rates["domain-reduction"].sphere >= 0.9 && rates.bayesian.sphere >= 0.9, "models find the sphere");
    verify(rates["domain-reduction"].mixed >= 0.9 && rates.bayesian.mixed >= 0.9, "models find mixed levels");
  }),
];
