import { describe, expect, it } from "vitest";
import { createOptimizer, optimizerSchema, optimizerTypes } from "../../src/optimizers/registry.js";
import { describeOptimizer } from "../contracts/optimizer.js";

/** With their defaults, so that no optimizer gets around the contract. */
for (const type of optimizerTypes) describeOptimizer({ title: `${type}, defaults`, options: { type }, generations: 3, beginsAtStart: false });

describe("the registry", () => {
  it("has what the guide lists", () => {
    expect([...optimizerTypes].sort()).toEqual(["bayesian", "domain-reduction", "latin-hypercube", "particle-swarm", "random", "sobol", "surrogate"]);
  });

  it("names all types for an unknown one, and the one that was meant", () => {
    expect(() => createOptimizer({ type: "partcle-swarm" })).toThrow(/unknown optimizer "partcle-swarm"; there are .*random.*particle-swarm/);
    expect(optimizerSchema.safeParse({ type: "annealing" }).success).toBe(false);
  });
});
