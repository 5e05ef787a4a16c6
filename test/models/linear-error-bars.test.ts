// Variances of energies and forces of linear potentials, and committees drawn from their coefficients.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assessPotential, judgeErrorBars } from "../../src/analysis/index.js";
import { InvalidParameterError } from "../../src/errors.js";
import { committeeOfModel, evaluateStructure, type LinearModel, openPotential } from "../../src/models/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { Dataset, type Structure } from "../../src/structures/index.js";
import { expectClose, testExecutor } from "../expect.js";
import { randomLinearModel, uncertainModel } from "./linear-systems.js";
import { makeStructure, randomStructure, repeated } from "./systems.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const want = { forces: true, errorBars: true };

/** The model whose coefficients are one direction of the root. */
function alongDirection(model: LinearModel, direction: number): LinearModel {
  const { root, nDirections } = model.covariance!;
  let column = 0;
  const next = (): number => root[column++ * nDirections + direction];
  const terms = model.terms.map((term) => ({ ...term, coefficients: term.coefficients.map(next) }));
  return model.with({ terms, intercepts: model.intercepts?.map(next), isolatedAtomEnergies: undefined, covariance: undefined });
}

/** Σ_k (∂E/∂direction k)², by predictions along every direction: the model is linear. */
async function plainVariances(model: LinearModel, structure: Structure): Promise<{ energy: number; forces: Float64Array }> {
  let energy = 0;
  const forces = new Float64Array(structure.positions.length);
  for (let k = 0; k < model.covariance!.nDirections; k++) {
    const along = await evaluateStructure(alongDirection(model, k), structure, executor);
    energy += along.energy ** 2;
    along.forces!.forEach((force, i) => (forces[i] += force * force));
  }
  return { energy, forces };
}

describe("error bars of a linear potential", () => {
  it.each([
    ["periodic", randomStructure(4, 6)],
    ["a molecule", randomStructure(5, 5, false)],
  ])("are those of predictions along every direction of the covariance: %s", async (_, structure) => {
    const model = uncertainModel(2);
    const expected = await plainVariances(model, structure);
    const { energyVariance, forceVariances, ...others } = await evaluateStructure(model, structure, executor, { want });
    expectClose([energyVariance!], [expected.energy], 1e-11, "relative-to-max");
    expectClose(forceVariances!, expected.forces, 1e-11, "relative-to-max");
    expect(Math.min(...forceVariances!) > 1e-6).toBe(true);
    expect(others).toEqual(await evaluateStructure(model, structure, executor, { want: { forces: true } }));
    const alone = await evaluateStructure(model, structure, executor, { want: { errorBars: true } });
    expectClose([alone.energyVariance!], [expected.energy], 1e-11, "relative-to-max");
    expect(alone.forceVariances).toBeUndefined();
  });

  it("of a large structure are those of the whole: copies are not independent", async () => {
    const [small, model] = [randomStructure(3, 4), uncertainModel(1)];
    const [one, large] = [await evaluateStructure(model, small, executor, { want }), await evaluateStructure(model, repeated(small, 7), executor, { want })];
    expectClose([large.energyVariance! / 343 ** 2], [one.energyVariance!], 1e-9, "relative-to-max");
    expectClose(large.forceVariances!, large.forceVariances!.map((_, i) => one.forceVariances![i % 12]), 1e-9, "relative-to-max");
    const open = openPotential(model, executor, want);
    expect(() => void open.evaluateTogether([small], { range: { first: 0, last: 2 } })).toThrow(InvalidParameterError);
    open.close();
  });

  it("are not there without a covariance", async () => {
    await expect(evaluateStructure(randomLinearModel(), randomStructure(1), executor, { want })).rejects.toThrow(/no error bars/u);
  });

  it("are judged by errors: of data that the posterior made itself, bars are right", async () => {
    const model = uncertainModel(5);
    const structures: Structure[] = [];
    for (const [i, member] of committeeOfModel(model, { count: 60, seed: 8 }).entries()) {
      const structure = randomStructure(50 + i, 3 + (i % 3));
      const { energy, forces } = await evaluateStructure(member, structure, executor);
      structures.push(makeStructure(structure, { energy, forces: forces! }));
    }
    const { comparisons } = await assessPotential(model, Dataset.from(structures), executor, { errorBars: true });
    const { energy, forces } = judgeErrorBars(comparisons);
    for (const judged of [energy, forces]) {
      expect(Math.abs(judged.factor - 1) < 0.25, `${judged.factor}`).toBe(true);
      expect(judged.calibration.map(({ deviations }) => deviations)).toEqual([1, 2, 3]);
      expect(Math.abs(judged.calibration[0].observed - 0.683) < 0.15, `${judged.calibration[0].observed}`).toBe(true);
    }
    expect([energy.count, forces.count]).toEqual([60, structures.reduce((sum, { positions }) => sum + positions.length, 0)]);
    // 0.6 and 0.4 √4 eV make 1 eV; 4 and 3 eV/Å make 5
    const noisy = judgeErrorBars([{ group: "", nAtoms: 4, energy: { reference: 0, predicted: 0.8 }, forces: { reference: Float64Array.of(0), predicted: Float64Array.of(3) }, errorBars: { energy: 0.6, forces: Float64Array.of(4) } }], { energy: 0.4, perAtom: true, forces: 3 });
    expect([noisy.energy.factor, noisy.energy.withNoise!.factor, noisy.energy.withNoise!.size]).toEqual([expect.closeTo(4 / 3, 12), expect.closeTo(0.8, 12), expect.closeTo(0.25, 12)]);
    expect([noisy.forces.factor, noisy.forces.withNoise!.factor, noisy.forces.withNoise!.size]).toEqual([expect.closeTo(0.75, 12), expect.closeTo(0.6, 12), expect.closeTo(5, 12)]);
    expect(energy.withNoise).toBeUndefined();
    const blind = judgeErrorBars((await assessPotential(model, Dataset.from([randomStructure(1)]), executor, { errorBars: true })).comparisons);
    expect([blind.energy.count, blind.energy.factor, blind.energy.calibration.length]).toEqual([0, NaN, 0]);
    expect(blind.energy.size > 0).toBe(true);
  });
});

describe("a committee of potentials", () => {
  it("spreads as the error bars say, around the model", async () => {
    const [model, structure] = [uncertainModel(2), randomStructure(5, 5, false)];
    const { energyVariance, forceVariances, energy } = await evaluateStructure(model, structure, executor, { want });
    const members = committeeOfModel(model, { count: 150, seed: 3 });
    const sums = { mean: 0, square: 0, force: 0 };
    const { forces } = await evaluateStructure(model, structure, executor);
    for (const member of members) {
      const own = await evaluateStructure(member, structure, executor);
      sums.mean += (own.energy - energy) / 150;
      sums.square += (own.energy - energy) ** 2 / 150;
      sums.force += (own.forces![4] - forces![4]) ** 2 / 150;
    }
    // four standard errors
    expect(Math.abs(sums.mean) < 4 * Math.sqrt(energyVariance! / 150)).toBe(true);
    for (const ratio of [sums.square / energyVariance!, sums.force / forceVariances![4]]) expect(Math.abs(ratio - 1) < 4 * Math.sqrt(2 / 150), `${ratio}`).toBe(true);
  });

  it("is the same for the same seed, and has its tables in common", async () => {
    const model = uncertainModel(2);
    const [a, b, other] = [1, 1, 2].map((seed) => committeeOfModel(model, { count: 3, seed }));
    const coefficients = (members: readonly LinearModel[]): number[] => members.flatMap(({ terms, intercepts }) => [...terms.flatMap((term) => [...term.coefficients]), ...intercepts!]);
    expect(coefficients(a)).toEqual(coefficients(b));
    expect(coefficients(a)).not.toEqual(coefficients(other));
    const held = (): number => executor.pool.bytesInUse - executor.scratchBytes;
    const before = held();
    const first = openPotential(a[0], executor);
    const one = held() - before;
    const second = openPotential(a[1], executor);
    const two = held() - before - one;
    expect(two < 0.5 * one, `${two} of ${one}`).toBe(true);
    first.close();
    expect(held() - before > 0.5 * one).toBe(true);
    const structure = randomStructure(2);
    const kept = await second.evaluate(structure);
    second.close();
    expect(held()).toBe(before);
    expect(kept).toEqual(await evaluateStructure(b[1], structure, executor));
    expect(() => committeeOfModel(randomLinearModel(), { count: 2 })).toThrow(InvalidParameterError);
    expect(() => committeeOfModel(model, { count: 0 })).toThrow(/whole number/u);
  });
});
