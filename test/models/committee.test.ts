import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CommitteeTables } from "../../src/models/committee/model.js";
import { FormatError, InvalidParameterError } from "../../src/errors.js";
import { CommitteeModel, committeeOfModel, decodeModel, encodeModel, evaluateStructure, evaluateStructures, type Model, openPotential, type Prediction } from "../../src/models/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { describePotential } from "../contracts/potential.js";
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

const want = { forces: true, virial: true, localEnergies: true, errorBars: true } as const;
const mixed = (): CommitteeModel => new CommitteeModel({ members: [randomLinearModel(1), kernel, randomLinearModel(3)], origin: "bootstrap" });

const predictAll = (models: readonly Model[], structure: Parameters<typeof evaluateStructure>[1]): Promise<Prediction[]> =>
  Promise.all(models.map((model) => evaluateStructure(model, structure, executor, { want: { ...want, errorBars: false } })));
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value / values.length, 0);
const variance = (values: readonly number[]): number => values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (values.length - 1);

describe("a committee of potentials", () => {
  describePotential({ executor: () => executor, potential: mixed, structures: [randomStructure(1), randomStructure(2, 7, false), randomStructure(3, 3)] });

  it("predicts the mean of its members, and their spread as error bars", async () => {
    const structure = randomStructure(4, 6);
    const members = await predictAll(mixed().members, structure);
    const own = await evaluateStructure(mixed(), structure, executor, { want });
    expectClose([own.energy], [mean(members.map(({ energy }) => energy))], 1e-12);
    expectClose([own.energyVariance!], [variance(members.map(({ energy }) => energy))], 1e-11);
    for (const name of ["forces", "virial", "localEnergies"] as const) {
      expectClose(own[name]!, own[name]!.map((_, i) => mean(members.map((one) => one[name]![i]))), 1e-12, "relative-to-max");
    }
    expectClose(own.forceVariances!, own.forces!.map((_, i) => variance(members.map((one) => one.forces![i]))), 1e-11, "relative-to-max");
    expect(Math.min(...own.forceVariances!) > 1e-9).toBe(true);
  });

  it("around a center predicts what that does", async () => {
    const structure = randomStructure(4, 6);
    const center = uncertainModel(2);
    const members = committeeOfModel(center, { count: 4 });
    const model = new CommitteeModel({ center, members, origin: "posterior" });
    const { energyVariance, forceVariances, ...own } = await evaluateStructure(model, structure, executor, { want });
    // environments are described once for all, in another place
    expect(own).toEqual(await evaluateStructure(center, structure, executor, { want: { ...want, errorBars: false } }));
    const spread = await predictAll(members, structure);
    expectClose([energyVariance!], [variance(spread.map(({ energy }) => energy))], 1e-11);
    expectClose(forceVariances!, own.forces!.map((_, i) => variance(spread.map((one) => one.forces![i]))), 1e-11, "relative-to-max");
    const { variance: known, priorVariance } = await evaluateStructure(model, structure, executor, { want: { variance: true } });
    expect({ known, priorVariance }).toEqual((({ variance: known, priorVariance }) => ({ known, priorVariance }))(await evaluateStructure(center, structure, executor, { want: { variance: true } })));
  });

  describe("of potentials that describe environments alike, in one pass,", () => {
    const gaussian = async (): Promise<Model[]> => {
      const one = await randomModel(executor, 3);
      const scaled = (factor: number): Model => one.with({ terms: one.terms.map((term) => ({ ...term, coefficients: term.coefficients.map((value, i) => value * (1 + factor * Math.sin(i))) })) });
      return [one, scaled(0.1), await randomModel(executor, 4), scaled(-0.2)];
    };
    const kinds: readonly (readonly [string, () => Promise<Model[]> | Model[], number])[] = [
      ["linear potentials", () => [1, 2, 3, 4].map((seed) => randomLinearModel(seed)), 1],
      ["Gaussian processes with and without the same sparse points", gaussian, 1],
      ["those on baselines", () => [1, 2, 3].map((seed) => onBaseline(randomLinearModel(seed), seed === 1 ? kernel : randomLinearModel(9))), 1],
      ["two kinds in turns", async () => [kernel, randomLinearModel(1), (await gaussian())[1], randomLinearModel(2)], 2],
    ];

    it.each(kinds)("predicts as member by member: %s", async (_, make, nGroups) => {
      const members = await make();
      const structures = [randomStructure(4, 6), repeated(randomStructure(3, 4), 5)];
      const model = new CommitteeModel({ members, origin: "bootstrap" });
      const prepared = model.prepare(executor.wasm, executor.pool, want);
      expect((prepared.tables as CommitteeTables).groups.length).toBe(nGroups);
      prepared.release();
      for (const structure of structures) {
        const each = await predictAll(members, structure);
        const own = await evaluateStructure(model, structure, executor, { want });
        expectClose([own.energy], [mean(each.map(({ energy }) => energy))], 1e-12);
        for (const name of ["forces", "virial", "localEnergies"] as const) {
          expectClose(own[name]!, own[name]!.map((__, i) => mean(each.map((one) => one[name]![i]))), 1e-12, "relative-to-max");
        }
        expectClose([own.energyVariance!], [variance(each.map(({ energy }) => energy))], 1e-10);
        expectClose(own.forceVariances!, own.forces!.map((__, i) => variance(each.map((one) => one.forces![i]))), 1e-10, "relative-to-max");
      }
    });

    it("tells variance and grades of the first", async () => {
      const members = await gaussian();
      const structure = randomStructure(4, 6);
      const own = await evaluateStructure(new CommitteeModel({ members, origin: "bootstrap" }), structure, executor, { want: { variance: true, errorBars: true } });
      const first = await evaluateStructure(members[0], structure, executor, { want: { variance: true } });
      expect([own.variance, own.priorVariance]).toEqual([first.variance, first.priorVariance]);
    });

    it("holds the same sparse points once", async () => {
      const [one, two, other] = await gaussian();
      const held = (members: Model[]): number => {
        const before = executor.pool.bytesInUse;
        const prepared = new CommitteeModel({ members, origin: "bootstrap" }).prepare(executor.wasm, executor.pool, { errorBars: true });
        const bytes = executor.pool.bytesInUse - before;
        prepared.release();
        expect(executor.pool.bytesInUse).toBe(before);
        return bytes;
      };
      expect(held([one, two, two, two]) < held([one, two]) + 0.5 * (held([one, other]) - held([one, two]))).toBe(true);
    });
  });

  it("has tables that members share once in memory, and gives them back", async () => {
    const held = (): number => executor.pool.bytesInUse - executor.scratchBytes;
    const before = held();
    const single = openPotential(randomLinearModel(1), executor);
    const one = held() - before;
    single.close();
    const members = Array.from({ length: 6 }, (_, k) => randomLinearModel(k + 1));
    const open = openPotential(new CommitteeModel({ members, origin: "disjoint" }), executor, { errorBars: true });
    expect(held() - before < 3 * one, `${held() - before} of ${one}`).toBe(true);
    open.close();
    expect(held()).toBe(before);
  });

  it("is the same in ranges of centers", async () => {
    const large = repeated(randomStructure(3, 4), 7);
    const model = mixed();
    const own = await evaluateStructure(model, large, executor, { want: { ...want, errorBars: false } });
    const members = await predictAll(model.members, large);
    expectClose(own.forces!, own.forces!.map((_, i) => mean(members.map((one) => one.forces![i]))), 1e-11, "relative-to-max");
  });

  it("gives itself back from a file, with what members have in common once", async () => {
    const structure = randomStructure(5);
    const center = uncertainModel(2);
    const model = new CommitteeModel({ center, members: [...committeeOfModel(center, { count: 3 }), kernel, kernel], origin: "posterior", provenance: { calibration: { energy: 2, forces: 3 } } });
    const bytes = await encodeModel(model);
    const loaded = await decodeModel(bytes, "a.pestle");
    expect(loaded.provenance).toEqual(model.provenance);
    expect(await evaluateStructure(loaded, structure, executor, { want })).toEqual(await evaluateStructure(model, structure, executor, { want }));
    expect(await encodeModel(loaded)).toEqual(bytes);
    const once = await encodeModel(new CommitteeModel({ ...model, members: model.members.slice(0, 4) }));
    expect(bytes.length - once.length < 4000, `${bytes.length - once.length} bytes`).toBe(true);
    await expect(decodeModel(bytes.subarray(0, bytes.length - 8), "a.pestle")).rejects.toThrow(FormatError);
  });

  it("multiplies its error bars by what they were calibrated with", async () => {
    const structure = randomStructure(6);
    const [plain, scaled] = [mixed(), mixed().withProvenance({ calibration: { energy: 2, forces: 0.5 } })];
    const [a, b] = [await evaluateStructure(plain, structure, executor, { want }), await evaluateStructure(scaled, structure, executor, { want })];
    expect(b.energyVariance).toBe(4 * a.energyVariance!);
    expect(b.forceVariances).toEqual(a.forceVariances!.map((value) => 0.25 * value));
    expect([b.energy, b.forces]).toEqual([a.energy, a.forces]);
    const half = mixed().withProvenance({ calibration: { forces: 0.5 } });
    for await (const { prediction } of evaluateStructures(half, [structure], executor, { want })) expect(prediction.energyVariance).toBe(a.energyVariance);
  });

  it("adds the floors of its calibration, to forces unless they vanish", async () => {
    const floored = { energy: 2, forces: 3, energyFloor: 0.01, forcesFloor: 0.5 };
    // the forces on three atoms in a line vanish across it
    const line = { ...randomStructure(6), atomicNumbers: Uint8Array.of(11, 17, 11), positions: Float64Array.of(0, 0, 0, 2.4, 0, 0, 5, 0, 0), cell: null, pbc: [false, false, false] as const };
    for (const structure of [randomStructure(6), line]) {
      const a = await evaluateStructure(mixed(), structure, executor, { want });
      const b = await evaluateStructure(mixed().withProvenance({ calibration: floored }), structure, executor, { want });
      expectClose([b.energyVariance!], [4 * a.energyVariance! + (0.01 * structure.atomicNumbers.length) ** 2], 1e-12);
      const expected = a.forceVariances!.map((variance, i) => 9 * variance + (structure === line && i % 3 > 0 ? 0 : 0.25));
      expectClose(b.forceVariances!, expected, 1e-12, "relative-to-max");
    }
  });

  it("refuses too few members, and those of other species", () => {
    expect(() => new CommitteeModel({ members: [kernel], origin: "bootstrap" })).toThrow(InvalidParameterError);
    const other = randomLinearModel(1);
    const silicon = { ...other, species: [14], type: other.type } as unknown as Model;
    expect(() => new CommitteeModel({ members: [other, silicon], origin: "bootstrap" })).toThrow(/member 2 of the committee knows Si, others Na, Cl/u);
  });
});
