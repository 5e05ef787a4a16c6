// What is said beforehand against what is found.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { planReduction, reduceDescriptor, type ReduceOptions, type TypedParameters } from "../../../src/analysis/index.js";
import type { SingleEnvironment } from "../../../src/environments/single-environment.js";
import type { Executor } from "../../../src/parallel/index.js";
import { testExecutor } from "../../expect.js";
import { randomArray } from "../../linalg/dense.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const ace: TypedParameters = { type: "ace", order: 4, degree: 8, lWeight: 1, cutoff: { radius: 4 }, pair: { degree: 3 } };
const soap: TypedParameters = { type: "soap", nMax: 3, lMax: 2, sigma: 0.5, cutoff: { radius: 4 }, average: "outer" };
const environments = [5, 8].map((count): SingleEnvironment => ({ center: 14, neighbors: new Uint8Array(count).fill(8), displacements: randomArray(3 * count, count).map((value) => 1 + value), label: `${count} neighbors` }));
const deviations = (descriptor: { featureCount(species: readonly number[]): number }): Promise<Float64Array> => Promise.resolve(new Float64Array(descriptor.featureCount([8, 14])).fill(1));
const threshold = { environments, deviations, threshold: 1e-3 };

describe("plans of reductions", () => {
  it.each<[string, TypedParameters, ReduceOptions, string]>([
    ["exact", ace, {}, "exact"],
    ["in double precision", ace, { method: "double" }, "double"],
    ["of columns", soap, {}, "double"],
    ["with environments", soap, { environments }, "double"],
    ["of an expansion by what is left", ace, threshold, "conditioned"],
    ["of columns by what is left", soap, threshold, "conditioned"],
  ])("%s have the columns of the reduction", async (_, parameters, options, method) => {
    const plan = planReduction(parameters, [8, 14], options);
    const found = await reduceDescriptor(executor, parameters, [8, 14], options);
    expect(plan).toMatchObject({ method, full: found.full, pairs: found.pairs });
    expect(found.record.method).toBe(method);
    expect(plan.orders).toEqual(found.orders.map(({ order, full }) => ({ order, full })));
    if (method === "exact") expect(plan.variables).toBe(found.variables);
    expect(plan.bytes).toBeGreaterThan(8 * plan.full);
    expect(plan.seconds).toBeGreaterThan(0);
    expect(plan.seconds).toBeLessThan(10);
  });

  it("say that derivatives of all environments are in memory at once", () => {
    const [one, two] = [environments.slice(1), [environments[1], environments[1]]].map((own) => planReduction(soap, [8, 14], { ...threshold, environments: own }));
    // rows, their copies and the directions that are taken, of 24 variables
    expect(two.bytes - one.bytes).toBe(8 * 24 * (2 * one.full + 24));
  });

  it("grow with the degree and refuse what the reduction would", () => {
    const bytes = [6, 8, 10].map((degree) => planReduction({ ...ace, degree }, [14]).bytes);
    expect(bytes.toSorted((a, b) => a - b)).toEqual(bytes);
    expect(() => planReduction(soap, [14], { method: "exact" })).toThrow("exact arithmetic is for the cluster expansion");
    expect(() => planReduction({ ...soap, reduction: { type: "columns", columns: [0] } }, [14])).toThrow("it has a reduction already");
    expect(() => planReduction({ type: "overlap-matrix", cutoff: { radius: 4 } }, [14])).toThrow("maxNeighbors is not known: give it, or let the descriptor learn it from the data; reductions need all parameters");
  });
});
