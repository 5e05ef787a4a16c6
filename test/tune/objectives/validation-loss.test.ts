import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { errorSummary, type StructureComparison } from "../../../src/analysis/index.js";
import { CancelledError, InvalidParameterError, NumericalError, ResourceError } from "../../../src/errors.js";
import { fitSparseGp } from "../../../src/fit/index.js";
import { evaluateDataset, type Potential } from "../../../src/models/index.js";
import { createExecutor, Executor } from "../../../src/parallel/index.js";
import { type Dataset, isIsolatedAtom } from "../../../src/structures/index.js";
import type { Objective, ObjectiveData } from "../../../src/tune/objectives/objective.js";
import { createObjective, objectiveSchema } from "../../../src/tune/objectives/registry.js";
import type { Candidate } from "../../../src/tune/search-space/search-space.js";
import { expectClose, testExecutor } from "../../expect.js";
import { TIME_LIMIT } from "../../time-limit.js";
import { candidate, makeData } from "./systems.js";

let executor: Executor;
let data: Required<ObjectiveData>;
const heldBytes = (): number => executor.pool.bytesInUse - executor.scratchBytes;

beforeAll(async () => {
  executor = await testExecutor();
  data = {
    train: await makeData(executor, { seed: 100, count: 14 }),
    validation: await makeData(executor, { seed: 300, count: 5 }),
    test: await makeData(executor, { seed: 500, count: 4 }),
  };
});
afterAll(() => executor.close());

const made: Objective[] = [];

function make(options: object, parts: ObjectiveData = data): Objective {
  const objective = createObjective(objectiveSchema.parse({ type: "validation-loss", ...options }), parts, executor, { seed: 3 });
  made.push(objective);
  return objective;
}

afterEach(() => {
  for (const objective of made.splice(0)) objective.release();
  expect(heldBytes()).toBe(0);
});

async function comparisons(model: Potential, dataset: Dataset): Promise<StructureComparison[]> {
  const records: StructureComparison[] = [];
  for await (const { structure, prediction } of evaluateDataset(model, dataset, executor, { want: { forces: true, virial: true } })) {
    const { energy, forces, virial } = structure.targets;
    records.push({
      group: "",
      nAtoms: structure.atomicNumbers.length,
      energy: { reference: energy!, predicted: prediction.energy },
      ...(forces && { forces: { reference: forces, predicted: prediction.forces! } }),
      ...(virial && { virial: { reference: virial, predicted: prediction.virial! } }),
    });
  }
  return records;
}

/** Errors of a fit made and judged without the objective. */
async function errorsOf(request: Candidate, train: Dataset, scored: Dataset): Promise<ReturnType<typeof errorSummary>["total"]> {
  const { model } = await fitSparseGp(request, train, executor);
  return errorSummary(await comparisons(model, scored)).total;
}

describe("the validation loss", () => {
  it("is the energy error plus a thirtieth of the force error on the validation data", async () => {
    const { loss, metrics } = await make({}).evaluate(candidate(), { executor });
    const { energy, forces, virial } = await errorsOf(candidate(), data.train, data.validation);
    expect(energy.rmse > 1e-4 && forces.rmse > 1e-3).toBe(true);
    expectClose([loss], [energy.rmse + forces.rmse / 30], 1e-12);
    const names = ["energyRmse", "energyMae", "forcesRmse", "forcesMae", "virialRmse", "virialMae"];
    const expected = [energy.rmse, energy.mae, forces.rmse, forces.mae, virial.rmse, virial.mae];
    expectClose(names.map((name) => metrics[name]), expected, 1e-12);
    expect(metrics.nSparse).toBe(15);
    expect(metrics.nFeatures).toBe(63);
  });

  it("weighs as told, on the data it is told", async () => {
    const { loss } = await make({ on: "test", weights: { energy: 2, forces: 0, virial: 0.5 } }).evaluate(candidate(), { executor });
    const { energy, virial } = await errorsOf(candidate(), data.train, data.test);
    expectClose([loss], [2 * energy.rmse + 0.5 * virial.rmse], 1e-12);
  });

  it("may be of mean absolute errors", async () => {
    const { loss } = await make({ metric: "mae" }).evaluate(candidate(), { executor });
    const { energy, forces } = await errorsOf(candidate(), data.train, data.validation);
    expect(energy.mae < energy.rmse).toBe(true);
    expectClose([loss], [energy.mae + forces.mae / 30], 1e-12);
  });

  it("fits energies only and scores all", async () => {
    const { metrics } = await make({ trainOn: "energies" }).evaluate(candidate({ sigma: { configTypes: { rare: { forces: 1 } } } }), { executor });
    const request = { ...candidate(), fit: { sigma: { energy: 0.005 }, jitter: 1e-6 } };
    const { energy, forces } = await errorsOf(request, data.train, data.validation);
    expectClose([metrics.energyRmse, metrics.forcesRmse], [energy.rmse, forces.rmse], 1e-12);
  });

  it("judges every training structure by a fit without it in folds", async () => {
    const { loss } = await make({ folds: 3 }).evaluate(candidate(), { executor });
    // Folds as the documentation defines them: the stratified order of the seed, dealt out in turn.
    const { TrainingOrder } = await import("../../../src/structures/training-order.js");
    const records: StructureComparison[] = [];
    for (const fold of new TrainingOrder(data.train, 3).folds(3)) {
      const rest = Array.from({ length: data.train.nStructures }, (_, i) => i).filter((index) => !fold.includes(index));
      expect(rest.filter((index) => isIsolatedAtom(data.train, index)).length).toBe(2);
      const { model } = await fitSparseGp(candidate(), data.train.subset(rest), executor);
      records.push(...(await comparisons(model, data.train.subset(fold))));
    }
    expect(records.length).toBe(14);
    const { energy, forces } = errorSummary(records).total;
    expectClose([loss], [energy.rmse + forces.rmse / 30], 1e-12);
  });

  it("trains on a share of the data and scores on all of it", async () => {
    const { TrainingOrder } = await import("../../../src/structures/training-order.js");
    const { metrics } = await make({}).evaluate(candidate(), { executor, fraction: 0.5 });
    const share = new TrainingOrder(data.train, 3).take(0.5);
    expect(share.length).toBe(2 + 7);
    const { energy } = await errorsOf(candidate(), data.train.subset(share), data.validation);
    expectClose([metrics.energyRmse], [energy.rmse], 1e-12);
  });

  it("takes isolated-atom energies from the data in every fold and share", async () => {
    const request = candidate();
    const fromData: Candidate = { ...request, model: { ...request.model, isolatedAtomEnergies: "from-data" } };
    for (const context of [{ executor }, { executor, fraction: 0.1 }]) {
      const given = await make({ folds: 4 }).evaluate(request, context);
      expect(await make({ folds: 4 }).evaluate(fromData, context)).toEqual(given);
    }
  });

  it("works where a share lacks a group or target that σ is given for", async () => {
    const request = candidate({ sigma: { virial: 0.02, configTypes: { rare: { energy: 0.001 } } } });
    const { loss } = await make({}).evaluate(request, { executor, fraction: 0.05 });
    expect(Number.isFinite(loss)).toBe(true);
    const typo = candidate({ sigma: { configTypes: { rear: { energy: 0.001 } } } });
    await expect(make({}).evaluate(typo, { executor, fraction: 0.05 })).rejects.toThrow(/"rear"/);
  });

  it("works with several terms, species of centers and counts by species", async () => {
    const second = { centers: ["Na"], sparse: { method: "farthest-point", count: { Na: 4 } }, kernel: { type: "dot-product", zeta: 1.5, delta: 0.2 } };
    const request = candidate({ sparse: { count: { Na: 6, Cl: 5 } }, second });
    const { loss, metrics } = await make({}).evaluate(request, { executor });
    const { energy, forces } = await errorsOf(request, data.train, data.validation);
    expectClose([loss], [energy.rmse + forces.rmse / 30], 1e-12);
    expect(metrics.nSparse).toBe(15);
  });

  it("has the same bits for evaluations side by side, again, and on more threads", async () => {
    const requests = [candidate(), candidate({ kernel: { zeta: 3.5 } }), candidate({ descriptor: { sigma: 0.4 } })];
    const objective = make({ folds: 2 });
    const alone = [];
    for (const request of requests) alone.push(await objective.evaluate(request, { executor }));
    expect(await Promise.all(requests.map((request) => objective.evaluate(request, { executor })))).toEqual(alone);
    objective.release();
    const threads = await createExecutor({ threads: 2 }).catch(() => undefined);
    if (!threads) return; // a build without shared memory
    const other = createObjective(objectiveSchema.parse({ type: "validation-loss", folds: 2 }), data, threads, { seed: 3 });
    expect(await Promise.all(requests.map((request) => other.evaluate(request, { executor: threads })))).toEqual(alone);
    other.release();
    await threads.close();
  });

  it("passes numerical errors on and gives everything back", async () => {
    const objective = make({});
    // 15 points of 3 features: the kernel of power 1 has rank 3
    const singular = candidate({ kernel: { zeta: 1 }, descriptor: { nMax: 1, lMax: 0 } });
    await expect(objective.evaluate({ ...singular, fit: { ...singular.fit, jitter: 0 } }, { executor })).rejects.toThrow(NumericalError);
    objective.release();
    expect(heldBytes()).toBe(0);
  });

  it("adds the price of the measured cost", async () => {
    const [plain, priced, reported] = await Promise.all(
      [{}, { cost: { price: 0.01 } }, { cost: {} }].map((options) => make(options).evaluate(candidate(), { executor })),
    );
    expect(plain.metrics.cost).toBeUndefined();
    expect(priced.metrics.cost > 0.5 && priced.metrics.cost < 1e4).toBe(true);
    expectClose([priced.loss], [plain.loss + 0.01 * priced.metrics.cost], 1e-12);
    expect(reported.loss).toBe(plain.loss);
    expect(priced.metrics.lossOfErrors).toBe(plain.loss);
    expect(reported.metrics.cost > 0).toBe(true);
  });

  it("finds a larger model more expensive", async () => {
    const objective = make({ cost: {} });
    const [small, large] = [candidate({ descriptor: { nMax: 2, lMax: 1 } }), candidate({ descriptor: { nMax: 8, lMax: 8 }, sparse: { count: 60 } })];
    const costsOf = async (): Promise<boolean> => {
      const cheap = await objective.evaluate(small, { executor });
      const dear = await objective.evaluate(large, { executor });
      return dear.metrics.cost > 3 * cheap.metrics.cost;
    };
    // costs are wall times: on a busy machine the small model may wait while the large one does not
    await expect.poll(costsOf, { timeout: TIME_LIMIT }).toBe(true);
  });

  it("has the same bits without and with little memory for what evaluations share", async () => {
    const expected = await make({ folds: 2 }).evaluate(candidate(), { executor });
    for (const cacheBytes of [0, 30_000]) {
      const options = objectiveSchema.parse({ type: "validation-loss", folds: 2 });
      const objective = createObjective(options, data, executor, { seed: 3, cacheBytes });
      made.push(objective);
      expect(await objective.evaluate(candidate(), { executor })).toEqual(expected);
    }
  });

  it("passes on that memory does not suffice, and gives everything back", async () => {
    const small = await createExecutor({ threads: 1, maximumBytes: 16 << 20 });
    const objective = createObjective(objectiveSchema.parse({ type: "validation-loss" }), data, small, { seed: 3 });
    const held = small.pool.allocate(small.pool.bytesAvailable - (5 << 20), "something large");
    await expect(objective.evaluate(candidate({ descriptor: { nMax: 12, lMax: 12 }, sparse: { count: 60 } }), { executor: small })).rejects.toThrow(ResourceError);
    small.pool.release(held);
    expect((await objective.evaluate(candidate(), { executor: small })).loss > 0).toBe(true);
    objective.release();
    expect(small.pool.bytesInUse - small.scratchBytes).toBe(0);
    await small.close();
  });

  it("survives aborts of some of many evaluations in flight", async () => {
    const threads = await createExecutor({ threads: 2 }).catch(() => undefined);
    if (!threads) return; // a build without shared memory
    const objective = createObjective(objectiveSchema.parse({ type: "validation-loss", folds: 2 }), data, threads, { seed: 3 });
    const requests = Array.from({ length: 12 }, (_, i) => candidate({ descriptor: { sigma: 0.4 + 0.02 * (i % 3) }, kernel: { zeta: 1 + (i % 4) } }));
    const expected = await Promise.all(requests.map((request) => objective.evaluate(request, { executor: threads })));
    objective.release();
    const results = await Promise.allSettled(
      requests.map((request, i) => {
        const controller = new AbortController();
        if (i % 2) setTimeout(() => controller.abort(), 3 * i);
        return objective.evaluate(request, { executor: threads, signal: controller.signal });
      }),
    );
    results.forEach((result, i) => {
      if (result.status === "fulfilled") expect(result.value).toEqual(expected[i]);
      else expect([result.reason instanceof CancelledError, i % 2]).toEqual([true, 1]);
    });
    expect(results.filter(({ status }) => status === "rejected").length).toBeGreaterThan(0);
    objective.release();
    expect(threads.pool.bytesInUse - threads.scratchBytes).toBe(0);
    await threads.close();
  });

  it("stops at an abort between any two tasks and gives everything back", async () => {
    const submit = vi.spyOn(executor, "submit");
    const whole = make({ folds: 2 });
    await whole.evaluate(candidate(), { executor });
    whole.release();
    const nTasks = submit.mock.calls.length;
    for (let last = 1; last < nTasks; last += 3) {
      const objective = make({ folds: 2 });
      const controller = new AbortController();
      submit.mockClear();
      submit.mockImplementation((...args) => {
        if (submit.mock.calls.length >= last) controller.abort();
        return Executor.prototype.submit.apply(executor, args);
      });
      const running = objective.evaluate(candidate(), { executor, signal: controller.signal });
      await expect(running).rejects.toThrow(CancelledError);
      objective.release();
      expect(heldBytes()).toBe(0);
    }
    submit.mockRestore();
  });

  it("estimates the memory of an evaluation", () => {
    const few = make({}).estimateBytes(candidate());
    const many = make({}).estimateBytes(candidate({ sparse: { count: 60 } }));
    expect(few > 1e4 && many > few && many < 1e8).toBe(true);
  });
});

describe("the choice of data and weights", () => {
  const { train, test } = { train: () => data.train, test: () => data.test };

  it("prefers validation data, then test data, then folds, and says so", () => {
    expect(make({}).notes).toEqual([]);
    expect(make({}, { train: train(), test: test() }).notes.join()).toMatch(/test data/);
    expect(make({}, { train: train() }).notes.join()).toMatch(/5-fold/);
    expect(make({ folds: 3 }, { train: train() }).notes).toEqual([]);
    expect(make({ on: "test" }, { train: train(), test: test() }).notes).toEqual([]);
  });

  it("refuses what the data does not allow", async () => {
    expect(() => make({ on: "validation" }, { train: train() })).toThrow(InvalidParameterError);
    expect(() => make({ on: "test", folds: 3 })).toThrow(/both/);
    expect(() => make({ folds: 20 })).toThrow(/only 14 structures/);
    expect(() => make({ weights: { energy: 0, forces: 0 } })).toThrow(/all weights are 0/);
    const energies = await makeData(executor, { seed: 700, count: 4, forces: false });
    expect(() => make({ weights: { forces: 1 } }, { train: train(), validation: energies })).toThrow(/has no forces/);
    expect(make({}, { train: train(), validation: energies }).notes.join()).toMatch(/no forces/);
    const sodium = train().subset([0]);
    expect(() => make({}, { train: sodium, validation: test() })).toThrow(/Cl/);
    await expect(make({ trainOn: "energies" }).evaluate(candidate({ sigma: { energy: undefined } }), { executor })).rejects.toThrow(/no energy/);
  });
});
