import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assessPotential, trainingDomain } from "../../src/analysis/index.js";
import { InvalidParameterError } from "../../src/errors.js";
import { asPart } from "../../src/models/calibration.js";
import { CommitteeModel, committeeOfModel, decodeModel, encodeModel, evaluateStructure, type LinearModel, type Model, openPotential, type Prediction, SumModel } from "../../src/models/index.js";
import { createExecutor, type Executor } from "../../src/parallel/index.js";
import { Dataset, type Structure } from "../../src/structures/index.js";
import { detectBuild, isShared } from "../../src/wasm/builds.js";
import { expectClose, testExecutor } from "../expect.js";
import { onBaseline, randomLinearModel, uncertainModel } from "./linear-systems.js";
import { randomModel, randomStructure, repeated } from "./systems.js";

let executor: Executor;
let kernel: Model;
beforeAll(async () => {
  executor = await testExecutor();
  kernel = await randomModel(executor);
});
afterAll(() => executor.close());

const limits = [0.05, 0.2];
const limited = (first = 1, spreadLimits: readonly number[] = limits): CommitteeModel =>
  new CommitteeModel({ members: [0, 1, 2, 3].map((k) => randomLinearModel(first + k)), origin: "bootstrap", spreadLimits });
const unlimited = (): CommitteeModel => new CommitteeModel({ ...limited(), spreadLimits: undefined });
const structure = randomStructure(4, 6);
const want = { localDeviations: true } as const;

/** Member by member, the readable way. */
async function deviationsOf(members: readonly Model[], of: Structure): Promise<number[]> {
  const energies: Float64Array[] = [];
  for (const member of members) energies.push((await evaluateStructure(member, of, executor, { want: { localEnergies: true } })).localEnergies!);
  return Array.from(of.atomicNumbers, (_, atom) => {
    const own = energies.map((values) => values[atom]);
    const mean = own.reduce((sum, value) => sum + value / own.length, 0);
    return Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2 / (own.length - 1), 0));
  });
}
const sharesOf = (deviations: ArrayLike<number>, of: Structure, own = limits): number[] => Array.from(deviations, (value, atom) => value / own[of.atomicNumbers[atom] === 11 ? 0 : 1]);

describe("the spread of local energies", () => {
  it("is the standard deviation over the members, and its share of the limit of the species", async () => {
    const expected = await deviationsOf(limited().members, structure);
    const { localDeviations, committeeSpreads, localEnergies, ...others } = await evaluateStructure(limited(), structure, executor, { want });
    expect(Math.min(...expected) > 1e-3).toBe(true);
    expectClose(localDeviations!, expected, 1e-11, "relative-to-max");
    expectClose(committeeSpreads!, sharesOf(expected, structure), 1e-11, "relative-to-max");
    expect(localEnergies).toBeUndefined();
    const plain = await evaluateStructure(limited(), structure, executor, { want: { localEnergies: true } });
    expect(others.energy).toBe(plain.energy);
    expect([plain.localDeviations, plain.committeeSpreads]).toEqual([undefined, undefined]);
  });

  it("of members that are not alike, around a center, and in ranges", async () => {
    const mixed = new CommitteeModel({ members: [randomLinearModel(1), kernel, randomLinearModel(3)], origin: "bootstrap" });
    const center = uncertainModel(2);
    const around = new CommitteeModel({ center, members: committeeOfModel(center, { count: 4 }), origin: "posterior" });
    for (const own of [mixed, around]) {
      for (const each of [structure, repeated(randomStructure(3, 4), 7)]) {
        const { localDeviations, committeeSpreads, energy } = await evaluateStructure(own, each, executor, { want });
        expectClose(localDeviations!, await deviationsOf(own.members, each), 1e-10, "relative-to-max");
        expect(committeeSpreads).toBeUndefined();
        if (own === around) expectClose([energy], [(await evaluateStructure(center, each, executor)).energy], 1e-12, "relative-to-max");
      }
    }
  });

  it("of a sum: deviations in quadrature, of shares the largest; baselines have no say", async () => {
    const [one, two] = [limited(1), limited(11, [0.5, 0.02])];
    const [a, b] = [await evaluateStructure(one, structure, executor, { want }), await evaluateStructure(two, structure, executor, { want })];
    const sum = new SumModel({ parts: [{ model: one }, { model: kernel }, { model: two }] });
    const both = await evaluateStructure(sum, structure, executor, { want });
    expectClose(both.localDeviations!, a.localDeviations!.map((value, i) => Math.hypot(value, b.localDeviations![i])), 1e-12, "relative-to-max");
    const largest = a.committeeSpreads!.map((value, i) => Math.max(value, b.committeeSpreads![i]));
    expect(largest).not.toEqual(a.committeeSpreads);
    expectClose(both.committeeSpreads!, largest, 1e-12, "relative-to-max");
    expect((await evaluateStructure(onBaseline(one, two), structure, executor, { want })).committeeSpreads).toEqual(a.committeeSpreads);
    expect([sum.hasLocalDeviations, sum.hasSpreadLimits, onBaseline(kernel, one).hasLocalDeviations, onBaseline(unlimited(), one).hasSpreadLimits]).toEqual([true, true, false, false]);
  });

  it("keeps its limits in files, and as a part", async () => {
    const whole = new SumModel({ parts: [{ model: asPart(limited()) }, { model: randomLinearModel(9) }] });
    for (const model of [limited(), whole]) {
      const bytes = await encodeModel(model);
      const loaded = await decodeModel(bytes, "a.pestle");
      expect(loaded.hasSpreadLimits).toBe(true);
      expect(await evaluateStructure(loaded, structure, executor, { want })).toEqual(await evaluateStructure(model, structure, executor, { want }));
      expect(await encodeModel(loaded)).toEqual(bytes);
    }
    const without = await decodeModel(await encodeModel(unlimited()), "a.pestle");
    expect(without.hasSpreadLimits).toBe(false);
  });

  it("has the same bits for one and two threads, in one pass and alone", async () => {
    if (!isShared(await detectBuild())) return;
    const all = { forces: true, virial: true, localEnergies: true, localDeviations: true } as const;
    const large = repeated(randomStructure(3, 4), 7);
    const models = [limited(), new CommitteeModel({ members: [kernel, randomLinearModel(1), kernel], origin: "bootstrap" })];
    const predictions: Prediction[][] = [];
    for (const threads of [1, 2]) {
      const own = await createExecutor({ threads });
      const found: Prediction[] = [];
      for (const model of models) {
        for (const each of [structure, large]) found.push(await evaluateStructure(model, each, own, { want: all }), await evaluateStructure(model, each, own, { want: { ...all, errorBars: true } }));
      }
      predictions.push(found);
      await own.close();
    }
    expect(predictions[1]).toEqual(predictions[0]);
    expect(predictions[0].every(({ energy }) => Number.isFinite(energy))).toBe(true);
  });
});

describe("the training domain by the spread of a committee", () => {
  it("counts atoms above the limit of their species; what is not known is outside", async () => {
    const data = Dataset.from([structure, randomStructure(5)]);
    const { comparisons } = await assessPotential(limited(), data, executor, { committeeSpread: true });
    const all = comparisons.flatMap(({ committeeSpread }) => [...committeeSpread!]);
    const domain = trainingDomain(comparisons, { measure: "committeeSpread" });
    expect(domain).toMatchObject({ measure: "committeeSpread", threshold: 1, atoms: data.nAtoms, outside: all.filter((share) => share > 1).length });
    expect(domain.worst!.value).toBe(Math.max(...all));
    expect(domain.outside > 0 && domain.outside < data.nAtoms).toBe(true);
    const unknown = [{ label: "x", committeeSpread: Float64Array.of(0.2, NaN, 1) }];
    expect(trainingDomain(unknown, { measure: "committeeSpread" })).toMatchObject({ outside: 1, worst: { atom: 1, value: NaN } });
  });

  it("where members always agreed, any difference is outside, and none is inside", async () => {
    const spreads = async (model: Model): Promise<number[]> => [...(await evaluateStructure(model, structure, executor, { want })).committeeSpreads!];
    expect(await spreads(limited(1, [0, 0]))).toEqual(Array.from(structure.atomicNumbers, () => Infinity));
    const [same] = limited().members;
    expect(await spreads(new CommitteeModel({ members: [same, same], origin: "disjoint", spreadLimits: [0, 0] }))).toEqual(Array.from(structure.atomicNumbers, () => 0));
  });

  it("is NaN, and so outside, where a member predicts no number", async () => {
    const [one, two] = limited().members as LinearModel[];
    const broken = two.with({ terms: two.terms.map((term) => ({ ...term, coefficients: term.coefficients.map(() => NaN) })) });
    const model = new CommitteeModel({ members: [one, broken], origin: "disjoint", spreadLimits: limits });
    const { committeeSpreads } = await evaluateStructure(model, structure, executor, { want });
    expect(trainingDomain([{ label: "x", committeeSpread: committeeSpreads }], { measure: "committeeSpread" })).toMatchObject({ atoms: 6, outside: 6 });
  });

  it("refuses limits that are none, and questions that the model cannot answer", async () => {
    for (const wrong of [[1], [1, NaN], [1, -1], [1, Infinity]]) expect(() => limited(1, wrong)).toThrow(InvalidParameterError);
    expect(() => openPotential(kernel, executor, want)).toThrow(/is no committee/u);
    await expect(assessPotential(unlimited(), Dataset.from([structure]), executor, { committeeSpread: true })).rejects.toThrow(/withSpreadLimits/u);
  });
});
