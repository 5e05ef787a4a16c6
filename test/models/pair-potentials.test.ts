// Pair potentials of closed form: their formulas, how they end, pairs and mixing rules, and model files.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FormatError, InvalidParameterError } from "../../src/errors.js";
import {
  buckinghamModel, ClosedFormModel, decodeModel, encodeModel, evaluateStructure, knownPotentialSchema, lennardJonesModel, makeKnownPotential, type Model, morseModel, SumModel,
} from "../../src/models/index.js";
import { lennardJonesType } from "../../src/models/pair/lennard-jones.js";
import { partTypes } from "../../src/models/registry.js";
import type { Executor } from "../../src/parallel/index.js";
import { describePotential } from "../contracts/potential.js";
import { expectClose, testExecutor } from "../expect.js";
import { makeStructure, randomStructure } from "./systems.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const species = [11, 17];
const sodium = { Na: { epsilon: 0.03, sigma: 2.1 } } as const;
const both = { ...sodium, Cl: { epsilon: 0.05, sigma: 2.6 } } as const;
const morsePairs = [
  { species: ["Na", "Cl"], depth: 0.8, alpha: 1.4, distance: 2.4 },
  { species: ["Na", "Na"], depth: 0.3, alpha: 1.1, distance: 2.9 },
] as [{ species: [string, string]; depth: number; alpha: number; distance: number }, { species: [string, string]; depth: number; alpha: number; distance: number }];
const buckinghamPairs = [
  { species: ["Cl", "Na"] as [string, string], A: 900, rho: 0.32 },
  { species: ["Cl", "Cl"] as [string, string], A: 2500, rho: 0.3, C: 20 },
];

const models: readonly (readonly [string, Model])[] = [
  ["Lennard-Jones, switched", lennardJonesModel(species, { type: "lennard-jones", parameters: both, cutoff: 5, switchFrom: 3 })],
  ["Lennard-Jones, force-shifted, geometric", lennardJonesModel(species, { type: "lennard-jones", parameters: both, mixing: "geometric", cutoff: 5, truncation: "force-shifted" })],
  ["Morse", morseModel(species, { type: "morse", pairs: morsePairs, cutoff: 5 })],
  ["Buckingham", buckinghamModel(species, { type: "buckingham", pairs: buckinghamPairs, cutoff: 4.5, truncation: "force-shifted" })],
];

for (const [name, model] of models) {
  describe(name, () => {
    describePotential({ executor: () => executor, potential: () => model, structures: [randomStructure(1), randomStructure(2, 7, false)] });
  });
}

/** φ and −φ′ of two atoms. */
async function dimer(model: Model, r: number, atoms: readonly number[] = [11, 17]): Promise<[number, number]> {
  const structure = makeStructure({ atomicNumbers: Uint8Array.from(atoms), positions: Float64Array.of(0, 0, 0, 0, 0, r), cell: null, pbc: [false, false, false], label: "dimer" });
  const { energy, forces } = await evaluateStructure(model, structure, executor);
  return [energy, forces![5]];
}

describe("formulas", () => {
  it.each([1.9, 2.4, 3.3, 4.9])("at %d Å", async (r) => {
    const cutoff = 5;
    const plain = { cutoff, truncation: "plain" } as const;
    const [epsilon, sigma] = [Math.sqrt(0.03 * 0.05), 2.35];
    const lj = await dimer(lennardJonesModel(species, { type: "lennard-jones", parameters: both, ...plain }), r);
    expectClose(lj, [4 * epsilon * ((sigma / r) ** 12 - (sigma / r) ** 6), (24 * epsilon * (2 * (sigma / r) ** 12 - (sigma / r) ** 6)) / r], 1e-13, "relative-to-max");
    const morse = await dimer(morseModel(species, { type: "morse", pairs: morsePairs, ...plain }), r);
    const x = Math.exp(-1.4 * (r - 2.4));
    expectClose(morse, [0.8 * ((1 - x) ** 2 - 1), -2 * 0.8 * 1.4 * (1 - x) * x], 1e-13);
    const buckingham = await dimer(buckinghamModel(species, { type: "buckingham", pairs: buckinghamPairs, ...plain }), r, [17, 17]);
    expectClose(buckingham, [2500 * Math.exp(-r / 0.3) - 20 / r ** 6, (2500 / 0.3) * Math.exp(-r / 0.3) - 120 / r ** 7], 1e-12, "relative-to-max");
  });
});

describe("ends", () => {
  const make = (truncation: "plain" | "shifted" | "force-shifted" | "switched"): Model => lennardJonesModel([11], { type: "lennard-jones", parameters: sodium, cutoff: 4, truncation });
  const near = 4 - 1e-7;

  it("plain: as it is, then nothing", async () => {
    const [energy, force] = await dimer(make("plain"), near, [11, 11]);
    expect(energy < -2e-3 && force < -2e-3).toBe(true);
    expect(await dimer(make("plain"), 4, [11, 11])).toEqual([0, 0]);
  });

  it("shifted: energies end at 0, forces are those of the plain one", async () => {
    expectClose([(await dimer(make("shifted"), near, [11, 11]))[0]], [0], 1e-9);
    const [plain, shifted] = [await dimer(make("plain"), 3, [11, 11]), await dimer(make("shifted"), 3, [11, 11])];
    expect(shifted[1]).toBe(plain[1]);
    expectClose([shifted[0] - plain[0]], [-(await dimer(make("plain"), near, [11, 11]))[0]], 1e-9);
  });

  it("force-shifted: energies and forces end at 0", async () => {
    expectClose(await dimer(make("force-shifted"), near, [11, 11]), [0, 0], 1e-8);
    const [plain, shifted] = [await dimer(make("plain"), 2.5, [11, 11]), await dimer(make("force-shifted"), 2.5, [11, 11])];
    expectClose([shifted[1] - plain[1]], [-(await dimer(make("plain"), near, [11, 11]))[1]], 1e-8);
  });

  it("switched: untouched before, with two continuous derivatives", async () => {
    expect(await dimer(make("switched"), 3.6, [11, 11])).toEqual(await dimer(make("plain"), 3.6, [11, 11]));
    // the third power of what is left to the end
    const [far, close] = [await dimer(make("switched"), 4 - 2e-3, [11, 11]), await dimer(make("switched"), 4 - 1e-3, [11, 11])];
    expect(far[0] / close[0] > 7.8 && far[0] / close[0] < 8.2).toBe(true);
    expect(far[1] / close[1] > 3.9 && far[1] / close[1] < 4.1).toBe(true);
  });
});

describe("pairs", () => {
  it("have parameters and cutoffs of their own, others are mixed, and those without do not interact", async () => {
    const model = lennardJonesModel(species, {
      type: "lennard-jones", parameters: sodium, pairs: [{ species: ["Cl", "Na"], epsilon: 0.1, sigma: 2, cutoff: 3 }], cutoff: 6, truncation: "plain",
    });
    expect(model.cutoff).toBe(6);
    expectClose(await dimer(model, 2 * 2 ** (1 / 6)), [-0.1, 0], 1e-14);
    expect([await dimer(model, 3.1), await dimer(model, 2, [17, 17])]).toEqual([[0, 0], [0, 0]]);
    expectClose([(await dimer(model, 2.1 * 2 ** (1 / 6), [11, 11]))[0]], [-0.03], 1e-14);
    const geometric = lennardJonesModel(species, { type: "lennard-jones", parameters: both, mixing: "geometric", cutoff: 6, truncation: "plain" });
    expectClose([(await dimer(geometric, Math.sqrt(2.1 * 2.6)))[0]], [0], 1e-15);
    // parameters of species that are not there are passed over
    expect(lennardJonesModel([11], { type: "lennard-jones", parameters: both, cutoff: 6 }).pairs).toHaveLength(1);
  });

  it.each([
    [() => lennardJonesModel(species, { type: "lennard-jones", parameters: sodium, cutoff: 5 }), /no parameters of Cl; add parameters: \{ Cl: \{ epsilon/u],
    [() => lennardJonesModel(species, { type: "lennard-jones", cutoff: 5 }), /no pair of Na, Cl has parameters/u],
    [() => lennardJonesModel([11], { type: "lennard-jones", parameters: { na: sodium.Na }, cutoff: 5 }), /na/u],
    [() => morseModel(species, { type: "morse", pairs: [morsePairs[0], { ...morsePairs[0], species: ["Cl", "Na"] }], cutoff: 5 }), /has Cl and Na twice/u],
    [() => morseModel(species, { type: "morse", pairs: morsePairs, cutoff: 5, switchFrom: 5 }), /switchFrom is 5 Å; it must be below the cutoff, 5 Å/u],
    [() => morseModel(species, { type: "morse", pairs: morsePairs, cutoff: 5, truncation: "plain", switchFrom: 4 }), /switchFrom is for truncation: switched/u],
    [() => morseModel(species, { type: "morse", pairs: [{ ...morsePairs[0], cutoff: 3 }], cutoff: 5, switchFrom: 4 }), /Na and Cl: switchFrom is 4 Å; it must be below the cutoff, 3 Å/u],
    [() => buckinghamModel(species, { type: "buckingham", pairs: buckinghamPairs, cutof: 5 } as never), /cutof.*cutoff/u],
  ])("are refused where they do not fit together (%#)", (make, pattern) => {
    expect(make).toThrow(InvalidParameterError);
    expect(make).toThrow(pattern);
  });
});

describe("model files", () => {
  it.each(models)("%s: gives the model back, to the last bit", async (_, model) => {
    const decoded = await decodeModel(await encodeModel(model), "a.pestle");
    expect(decoded).toBeInstanceOf(ClosedFormModel);
    expect(decoded).toEqual(model);
    expect(await evaluateStructure(decoded, randomStructure(1), executor)).toEqual(await evaluateStructure(model, randomStructure(1), executor));
    expect(decoded.isolatedAtomEnergies).toEqual([0, 0]);
  });

  it("are refused with pairs of other species", () => {
    const { parameters } = lennardJonesType.encode(models[0][1], partTypes);
    expect(() => lennardJonesType.decode({ parameters: { ...(parameters as object), species: [11] }, arrays: [] }, {}, "x", partTypes)).toThrow(FormatError);
    expect(() => lennardJonesType.encode(models[2][1], partTypes)).toThrow(/morse/u);
  });
});

describe("potentials that options describe", () => {
  it("are sums of any of them", async () => {
    const options = knownPotentialSchema.parse({
      type: "sum",
      parts: [{ type: "zbl" }, { type: "morse", pairs: morsePairs, cutoff: 5 }, { type: "buckingham", pairs: buckinghamPairs, cutoff: 4.5, truncation: "force-shifted" }],
    });
    const sum = await makeKnownPotential(options, species, "model");
    expect(sum).toBeInstanceOf(SumModel);
    expect((sum as SumModel).parts.map(({ model }) => model.type)).toEqual(["zbl", "morse", "buckingham"]);
    const parts = await Promise.all((sum as SumModel).parts.map(({ model }) => dimer(model, 1.8)));
    expectClose(await dimer(sum, 1.8), [0, 1].map((i) => parts.reduce((total, part) => total + part[i], 0)), 1e-12, "relative-to-max");
    await expect(makeKnownPotential(knownPotentialSchema.parse({ type: "sum", parts: [{ type: "lennard-jones", parameters: sodium, cutoff: 4 }] }), species, "model")).rejects.toThrow(/model\.parts\[0\] has no parameters of Cl/u);
  });
});
