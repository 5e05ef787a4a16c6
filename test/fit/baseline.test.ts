// Fits on a baseline: what every trainer gets from it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { InvalidParameterError } from "../../src/errors.js";
import { EnvironmentCache } from "../../src/environments/index.js";
import { type FitResult, type FitSection, type LinearFitSummary, type ModelSection, trainerOf, withActiveSets } from "../../src/fit/index.js";
import { KeptResults } from "../../src/fit/kept-results.js";
import { encodeModel, evaluateDataset, evaluateStructure, evaluateStructures, LinearModel, type Model, saveModel, SumModel, ZblModel } from "../../src/models/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { Dataset, type Structure } from "../../src/structures/index.js";
import { expectClose, testExecutor } from "../expect.js";
import { linearTerms, onBaseline, randomLinearModel } from "../models/linear-systems.js";
import { makeStructure, randomStructure } from "../models/systems.js";

let executor: Executor;
let structures: Structure[];
let folder: string;
beforeAll(async () => {
  executor = await testExecutor();
  structures = Array.from({ length: 40 }, (_, i) => randomStructure(200 + i, 3 + (i % 5), i % 3 !== 2));
  folder = mkdtempSync(join(tmpdir(), "pestle-baseline-"));
});
afterAll(async () => {
  await executor.close();
  rmSync(folder, { recursive: true });
});

const zbl = { type: "zbl", inner: 1.5, outer: 3 } as const;
const truth = randomLinearModel(2);
const isolatedAtomEnergies = { Na: -1.5, Cl: -2.25 };
const linear: ModelSection = { type: "linear", isolatedAtomEnergies, terms: JSON.parse(JSON.stringify(linearTerms)) as unknown };
const linearFit: FitSection = { sigma: { energy: 0.003, forces: 0.05, virial: 0.02 }, solver: { type: "ridge", regularization: 0 } };
const gap: ModelSection = {
  type: "sparse-gp",
  isolatedAtomEnergies,
  terms: [{ descriptor: { type: "acsf", cutoff: { radius: 3.4 }, g2: [[0.3, 0], [1, 2.5]] }, kernel: { type: "squared-exponential", delta: 1, lengthScale: 1 }, sparse: { method: "random", count: 8 } }],
};

async function labelled(model: Model): Promise<Dataset> {
  const all: Structure[] = [];
  for await (const { structure, prediction: { energy, forces, virial } } of evaluateStructures(model, structures, executor, { want: { forces: true, virial: true } })) {
    all.push(makeStructure(structure, { energy, forces: forces!, virial: virial! }));
  }
  return Dataset.from(all);
}

function train(model: ModelSection, fit: FitSection, data: Dataset, context: object = {}): Promise<FitResult> {
  return trainerOf(model).train({ model, fit }, data, executor, context);
}

const aboveBaseline = ({ model }: FitResult): LinearModel => (model as SumModel).parts[1].model as LinearModel;
const coefficientsOf = ({ terms }: LinearModel): number[] => terms.flatMap(({ coefficients }) => [...coefficients]);

describe("a linear fit on a baseline", () => {
  it("finds what the baseline leaves, and says what it stands on", async () => {
    const data = await labelled(onBaseline(truth, new ZblModel([11, 17], zbl)));
    const result = await train({ ...linear, baseline: zbl }, linearFit, data);
    expectClose(coefficientsOf(aboveBaseline(result)), coefficientsOf(truth), 1e-8, "relative-to-max");
    for await (const { structure, prediction } of evaluateDataset(result.model, data.subset([0, 1, 2]), executor)) {
      expectClose([prediction.energy], [structure.targets.energy!], 1e-8);
      expectClose(prediction.forces!, structure.targets.forces!, 1e-7);
    }
    const without = await train(linear, linearFit, data);
    expect(without.summary.weightedResidual! > 1).toBe(true);
    expect(without.model).toBeInstanceOf(LinearModel);
    const { summary, model } = result;
    expect(summary.tables[0]).toEqual({ title: "Baseline", columns: ["potential", "species", "cutoff, Å"], rows: [["zbl", "Na Cl", 3]] });
    expect(summary.stages[0].name).toBe("baseline");
    expect(model.provenance.options).toMatchObject({ model: { type: "linear", baseline: zbl, isolatedAtomEnergies }, seed: 1 });
    expect((model as SumModel).parts.map((part) => part.model.provenance)).toEqual([{}, {}]);
  });

  it("takes any model file, whose isolated atoms count", async () => {
    const path = join(folder, "first.pestle");
    const first = randomLinearModel(3, { terms: randomLinearModel(3).terms.slice(1), isolatedAtomEnergies: [-1, -2] });
    await saveModel(path, first);
    const data = await labelled(onBaseline(truth.with({ isolatedAtomEnergies: [-0.5, -0.25] }), first));
    const baseline = { type: "file", path };
    const result = await train({ ...linear, baseline }, linearFit, data);
    expect(trainerOf(linear).files({ model: { ...linear, baseline } })).toMatchObject([{ path }]);
    expectClose(coefficientsOf(aboveBaseline(result)), coefficientsOf(truth), 1e-8, "relative-to-max");
    expectClose(result.model.isolatedAtomEnergies!, [-1.5, -2.25], 1e-15);
    expect(result.model.provenance.options).toMatchObject({ model: { isolatedAtomEnergies } });
  });

  it("takes from given isolated atoms what a baseline without such energies predicts for an atom alone", async () => {
    const path = join(folder, "constant.pestle");
    const constant = randomLinearModel(3, { terms: [], isolatedAtomEnergies: undefined, intercepts: [0.25, -0.5] });
    await saveModel(path, constant);
    const data = await labelled(onBaseline(truth.with({ isolatedAtomEnergies: [-1.75, -1.75] }), constant));
    const result = await train({ ...linear, baseline: { type: "file", path } }, linearFit, data);
    expectClose(aboveBaseline(result).isolatedAtomEnergies!, [-1.75, -1.75], 1e-14);
    expectClose(coefficientsOf(aboveBaseline(result)), coefficientsOf(truth), 1e-8, "relative-to-max");
  });

  it("leaves structures out, keeps active sets, and takes known environments, as it does without a baseline", async () => {
    const [based, plain] = [await labelled(onBaseline(truth, new ZblModel([11, 17], zbl))), await labelled(truth)];
    const fit = { ...linearFit, solver: { type: "bayesian-ridge" }, crossValidation: "leave-structure-out", activeSet: true };
    const cache = new EnvironmentCache(executor);
    const [on, off] = [await train({ ...linear, baseline: zbl }, fit, based, { environments: cache.of(based) }), await train(linear, fit, plain)];
    const leftOut = ({ summary }: FitResult): number => (summary as LinearFitSummary).leftOut!.forces.rmse;
    expect(leftOut(off) > 0).toBe(true);
    expectClose([leftOut(on)], [leftOut(off)], 1e-6);
    const want = { extrapolationGrade: true, forces: true };
    const foreign = randomStructure(999, 6);
    expect(on.model.hasExtrapolationGrade).toBe(true);
    const grades = (await evaluateStructure(on.model, foreign, executor, { want })).extrapolationGrades!;
    expectClose(grades, (await evaluateStructure(off.model, foreign, executor, { want })).extrapolationGrades!, 1e-9, "relative-to-max");
    const updated = await withActiveSets(on.model as SumModel, Dataset.from([foreign]), { executor });
    expect(updated).toBeInstanceOf(SumModel);
    expect(Math.max(...(await evaluateStructure(updated, foreign, executor, { want })).extrapolationGrades!) <= 1.001 + 1e-6).toBe(true);
    // described environments reach the part that they are of
    for await (const { structure, prediction } of evaluateDataset(on.model, based.subset([0, 5]), executor, { environments: cache.of(based, [0, 5]) })) {
      expectClose(prediction.forces!, structure.targets.forces!, 1e-6);
    }
    cache.release();
  });
});

describe("a Gaussian process on a baseline", () => {
  const fit: FitSection = { sigma: { energy: 0.01, forces: 0.1 } };

  it("is the fit to what the baseline leaves, to the last bit", async () => {
    const below = new ZblModel([11, 17], zbl);
    const data = await labelled(onBaseline(truth, below));
    const rest: Structure[] = [];
    for await (const { structure, prediction } of evaluateDataset(below, data, executor)) {
      const { energy, forces } = structure.targets;
      rest.push(makeStructure(structure, { energy: energy! - prediction.energy, forces: forces!.map((force, i) => force - prediction.forces![i]) }));
    }
    const [on, alone] = [await train({ ...gap, baseline: zbl }, fit, data), await train(gap, fit, Dataset.from(rest))];
    const { parts } = on.model as SumModel;
    expect(parts.map((part) => [part.model.type, part.isBaseline === true])).toEqual([["zbl", true], ["sparse-gp", false]]);
    expect(await encodeModel(parts[1].model)).toEqual(await encodeModel(alone.model.withProvenance({})));
    expect(on.model.hasVariance).toBe(true);
  });

  it("stands on sums, too, which the plan names", async () => {
    const path = join(folder, "linear.pestle");
    await saveModel(path, randomLinearModel(3));
    const baseline = { type: "sum", parts: [zbl, { type: "file", path }] };
    const data = await labelled(onBaseline(truth, new ZblModel([11, 17], zbl)));
    const { model, summary } = await train({ ...gap, baseline }, fit, data);
    expect(summary.tables[0].rows.map(([type]) => type)).toEqual(["zbl", "linear"]);
    expect(model.isolatedAtomEnergies).toEqual([-1.5, -2.25]);
    const plan = await trainerOf(gap).plan({ model: { ...gap, baseline }, fit }, data, 1);
    expect(plan.outline[0]).toEqual({ label: "baseline", text: "zbl (cutoff 3 Å) + linear (cutoff 3.9 Å)" });
    expect(plan.outline.slice(1)).toEqual((await trainerOf(gap).plan({ model: gap, fit }, data, 1)).outline);
    expect(trainerOf(gap).files({ model: { ...gap, baseline }, fit })).toMatchObject([{ path }]);
  });
});

describe("every trainer", () => {
  it("refuses a baseline of other species before it begins, and names both", async () => {
    const path = join(folder, "sodium.pestle");
    await saveModel(path, new ZblModel([11], { type: "zbl" }));
    const data = await labelled(truth);
    for (const [model, fit] of [[linear, linearFit], [gap, { sigma: { energy: 0.01 } }]] as const) {
      const request = { model: { ...model, baseline: { type: "file", path } }, fit };
      const trainer = trainerOf(model);
      await expect(trainer.train(request, data, executor)).rejects.toThrow(/model\.baseline: .*sodium\.pestle knows Na; the data also has Cl/u);
      await expect(trainer.plan(request, data, 1)).rejects.toThrow(InvalidParameterError);
    }
  });

  it("completes the baseline, and misspelled keys of it are told", () => {
    const { baseline } = trainerOf(gap).complete({ ...gap, baseline: { type: "zbl" } });
    expect(baseline).toEqual({ type: "zbl", inner: 1, outer: 2 });
    expect(trainerOf(gap).complete(gap)).not.toHaveProperty("baseline");
    expect(() => trainerOf(gap).complete({ ...gap, baseline: { type: "zbl", outr: 2 } })).toThrow(/outr.*outer/u);
    expect(() => trainerOf(gap).complete({ ...gap, basline: { type: "zbl" } })).toThrow(/basline.*baseline/u);
  });

  it("takes validation data without the baseline, and leaves that of other species out with a warning", async () => {
    const data = await labelled(onBaseline(truth, new ZblModel([11, 17], zbl)));
    const greedy = { ...linearFit, solver: { type: "greedy", maximumFunctions: 3 } };
    const kept = new KeptResults(1e8);
    const validation = Dataset.from([makeStructure({ ...randomStructure(1, 2, false), atomicNumbers: Uint8Array.of(1, 11) }, { energy: 1 })]);
    const { summary } = await train({ ...linear, baseline: zbl }, greedy, data, { validation, recall: kept.of("all") });
    expect(summary.warnings!.filter((text) => text.includes("validation"))).toEqual([expect.stringMatching(/it has H, which the training data has not/u)]);
    expect(kept.bytes > 0).toBe(true);
  });

  it("refuses data without atoms", async () => {
    await expect(train({ ...gap, baseline: { type: "sum", parts: [zbl] } }, { sigma: { energy: 0.1 } }, Dataset.from([]))).rejects.toThrow(/no atoms/u);
  });
});
