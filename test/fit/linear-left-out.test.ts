// Errors of structures that are left out, against fits that are made anew, and σ by the residuals.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { errorSummary, assessPotential } from "../../src/analysis/index.js";
import { InvalidParameterError } from "../../src/errors.js";
import { fitLinear, type LinearFit, planLinearFit } from "../../src/fit/index.js";
import { decodeModel, encodeModel, evaluateStructures, type LinearModel } from "../../src/models/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { Dataset, type Structure } from "../../src/structures/index.js";
import { expectClose, testExecutor } from "../expect.js";
import { linearTerms, randomLinearModel } from "../models/linear-systems.js";
import { makeStructure, randomStructure } from "../models/systems.js";
import { DelayingExecutor } from "../parallel/delaying-executor.js";

const terms = JSON.parse(JSON.stringify(linearTerms)) as LinearFit["model"]["terms"];
const sigma = { energy: 0.01, forces: 0.1, virial: 0.05, configTypes: { loose: { energy: 0.1 } } };
const request = (fit: LinearFit["fit"] = {}, model: Partial<LinearFit["model"]> = {}): LinearFit => ({
  model: { type: "linear", isolatedAtomEnergies: { Na: -1.5, Cl: -2.25 }, terms, ...model },
  fit: { sigma, solver: { type: "ridge", regularization: 0.01 }, prior: { scale: "none" }, crossValidation: "leave-structure-out", ...fit },
});

let executor: Executor;
let data: Dataset;
beforeAll(async () => {
  executor = await testExecutor();
  const all = Array.from({ length: 16 }, (_, i) => randomStructure(900 + i, 4 + (i % 4), i % 2 === 0));
  const structures: Structure[] = [];
  for await (const { structure, prediction } of evaluateStructures(randomLinearModel(5), all, executor, { want: { forces: true, virial: true } })) {
    const i = structures.length;
    const disturb = (values: Float64Array, by: number): Float64Array => values.map((value, k) => value + by * Math.sin(7 * k + 3 * i));
    const targets = { ...(i === 2 ? {} : { energy: prediction.energy + 0.1 * Math.sin(i) }), ...(i === 4 ? {} : { forces: disturb(prediction.forces!, 0.1) }), ...(i % 2 === 0 && { virial: Float64Array.from([0, 1, 2, 1, 4, 5, 2, 5, 8], (k) => prediction.virial![k] + 0.2 * Math.sin(k + i)) }) };
    structures.push(makeStructure(structure, targets, i % 3 === 1 ? "loose" : ""));
  }
  data = Dataset.from(structures);
});
afterAll(() => executor.close());

describe("structures left out", () => {
  it.each([
    ["ridge", {}, {}],
    ["truncated singular values", { solver: { type: "truncated-svd", cutoff: 1e-12 } }, { terms: terms.slice(0, 1), isolatedAtomEnergies: "none" }],
  ] as [string, LinearFit["fit"], Partial<LinearFit["model"]>][])("have the errors of fits without them: %s", async (_, fit, model) => {
    const before = executor.pool.bytesInUse - executor.scratchBytes;
    const { summary } = await fitLinear(request(fit, model), data, executor);
    expect(executor.pool.bytesInUse - executor.scratchBytes).toBe(before);
    const comparisons = [];
    for (let i = 0; i < data.nStructures; i++) {
      const without = await fitLinear(request({ ...fit, crossValidation: "none" }, model), data.subset([...Array(data.nStructures).keys()].filter((k) => k !== i)), executor);
      comparisons.push(...(await assessPotential(without.model, data.subset([i]), executor)).comparisons);
    }
    const { total } = errorSummary(comparisons);
    const { leftOut } = summary;
    expect(leftOut!.structures).toBe(data.nStructures);
    for (const name of ["energy", "forces", "virial"] as const) {
      expect(leftOut![name].count).toBe(total[name].count);
      expectClose([leftOut![name].rmse, leftOut![name].mae], [total[name].rmse, total[name].mae], 1e-8, "relative-to-max");
    }
    // larger than those of the fit
    const own = (await fitLinear(request({ ...fit, crossValidation: "none" }, model), data, executor)).model;
    expect(leftOut!.forces.rmse > 1.01 * (await assessPotential(own, data, executor)).errors.total.forces.rmse).toBe(true);
  });

  it("have the same bits whatever the order of the tasks, and a table", async () => {
    const { summary } = await fitLinear(request(), data, executor);
    const delayed = await fitLinear(request(), data, new DelayingExecutor(executor, 5, 5));
    expect(delayed.summary.leftOut).toEqual(summary.leftOut);
    expect(summary.tables.find(({ title }) => title === "Errors of structures left out")!.rows).toHaveLength(3);
    expect(summary.stages.at(-1)!.name).toBe("structures left out");
    const [with_, without] = (["leave-structure-out", "none"] as const).map((crossValidation) => planLinearFit(request({ crossValidation }), data, 1));
    expect(with_.seconds > without.seconds && with_.bytes >= without.bytes).toBe(true);
  });

  it("are refused where there are as many parameters as rows", async () => {
    const few = fitLinear(request({ solver: { type: "rank-revealing-qr", cutoff: 1e-10 }, sigma: { energy: 0.01 } }), data.subset([0, 1]), executor);
    await expect(few).rejects.toThrow(InvalidParameterError);
    await expect(few).rejects.toThrow(/more rows/u);
  });
});

it("σ of the residuals are those that were given times the noise", async () => {
  const { summary, model } = await fitLinear(request({ crossValidation: "none" }), data, executor);
  const stored = (await decodeModel(await encodeModel(model), "a.pestle")) as LinearModel;
  expect(stored.residualNoise).toEqual({ energy: summary.evidenceSigma!.energy, forces: summary.evidenceSigma!.forces, perAtom: true });
  const noise = Math.sqrt(summary.solver.noiseVariance!);
  expect(noise > 0.1).toBe(true);
  expect(summary.evidenceSigma).toEqual({ energy: noise * 0.01, forces: noise * 0.1, virial: noise * 0.05 });
  expect("leftOut" in summary).toBe(false);
  // scaled by it, the noise is 1
  const { energy, forces, virial } = summary.evidenceSigma!;
  const scaled = { energy, forces, virial, configTypes: { loose: { energy: 0.1 * noise } } };
  const again = await fitLinear(request({ crossValidation: "none", sigma: scaled, solver: { type: "ridge", regularization: 0.01 / noise ** 2 } }), data, executor);
  expectClose([again.summary.solver.noiseVariance!], [1], 1e-6);
});
