import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assessPotential, DOMAIN_THRESHOLD, trainingDomain, uncertainties } from "../../src/analysis/index.js";
import { fitSparseGp } from "../../src/fit/index.js";
import { evaluateStructure } from "../../src/models/index.js";
import { SparseGpModel } from "../../src/models/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { Dataset } from "../../src/structures/index.js";
import { expectClose, testExecutor } from "../expect.js";
import { makeStructure, randomStructure } from "../models/systems.js";

let executor: Executor;
let model: SparseGpModel;
let known: Dataset;
beforeAll(async () => {
  executor = await testExecutor();
  known = Dataset.from(Array.from({ length: 8 }, (_, i) => makeStructure(randomStructure(40 + i, 4, false), { energy: Math.sin(i) })));
  const terms = [
    {
      descriptor: { type: "soap", basis: "equispaced-gaussian", nMax: 4, lMax: 3, sigma: 0.5, cutoff: { radius: 4 } } as never,
      kernel: { type: "dot-product" as const, zeta: 2, delta: 3 },
      sparse: { method: "farthest-point" as const, count: 32 },
    },
  ];
  model = (await fitSparseGp({ model: { type: "sparse-gp", isolatedAtomEnergies: { Na: 0, Cl: 0 }, terms }, fit: { sigma: { energy: 0.01 } } }, known, executor)).model;
});
afterAll(() => executor.close());

describe("uncertainty", () => {
  it("that is not a number is outside, and the worst", () => {
    const uncertainty = uncertainties({ energy: 0, variance: Float64Array.of(0.01, NaN, 0, 0.04), priorVariance: Float64Array.of(1, 1, 0, NaN) });
    expect([...uncertainty]).toEqual([0.1, NaN, 0, NaN]);
    expect(trainingDomain([{ label: "a", uncertainty }])).toMatchObject({ atoms: 4, outside: 2, worst: { value: NaN } });
  });

  it("is the standard deviation against that of the prior, δ² where fingerprints have unit length", async () => {
    const { variance, priorVariance } = await evaluateStructure(model, randomStructure(9), executor, { want: { variance: true } });
    expectClose(priorVariance!, [...variance!].map(() => 9), 1e-12, "relative-to-max");
    expectClose(uncertainties({ energy: 0, variance, priorVariance }), [...variance!].map((value) => Math.sqrt(value) / 3), 1e-12);
  });

  it("does not depend on δ, and is 0 where nothing is to be learnt", async () => {
    const [term] = model.terms;
    const other = new SparseGpModel({ ...model, terms: [{ ...term, kernel: { ...term.kernel, delta: 0.1 } }] });
    const one = await assessPotential(model, Dataset.from([randomStructure(9)]), executor, { uncertainty: true });
    const two = await assessPotential(other, Dataset.from([randomStructure(9)]), executor, { uncertainty: true });
    expectClose(one.comparisons[0].uncertainty!, two.comparisons[0].uncertainty!, 1e-9);
    expect([...uncertainties({ energy: 0, variance: Float64Array.of(0), priorVariance: Float64Array.of(0) })]).toEqual([0]);
  });

  it("is small where the model was fitted and large elsewhere", async () => {
    const inside = trainingDomain((await assessPotential(model, known, executor, { uncertainty: true })).comparisons);
    // every environment of the data is a sparse point
    expect(inside).toMatchObject({ threshold: DOMAIN_THRESHOLD, atoms: 32, outside: 0 });
    const stretched = Dataset.from([randomStructure(40, 4, false), { ...randomStructure(41, 4, false), positions: randomStructure(41, 4, false).positions.map((x) => 0.6 * x) }]);
    const { comparisons } = await assessPotential(model, stretched, executor, { uncertainty: true });
    const domain = trainingDomain(comparisons);
    expect(domain.outside).toBe([...comparisons[1].uncertainty!].filter((value) => value > DOMAIN_THRESHOLD).length);
    expect(domain.outside).toBeGreaterThan(0);
    expect(domain.worst).toMatchObject({ structure: 1, label: "structure 41", value: Math.max(...comparisons[1].uncertainty!) });
    expect(comparisons[1].uncertainty![domain.worst!.atom]).toBe(domain.worst!.value);
    expect(trainingDomain(comparisons, { threshold: 1 }).outside).toBe(0);
  });

  it("changes no prediction", async () => {
    const [plain, uncertain] = await Promise.all([false, true].map((uncertainty) => assessPotential(model, known, executor, { uncertainty })));
    expect(uncertain.comparisons.map(({ uncertainty, ...others }) => (expect(uncertainty).toBeDefined(), others))).toEqual(plain.comparisons);
    expect(plain.comparisons[0]).not.toHaveProperty("uncertainty");
  });
});
