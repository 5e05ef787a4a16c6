// Sums of potentials: predictions, what they can tell, and model files, also those from before there were sums.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FormatError, InvalidParameterError } from "../../src/errors.js";
import { CommitteeModel, committeeOfModel, decodeModel, encodeModel, evaluateStructure, LinearModel, type Model, openPotential, type Prediction, type SparseGpModel, SumModel, ZblModel } from "../../src/models/index.js";
import { partTypes } from "../../src/models/registry.js";
import { sumType } from "../../src/models/sum/model.js";
import type { Executor } from "../../src/parallel/index.js";
import { describePotential } from "../contracts/potential.js";
import { expectClose, testExecutor } from "../expect.js";
import { onBaseline, randomLinearModel, uncertainModel } from "./linear-systems.js";
import { makeStructure, randomModel, randomStructure, repeated } from "./systems.js";

let executor: Executor;
let gap: SparseGpModel;
beforeAll(async () => {
  executor = await testExecutor();
  gap = await randomModel(executor, 4);
});
afterAll(() => executor.close());

const zbl = new ZblModel([1, 11, 17], { type: "zbl", inner: 1.8, outer: 5 });
const structures = [randomStructure(1), randomStructure(2, 7, false)];
const everything = { forces: true, virial: true, localEnergies: true } as const;
const sumOf = (...models: readonly Model[]): SumModel => new SumModel({ parts: models.map((model) => ({ model })) });

describe("a linear potential on a baseline", () => {
  describePotential({ executor: () => executor, potential: () => onBaseline(randomLinearModel(), zbl), structures });
});

describe("a sum of three potentials of other species and cutoffs", () => {
  describePotential({ executor: () => executor, potential: () => sumOf(zbl, gap, randomLinearModel(5)), structures: [randomStructure(3)] });
});

describe("predictions of a sum", () => {
  it.each(structures.map((structure) => [structure.label, structure] as const))("are the sums of those of its parts: %s", async (_, structure) => {
    const parts = [gap, zbl, randomLinearModel(2)];
    const [sum, ...own] = await Promise.all([sumOf(...parts), ...parts].map((model) => evaluateStructure(model, structure, executor, { want: everything })));
    expectClose([sum.energy], [own.reduce((total, { energy }) => total + energy, 0)], 1e-13, "relative-to-max");
    for (const name of Object.keys(everything) as (keyof typeof everything)[]) {
      if (name === "forces" || name === "virial" || name === "localEnergies") expectClose(sum[name]!, sum[name]!.map((_x, i) => own.reduce((total, part) => total + part[name]![i], 0)), 1e-12);
    }
    expect(own[1].energy > 1).toBe(true);
  });

  describe("with calibrated parts", () => {
    const want = { forces: true, errorBars: true } as const;
    const [one, other] = [
      uncertainModel(1).withProvenance({ calibration: { energy: 2, forces: 3, energyFloor: 0.1, forcesFloor: 0.2, structures: 7, data: [{ role: "calibration", path: "a.xyz", sha256: "00" }] } }),
      new CommitteeModel({ members: [randomLinearModel(2), randomLinearModel(3), randomLinearModel(4)], origin: "bootstrap" }).withProvenance({ calibration: { energy: 0.5 } }),
    ];

    it("adds calibrated bars in quadrature, its own factors on top", async () => {
      const [structure] = structures;
      const of = (model: Model): Promise<Prediction> => evaluateStructure(model, structure, executor, { want });
      const [a, b, sum, scaled] = [await of(one), await of(other), await of(sumOf(one, other, zbl)), await of(sumOf(one, other).withProvenance({ calibration: { energy: 3 } }))];
      expectClose([sum.energyVariance!], [a.energyVariance! + b.energyVariance!], 1e-12, "relative-to-max");
      expectClose(sum.forceVariances!, a.forceVariances!.map((value, i) => value + b.forceVariances![i]), 1e-12, "relative-to-max");
      expectClose([scaled.energyVariance!], [9 * sum.energyVariance!], 1e-12, "relative-to-max");
      const plain = await of(uncertainModel(1));
      expectClose([a.energyVariance!], [4 * plain.energyVariance! + (0.1 * structure.atomicNumbers.length) ** 2], 1e-12, "relative-to-max");
    });

    it("takes baselines to be exact, calibrated or not", async () => {
      const own = await evaluateStructure(onBaseline(uncertainModel(1), one), structures[0], executor, { want });
      const alone = await evaluateStructure(uncertainModel(1), structures[0], executor, { want });
      expect([own.energyVariance, own.forceVariances]).toEqual([alone.energyVariance, alone.forceVariances]);
    });

    it("gives calibrations back from a file, those of sums in sums as well", async () => {
      const whole = sumOf(sumOf(one, zbl).withProvenance({ calibration: { forces: 2 } }), other).withProvenance({ calibration: { energy: 4 }, options: { a: 1 } });
      const bytes = await encodeModel(whole);
      const loaded = (await decodeModel(bytes, "a.pestle")) as SumModel;
      const [inner, last] = loaded.parts.map(({ model }) => model);
      expect([loaded, inner, (inner as SumModel).parts[0].model, last].map(({ provenance }) => provenance)).toEqual([whole.provenance, { calibration: { forces: 2 } }, one.provenance, other.provenance]);
      expect(await encodeModel(loaded)).toEqual(bytes);
      const [before, after] = await Promise.all([whole, loaded].map((model) => evaluateStructure(model, structures[0], executor, { want })));
      expect(after).toEqual(before);
    });

    it("does not add the noise of residuals to bars that have it in them", () => {
      const residualNoise = { energy: 0.01, perAtom: true };
      expect(sumOf(randomLinearModel(1, { residualNoise }), zbl).residualNoise).toEqual(residualNoise);
      expect(sumOf(randomLinearModel(1, { residualNoise, provenance: { calibration: { energy: 2 } } }), zbl).residualNoise).toBeUndefined();
    });
  });

  it("add up over ranges of centers", async () => {
    const large = repeated(randomStructure(3, 4), 7);
    const sum = sumOf(zbl, randomLinearModel());
    const [whole, ...own] = await Promise.all([sum, zbl, randomLinearModel()].map((model) => evaluateStructure(model, large, executor, { want: everything })));
    expectClose(whole.forces!, own[0].forces!.map((x, i) => x + own[1].forces![i]), 1e-12);
    const open = openPotential(sum, executor, everything);
    const small = randomStructure(1);
    const n = small.atomicNumbers.length;
    const halves = [await open.evaluateTogether([small], { range: { first: 0, last: 2 } }), await open.evaluateTogether([small], { range: { first: 2, last: n } })].flat();
    open.close();
    const { energy, virial } = await evaluateStructure(sum, small, executor, { want: everything });
    expectClose([halves[0].energy + halves[1].energy], [energy], 1e-12, "relative-to-max");
    expectClose(halves[0].virial!.map((x, i) => x + halves[1].virial![i]), virial!, 1e-12, "relative-to-max");
  });

  it("refuse species that not all parts know", async () => {
    expect(sumOf(zbl, randomLinearModel()).species).toEqual([11, 17]);
    expect(sumOf(randomLinearModel(), zbl).species).toEqual([11, 17]);
    expect(() => sumOf(randomLinearModel(), new ZblModel([1, 8], { type: "zbl" }))).toThrow(/linear Na, Cl; zbl H, O/u);
    const hydride = makeStructure({ ...randomStructure(1, 2, false), atomicNumbers: Uint8Array.of(1, 11) });
    await expect(evaluateStructure(sumOf(zbl, randomLinearModel()), hydride, executor)).rejects.toThrow(/H/u);
  });
});

describe("what a sum can tell", () => {
  it("is the largest cutoff, and the isolated atoms of all parts", () => {
    const model = onBaseline(randomLinearModel(), randomLinearModel(2));
    expect(model.cutoff).toBe(randomLinearModel().cutoff);
    expect(onBaseline(randomLinearModel(), zbl).cutoff).toBe(5);
    expect(model.isolatedAtomEnergies).toEqual([-3, -4.5]);
    expect(onBaseline(randomLinearModel(), zbl).isolatedAtomEnergies).toEqual([-1.5, -2.25]);
    expect(sumOf(zbl, randomLinearModel()).isolatedAtomEnergies).toEqual([-1.5, -2.25]);
    expect(onBaseline(randomLinearModel(1, { isolatedAtomEnergies: undefined }), randomLinearModel()).isolatedAtomEnergies).toBeUndefined();
    expect(model.withProvenance({ options: 1 }).isolatedAtomEnergies).toEqual([-3, -4.5]);
  });

  it("are variances of parts that have them, added; a baseline is exact", async () => {
    const [one, two] = [uncertainModel(2), uncertainModel(3)];
    const want = { variance: true };
    const [a, b, g] = await Promise.all([one, two, gap].map((model) => evaluateStructure(model, structures[0], executor, { want })));
    const total = await evaluateStructure(sumOf(zbl, one, two, gap), structures[0], executor, { want });
    expectClose(total.variance!, a.variance!.map((x, i) => x + b.variance![i] + g.variance![i]), 1e-13);
    expectClose(total.priorVariance!, a.priorVariance!.map((x, i) => x + b.priorVariance![i] + g.priorVariance![i]), 1e-13);
    const based = await evaluateStructure(onBaseline(one, gap), structures[0], executor, { want });
    expect([based.variance, based.priorVariance]).toEqual([a.variance, a.priorVariance]);
    expect(sumOf(zbl, randomLinearModel()).hasVariance).toBe(false);
    expect(onBaseline(randomLinearModel(), gap).hasVariance).toBe(false);
    await expect(evaluateStructure(onBaseline(randomLinearModel(), gap), structures[0], executor, { want })).rejects.toThrow(InvalidParameterError);
  });

  it("is whether a variance tells the domain: where all do that have one", () => {
    expect([sumOf(zbl, gap), onBaseline(gap, uncertainModel())].map((sum) => sum.hasVariance && sum.varianceTellsDomain)).toEqual([true, true]);
    expect([sumOf(uncertainModel(), gap), onBaseline(uncertainModel(), gap)].map((sum) => sum.varianceTellsDomain)).toEqual([false, false]);
    const work = [sumOf(gap, uncertainModel()), onBaseline(gap, uncertainModel())].map((sum) => sum.varianceFlops(10));
    expect(work).toEqual([gap.varianceFlops(10) + uncertainModel().varianceFlops(10), gap.varianceFlops(10)]);
  });

  it("are error bars, where no part has a variance without them", async () => {
    const want = { forces: true, errorBars: true };
    const [one, two] = [uncertainModel(2), uncertainModel(3)];
    const [a, b] = await Promise.all([one, two].map((model) => evaluateStructure(model, structures[0], executor, { want })));
    const total = await evaluateStructure(sumOf(zbl, one, two), structures[0], executor, { want });
    expectClose([total.energyVariance!], [a.energyVariance! + b.energyVariance!], 1e-13, "relative-to-max");
    expectClose(total.forceVariances!, a.forceVariances!.map((x, i) => x + b.forceVariances![i]), 1e-13);
    const based = await evaluateStructure(onBaseline(one, two), structures[0], executor, { want });
    expect([based.energyVariance, based.forceVariances]).toEqual([a.energyVariance, a.forceVariances]);
    expect([sumOf(one, gap), sumOf(zbl, randomLinearModel()), onBaseline(one, gap)].map(({ hasErrorBars }) => hasErrorBars)).toEqual([false, false, true]);
  });

  it("is the noise of the residuals, where one part alone tells it", () => {
    const noise = { energy: 0.1, forces: 0.2, perAtom: true };
    const noisy = randomLinearModel(1, { residualNoise: noise });
    expect([onBaseline(noisy, zbl), sumOf(noisy, noisy), onBaseline(noisy, noisy)].map(({ residualNoise }) => residualNoise)).toEqual([noise, undefined, noise]);
  });

  it("are the members of a committee, on the same baseline", async () => {
    const model = onBaseline(uncertainModel(), zbl);
    const members = committeeOfModel(model, { count: 3 });
    const own = committeeOfModel(uncertainModel(), { count: 3 });
    const repulsion = await evaluateStructure(zbl, structures[0], executor);
    for (const [i, member] of members.entries()) {
      const [sum, alone] = [await evaluateStructure(member, structures[0], executor), await evaluateStructure(own[i], structures[0], executor)];
      expectClose([sum.energy], [alone.energy + repulsion.energy], 1e-12, "relative-to-max");
    }
    expect(() => committeeOfModel(sumOf(zbl, gap), { count: 2 })).toThrow(/no linear potentials/u);
    expect(() => committeeOfModel(sumOf(uncertainModel(1), uncertainModel(2)), { count: 2 })).toThrow(/2 linear potentials/u);
  });
});

describe("model file of a sum", () => {
  it.each([
    ["on a baseline", (): SumModel => onBaseline(uncertainModel(), zbl)],
    ["of three", (): SumModel => sumOf(gap, zbl, randomLinearModel(1, { isolatedAtomEnergies: undefined }))],
    ["on one on another", (): SumModel => onBaseline(gap, onBaseline(randomLinearModel(3), zbl))],
  ])("%s: gives the model back, to the last bit", async (_, make) => {
    const model = make().withProvenance({ options: { a: 1 } });
    const decoded = (await decodeModel(await encodeModel(model), "a.pestle")) as SumModel;
    expect(decoded).toBeInstanceOf(SumModel);
    expect(decoded.provenance).toEqual({ options: { a: 1 } });
    expect(decoded.isolatedAtomEnergies).toEqual(model.isolatedAtomEnergies);
    expect(decoded.parts.map(({ isBaseline }) => isBaseline === true)).toEqual(model.parts.map(({ isBaseline }) => isBaseline === true));
    const want = { ...everything, variance: model.hasVariance };
    expect(await evaluateStructure(decoded, structures[0], executor, { want })).toEqual(await evaluateStructure(model, structures[0], executor, { want }));
  });

  it("reads a linear model of version 0.1.0 with baselines inside: its predictions are those of then", async () => {
    const path = fileURLToPath(new URL("../data/models/linear-on-baselines.pestle", import.meta.url));
    const model = (await decodeModel(readFileSync(path), path)) as SumModel;
    expect(model).toBeInstanceOf(SumModel);
    const [first, own] = model.parts.map((part) => part.model);
    expect([own instanceof LinearModel, first instanceof SumModel && first.parts.map((part) => part.model.type)]).toEqual([true, ["zbl", "linear"]]);
    expect([model.provenance, model.isolatedAtomEnergies]).toEqual([{ options: { a: 1 } }, [-1.5, -2.25]]);
    const triple = { atomicNumbers: Uint8Array.of(11, 17, 17), positions: Float64Array.of(0, 0, 0, 2.1, 0.3, 0, -0.4, 2.2, 1.1), cell: null, pbc: [false, false, false] as const, label: "triple" };
    const { energy, forces } = await evaluateStructure(model, triple, executor);
    expectClose([energy], [-4.406268990311455], 1e-13, "relative-to-max");
    const then = [
      -3.7745027857003315, -1.7363682811444527, -0.5834229557305013, 4.011787198485573, 0.5504231055503694, -0.01105746870862563,
      -0.2372844127852405, 1.1859451755940833, 0.594480424439127,
    ];
    expectClose(forces!, then, 1e-13, "relative-to-max");
    expect((await encodeModel(model)).length > 0).toBe(true);
  });

  it("refuses what is not one", () => {
    const { parameters, arrays } = sumType.encode(onBaseline(randomLinearModel(), zbl), partTypes);
    const decode = (changed: unknown, others = arrays): (() => unknown) => () => sumType.decode({ parameters: changed, arrays: others }, {}, "x.pestle", partTypes);
    expect(decode(parameters)).not.toThrow();
    expect(decode({ parts: [] })).toThrow(FormatError);
    expect(decode({ parts: [{ type: "nothing", parameters: {}, isBaseline: false }] })).toThrow(/model of type "nothing"/u);
    expect(decode(parameters, arrays.slice(1))).toThrow(/terms\[0\]\.coefficients.*missing/u);
    expect(decode({})).toThrow(/parts/u);
  });
});
