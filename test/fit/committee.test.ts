import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assessPotential, judgeErrorBars } from "../../src/analysis/index.js";
import { EnvironmentCache } from "../../src/environments/cache/environment-cache.js";
import { InvalidParameterError } from "../../src/errors.js";
import { leftOutScale } from "../../src/fit/calibration/left-out-scale.js";
import { calibrateOutOfBag, leftOutOf } from "../../src/fit/committee/out-of-bag.js";
import { type LinearFit, trainCommittee, trainerOf } from "../../src/fit/index.js";
import { memberSamples } from "../../src/fit/committee/samples.js";
import { type CommitteeModel, decodeModel, encodeModel, evaluateStructure, evaluateStructures, type LinearModel, type Model } from "../../src/models/index.js";
import { createExecutor, type Executor } from "../../src/parallel/index.js";
import { Dataset, type Structure } from "../../src/structures/index.js";
import { detectBuild, isShared } from "../../src/wasm/builds.js";
import { expectClose, testExecutor } from "../expect.js";
import { linearTerms, randomLinearModel } from "../models/linear-systems.js";
import { makeStructure, randomStructure } from "../models/systems.js";

let executor: Executor;
let dataset: Dataset;
const request: LinearFit = {
  model: { type: "linear", isolatedAtomEnergies: { Na: -1.5, Cl: -2.25 }, terms: [JSON.parse(JSON.stringify(linearTerms[0])) as LinearFit["model"]["terms"][number]] },
  fit: { sigma: { energy: 0.003, forces: 0.05 }, solver: { type: "bayesian-ridge" } },
  seed: 3,
};

beforeAll(async () => {
  executor = await testExecutor();
  const structures = await disturbed(Array.from({ length: 24 }, (_, i) => randomStructure(300 + i, 4 + (i % 3))));
  const atom = { atomicNumbers: Uint8Array.of(11), positions: new Float64Array(3), cell: null, pbc: [false, false, false] as const, label: "an atom" };
  dataset = Dataset.from([...structures, makeStructure(atom, { energy: -1.5 })]);
});
afterAll(() => executor.close());

/** With energies and forces of a model that the fits could find, and noise. */
async function disturbed(all: readonly Structure[]): Promise<Structure[]> {
  const structures: Structure[] = [];
  for await (const { structure, prediction } of evaluateStructures(randomLinearModel(2), all, executor)) {
    const i = structures.length;
    structures.push(makeStructure(structure, { energy: prediction.energy + 0.01 * Math.sin(i), forces: prediction.forces!.map((force, k) => force + 0.05 * Math.cos(3 * k + i)) }, i % 4 === 0 ? "few" : "many"));
  }
  return structures;
}

const coefficients = (model: unknown): number[] => (model as LinearModel).terms.flatMap((term) => [...term.coefficients]);

describe("structures of members", () => {
  it("are drawn with replacement, and isolated atoms are with all", () => {
    const samples = memberSamples(dataset, { members: 6, by: "bootstrap" }, 5);
    for (const sample of samples) {
      expect(sample).toHaveLength(25);
      expect(sample.filter((index) => index === 24)).toEqual([24]);
      const different = new Set(sample).size;
      // 1 − 1/e of 24, more or less
      expect(different > 10 && different < 22, `${different}`).toBe(true);
    }
    expect(new Set(samples.map(String)).size).toBe(6);
    expect(memberSamples(dataset, { members: 3, by: "bootstrap" }, 5)).toEqual(samples.slice(0, 3));
    expect(memberSamples(dataset, { members: 6, by: "bootstrap" }, 6)).not.toEqual(samples);
  });

  it("are parts that have none in common, with the groups in their shares", () => {
    const samples = memberSamples(dataset, { members: 3, by: "disjoint" }, 5);
    expect(samples.flat().filter((index) => index !== 24).sort((a, b) => a - b)).toEqual(Array.from({ length: 24 }, (_, i) => i));
    for (const sample of samples) expect([sample.length, sample.filter((index) => index !== 24 && index % 4 === 0).length]).toEqual([9, 2]);
  });

  it("must be enough, and have all species", () => {
    expect(() => memberSamples(dataset, { members: 25, by: "disjoint" }, 1)).toThrow(/committee.members is 25, but the training data has 24 structures/u);
    const sodium = randomStructure(1);
    const rare = Dataset.from([...Array.from({ length: 5 }, () => ({ ...sodium, atomicNumbers: sodium.atomicNumbers.map(() => 11) })), { ...sodium, atomicNumbers: sodium.atomicNumbers.map(() => 17) }]);
    expect(() => memberSamples(rare, { members: 3, by: "disjoint" }, 1)).toThrow(/has no (?:Na|Cl), which few structures/u);
  });
});

describe("a committee of fits", () => {
  it("has members that are fits to their structures", async () => {
    const { model, summary } = await trainCommittee(trainerOf(request.model), request, dataset, executor, { members: 3, by: "bootstrap" });
    const { members, center, origin } = model as CommitteeModel;
    expect([members.length, center, origin]).toEqual([3, undefined, "bootstrap"]);
    const samples = memberSamples(dataset, { members: 3, by: "bootstrap" }, 3);
    for (const [k, member] of members.entries()) {
      const alone = await trainerOf(request.model).train({ ...request, fit: { ...request.fit, errorBars: false } }, dataset.subset(samples[k]), executor);
      expect(coefficients(member)).toEqual(coefficients(alone.model));
    }
    expect(coefficients(members[0])).not.toEqual(coefficients(members[1]));
    expect(summary).toMatchObject({ structures: 25, extent: "3 members by bootstrap, the first with 16 coefficients" });
    expect(summary.tables[0].rows).toHaveLength(3);
    expect(model.provenance.options).toMatchObject({ committee: { members: 3, by: "bootstrap" }, seed: 3 });
  });

  it("is the same for any number of threads", async () => {
    const build = await detectBuild();
    if (!isShared(build)) return;
    const bytes = await Promise.all(
      [1, 3].map(async (threads) => {
        const own = await createExecutor({ threads });
        try {
          return await encodeModel((await trainCommittee(trainerOf(request.model), request, dataset, own, { members: 2, by: "disjoint" })).model);
        } finally {
          await own.close();
        }
      }),
    );
    expect(bytes[1]).toEqual(bytes[0]);
  });

  it("is calibrated out of bag: structures are judged by the members that were not fitted to them", async () => {
    const { model } = await trainCommittee(trainerOf(request.model), request, dataset, executor, { members: 5, by: "bootstrap" });
    const { calibration, options } = model.provenance;
    const samples = memberSamples(dataset, { members: 5, by: "bootstrap" }, 3);
    const energies: Record<"errors" | "variances" | "members", number[]> = { errors: [], variances: [], members: [] };
    for (const [i, structure] of [...dataset].entries()) {
      const unseen = (model as CommitteeModel).members.filter((_, k) => !samples[k].includes(i));
      if (unseen.length < 2) continue;
      const predicted: number[] = [];
      for (const member of unseen) predicted.push((await evaluateStructure(member, structure, executor)).energy / structure.atomicNumbers.length);
      const mean = predicted.reduce((sum, energy) => sum + energy / predicted.length, 0);
      energies.errors.push(mean - structure.targets.energy! / structure.atomicNumbers.length);
      energies.variances.push(predicted.reduce((sum, energy) => sum + (energy - mean) ** 2 / (predicted.length - 1), 0));
      energies.members.push(predicted.length);
    }
    expect(energies.errors.length).toBeGreaterThan(10);
    const { factor, floor } = leftOutScale(energies, 5)!;
    expectClose([calibration!.energy!, calibration!.energyFloor ?? 0], [factor, floor], 1e-6);
    expect(calibration).toMatchObject({ structures: energies.errors.length, outOfBag: true });
    expect(options).toMatchObject({ committee: { calibration: "auto" } });
    // bars of data that no member knows are then as large as the errors
    const fresh = await disturbed(Array.from({ length: 30 }, (_, i) => randomStructure(700 + i, 4 + (i % 3))));
    const factorOf = async (own: Model): Promise<number> => judgeErrorBars((await assessPotential(own, Dataset.from(fresh), executor, { errorBars: true })).comparisons).forces.factor;
    const [plain, calibrated] = [await factorOf(model.withProvenance({})), await factorOf(model)];
    expect(calibrated > 0.7 && calibrated < 1.4, `${calibrated}`).toBe(true);
    expect(plain > 2 * calibrated, `${plain}`).toBe(true);
  });

  it("of parts is judged by all members but one, and is calibrated only where that is asked for", async () => {
    const train = (options: object, context = {}) => trainCommittee(trainerOf(request.model), request, dataset, executor, options, context);
    const samples = memberSamples(dataset, { members: 4, by: "disjoint" }, 3);
    expect(leftOutOf(25, samples).map((own) => own.length)).toEqual([18, 18, 18, 18]);
    expect(leftOutOf(3, [[0, 1], [0, 2], [0]])).toEqual([[2], [1], [1, 2]]);
    expect((await train({ members: 4, by: "disjoint" })).model.provenance.calibration).toMatchObject({ structures: 24, outOfBag: true });
    expect((await train({ members: 4, by: "disjoint", calibration: "none" })).model.provenance.calibration).toBeUndefined();
    expect((await train({ members: 4, by: "disjoint" }, { validation: dataset })).model.provenance.calibration).toBeUndefined();
    expect((await train({ members: 4, by: "disjoint", calibration: "out-of-bag" }, { validation: dataset })).model.provenance.calibration).toBeDefined();
    expect((await train({ members: 3, by: "disjoint" })).model.provenance.calibration).toBeUndefined();
    await expect(train({ members: 3, calibration: "out-of-bag" })).rejects.toThrow(/committee.members is 3: it takes 4 or more/u);
    await expect(train({ members: 8, by: "posterior", calibration: "out-of-bag" })).rejects.toThrow(/take bootstrap or disjoint/u);
  });

  it("are refused from members that predict no numbers", async () => {
    const members = [1, 2, 3, 4].map((seed) => randomLinearModel(seed, seed === 3 ? { isolatedAtomEnergies: [NaN, -2] } : {}));
    const cache = new EnvironmentCache(executor);
    try {
      await expect(calibrateOutOfBag({ members, samples: members.map(() => []) }, dataset, executor, cache, {})).rejects.toThrow(/a member of the committee predicts no number/u);
    } finally {
      cache.release();
    }
  });

  it("says where too few structures are left out", async () => {
    const few = dataset.subset([0, 1, 2, 3, 4, 5, 24]);
    const energies = Dataset.from([...few].map((structure) => makeStructure(structure, { energy: structure.targets.energy })));
    const { model, summary } = await trainCommittee(trainerOf(request.model), { ...request, fit: { ...request.fit, sigma: { energy: 0.01 } } }, energies, executor, { members: 4, by: "bootstrap" });
    expect(model.provenance.calibration).toBeUndefined();
    expect(summary.warnings).toContainEqual(expect.stringMatching(/not calibrated, because fewer than ten reference values/u));
  });

  it("is drawn from the posterior around the fit", async () => {
    const { model } = await trainCommittee(trainerOf(request.model), request, dataset, executor, { members: 4, by: "posterior" });
    const { members, center } = model as CommitteeModel;
    expect(coefficients(center)).toEqual(coefficients((await trainerOf(request.model).train(request, dataset, executor)).model));
    expect(new Set(members.map((member) => coefficients(member)[0])).size).toBe(4);
    const without = { ...request, fit: { ...request.fit, errorBars: false } };
    await expect(trainCommittee(trainerOf(without.model), without, dataset, executor, { by: "posterior" })).rejects.toThrow(/ask for error bars \(fit.errorBars: true\)/u);
  });

  it("stands on a baseline as any model does", async () => {
    const based = { ...request, model: { ...request.model, baseline: { type: "zbl", inner: 1, outer: 2.5 } } } as LinearFit;
    const { model } = await trainCommittee(trainerOf(based.model), based, dataset, executor, { members: 3, by: "posterior" });
    const { members, center } = model as CommitteeModel;
    expect([center!.type, ...members.map(({ type }) => type)]).toEqual(["sum", "sum", "sum", "sum"]);
    const structure = dataset.structure(0);
    const want = { forces: true, errorBars: true };
    const own = await evaluateStructure(model, structure, executor, { want });
    expect(own.forces).toEqual((await evaluateStructure(center!, structure, executor)).forces);
    expect(own.energyVariance! > 0).toBe(true);
    expect(await evaluateStructure(await decodeModel(await encodeModel(model), "a"), structure, executor, { want })).toEqual(own);
  });

  it("leaves no memory behind, and refuses what makes no committee", async () => {
    const held = (): number => executor.pool.bytesInUse - executor.scratchBytes;
    const before = held();
    await trainCommittee(trainerOf(request.model), request, dataset, executor, { members: 2 });
    expect(held()).toBe(before);
    await expect(trainCommittee(trainerOf(request.model), request, dataset, executor, { members: 1 })).rejects.toThrow(InvalidParameterError);
    await expect(trainCommittee(trainerOf(request.model), request, dataset, executor, { members: 30 })).rejects.toThrow(/30/u);
    expect(held()).toBe(before);
  });
});
