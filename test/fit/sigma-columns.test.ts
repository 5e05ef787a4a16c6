import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { InvalidParameterError } from "../../src/errors.js";
import {
  countTargets,
  fitSchema,
  fitSparseGp,
  planSparseGpFit,
  rowCounts,
  sigmaOnPart,
  type SigmaOptions,
  sparseGpSchema,
  targetsOf,
  rowsOf,
} from "../../src/fit/index.js";
import { sigmaOf } from "../../src/fit/structure-sigma.js";
import { evaluateStructures, type SparseGpModel } from "../../src/models/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { type Column, Dataset, type Structure } from "../../src/structures/index.js";
import { expectClose, testExecutor } from "../expect.js";
import { makeStructure, randomModel, randomStructure, termOptions } from "../models/systems.js";
import { coefficientsOf, isolatedAtomEnergies, plainCoefficients } from "./plain-solution.js";
import { toyTrainer } from "./toy/trainer.js";
import type { ToyModel } from "./toy/model.js";

const model = sparseGpSchema.parse({ type: "sparse-gp", isolatedAtomEnergies, terms: termOptions.map((term) => JSON.parse(JSON.stringify(term)) as unknown) });
const byGroup = { energy: 0.003, forces: 0.05, virial: 0.02, configTypes: { loose: { energy: 0.1, forces: 0.4 }, tight: { virial: 0.004 } } };
const sigmaWith = (options: object): SigmaOptions => fitSchema.parse({ sigma: { ...byGroup, ...options } }).sigma;

let executor: Executor;
/** Some lack energies, forces or virials. */
let structures: Structure[];

beforeAll(async () => {
  executor = await testExecutor();
  const truth = await randomModel(executor, 5);
  const all = Array.from({ length: 9 }, (_, i) => randomStructure(200 + i, 1 + (i % 4) * 2, i % 3 !== 2));
  structures = [];
  for await (const { structure: atoms, prediction } of evaluateStructures(truth, all, executor, { want: { forces: true, virial: true } })) {
    const i = structures.length;
    const targets = {
      ...(i === 3 ? {} : { energy: prediction.energy + 0.05 * Math.sin(i) }),
      ...(i === 5 ? {} : { forces: prediction.forces!.map((force, k) => force + 0.1 * Math.cos(3 * k + i)) }),
      ...(i % 3 === 2 || i === 6 ? {} : { virial: prediction.virial!.map((value, k) => value + 0.2 * Math.sin(k + i)) }),
    };
    structures.push(makeStructure(atoms, targets, ["", "loose", "tight"][i % 3]));
  }
});
afterAll(() => executor.close());

type Values = (structure: Structure, index: number) => readonly number[] | undefined;
type Shape = Omit<Column, "name" | "values">;

const ENERGY: Shape = { unit: "eV", per: "structure", width: 1 };
const FORCE: Shape = { unit: "eV/Å", per: "structure", width: 1 };
const ATOM_FORCE: Shape = { unit: "eV/Å", per: "atom", width: 1 };
const MASK: Shape = { unit: "1", per: "structure", width: 1 };
const ATOM_MASK: Shape = { unit: "1", per: "atom", width: 1 };

/** The structures with columns; undefined: a structure is without. */
function dataWith(columns: Readonly<Record<string, readonly [Shape, Values]>>, from: readonly Structure[] = structures): Dataset {
  return Dataset.from(
    from.map((structure, i) => {
      const own = Object.entries(columns).flatMap(([name, [shape, values]]) => {
        const numbers = values(structure, i);
        return numbers ? [[name, { name, ...shape, values: Float64Array.from(numbers) }] as [string, Column]] : [];
      });
      return { ...structure, columns: new Map(own) };
    }),
  );
}

const plainData = (): Dataset => Dataset.from(structures);
const nAtomsOf = ({ atomicNumbers }: Structure): number => atomicNumbers.length;
const perAtom = (structure: Structure, value: (atom: number) => number): number[] => Array.from({ length: nAtomsOf(structure) }, (_, atom) => value(atom));

async function fit(sigma: SigmaOptions, data: Dataset): Promise<SparseGpModel> {
  return (await fitSparseGp({ model, fit: { sigma, jitter: 1e-6 } }, data, executor)).model;
}

/** The σ that the options give: those of the group. */
const optionOf = (structure: Structure, target: "energy" | "forces" | "virial"): number =>
  ({ ...byGroup, ...(byGroup.configTypes as Record<string, Partial<typeof byGroup>>)[structure.configType] })[target];

describe("σ from columns", () => {
  it.each([true, false])("give the bits of the σ that they repeat (σ per atom: %s); they are of the structure as it is", async (isPerAtom) => {
    const scale = (structure: Structure): number => (isPerAtom ? Math.sqrt(nAtomsOf(structure)) : 1);
    const expected = await fit(sigmaWith({ perAtom: isPerAtom }), plainData());
    const e: [Shape, Values] = [ENERGY, (structure) => [optionOf(structure, "energy") * scale(structure)]];
    const v: [Shape, Values] = [ENERGY, (structure) => [optionOf(structure, "virial") * scale(structure)]];
    const forces: [Shape, Values][] = [
      [FORCE, (structure) => [optionOf(structure, "forces")]],
      [ATOM_FORCE, (structure) => perAtom(structure, () => optionOf(structure, "forces"))],
      [{ ...ATOM_FORCE, width: 3 }, (structure) => perAtom(structure, () => 0).flatMap(() => [0, 0, 0].map(() => optionOf(structure, "forces")))],
    ];
    for (const f of forces) {
      const columns = { energy: "e", forces: "f", virial: "v" };
      // the options that the columns replace are all wrong
      const sigma = fitSchema.parse({ sigma: { energy: 7, forces: 8, virial: 9, perAtom: isPerAtom, columns } }).sigma;
      expect(coefficientsOf(await fit(sigma, dataWith({ e, f, v })))).toEqual(coefficientsOf(expected));
      // and they may be left out
      const alone = fitSchema.parse({ sigma: { perAtom: isPerAtom, columns } }).sigma;
      expect(coefficientsOf(await fit(alone, dataWith({ e, f, v })))).toEqual(coefficientsOf(expected));
    }
  });

  it("leave the σ of the options where they have no number", async () => {
    const data = dataWith({
      e: [ENERGY, (structure, i) => (i % 2 ? undefined : [optionOf(structure, "energy") * Math.sqrt(nAtomsOf(structure))])],
      f: [ATOM_FORCE, (structure) => perAtom(structure, (atom) => (atom % 2 ? NaN : optionOf(structure, "forces")))],
    });
    const fitted = await fit(sigmaWith({ columns: { energy: "e", forces: "f" } }), data);
    expect(coefficientsOf(fitted)).toEqual(coefficientsOf(await fit(sigmaWith({}), plainData())));
  });

  it("weigh every component by its own: the plain solution", async () => {
    const ofAtom = (i: number, k: number): number => 0.02 + 0.01 * ((7 * i + 3 * k) % 11);
    const ofVirial = (i: number, k: number): number => 0.03 * (i + 1) * (1 + ((5 * k) % 6));
    const data = dataWith({
      e: [ENERGY, (_, i) => [0.01 * (i + 1)]],
      v: [{ ...ENERGY, width: 6 }, (_, i) => Array.from({ length: 6 }, (__, k) => ofVirial(i, k))],
      f: [{ ...ATOM_FORCE, width: 3 }, (structure, i) => Array.from({ length: 3 * nAtomsOf(structure) }, (_, k) => ofAtom(i, k))],
    });
    const options = fitSchema.parse({ sigma: { energy: 1, forces: 1, virial: 1, columns: { energy: "e", forces: "f", virial: "v" } }, jitter: 1e-6 });
    const fitted = await fit(options.sigma, data);
    const expected = await plainCoefficients(executor, fitted, options, data, ({ label }, target, usual) => {
      const i = data.labels.indexOf(label);
      return usual.map((_, k) => ({ forces: ofAtom(i, k), energy: 0.01 * (i + 1), virial: ofVirial(i, k) })[target]);
    });
    expectClose(coefficientsOf(fitted), expected, 1e-7, "relative-to-max");
  });

  it("of a virial are those of all its components, or it is not fitted", () => {
    const data = dataWith({ v: [{ ...ENERGY, width: 6 }, (_, i) => [1, 2, 3, 4, 5, i === 0 ? 6 : NaN]] });
    const sigma = fitSchema.parse({ sigma: { columns: { virial: "v" } } }).sigma;
    expect(sigmaOf(data, 0, sigma).virial).toEqual(Float64Array.of(1, 2, 3, 4, 5, 6));
    expect(sigmaOf(data, 1, sigma).virial).toBeNull();
    const filled = fitSchema.parse({ sigma: { virial: 0.5, perAtom: false, columns: { virial: "v" } } }).sigma;
    expect(sigmaOf(data, 1, filled).virial).toEqual(Float64Array.of(1, 2, 3, 4, 5, 0.5));
  });

  it("alone choose what is fitted", () => {
    const data = dataWith({ e: [ENERGY, (_, i) => (i === 4 ? [0.1] : undefined)], f: [ATOM_FORCE, (structure, i) => (i === 2 ? perAtom(structure, (atom) => (atom === 1 ? 0.5 : NaN)) : undefined)] });
    const sigma = fitSchema.parse({ sigma: { columns: { energy: "e", forces: "f" } } }).sigma;
    expect(countTargets(data, sigma)).toEqual({ energies: 1, forceComponents: 3, virialComponents: 0 });
    expect(rowCounts(data, sigma)).toEqual([0, 0, 3, 0, 1, 0, 0, 0, 0]);
    const { energy, forces, virial } = targetsOf(data, 2, sigma, [11, 17], [0, 0]);
    expect([energy, virial]).toEqual([null, null]);
    expect(forces).toEqual({ atoms: Int32Array.of(1), values: data.structure(2).targets.forces!.slice(3, 6), sigma: Float64Array.of(0.5, 0.5, 0.5) });
    expect(rowsOf(targetsOf(data, 2, sigma, [11, 17], [0, 0]))).toBe(3);
  });
});

describe("masks", () => {
  const without = (i: number, target: "energy" | "forces" | "virial"): boolean => (i + { energy: 0, forces: 1, virial: 2 }[target]) % 4 === 0;
  const removed = (): Dataset =>
    Dataset.from(
      structures.map((structure, i) => ({ ...structure, targets: Object.fromEntries(Object.entries(structure.targets).filter(([name]) => !without(i, name as "energy"))) })),
    );
  const keep = (target: "energy" | "forces" | "virial"): Values => (_, i) => [without(i, target) ? 0 : 1];

  it("give the bits of data without what they leave out", async () => {
    const expected = coefficientsOf(await fit(sigmaWith({}), removed()));
    expect(expected).not.toEqual(coefficientsOf(await fit(sigmaWith({}), plainData())));
    const data = dataWith({ e: [MASK, keep("energy")], f: [MASK, keep("forces")], v: [MASK, keep("virial")] });
    expect(coefficientsOf(await fit(sigmaWith({ masks: { energy: "e", forces: "f", virial: "v" } }), data))).toEqual(expected);
    // atom by atom; kept where there is no number; and the other way round, as gap_fit's force_mask
    const other = dataWith({
      e: [MASK, (_, i) => (without(i, "energy") ? [0] : undefined)],
      f: [ATOM_MASK, (structure, i) => perAtom(structure, () => (without(i, "forces") ? 1 : 0))],
      v: [MASK, (_, i) => [without(i, "virial") ? 1 : 0]],
    });
    const masks = { energy: { column: "e" }, forces: { column: "f", leaveOut: 1 }, virial: { column: "v", leaveOut: 1 } };
    expect(coefficientsOf(await fit(sigmaWith({ masks }), other))).toEqual(expected);
  });

  it("leave out atoms: the plain solution without their rows", async () => {
    const isOut = (i: number, atom: number): boolean => (i + 2 * atom) % 3 === 0;
    const data = dataWith({ f: [ATOM_MASK, (structure, i) => perAtom(structure, (atom) => (isOut(i, atom) ? 0 : 1))] });
    const options = { ...fitSchema.parse({ jitter: 1e-6 }), sigma: sigmaWith({ masks: { forces: "f" } }) };
    const fitted = await fit(options.sigma, data);
    const expected = await plainCoefficients(executor, fitted, options, data, ({ label }, target, usual) =>
      usual.map((sigma, k) => (target === "forces" && isOut(data.labels.indexOf(label), Math.floor(k / 3)) ? Infinity : sigma)),
    );
    expectClose(coefficientsOf(fitted), expected, 1e-7, "relative-to-max");
    const all = coefficientsOf(await fit(sigmaWith({}), plainData()));
    expect(Math.max(...coefficientsOf(fitted).map((c, s) => Math.abs(c - all[s])))).toBeGreaterThan(1e-3);
    const plan = await planSparseGpFit({ model, fit: options }, data, 1);
    expect(plan.rows).toBe(rowCounts(data, options.sigma).reduce((sum, rows) => sum + rows, 0));
    expect(plan.targets).toEqual(countTargets(data, options.sigma));
  });

  it("and σ hold for every trainer", async () => {
    const request = { model: { type: "toy-pair", cutoff: 4 }, fit: { sigma: { energy: 0.01, forces: 0.1, masks: { energy: "e", forces: "f" } } } };
    const data = dataWith({ e: [MASK, keep("energy")], f: [ATOM_MASK, (structure, i) => perAtom(structure, () => (without(i, "forces") ? 0 : 1))] });
    const masked = (await toyTrainer.train(request, data, executor)).model as ToyModel;
    const same = (await toyTrainer.train({ ...request, fit: { sigma: { energy: 0.01, forces: 0.1 } } }, removed(), executor)).model as ToyModel;
    expect([...masked.offsets, masked.amplitude]).toEqual([...same.offsets, same.amplitude]);
    const other = (await toyTrainer.train({ ...request, fit: { sigma: { energy: 0.01, forces: 0.1 } } }, plainData(), executor)).model as ToyModel;
    expect(other.amplitude).not.toBe(masked.amplitude);
  });
});

describe("σ on a part of the data", () => {
  it("drops targets that the part has masked or without σ", () => {
    const whole = dataWith({ e: [ENERGY, (_, i) => (i > 4 ? [0.1] : undefined)], m: [MASK, (_, i) => [i > 4 ? 1 : 0]] });
    const part = whole.subset([0, 1, 2]);
    const sigma = fitSchema.parse({ sigma: { forces: 0.1, virial: 0.1, columns: { energy: "e" }, masks: { virial: "m" } } }).sigma;
    const own = sigmaOnPart(sigma, { whole, part, energiesOnly: false })!;
    expect([own.virial, own.columns!.energy]).toEqual([undefined, undefined]);
    expect(countTargets(part, own)).toEqual({ energies: 0, forceComponents: 27, virialComponents: 0 });
    expect(sigmaOnPart(sigma, { whole, part: whole, energiesOnly: false })).toBe(sigma);
  });

  it("of energies only keeps their column and mask", () => {
    const whole = dataWith({ e: [ENERGY, () => [0.1]], m: [MASK, () => [1]] });
    const sigma = fitSchema.parse({ sigma: { forces: 0.1, columns: { energy: "e", forces: "e" }, masks: { energy: "m", virial: "m" } } }).sigma;
    expect(sigmaOnPart(sigma, { whole, part: whole, energiesOnly: true })).toMatchObject({ columns: { energy: "e" }, masks: { energy: "m" } });
    expect(Object.keys(sigmaOnPart(sigma, { whole, part: whole, energiesOnly: true })!.columns!)).toEqual(["energy"]);
    expect(sigmaOnPart(fitSchema.parse({ sigma: { forces: 0.1, columns: { forces: "f" } } }).sigma, { whole, part: whole, energiesOnly: true })).toBeUndefined();
  });
});

describe("columns that cannot be σ or masks", () => {
  const cases: [string, Readonly<Record<string, readonly [Shape, Values]>>, object, RegExp][] = [
    ["that are not there", { energy_sigma: [ENERGY, () => [1]] }, { columns: { energy: "enrgy_sigma" } }, /^sigma\.columns\.energy names "enrgy_sigma", which is no column of the data: ask for it with data\.columns: \{ enrgy_sigma: \{ unit: eV \} \}; did you mean "energy_sigma"\?$/],
    ["a mask that is not there", {}, { masks: { virial: "m" } }, /^sigma\.masks\.virial names "m", which is no column of the data/],
    ["without a unit", { s: [MASK, () => [1]] }, { columns: { energy: "s" } }, /names "s", which has no unit; it needs eV: data\.columns: \{ s: \{ unit: eV \} \}/],
    ["of another unit", { s: [ENERGY, () => [1]] }, { columns: { forces: "s" } }, /names "s", which has the unit eV; it needs eV\/Å/],
    ["a mask with a unit", { s: [ENERGY, () => [1]] }, { masks: { forces: "s" } }, /^sigma\.masks\.forces names "s", which has the unit eV; it needs none/],
    ["six numbers for energies", { s: [{ ...ENERGY, width: 6 }, () => [1, 1, 1, 1, 1, 1]] }, { columns: { energy: "s" } }, /which has 6 numbers per structure; it must be 1 per structure$/],
    ["a tensor for virials", { s: [{ ...ENERGY, width: 9 }, () => new Array<number>(9).fill(1)] }, { columns: { virial: "s" } }, /which has 9 numbers per structure; it must be 1 per structure, 6 per structure$/],
    ["zero for one component", { s: [{ ...ENERGY, width: 6 }, () => [1, 1, 0, 1, 1, 1]] }, { columns: { virial: "s" } }, /the column "s" is 0; a σ must be greater than 0$/],
    ["of atoms for energies", { s: [{ ...ENERGY, per: "atom" }, (structure) => perAtom(structure, () => 1)] }, { columns: { energy: "s" } }, /names "s", which has 1 numbers per atom; it must be 1 per structure$/],
    ["too wide", { s: [{ ...FORCE, width: 2 }, () => [1, 1]] }, { columns: { forces: "s" } }, /which has 2 numbers per structure; it must be 1 per structure, 1 per atom, 3 per atom$/],
    ["zero", { s: [ENERGY, (_, i) => [i === 2 ? 0 : 1]] }, { columns: { energy: "s" } }, /^structure 202: the column "s" is 0; a σ must be greater than 0$/],
    ["below zero", { s: [ATOM_FORCE, (structure, i) => perAtom(structure, (atom) => (i === 1 && atom === 2 ? -0.5 : 1))] }, { columns: { forces: "s" } }, /^structure 201: the column "s" is -0\.5 for atom 3 \(counted from 1\); a σ/],
    ["a mask of other numbers", { s: [MASK, () => [0.5]] }, { masks: { energy: "s" } }, /^structure 200: the column "s" is 0\.5; a mask holds 0 and 1/],
    ["a mask that leaves nothing", { s: [MASK, () => [0]] }, { masks: { energy: "s" } }, /^sigma\.energy is given but sigma\.masks\.energy leaves nothing of the energy/],
  ];

  it.each(cases)("%s", (_, columns, options, message) => {
    const count = (): unknown => countTargets(dataWith(columns), sigmaWith(options));
    expect(count).toThrow(InvalidParameterError);
    expect(count).toThrow(message);
  });

  it("where no structure has a σ", () => {
    const data = dataWith({ s: [ENERGY, (_, i) => (i === 3 ? [1] : undefined)] });
    const sigma = fitSchema.parse({ sigma: { forces: 1, columns: { energy: "s" } } }).sigma;
    expect(() => countTargets(data, sigma)).toThrow(/^sigma\.columns\.energy is given but no energy of the data has a σ/);
    expect(sigmaOf(data, 0, sigma).energy).toBeNull();
  });

  it("are refused by the schema", () => {
    for (const sigma of [{ columns: { stress: "s" } }, { columns: { energy: "" } }, { masks: { energy: { column: "m", leaveOut: 2 } } }, { masks: { energy: { leaveOut: 1 } } }]) {
      expect(fitSchema.safeParse({ sigma }).success, JSON.stringify(sigma)).toBe(false);
    }
  });
});
