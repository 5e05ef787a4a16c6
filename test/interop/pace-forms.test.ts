// Files of all forms that linear potentials have, read and compared with a plain evaluator of the same text.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseYace } from "../../src/interop/pace/parse-yace.js";
import { yaceModel } from "../../src/interop/pace/read-model.js";
import { evaluateStructure } from "../../src/models/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { atomicNumberOf, symbolOf } from "../../src/structures/index.js";
import { expectClose, testExecutor } from "../expect.js";
import { makeStructure, randomStructure } from "../models/systems.js";
import { differences, PlainYace } from "../reference/plain-yace.js";
import { type RandomYace, randomYace, styles } from "./random-yace.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const plainText = styles["keys of pairs as lists"];

/** Energies of the model that is read, and of the plain evaluator. */
async function compare(content: RandomYace, seed: number): Promise<void> {
  const text = plainText(content);
  const model = yaceModel(parseYace(text, "random.yace"), "random.yace");
  const { positions, cell } = randomStructure(seed, 4);
  const atomicNumbers = Uint8Array.from({ length: 4 }, (_, i) => atomicNumberOf(content.elements[i % content.elements.length]));
  const structure = makeStructure({ atomicNumbers, positions, cell, pbc: [true, true, false], label: "random" });
  const { localEnergies, forces } = await evaluateStructure(model, structure, executor, { want: { localEnergies: true, forces: true } });
  const plain = new PlainYace(text);
  const symbols = [...atomicNumbers].map(symbolOf);
  const system = { name: "random", atomicNumbers: [...atomicNumbers], positions, cell, pbc: structure.pbc };
  expectClose(localEnergies!, plain.energies(system, symbols), 1e-10, "relative-to-max");
  if (seed % 4 !== 0) return;
  const expected = differences((own) => plain.energy(own, symbols), system, 1e-4).forces;
  expectClose(forces!, expected, 1e-7 * Math.max(1, ...expected.map(Math.abs)));
}

/** The first of 400 with which this was tried. */
const SEEDS = [0, 1, 2, 3, 4];

describe("a linear potential of any form", () => {
  it.each(SEEDS)("is read as a plain evaluator has it: pacemaker %i", async (seed) => {
    await compare(randomYace(100 + seed, false), seed);
  });

  it.each(SEEDS)("is read as a plain evaluator has it: ACE.jl %i", async (seed) => {
    await compare(randomYace(500 + seed, true), seed);
  });
});

describe("a file is read the same, however YAML is written", () => {
  const contents = [randomYace(3, false), randomYace(8, true)];
  it.each(Object.entries(styles))("%s", (_, write) => {
    for (const content of contents) {
      expect(content.elements.length).toBeGreaterThan(1);
      const expected = parseYace(plainText(content), "plain.yace");
      expect(parseYace(write(content), "styled.yace")).toEqual(expected);
      expect(expected.bonds.flat().length).toBe(content.elements.length ** 2);
    }
  });
});

describe("what a file has that is not known is refused", () => {
  type Table = Record<string, unknown>;
  const inPlace = (content: RandomYace, path: readonly string[], change: (own: Table) => void): RandomYace => {
    const copy = structuredClone(content) as RandomYace & Table;
    change(path.reduce<Table>((table, key) => table[key] as Table, copy));
    return copy;
  };
  const pacemaker = randomYace(3, false);
  const polynomial = randomYace(8, true);
  const bond = ["bonds", "[0, 1]"];
  const first = ["functions", "1", "0"];
  const coefficients = Object.fromEntries(Object.keys(pacemaker.bonds as Table).map((pair) => [pair, [1]]));
  const pairTerm = { p: 2, r0: 2, rcut: 4, xl: 0.36, xr: 9, pl: 2, pr: 0, maxn: 1, recursion_coefficients: { A: [1], B: [0], C: [0] }, coefficients };
  it.each<[string, RandomYace, readonly string[], (own: Table) => void, string | RegExp]>([
    ["an element that is not there", pacemaker, ["functions"], (own) => (own["7"] = []), "functions has an entry for 7; elements are numbered from 0 to"],
    ["a pair that is not there", pacemaker, ["bonds"], (own) => (own["[0, 9]"] = own["[0, 0]"]), "bonds has an entry for [0, 9]; pairs are [i, j] with elements numbered from 0 to"],
    ["a pair by symbols", pacemaker, ["bonds"], (own) => (own["Si-O"] = own["[0, 0]"]), "bonds has an entry for Si-O"],
    ["functions of an element missing", pacemaker, ["functions"], (own) => delete own["1"], /functions has no entry for \w+ \(1\): the file is cut off, or not whole/u],
    ["functions of an element cut off at once", pacemaker, ["functions"], (own) => (own["1"] = null), "functions has nothing for 1: it is cut off (an element without functions has [])"],
    ["another embedding", pacemaker, ["embeddings", "0"], (own) => (own.npoti = "FinnisSinclairShifted"), 'is FinnisSinclairShifted (npoti), which is not known; did you mean "FinnisSinclairShiftedScaled"?'],
    ["a density that is not linear", pacemaker, ["embeddings", "0"], (own) => Object.assign(own, { ndensity: 1, FS_parameters: [1, 0.5] }), /has ndensity|to the power 0.5/u],
    ["too few parameters of densities", pacemaker, ["embeddings", "0"], (own) => (own.FS_parameters = [1]), "FS_parameters for"],
    ["a core that is on at once", pacemaker, ["embeddings", "0"], (own) => (own.rho_core_cutoff = 1), "core"],
    ["a core", pacemaker, bond, (own) => (own.prehc = 2), "has a core repulsion"],
    ["a core of ZBL", pacemaker, bond, (own) => Object.assign(own, { inner_cutoff_type: "zbl", rcut_in: 1, dcut_in: 0.5 }), "has a core repulsion (prehc, inner_cutoff_type zbl)"],
    ["another inner cutoff", pacemaker, bond, (own) => (own.inner_cutoff_type = "distances"), 'inner_cutoff_type is "distances"; it must be one of "density", "distance", "zbl"'],
    ["an inner cutoff that jumps", pacemaker, bond, (own) => Object.assign(own, { inner_cutoff_type: "distance", rcut_in: 1, dcut_in: 0 }), "rcut_in: 1 with dcut_in: 0: functions that jump there"],
    ["an inner cutoff without a width", pacemaker, bond, (own) => { Object.assign(own, { inner_cutoff_type: "distance", rcut_in: 1 }); delete own.dcut_in; }, "has no dcut_in"],
    ["another key of a bond", pacemaker, bond, (own) => (own.radshift = 2), 'unknown key "radshift" in bonds'],
    ["a number that is none", pacemaker, bond, (own) => (own.rcut = "far"), 'rcut is "far"; it must be a number > 0'],
    ["NaN", pacemaker, bond, (own) => (own.rcut = NaN), "rcut is NaN; it must be a number > 0"],
    ["more radial functions than told", pacemaker, bond, (own) => (own.nradmax = 0), /has radcoefficients of \d functions; nradmax is 0/u],
    ["more l than told", pacemaker, bond, (own) => (own.lmax = 1), /has radcoefficients of \d l; lmax is 1, so that it must have 2/u],
    ["more numbers than told", pacemaker, bond, (own) => Object.assign(own, { nradbasemax: 1, radcoefficients: [[[1, 2]]] }), "has radcoefficients with 2 numbers each; nradbasemax is 1"],
    ["polynomials among others", pacemaker, ["bonds"], (own) => (own["[0, 1]"] = (polynomial.bonds as Table)["[0, 0]"]), "do not go together"],
    ["a pair term where there are no polynomials", pacemaker, [], (own) => (own.polypairpot = pairTerm), "polypairpot stands beside bonds that have no polynomials"],
    ["a function of another element", pacemaker, first, (own) => (own.mu0 = 0), "has mu0: 0; it stands among those of 1"],
    ["a neighbor that is not there", pacemaker, first, (own) => own.mus = (own.mus as number[]).map(() => 9), "has mus: 9"],
    ["a list that is too short", pacemaker, first, (own) => (own.ns = []), "has 0 numbers in ns; it must have"],
    ["a function of one neighbor that turns", pacemaker, first, (own) => Object.assign(own, { rank: 1, num_ms_combs: 1, ndensity: 1, mus: [0], ns: [1], ls: [1], ms_combs: [0], ctildes: [1] }), "has rank 1 with ls: 1, ms_combs: 0; a function of one neighbor has 0 in both"],
    ["an m above its l", pacemaker, first, (own) => Object.assign(own, { rank: 2, num_ms_combs: 1, ndensity: 1, mus: [0, 0], ns: [1, 1], ls: [1, 1], ms_combs: [2, -2], ctildes: [1] }), "has 2, -2 in ms_combs; |m| must not exceed its l (1, 1)"],
    ["m that do not add up to 0", pacemaker, first, (own) => Object.assign(own, { rank: 2, num_ms_combs: 1, ndensity: 1, mus: [0, 0], ns: [1, 1], ls: [1, 1], ms_combs: [1, 0], ctildes: [1] }), "has 1, 0 in ms_combs; m of a product must add up to 0"],
    ["an l that the bonds do not have", pacemaker, first, (own) => Object.assign(own, { rank: 2, num_ms_combs: 1, ndensity: 1, mus: [0, 0], ns: [1, 1], ls: [4, 4], ms_combs: [0, 0], ctildes: [1] }), "has ls: 4, 4; the largest lmax of the bonds is 3"],
    ["no lmax beside polynomials", polynomial, [], (own) => delete own.lmax, "lmax is missing, which files with polynomials of ACE.jl have beside functions: it is cut off, or not whole"],
    ["a recursion that is too short", polynomial, [...bond, "recursion_coefficients"], (own) => (own.C = [0]), "has recursion_coefficients for 1 functions; maxn is"],
    ["ends the wrong way round", polynomial, bond, (own) => ([own.xl, own.xr] = [own.xr, own.xl]), "the end at the cutoff, must be the smaller one"],
    ["an inner end that no distance reaches", polynomial, bond, (own) => Object.assign(own, { xr: 1e3, pr: 2 }), "has xr: 1000, which no distance reaches"],
    ["functions that jump at an inner end", polynomial, bond, (own) => Object.assign(own, { xr: (own.xr as number) / 3, xl: 0.01, pr: 0 }), "functions that jump at"],
    ["functions that end beyond the cutoff", polynomial, bond, (own) => (own.xl = 0.001), "and rcut, where they are cut off, is"],
    ["bond lengths that differ with the center", polynomial, bond, (own) => (own.r0 = 2.01), "have several r0"],
  ])("%s", (_, content, path, change, message) => {
    const text = JSON.stringify(inPlace(content, path, change), (__, value: unknown) => (Number.isNaN(value) ? "NAN" : value)).replaceAll('"NAN"', ".nan");
    expect(() => yaceModel(parseYace(text, "broken.yace"), "broken.yace")).toThrow(message);
  });

  it.each([
    ["a key twice", (text: string) => text.replace("[0, 1]:", "[0, 0]:"), /broken\.yace:\d+:\d+: Map keys must be unique/u],
    ["a pair twice within a line", () => "bonds: {[0, 0]: {}, [0, 0]: {}}\nfunctions: {}\n", "the key [0, 0] stands there twice"],
    ["pacemaker's own form", () => "species:\n- {speciesblock: Al}\n", "Convert it with pace_yaml2yace"],
    ["radial functions as splines", (text: string) => text.replace("radbasename:", "splinenodalvals: [1]\n    radbasename:"), "bonds have splinenodalvals"],
    ["two documents", (text: string) => `${text}---\n${text}`, "multiple documents"],
    ["nothing", () => "", "there is no list of functions in it"],
  ])("%s", (_, change, message) => {
    expect(() => parseYace(change(plainText(pacemaker)), "broken.yace")).toThrow(message);
  });
});

it("refuses what is no text, in a line that can be read", () => {
  const file = String.fromCharCode(0x1f, 0x8b, 8, 0, 0xfffd, 0xfffd).repeat(100);
  expect(() => parseYace(file, "si.yace.gz")).toThrow(/^si\.yace\.gz: it is not a text: it is compressed, or a file of another kind; give a \.yace file, unpacked$/u);
});

it("reads a comment in another encoding than UTF-8", () => {
  const text = plainText(randomYace(3, false));
  expect(parseYace(`# in \ufffd\r\n\t\n${text}`, "a.yace")).toEqual(parseYace(text, "a.yace"));
});

describe("a file that is cut off", () => {
  const lines = (content: RandomYace): string[] => plainText(content).split("\n");
  it.each([["pacemaker", randomYace(3, false)], ["ACE.jl", randomYace(8, true)]])("is refused wherever it ends, but for whole functions at its end: %s", (_, content) => {
    const all = lines(content);
    const accepted = all.flatMap((__, count) => {
      if (count < all.length - 60 && count % 29 > 0) return [];
      try {
        const { functions } = parseYace(all.slice(0, count).join("\n"), "cut.yace");
        return [functions.flat().length];
      } catch (error) {
        expect(String(error)).toMatch(/cut\.yace/u);
        return [];
      }
    });
    const { functions } = parseYace(plainText(content), "whole.yace");
    const last = functions[functions.length - 1].length;
    const total = functions.flat().length;
    // what nothing in the format tells: functions of the last element that are missing at the end
    for (const count of accepted) expect(count).toBeGreaterThan(total - last);
    if ("lmax" in content) expect(new Set(accepted)).toEqual(new Set(accepted.length > 0 ? [total] : []));
  });
});
