// .yace files: what is written is what the model predicts, by a plain evaluator of the file and when it is read back.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEnvironmentDescriptor } from "../../src/descriptors/index.js";
import { readYaceModel, writeYaceModel } from "../../src/interop/pace/index.js";
import { parseYace } from "../../src/interop/pace/parse-yace.js";
import { type WriteYaceOptions, yaceFiles } from "../../src/interop/pace/write-model.js";
import { CommitteeModel, evaluateStructure, LinearModel, lennardJonesModel, type LinearTerm, type Model, SumModel, ZblModel } from "../../src/models/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { type Structure, symbolOf } from "../../src/structures/index.js";
import { expectClose, testExecutor } from "../expect.js";
import { randomSource } from "../linalg/dense.js";
import { makeStructure, randomStructure } from "../models/systems.js";
import { differences, PlainYace } from "../reference/plain-yace.js";

let executor: Executor;
let folder: string;
beforeAll(async () => {
  executor = await testExecutor();
  folder = mkdtempSync(join(tmpdir(), "pestle-pace-"));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await executor.close();
});

const pairOfSpecies = [11, 17];
const next = randomSource(7);

function termOf(descriptor: object, { species = pairOfSpecies, centers = null }: { species?: readonly number[]; centers?: readonly number[] | null } = {}): LinearTerm {
  const made = createEnvironmentDescriptor(descriptor as { type: string }, "this test");
  const columns = made.featureCount(species);
  const blocks = centers?.length ?? species.length;
  return { descriptor: made, centers, quadratic: false, coefficients: Float64Array.from({ length: blocks * columns }, (_, i) => (next() - 0.5) / (1 + (i % columns) / 10)) };
}

function modelOf(terms: readonly LinearTerm[], species: readonly number[] = pairOfSpecies): LinearModel {
  return new LinearModel({ species, terms, isolatedAtomEnergies: species.map((_, i) => -1.25 * (i + 1)), intercepts: species.map((_, i) => 0.03 * i) });
}

/** Each species of the pair in the place of sodium and chlorine. */
function structureOf(seed: number, nAtoms: number, species: readonly number[], periodic = true): Structure {
  const structure = randomStructure(seed, nAtoms, periodic);
  return { ...structure, atomicNumbers: structure.atomicNumbers.map((z) => (z === 11 ? species[0] : (species[1] ?? species[0]))) };
}

const systemOf = ({ atomicNumbers, positions, cell, pbc, label }: Structure) => ({ name: label, atomicNumbers: [...atomicNumbers], positions, cell, pbc });

/** Energies by the plain evaluator of the file, and derivatives where they are not too many. */
async function expectSame(model: Model, text: string, structure: Structure, tolerance: number, { derivatives = false } = {}): Promise<void> {
  const plain = new PlainYace(text);
  const symbols = [...structure.atomicNumbers].map(symbolOf);
  const { localEnergies, forces, virial } = await evaluateStructure(model, structure, executor, { want: { forces: true, virial: true, localEnergies: true } });
  expect(Math.max(...localEnergies!.map(Math.abs))).toBeGreaterThan(0.5);
  expectClose(plain.energies(systemOf(structure), symbols), localEnergies!, tolerance, "relative-to-max");
  if (!derivatives) return;
  const expected = differences((system) => plain.energy(system, symbols), systemOf(structure));
  // differences have errors of their own
  expectClose(forces!, expected.forces, tolerance + 1e-8, "relative-to-max");
  expectClose(virial!, expected.virial, tolerance + 1e-8, "relative-to-max");
}

const cutoff = { radius: 3.6 };
const native = (radial: object, more: object = {}): object => ({ type: "ace", cutoff, order: 3, degree: [4, 4, 3], lWeight: 1, radial, pair: "radial", ...more });
const expCos = { type: "chebyshev-exponential-cosine", lambda: 4, switchWidth: 0.3 };

const exact: Readonly<Record<string, () => LinearModel>> = {
  "Chebyshev polynomials of powers": () => modelOf([termOf(native({ type: "chebyshev-power", lambda: 3.5 }))]),
  "Chebyshev polynomials of exponentials": () => modelOf([termOf(native(expCos))]),
  "spherical Bessel functions": () => modelOf([termOf(native({ type: "simplified-bessel" }))]),
  "linear Chebyshev polynomials, without a pair term": () => modelOf([termOf(native({ type: "chebyshev-linear" }, { pair: false }))]),
  "an inner cutoff, and sums of radial functions for every l": () => {
    const coefficients = Array.from({ length: 4 }, () => Array.from({ length: 4 }, () => Array.from({ length: 6 }, () => next() - 0.5)));
    return modelOf([termOf(native({ ...expCos, size: 7, coefficients, innerSwitch: { radius: 2.3, width: 0.5 } }))]);
  },
  "other radial functions and cutoffs for some bonds": () =>
    modelOf([termOf(native(expCos, { bonds: [{ center: "Na", neighbor: "Cl", cutoff: { radius: 3.2 } }, { center: "Cl", neighbor: "Cl", radial: { type: "chebyshev-power", lambda: 2 } }] }))]),
  "order 4": () => modelOf([termOf(native(expCos, { order: 4, degree: [4, 4, 4, 4] }), { species: [14] })], [14]),
  "two terms, one of them of sodium alone": () =>
    modelOf([termOf(native(expCos)), termOf(native(expCos, { order: 2, degree: [0, 6], pair: false, lWeight: 0.7 }), { centers: [11] })]),
  "listed functions, some with terms of their own": () =>
    modelOf([
      termOf(
        native(expCos, {
          order: undefined, degree: undefined, lWeight: undefined,
          functions: [
            { neighbors: ["Na", "Cl", "Cl"], n: [2, 1, 1], l: [2, 1, 1] },
            { pair: true, neighbors: ["Cl"], n: [3] },
            { neighbors: ["Na", "Na"], n: [1, 3], l: [2, 2] },
            { neighbors: ["Cl"], n: [2], l: [0] },
            { neighbors: ["Na", "Na", "Na", "Na"], n: [1, 1, 2, 2], l: [1, 1, 2, 2], coupling: 1 },
            { neighbors: ["Na", "Cl"], n: [1, 1], l: [1, 1], terms: [{ m: [0, 0], coefficient: 1 }, { m: [1, -1], coefficient: -2 }] },
          ],
        }),
      ),
    ]),
};

const polynomials = { type: "ace", cutoff, order: 3, degree: [5, 4, 4], bondLengths: { Na: 2.6, Cl: 2.2 } };
const projected: Readonly<Record<string, () => LinearModel>> = {
  "polynomials with a pair term that rises as r⁻²": () => modelOf([termOf(polynomials)]),
  "one species": () => modelOf([termOf({ ...polynomials, bondLengths: { Si: 2.4 }, degree: [8, 6, 5] }, { species: [14] })], [14]),
  "a pair term on radial functions of pacemaker": () => modelOf([termOf(native({ type: "simplified-bessel" }, { pair: { degree: 4 } }), { species: [14] })], [14]),
  "two radial bases": () => modelOf([termOf(polynomials, { species: [14] }), termOf(native({ type: "simplified-bessel" }), { species: [14] })], [14]),
};

async function readBack(model: Model, name: string, options: WriteYaceOptions = {}): Promise<{ text: string; read: LinearModel }> {
  const path = join(folder, `${name.replaceAll(/\W/gu, "-")}.yace`);
  await writeYaceModel(path, model, options);
  return { text: readFileSync(path, "utf8"), read: await readYaceModel(path) };
}

async function expectEqualPredictions(read: Model, model: Model, structure: Structure, tolerance: number): Promise<void> {
  const want = { forces: true, virial: structure.cell !== null, localEnergies: true };
  const [found, expected] = [await evaluateStructure(read, structure, executor, { want }), await evaluateStructure(model, structure, executor, { want })];
  expectClose(found.localEnergies!, expected.localEnergies!, tolerance, "relative-to-max");
  expectClose(found.forces!, expected.forces!, tolerance, "relative-to-max");
  if (structure.cell) expectClose(found.virial!, expected.virial!, tolerance, "relative-to-max");
}

describe("a .yace file", () => {
  it.each(Object.entries(exact))("holds the model exactly: %s", async (name, make) => {
    const model = make();
    const { text, read } = await readBack(model, name);
    expect(read.species).toEqual(model.species);
    await expectSame(model, text, structureOf(31, 3, model.species), 1e-11, { derivatives: name === "order 4" || name.startsWith("listed") || name.startsWith("other") });
    await expectEqualPredictions(read, model, structureOf(32, 6, model.species), 1e-10);
    await expectEqualPredictions(read, model, structureOf(33, 5, model.species, false), 1e-10);
  });

  it.each(Object.entries(projected))("holds sums of other radial functions: %s", async (name, make) => {
    const model = make();
    const { projection, texts: [{ text }] } = yaceFiles(model, { name: "model.yace" });
    expect(Math.max(projection!.error, projection!.slopeError)).toBeLessThan(1e-9);
    await expectSame(model, text, structureOf(31, 3, model.species), 1e-9, { derivatives: name === "one species" });
    if (name !== "one species") return;
    const { read } = await readBack(model, name);
    await expectEqualPredictions(read, model, structureOf(32, 6, model.species), 1e-8);
  });

  it("follows radial functions where atoms nearly touch", async () => {
    const model = modelOf([termOf({ ...polynomials, pair: false, bondLengths: { Si: 2.4 } }, { species: [14] })], [14]);
    const { texts: [{ text }] } = yaceFiles(model, { name: "near.yace" });
    const pair = makeStructure({ atomicNumbers: Uint8Array.of(14, 14), positions: Float64Array.of(0, 0, 0, 0.01, 0.01, -0.01), cell: null, pbc: [false, false, false], label: "pair" });
    await expectSame(model, text, pair, 1e-9);
  });

  it("holds what options around the descriptor do to columns", async () => {
    const plain = termOf(native(expCos));
    const columns = plain.descriptor.featureCount(pairOfSpecies);
    const kept = Array.from({ length: columns }, (_, i) => i).filter((i) => i % 3 !== 1);
    const numbers = { method: "standard", species: ["Na", "Cl"], shift: kept.map(() => next()), scale: kept.map(() => 1.5 + 0.5 * next()) };
    const model = modelOf([termOf(native(expCos, { reduction: { type: "columns", columns: kept, species: ["Na", "Cl"] }, standardization: numbers }))]);
    expect(model.terms[0].coefficients.length).toBe(2 * kept.length);
    const { text } = await readBack(model, "options");
    await expectSame(model, text, structureOf(31, 4, pairOfSpecies), 1e-11);
  });

  it("is the mean of a committee", async () => {
    const members = [1, 2, 3].map(() => modelOf([termOf(native(expCos))]));
    const committee = new CommitteeModel({ members, origin: "bootstrap" });
    const { texts: [{ text }], nMembers } = yaceFiles(committee, { name: "mean.yace" });
    expect(nMembers).toBe(3);
    await expectSame(committee, text, structureOf(31, 4, pairOfSpecies), 1e-11);
    // around a center, that one stands
    const around = new CommitteeModel({ members, center: members[1], origin: "bootstrap" });
    expect(yaceFiles(around, { name: "mean.yace" }).texts).toEqual(yaceFiles(members[1], { name: "mean.yace" }).texts);
  });

  it("leaves pair potentials to lines of LAMMPS and tables", async () => {
    const ace = modelOf([termOf(native(expCos, { pair: { degree: 5 } }))]);
    const lennardJones = lennardJonesModel(pairOfSpecies, { type: "lennard-jones", parameters: { Na: { epsilon: 0.1, sigma: 2.2 }, Cl: { epsilon: 0.2, sigma: 2.4 } }, cutoff: 4.5, truncation: "force-shifted" }, "this test");
    const zbl = new ZblModel(pairOfSpecies, { type: "zbl", inner: 1, outer: 2.2 });
    const model = new SumModel({ parts: [{ model: zbl, isBaseline: true }, { model: lennardJones }, { model: ace }] });
    const { texts: [yace, table], lammps, projection } = yaceFiles(model, { name: "salt.yace", pair: "table" });
    expect(lammps).toEqual([
      "units metal",
      "pair_style hybrid/overlay pace zbl 1 2.2 table spline 6000",
      "pair_coeff * * pace salt.yace Na Cl",
      "pair_coeff 1 1 zbl 11.0 11.0", "pair_coeff 1 2 zbl 11.0 17.0", "pair_coeff 2 2 zbl 17.0 17.0",
      "pair_coeff 1 1 table salt.table Na_Na", "pair_coeff 1 2 table salt.table Na_Cl", "pair_coeff 2 2 table salt.table Cl_Cl",
    ]);
    expect(yace.text).toContain("#   pair_style hybrid/overlay pace zbl 1 2.2 table spline 6000\n");
    expect(yaceFiles(model, { name: "rock salt.yace", pair: "table" }).lammps).toEqual(expect.arrayContaining(['pair_coeff * * pace "rock salt.yace" Na Cl', 'pair_coeff 1 1 table "rock salt.table" Na_Na']));
    // without the pair term all functions are those of the file
    expect(projection).toBeUndefined();
    const structure = structureOf(34, 4, pairOfSpecies);
    const expected = await evaluateStructure(model, structure, executor, { want: {} });
    const repulsion = await evaluateStructure(zbl, structure, executor, { want: {} });
    const symbols = [...structure.atomicNumbers].map(symbolOf);
    const sum = new PlainYace(yace.text).energy(systemOf(structure), symbols) + repulsion.energy + tableEnergy(table.text, structure);
    expectClose([sum], [expected.energy], 1e-6 * Math.abs(expected.energy));
    expect(Math.abs(tableEnergy(table.text, structure))).toBeGreaterThan(0.05);
    const rows = sectionsOf(table.text).get("Na_Cl")!.slice(3000);
    const inner = rows.slice(1, -1);
    const slopes = inner.map((_, i) => (rows[i + 2][2] - rows[i][2]) / (rows[i + 2][1] - rows[i][1]));
    expectClose(inner.map(([, , , force]) => -force), slopes, 1e-3, "relative-to-max");
  });
});

/** Rows of each section: number, r, φ, −dφ/dr. */
function sectionsOf(text: string): Map<string, number[][]> {
  const sections = text.split(/\n(?=[A-Z][a-z]_)/u).slice(1);
  return new Map(sections.map((own) => [own.split("\n")[0], own.split("\n").slice(3).filter(Boolean).map((line) => line.split(" ").map(Number))]));
}

/** eV: pairs of a structure by the straight lines between the rows of a table. */
function tableEnergy(text: string, { atomicNumbers, positions, cell }: Structure): number {
  const sections = sectionsOf(text);
  let energy = 0;
  for (let i = 0; i < atomicNumbers.length; i++) {
    for (let j = 0; j < atomicNumbers.length; j++) {
      const rows = sections.get([atomicNumbers[i], atomicNumbers[j]].sort((a, b) => a - b).map(symbolOf).join("_"))!;
      for (let image = 0; image < 125; image++) {
        const shift = [image % 5, Math.floor(image / 5) % 5, Math.floor(image / 25)].map((n) => n - 2);
        const r = Math.hypot(...[0, 1, 2].map((x) => positions[3 * j + x] - positions[3 * i + x] + shift[0] * cell![x] + shift[1] * cell![3 + x] + shift[2] * cell![6 + x]));
        const above = rows.findIndex((row) => row[1] >= r);
        if (r < 0.1 || above < 1) continue;
        const [[, a, fa], [, b, fb]] = [rows[above - 1], rows[above]];
        energy += 0.5 * (fa + ((fb - fa) * (r - a)) / (b - a));
      }
    }
  }
  return energy;
}

describe("a model is refused with what to do", () => {
  it.each<[string, () => Model, WriteYaceOptions, string | RegExp]>([
    ["another descriptor", () => modelOf([termOf({ type: "acsf", cutoff: { radius: 3 }, g2: [[1, 2]] })]), {}, "a .yace file has functions of the descriptor ace, not of acsf"],
    ["products of columns", () => {
      const term = termOf(native(expCos, { degree: [2, 0, 0], pair: false }));
      const n = term.descriptor.featureCount(pairOfSpecies);
      return modelOf([{ ...term, quadratic: true, coefficients: new Float64Array(2 * (n + (n * (n + 1)) / 2)) }]);
    }, {}, "raise the order of ace instead"],
    ["pair potentials alone", () => new ZblModel(pairOfSpecies, { type: "zbl" }), {}, "the model has no linear part with the descriptor ace"],
    ["functions that are cut off within another cutoff", () => modelOf([termOf({ ...polynomials, pair: { degree: 4, cutoff: { radius: 5 } } })]), { radialFunctions: 40 }, /40 functions of ChebExpCos follow the radial functions to \d.*pair: table.*tolerance/u],
    ["coefficients that are no numbers", () => {
      const model = modelOf([termOf(native(expCos, { degree: [2, 2, 2] }))]);
      model.terms[0].coefficients[3] = NaN;
      return model;
    }, {}, "the model has coefficients that are not finite"],
    ["pair functions that are not finite where tables begin", () => {
      const wall = lennardJonesModel(pairOfSpecies, { type: "lennard-jones", parameters: { Na: { epsilon: 1e300, sigma: 4 }, Cl: { epsilon: 0.2, sigma: 2.4 } }, cutoff: 4.5, truncation: "force-shifted" }, "this test");
      return new SumModel({ parts: [{ model: wall }, { model: modelOf([termOf(native(expCos, { degree: [2, 2, 2] }))]) }] });
    }, {}, "the pair function of Na-Na is not finite at 0.5 Å"],
    ["too few functions", () => modelOf([termOf(polynomials)]), { radialFunctions: 10 }, "allowed is 1e-6: take more of them (radialFunctions)"],
    ["a number of functions", () => modelOf([termOf(polynomials)]), { radialFunctions: 0 }, "radialFunctions is 0; it must be a whole number from 1 to 500"],
  ])("%s", (_, make, options, message) => {
    expect(() => yaceFiles(make(), { ...options, name: "never.yace" })).toThrow(message);
  });

  it("unless roughly is close enough", () => {
    expect(yaceFiles(modelOf([termOf(polynomials)]), { name: "rough.yace", radialFunctions: 25, tolerance: 100 }).projection!.error).toBeGreaterThan(1e-9);
  });
});

describe("a broken .yace file", () => {
  const whole = (): string => yaceFiles(modelOf([termOf(native(expCos, { degree: [2, 2, 2] }))]), { name: "whole.yace" }).texts[0].text;
  const change = (from: string | RegExp, to: string) => (text: string): string => {
    const changed = text.replace(from, to);
    expect(changed).not.toBe(text);
    return changed;
  };
  it.each([
    ["is something else", () => "a: 1\n", "it is not a .yace file, or cut off"],
    ["is no YAML", change("elements: [", "elements: ]["), /broken\.yace:\d+:\d+: .*: it is not a \.yace file, or cut off$/u],
    ["is cut off", (text) => text.slice(0, text.lastIndexOf("ctildes")), /broken\.yace:\d+:\d+: .*: it is not a \.yace file, or cut off$/u],
    ["is a potential of another program", () => '<GAP_params label="GAP">\n <GAP_data do_core="F"/>\n</GAP_params>\n', "it is not a .yace file, or cut off"],
    ["lacks a bond", change(/ {2}\[1, 0\]:.*\n/u, ""), "bonds has no entry for Cl-Na ([1, 0])"],
    ["misspells a key", change("nradbasemax", "nradbasmax"), "nradbasemax"],
    ["has another basis", change("ChebExpCos", "ChebExpSin"), "radial functions ChebExpSin, which are not known"],
    ["lacks coefficients", change(/ctildes: \[[^\]]*\]/u, "ctildes: []"), "has 0 numbers in ctildes; it must have 1"],
    ["has an n that is not there", change(/ns: \[\d+\]/u, "ns: [99]"), /functions\[0\]\[0\] has ns: 99; Na-Na has \d+ radial functions/u],
    ["has no such element", change("elements: [Na", "elements: [Nax"), "elements names Nax, which is no chemical symbol"],
    ["is not linear", change("FS_parameters: [1.0, 1.0]", "FS_parameters: [1.0, 0.5]"), "the energy is not linear in it"],
    ["has a core", change("prehc: 0.0", "prehc: 2.0"), "Na-Na has a core repulsion"],
  ])("is refused: it %s", async (_, broken, message) => {
    const path = join(folder, "broken.yace");
    writeFileSync(path, broken(whole()));
    await expect(readYaceModel(path)).rejects.toThrow(message);
  });

  it("is refused wherever it is cut off: its head tells how many functions there are", () => {
    const text = whole();
    const ends = [...text].flatMap((character, i) => (character === "\n" && i < text.length - 1 ? [i, i + 1, i - 3] : []));
    for (const end of ends) expect(() => parseYace(text.slice(0, end), "cut.yace"), text.slice(end - 30, end)).toThrow(/cut off/u);
    expect(() => parseYace(text.slice(0, text.trimEnd().lastIndexOf("\n") + 1), "cut.yace")).toThrow(/there are \d+ functions of Cl, and its head tells \d+: it is cut off, or was changed/u);
    expect(parseYace(text.trimEnd(), "whole.yace").functions.flat().length).toBeGreaterThan(4);
  });

  it("is refused where it is not there, or a folder", async () => {
    await expect(readYaceModel(folder)).rejects.toThrow(/cannot read .*: it is a folder, not a file/u);
    await expect(readYaceModel(join(folder, "none.yace"))).rejects.toThrow(/cannot read .*none\.yace/u);
  });
});

describe("numbers of a .yace file", () => {
  it("are whole, or have a point, which readers of YAML 1.1 need", () => {
    const { texts: [{ text }] } = yaceFiles(modelOf([termOf(native(expCos, { degree: [2, 2, 2] }))]), { name: "numbers.yace" });
    for (const [, key, list] of text.matchAll(/(?<=[{ ])(nradmax|lmax|nradbasemax|rank|mus|ns|ls|ms_combs): (\[[^\]]*\]|[^,}]*)/gu)) expect(list, key).toMatch(/^\[?[-\d, ]+\]?$/u);
    for (const [, list] of text.matchAll(/(?:ctildes|E0|FS_parameters): \[([^\]]*)\]/gu)) for (const word of list.split(", ")) expect(word).toMatch(/^-?\d+\.\d+(?:e[+-]\d+)?$/u);
  });
});
