// The path of a greedy selection: errors after every step, against models that are fitted with so many functions and predict.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fitLinear, type LinearFit, type LinearFitResult, type LinearFitSummary, trainerOf } from "../../../src/fit/index.js";
import { evaluateDataset, type LinearModel, type Model, type SumModel } from "../../../src/models/index.js";
import type { Executor } from "../../../src/parallel/index.js";
import { Dataset } from "../../../src/structures/index.js";
import { expectClose, testExecutor } from "../../expect.js";
import { makeStructure } from "../../models/systems.js";
import { makeData } from "../../tune/objectives/systems.js";

let executor: Executor;
let train: Dataset;
let validation: Dataset;

beforeAll(async () => {
  executor = await testExecutor();
  train = await makeData(executor, { seed: 100, count: 14 });
  validation = await makeData(executor, { seed: 300, count: 5 });
});
afterAll(() => executor.close());

const sigma = { energy: 0.005, forces: 0.05 };

/** The second function reaches no neighbor: columns of 0, so that numbers of columns are not those of the rows. */
const acsf = { type: "acsf", cutoff: { radius: 3.4 }, g2: [[0.3, 0], [4000, 0.2], [1, 2.5]] };
const ace = { type: "ace", cutoff: { radius: 4 }, order: 2, degree: [3, 3] };
const terms: LinearFit["model"]["terms"] = [{ descriptor: acsf }, { descriptor: ace }];

const request = (maximumFunctions?: number, changes: Partial<LinearFit["model"]> = {}): LinearFit => ({
  model: {
    type: "linear",
    isolatedAtomEnergies: { Na: -1.5, Cl: -2.25 },
    terms,
    ...changes,
  },
  fit: { sigma, solver: { type: "greedy", improvement: 0, ...(maximumFunctions !== undefined && { maximumFunctions }) } },
});

/** Of all energies and forces, in σ: that of an energy is σ √N. */
async function weightedError(model: Model, dataset: Dataset): Promise<number> {
  let [sum, count] = [0, 0];
  for await (const { structure, prediction } of evaluateDataset(model, dataset, executor, { want: { forces: true } })) {
    const { energy, forces } = structure.targets;
    sum += ((prediction.energy - energy!) / sigma.energy) ** 2 / structure.atomicNumbers.length;
    forces?.forEach((force, k) => (sum += ((force - prediction.forces![k]) / sigma.forces) ** 2));
    count += 1 + (forces?.length ?? 0);
  }
  return Math.sqrt(sum / count);
}

const coefficientsOf = (model: LinearModel): number[] => model.terms.flatMap(({ coefficients }) => [...coefficients]);
const pathOf = ({ summary }: LinearFitResult) => summary.solver.path!;

describe("the path of a greedy selection", () => {
  it("has the errors of the models with so many functions", async () => {
    const whole = await fitLinear(request(), train, executor, { validation });
    const path = pathOf(whole);
    expect(path.length).toBeGreaterThan(10);
    expect(whole.summary.warnings!.some((text) => /features? (is|are) 0 in every row/u.test(text))).toBe(true);
    for (const count of [1, 4, 9, path.length]) {
      const part = await fitLinear(request(count), train, executor);
      const { error, validationError } = path[count - 1];
      expectClose([error, validationError!], [await weightedError(part.model, train), await weightedError(part.model, validation)], 1e-8);
      const used = coefficientsOf(part.model).flatMap((value, column) => (value === 0 ? [] : [column]));
      expect(used).toEqual(path.slice(0, count).map(({ column }) => column).sort((a, b) => a - b));
    }
  });

  it("has them of models on a baseline, too", async () => {
    const trainer = trainerOf({ type: "linear" });
    const based = (maximumFunctions?: number) => {
      const { model, fit } = request(maximumFunctions);
      return { model: { ...model, baseline: { type: "zbl", inner: 1, outer: 2.5 } }, fit };
    };
    const { summary } = await trainer.train(based(), train, executor, { validation });
    const path = (summary as LinearFitSummary).solver.path!;
    for (const count of [4, path.length]) {
      const { model } = await trainer.train(based(count), train, executor);
      const { error, validationError } = path[count - 1];
      expectClose([error, validationError!], [await weightedError(model, train), await weightedError(model, validation)], 1e-8);
      const used = coefficientsOf((model as SumModel).parts[1].model as LinearModel).flatMap((value, column) => (value === 0 ? [] : [column]));
      expect(used).toEqual(path.slice(0, count).map(({ column }) => column).sort((a, b) => a - b));
    }
  });

  it("leaves the model as it is without validation data, and is drawn", async () => {
    const [alone, judged] = [await fitLinear(request(8), train, executor), await fitLinear(request(8), train, executor, { validation })];
    expect(coefficientsOf(judged.model)).toEqual(coefficientsOf(alone.model));
    expect(pathOf(alone).map(({ validationError }) => validationError)).toEqual(Array.from({ length: 8 }, () => undefined));
    const [plot] = judged.summary.plots!;
    expect(plot.curves.map(({ name, points }) => [name, points.length])).toEqual([["training", 8], ["validation", 8]]);
    expect(plot.curves[1].points[3]).toEqual([4, pathOf(judged)[3].validationError]);
    const errors = pathOf(judged).map(({ validationError }) => validationError!);
    const least = errors.indexOf(Math.min(...errors)) + 1;
    expect(plot.caption).toContain(least < 8 ? `least with ${least} of 8` : "least with all of them");
    expect(alone.summary.plots![0].curves.length).toBe(1);
  });

  it("says why it has no validation errors", async () => {
    const structure = validation.structure(3);
    const foreign = Dataset.from([makeStructure({ ...structure, atomicNumbers: structure.atomicNumbers.map(() => 12) }, structure.targets)]);
    const bare = Dataset.from([makeStructure(structure, {})]);
    for (const [data, reason] of [[foreign, /validation data has Mg, which the training data has not/u], [bare, /no target of the validation data has a σ/u]] as const) {
      const { summary } = await fitLinear(request(4), train, executor, { validation: data });
      expect(summary.warnings!.filter((text) => reason.test(text)).length).toBe(1);
      expect(summary.solver.path!.length).toBe(4);
    }
  });

  it("is judged on data of some of the species", async () => {
    const chlorine = Dataset.from([1, 3].map((i) => {
      const structure = validation.structure(i + 1);
      return makeStructure({ ...structure, atomicNumbers: structure.atomicNumbers.map(() => 17) }, structure.targets);
    }));
    const fitted = await fitLinear(request(6), train, executor, { validation: chlorine });
    expectClose([pathOf(fitted)[5].validationError!], [await weightedError(fitted.model, chlorine)], 1e-8);
  });
});
