import { describe, expect, it } from "vitest";
import { evaluationsToTarget, functions } from "../../bench/tune/functions.mjs";
import { createOptimizer } from "../../src/optimizers/registry.js";

const seeds = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);
const functionNamed = (name: string) => functions.find((entry) => entry.name === name)!;

/** Share of seeds that reach the target, and the median of the lowest losses. */
function judge(options: { type: string } & Record<string, unknown>, name: string, nSeeds: number, budget: number) {
  const optimizer = createOptimizer(options);
  const runs = seeds(nSeeds).map((seed) => evaluationsToTarget(optimizer, functionNamed(name), seed, budget));
  const lowest = runs.map((run) => run.lowest).sort((a, b) => a - b);
  return { success: runs.filter((run) => run.evaluations !== undefined).length / nSeeds, median: lowest[Math.floor(nSeeds / 2)] };
}

describe("the test functions", () => {
  it.each(functions)("$name has its minimum of 0 where it says", ({ lossOf, minimum, target, dimensions }) => {
    expect(Math.abs(lossOf(minimum)) < 1e-12).toBe(true);
    // no lower point around it, and no success by luck
    const random = createOptimizer({ type: "random", batch: 2000 });
    const losses = random.ask(random.init({ dimensions, seed: 1 })).map(lossOf);
    expect(Math.min(...losses) > 0).toBe(true);
    expect(losses.filter((loss) => loss <= target).length).toBeLessThan(20);
  });
});

const budget = 640;
const expected: readonly (readonly [string, Record<string, unknown>, Record<string, number>])[] = [
  ["inertia", {}, { sphere: 0.95, rosenbrock: 0.4, rastrigin: 0.7, ackley: 0.6, mixed: 0.95 }],
  ["inertia 0.5", { inertia: 0.5 }, { sphere: 0.95, rosenbrock: 0.5, rastrigin: 0.65, ackley: 0.85, mixed: 0.85 }],
  ["constriction", { variant: "constriction" }, { sphere: 0.95, rosenbrock: 0.4, rastrigin: 0.7, ackley: 0.6, mixed: 0.95 }],
  ["ring", { topology: "ring" }, { sphere: 0.6, rosenbrock: 0.4, rastrigin: 0.4, mixed: 0.95 }],
  ["natarajan-caro", { variant: "natarajan-caro" }, { sphere: 0.7, rosenbrock: 0.05, rastrigin: 0.2, ackley: 0.35, mixed: 0.6 }],
];

describe.each(expected)("particle swarm, %s", (_, options, rates) => {
  it.each(Object.entries(rates))(`reaches the target of %s within ${budget} evaluations in a share of %d of the seeds, random search in none or few`, (name, rate) => {
    const swarm = judge({ type: "particle-swarm", ...options }, name, 40, budget);
    const random = judge({ type: "random" }, name, 40, budget);
    expect(swarm.success, "success").toBeGreaterThanOrEqual(rate);
    expect(random.success, "of random search").toBeLessThanOrEqual(0.1);
    expect(swarm.median * 1.5, "median of the lowest losses").toBeLessThan(random.median);
  });
});

describe("designs", () => {
  it("by Sobol beat random points a little on the sphere", () => {
    expect(judge({ type: "sobol" }, "sphere", 40, 256).median).toBeLessThan(judge({ type: "random" }, "sphere", 40, 256).median);
  });
});

describe.each([
  ["bayesian", { type: "bayesian" }, { sphere: 60, mixed: 60 }],
  ["surrogate, gp", { type: "surrogate", model: "gp", points: 40, rounds: 5 }, { sphere: 70, mixed: 70 }],
  ["surrogate, quadratic", { type: "surrogate", model: "quadratic", design: "sobol", points: 40 }, { sphere: 52 }],
  ["domain-reduction", { type: "domain-reduction" }, { sphere: 60, mixed: 120, ackley: 240 }],
  ["domain-reduction, none", { type: "domain-reduction", model: "none" }, { sphere: 300 }],
] as const)("%s", (_, options, budgets) => {
  it.each(Object.entries(budgets))("reaches the target of %s within %d evaluations", (name, evaluations) => {
    const random = judge({ type: "random" }, name, 40, evaluations);
    const found = judge(options, name, 4, evaluations);
    expect(found.success).toBeGreaterThanOrEqual(0.75);
    expect(found.median * 5).toBeLessThan(random.median);
  });
});

describe("penalties", () => {
  it.each(["bayesian", "domain-reduction"])("do not mislead %s", (type) => {
    const mixed = functionNamed("mixed");
    const optimizer = createOptimizer({ type });
    // a quarter of the space fails, one side of the minimum included
    const lossOf = (point: readonly number[]): number => (point[0] > 0.52 && point[1] > 0.3 ? 1e6 : mixed.lossOf(point));
    const found = seeds(3).map((seed) => evaluationsToTarget(optimizer, { ...mixed, lossOf }, seed, 150));
    expect(found.filter(({ evaluations }) => evaluations !== undefined).length).toBeGreaterThanOrEqual(2);
  });
});
