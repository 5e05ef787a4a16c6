import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { crossValidate } from "../../src/analysis/index.js";
import { InvalidParameterError } from "../../src/errors.js";
import { fitSchema, type FitRequest, huberTrainer, robustFit, type RobustFitResult, trainerOf } from "../../src/fit/index.js";
import { decodeModel, encodeModel, LinearModel, type SparseGpModel } from "../../src/models/index.js";
import type { Executor } from "../../src/parallel/index.js";
import type { Dataset } from "../../src/structures/index.js";
import { disturbedData, isolatedAtomEnergies, linearRequest, sigma } from "../analysis/validation/disturbed-data.js";
import { expectClose, testExecutor } from "../expect.js";
import { termOptions } from "../models/systems.js";
import { coefficientsOf, plainPrior, plainSystem, solvePlain } from "./plain-solution.js";
import { toyTrainer } from "./toy/trainer.js";
import "./toy/register.js";

const options = fitSchema.parse({ sigma, jitter: 1e-6 });
const sparseGp: FitRequest = {
  model: { type: "sparse-gp", isolatedAtomEnergies, terms: termOptions.map((term) => JSON.parse(JSON.stringify(term)) as unknown) },
  fit: { sigma, jitter: 1e-6 },
};
const exact = { huber: 1.5, iterations: 1000, tolerance: 1e-11 };
/** Energies of two structures and a force are far off; some structures lack energies, forces or virials. */
const OUTLIERS = [6, 9];

let executor: Executor;
let data: Dataset;
beforeAll(async () => {
  executor = await testExecutor();
  data = await disturbedData(executor, 12, (i, { energy, forces, virial }) => ({
    ...(energy !== undefined && { energy: OUTLIERS.includes(i) ? energy + 8 : energy }),
    ...(forces && { forces: forces.map((force, k) => (i === 3 && k === 4 ? force - 9 : force)) }),
    ...(virial && { virial }),
  }));
});
afterAll(() => executor.close());

const train = (type: string, request: FitRequest, robust: object = exact): Promise<RobustFitResult> => robustFit(trainerOf({ type }), request, data, executor, robust);
const rho = (r: number, delta: number): number => (Math.abs(r) <= delta ? r ** 2 / 2 : delta * (Math.abs(r) - delta / 2));
const dot = (row: readonly number[], c: readonly number[]): number => row.reduce((sum, value, k) => sum + value * c[k], 0);
const isFalling = (values: readonly number[]): boolean => values.every((value, k) => k === 0 || value <= values[k - 1] * (1 + 1e-10));

/** Huber's loss by dense fits with weights, in plain steps. */
function plainHuber(rows: readonly (readonly number[])[], targets: readonly number[], prior: readonly (readonly number[])[], delta: number): { c: number[]; objective: number } {
  let c = solvePlain(rows, targets, prior);
  for (let step = 0; step < 1000; step++) {
    const roots = rows.map((row, i) => Math.sqrt(Math.min(1, delta / Math.abs(dot(row, c) - targets[i]))));
    c = solvePlain(rows.map((row, i) => row.map((value) => roots[i] * value)), targets.map((target, i) => roots[i] * target), prior);
  }
  const loss = rows.reduce((sum, row, i) => sum + rho(dot(row, c) - targets[i], delta), 0);
  return { c, objective: loss + prior.reduce((sum, row) => sum + dot(row, c) ** 2, 0) / 2 };
}

describe("Huber's loss", () => {
  it("of a sparse Gaussian process is the plain solution, and its objective falls", async () => {
    const { model, robust } = await train("sparse-gp", sparseGp);
    const fitted = model as SparseGpModel;
    const { rows, targets } = await plainSystem(executor, fitted, options, data);
    const expected = plainHuber(rows, targets, plainPrior(fitted, options), 1.5);
    expect(robust.converged).toBe(true);
    expectClose(coefficientsOf(fitted), expected.c, 1e-6, "relative-to-max");
    const objectives = robust.steps.map(({ objective }) => objective);
    expectClose([objectives[objectives.length - 1]], [expected.objective], 1e-8, "relative-to-max");
    expect(isFalling(objectives) && objectives.length > 5 && objectives[0] > 1.02 * expected.objective).toBe(true);
  });

  it("of a linear model with a given regularization has a gradient of 0, and its objective falls", async () => {
    const { model, robust } = await train("linear", linearRequest());
    const objectives = robust.steps.map(({ objective }) => objective);
    expect(robust.converged && isFalling(objectives)).toBe(true);
    // the objective of other coefficients, by the residuals of their models alone
    const fitted = model as LinearModel;
    const moved = async (by: number): Promise<number> => {
      const terms = fitted.terms.map((term) => ({ ...term, coefficients: term.coefficients.map((value, k) => value * (1 + by * Math.sin(k + 1))) }));
      const other = new LinearModel({ ...fitted, covariance: undefined, terms });
      const { evaluateDataset } = await import("../../src/models/index.js");
      let loss = 0;
      for await (const { structure, prediction } of evaluateDataset(other, data, executor, { want: { forces: true, virial: true } })) {
        const { energy, forces, virial } = structure.targets;
        const scale = Math.sqrt(structure.atomicNumbers.length);
        const add = (reference: number, predicted: number, s: number): number => (loss += rho((predicted - reference) / s, 1.5));
        if (energy !== undefined) add(energy, prediction.energy, (structure.configType === "loose" ? 0.1 : 0.01) * scale);
        forces?.forEach((force, k) => add(force, prediction.forces![k], 0.1));
        if (virial) for (const [a, b] of [[0, 0], [4, 4], [8, 8], [5, 7], [2, 6], [1, 3]]) add((virial[a] + virial[b]) / 2, (prediction.virial![a] + prediction.virial![b]) / 2, 0.05 * scale);
      }
      return loss + 0.005 * terms.reduce((sum, { coefficients }) => sum + coefficients.reduce((all, value) => all + value ** 2, 0), 0);
    };
    const [low, here, high] = [await moved(-1e-4), await moved(0), await moved(1e-4)];
    expectClose([objectives[objectives.length - 1]], [here], 1e-8, "relative-to-max");
    expect(low > here && high > here).toBe(true);
    // the slope is far below what the steps would make of the curvature
    expect(Math.abs(high - low) < 0.01 * (high + low - 2 * here)).toBe(true);
  });

  it("counts the targets that weigh less, and names the structures farthest from the fit", async () => {
    const { robust, summary } = await train("linear", linearRequest(), { iterations: 20 });
    const { energies, forceComponents, virialComponents, worst, steps } = robust;
    expect([energies.targets, forceComponents.targets, virialComponents.targets]).toEqual([data.report.energies, data.report.forceComponents, 6 * data.report.virials]);
    expect(energies.downWeighted + forceComponents.downWeighted + virialComponents.downWeighted).toBe(steps[steps.length - 1].downWeighted);
    expect(worst.slice(0, 3).map(({ label }) => data.labels.indexOf(label)).sort((a, b) => a - b)).toEqual([3, 6, 9]);
    expect(worst.find(({ label }) => data.labels.indexOf(label) === 3)!.kind).toBe("forces");
    expect(worst[0].kind === "energy" && worst[0].smallestWeight < 0.1).toBe(true);
    expectClose([worst[0].smallestWeight], [1.5 / worst[0].largestResidual], 1e-12);
    expect(summary.tables.slice(0, 3).map(({ title }) => title)).toEqual(["Huber's loss, δ = 1.5 σ", "Down-weighted targets", "Structures farthest from the fit"]);
    expect(structuredClone(robust)).toEqual(robust);
  });

  it("lets outliers pull less: errors of the others are smaller", async () => {
    const others = [...Array(12).keys()].filter((i) => ![3, ...OUTLIERS].includes(i));
    const { assessPotential } = await import("../../src/analysis/index.js");
    const rmse = async (result: { model: RobustFitResult["model"] }): Promise<number> => (await assessPotential(result.model, data.subset(others), executor)).errors.total.forces.rmse;
    const plain = await trainerOf({ type: "linear" }).train(linearRequest(), data, executor);
    expect((await rmse(await train("linear", linearRequest()))) < 0.9 * (await rmse(plain))).toBe(true);
  });

  it("with a δ that no residual reaches is the fit without it, to the bit", async () => {
    const before = executor.pool.bytesInUse - executor.scratchBytes;
    const plain = await trainerOf({ type: "sparse-gp" }).train(sparseGp, data, executor);
    const { model, robust } = await train("sparse-gp", sparseGp, { huber: 1e9 });
    expect(executor.pool.bytesInUse - executor.scratchBytes).toBe(before);
    expect(robust.steps).toEqual([{ objective: expect.any(Number) as number, change: 0, downWeighted: 0 }]);
    expect([robust.converged, robust.worst]).toEqual([true, []]);
    expect(coefficientsOf(model as SparseGpModel)).toEqual(coefficientsOf(plain.model as SparseGpModel));
  });

  it("is stored with the options of the model, not with the columns that it works by", async () => {
    const { model, summary } = await train("linear", linearRequest(), { iterations: 1 });
    const { provenance } = await decodeModel(await encodeModel(model), "a.pestle");
    expect(provenance.options).toMatchObject({ robust: { huber: 1.5, iterations: 1, tolerance: 0.01 }, fit: linearRequest().fit });
    expect(JSON.stringify(provenance)).not.toContain("re-weighted");
    expect(summary.warnings!.some((text) => /have not settled after 2 fits .*: raise robust\.iterations/u.test(text))).toBe(true);
  });

  it("goes with every trainer that has σ, and through cross-validation", async () => {
    const toy: FitRequest = { model: { type: "toy-pair", cutoff: 4 }, fit: { sigma: { energy: 0.01, forces: 0.1 } } };
    const { robust } = await robustFit(toyTrainer, toy, data, executor);
    expect(robust.virialComponents.targets).toBe(0);
    expect(isFalling(robust.steps.map(({ objective }) => objective))).toBe(true);
    const descriptor = termOptions[0].descriptor;
    const kernelRidge = { model: { type: "kernel-ridge", isolatedAtomEnergies, terms: [{ descriptor, kernel: { type: "squared-exponential", lengthScale: 0.5 } }] }, fit: { sigma: { energy: 0.05 } } };
    const ridge = await robustFit(trainerOf(kernelRidge.model), JSON.parse(JSON.stringify(kernelRidge)) as FitRequest, data, executor, { huber: 0.5, iterations: 3 });
    expect(ridge.robust.steps.length > 1 && ridge.robust.energies.downWeighted > 0 && ridge.robust.energies.targets === data.report.energies).toBe(true);
    const trainer = huberTrainer(trainerOf({ type: "linear" }), { iterations: 3 });
    const plain = await trainerOf({ type: "linear" }).plan(linearRequest(), data, 1);
    expect((await trainer.plan(linearRequest(), data, 1)).seconds >= 4 * plain.seconds).toBe(true);
    const { errors } = await crossValidate(trainer, linearRequest(), data, executor, { folds: 2 });
    expect(errors.total.forces.count).toBe(data.report.forceComponents);
    const bare = { ...toyTrainer, sigma: () => undefined };
    const refused = robustFit(bare, toy, data, executor);
    await expect(refused).rejects.toThrow(InvalidParameterError);
    await expect(refused).rejects.toThrow(/^robust: residuals are judged in units of σ, which targets of toy-pair do not have/u);
    await expect(robustFit(toyTrainer, toy, data, executor, { huber: 0 })).rejects.toThrow(/robust\.huber|huber/u);
  });
});
