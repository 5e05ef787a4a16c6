// Composed potentials as embedded atoms, tables and JSON, against the readable twin.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { InvalidParameterError } from "../../src/errors.js";
import { type ComposedContent, embeddedAtomsOf, type EmbeddedAtoms, isEmbedded } from "../../src/interop/composed/embedded-atom.js";
import { finnisSinclairOf } from "../../src/interop/composed/finnis-sinclair.js";
import { composedJson } from "../../src/interop/composed/json-model.js";
import { writeComposedSum } from "../../src/interop/composed/write-model.js";
import { setflText } from "../../src/interop/lammps/setfl.js";
import { tableError } from "../../src/interop/lammps/table-error.js";
import { lennardJonesModel, ZblModel } from "../../src/models/index.js";
import { layoutParameters } from "../../src/models/composed/parameters.js";
import type { PairFunction } from "../../src/models/pair/pair-function.js";
import { expectClose } from "../expect.js";
import { PlainComposed, type PlainStructure } from "../models/composed/plain.js";
import { plainNeighbors } from "../models/composed/plain-basis.js";
import { type ComposedCase, composedOf } from "./composed-models.js";

const reader = new URL("../../examples/composed/composed.py", import.meta.url);
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pestle-composed-export-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const structure: PlainStructure = {
  species: [0, 1, 0, 1, 1],
  positions: [[0.3, 0.2, 0.1], [2.1, 0.5, 0.4], [3.1, 2.9, 1.2], [0.9, 3.7, 3.4], [2.8, 1.4, 4.9]],
  cell: [[5.5, 0, 0.2], [0.4, 6, 0], [0, 0.3, 6.5]],
  pbc: [true, true, false],
};

function value({ at, cutoff }: PairFunction, r: number): number {
  const out = new Float64Array(2);
  if (r < cutoff) at(r, out);
  return out[0];
}

/** Σ_i F_i(Σ_j ρ) + ½ Σ_ij φ, and what every density was. */
function energyOf({ centers, pair, cutoff }: EmbeddedAtoms, species: readonly number[]): number {
  const neighbors = plainNeighbors({ ...structure, species }, cutoff);
  return species.reduce((sum, center, i) => {
    const { densities, embedding } = centers[center];
    const density = neighbors[i].reduce((rho, { atom, r }) => rho + (densities.length > 0 ? value(densities[species[atom]], r) : 0), 0);
    return sum + embedding(density)[0] + neighbors[i].reduce((own, { atom, r }) => own + value(pair(center, species[atom]), r) / 2, 0);
  }, 0);
}

/** Parameters by name set to values. */
function withValues(content: ComposedContent, changes: Readonly<Record<string, number>>): ComposedContent {
  const { parameters } = layoutParameters(content.form, content.species.length);
  return { ...content, values: content.values.map((own, p) => Object.entries(changes).find(([name]) => parameters[p].name.startsWith(name))?.[1] ?? own) };
}

const embedded: readonly (readonly [string, ComposedCase])[] = [
  ["E[G1 L2]", {}],
  ["G4 + C3 + E[G1 L3]", { species: [11, 17] }],
  ["E[G1#1 L2] + E[G1#1 L1]", { species: [11, 17] }],
  ["G1#1 x G1#1", { species: [11, 17] }],
  ["(G1#1 + E[G1#1 L2]) x G1#1 x E[G1#1 L1] + C5", { species: [11, 17] }],
  ["E[G1 L2]", { species: [41], mode: "channels" }],
  ["C4 + G2", { species: [11, 17], mode: "channels" }],
  ["G3", { species: [11, 17], mode: "alike" }],
];

describe("a composed potential as embedded atoms", () => {
  it.each(embedded)("%s %o is one, with the same energy", (notation, options) => {
    for (const cutoff of ["poly4", "smoothstep7", "bump"] as const) {
      const content = composedOf(notation, { ...options, cutoff: { radius: 4.2, function: cutoff } });
      const atoms = embeddedAtomsOf(content);
      if (!isEmbedded(atoms)) throw new Error(atoms.why);
      const species = structure.species.map((s) => Math.min(s, content.species.length - 1));
      const { energy } = new PlainComposed(content.form, { ...structure, species }, content.values, content.species.length).predict();
      expectClose([energyOf(atoms, species)], [energy], 1e-12, "relative-to-max");
      expect(atoms.isPairwise).toBe(!/[Ex]/u.test(notation));
    }
  });

  it.each<readonly [string, ComposedCase, string]>([
    ["E[G4 L2]", {}, "root (E[G4L2]) has functions of 4 different densities"],
    ["E[G1 L2] + E[G1 L2]", {}, "root.left (E[G1L2]) and root.right (E[G1L2]) have functions of different densities"],
    ["C2 + (G4#1 x G4#1)", {}, "root.right (G4#1 x G4#1) multiplies functions of different densities"],
    ["G1 x G1", {}, "root (G1 x G1) multiplies functions of different densities"],
    ["C1 + N[E[G1 L1]]", {}, "root.right (N[E[G1L1]]) has exponentials of sums over neighbors of neighbors"],
    ["(G1 + T1[0]) + C1", {}, "root.left.right (T1[0]) has functions of angles"],
    ["E[G1 L1]", { species: [11, 17], mode: "channels" }, "root (E[G1L1]) has functions of 2 different densities"],
  ])("%s %o is none: %s", (notation, options, why) => {
    expect(embeddedAtomsOf(composedOf(notation, options))).toEqual({ why });
  });

  it("is one by the values of its parameters: terms that are 0, factors that are constant, bases and products that are one", () => {
    const cases: readonly (readonly [string, Readonly<Record<string, number>>])[] = [
      ["E[G4 L2]", { "root.c[0": 0, "root.c[1": 0, "root.c[3": 0 }],
      ["G4 + T2[0,1]", { "root.right.c": 0 }],
      ["E[G3 L2] x G2", { "root.left.xi": 0 }],
      ["G3 x N[E[G2 L2]]", { "root.right.xi": 0 }],
      ["G1 x E[G1 L2]", { "a.alpha": 0.07, "b.alpha": 0.07 }],
      ["G2#1 x G2#1", { "root.left.c[0]": 0.3, "root.left.c[1]": 0.1, "root.right.c[0]": -0.6, "root.right.c[1]": -0.2 }],
    ];
    for (const [notation, changes] of cases) {
      const content = withValues(composedOf(notation), changes);
      const species = structure.species.map(() => 0);
      const atoms = embeddedAtomsOf(content);
      if (!isEmbedded(atoms)) throw new Error(`${notation}: ${atoms.why}`);
      expectClose([energyOf(atoms, species)], [new PlainComposed(content.form, { ...structure, species }, content.values, 1).predict().energy], 1e-12, "relative-to-max");
    }
  });

  it("has derivatives that follow its functions", () => {
    const atoms = embeddedAtomsOf(composedOf("C4 + G2 + (G1#1 x E[G1#1 L2])", { species: [11, 17], cutoff: { radius: 4.2, function: "bump" } })) as EmbeddedAtoms;
    const h = 1e-5;
    const out = new Float64Array(2);
    for (const own of [atoms.pair(0, 1), atoms.pair(1, 1), ...atoms.centers.flatMap(({ densities }) => densities)]) {
      for (const r of [0.4, 1.7, 3.3, 4.1]) {
        own.at(r, out);
        expectClose([out[1]], [(value(own, r + h) - value(own, r - h)) / (2 * h)], 1e-9);
      }
    }
    for (const { embedding } of atoms.centers) for (const rho of [0, 0.7, 5]) expectClose([embedding(rho)[1]], [(embedding(rho + h)[0] - embedding(rho - h)[0]) / (2 * h)], 1e-8);
  });
});

describe("a file for eam/fs", () => {
  it("has the functions at its points: F, densities by center and neighbor, r φ, in the order of the format", () => {
    const atoms = embeddedAtomsOf(composedOf("C4 + E[G1 L2]", { species: [11, 17] })) as EmbeddedAtoms;
    const functions = finnisSinclairOf(atoms);
    const points = 103;
    const { text, errors } = setflText(functions, points, "salt");
    const [comment, , , elements, sizes, ...rest] = text.split("\n");
    expect([comment, elements]).toEqual(["salt", "2 Na Cl"]);
    const [nRho, dRho, nR, dR, cutoff] = sizes.split(" ").map(Number);
    expect([nRho, nR, cutoff]).toEqual([points, points, 4.5]);
    expectClose([dRho * (points - 1), dR * (points - 1)], [functions.maxDensity, 4.5], 1e-12);
    const numbers = rest.join(" ").trim().split(/\s+/u);
    const table = (count: number): number[] => numbers.splice(0, count).map(Number);
    const r = (i: number): number => i * dR;
    for (const [center, z] of [11, 17].entries()) {
      expect(numbers.splice(0, 4)).toEqual([String(z), ["22.99", "35.45"][center], "0", "fcc"]);
      expectClose(table(points), Array.from({ length: points }, (_, i) => functions.embedding[center](i * dRho)[0]), 1e-14);
      for (const other of [0, 1]) expectClose(table(points), Array.from({ length: points }, (_, i) => value(functions.density(other, center), r(i))), 1e-14);
    }
    for (const [a, b] of [[0, 0], [1, 0], [1, 1]]) expectClose(table(points), Array.from({ length: points }, (_, i) => r(i) * value(atoms.pair(a, b), r(i))), 1e-14);
    expect(numbers).toEqual([]);
    // densities differ by the center, so that their order matters
    expect(Math.abs(value(functions.density(0, 1), 1) / value(functions.density(1, 0), 1) - 1)).toBeGreaterThan(1e-3);
    // cubic polynomials: sixteen times as exact with half the spacing, derivatives eight times
    const finer = setflText(functions, 2 * points - 1, "salt").errors;
    for (const kind of ["pair", "density", "embedding"] as const) {
      expect(errors[kind].value / finer[kind].value, kind).toBeGreaterThan(10);
      expect(errors[kind].slope / finer[kind].slope, kind).toBeGreaterThan(5);
    }
  });

  it("keeps densities from 0 on: negative ones are turned, and what has both signs is refused", () => {
    const sides = ["left", "right"].map((side) => ({ [`root.${side}.c[0]`]: -0.9, [`root.${side}.c[1]`]: 1, [`root.${side}.c[2]`]: -0.2 }));
    const negatives = [
      withValues(composedOf("E[G1 L2]", { species: [11, 17] }), { "a.weights": -0.5 }),
      // −0.7 + x − 0.4 x², x from −1 to 1, where the largest coefficient is above 0
      withValues(composedOf("C3#1 x C3#1"), { ...sides[0], ...sides[1] }),
    ];
    for (const negative of negatives) {
      const atoms = embeddedAtomsOf(negative) as EmbeddedAtoms;
      const functions = finnisSinclairOf(atoms);
      const last = negative.species.length - 1;
      for (const r of [0, 1, 3]) {
        const density = value(functions.density(0, last), r);
        expect(density).toBeGreaterThan(0);
        expectClose([functions.embedding[0](density)[0]], [atoms.centers[0].embedding(value(atoms.centers[0].densities[last], r))[0]], 1e-13);
      }
      expect(functions.embedding[0](0)[0]).toBe(atoms.centers[0].alone);
    }
    const mixed = withValues(composedOf("E[G1 L2]", { species: [11, 17] }), { "a.weights[1": -0.5 });
    expect(() => finnisSinclairOf(embeddedAtomsOf(mixed) as EmbeddedAtoms)).toThrow(/^the density of Na has both signs, .*reader in Python$/u);
    // T_1 changes its sign with the distance
    expect(() => finnisSinclairOf(embeddedAtomsOf(withValues(composedOf("E[C2 L1]"), { "root.c[0": 0 })) as EmbeddedAtoms)).toThrow(InvalidParameterError);
  });

  it("ends at the density of a close packing, and follows what it is told", () => {
    const atoms = embeddedAtomsOf(composedOf("E[G1 L2]")) as EmbeddedAtoms;
    const [wide, narrow] = [finnisSinclairOf(atoms, 2), finnisSinclairOf(atoms, 3)];
    const shells = [[12, 1], [6, Math.SQRT2], [24, Math.sqrt(3)], [12, 2], [24, Math.sqrt(5)]] as const;
    for (const [nearest, { maxDensity }] of [[2, wide], [3, narrow]] as const) {
      expectClose([maxDensity], [shells.reduce((sum, [count, distance]) => sum + count * value(atoms.centers[0].densities[0], nearest * distance), 0)], 1e-12, "relative-to-max");
    }
    expect(finnisSinclairOf(atoms).maxDensity).toBeGreaterThan(narrow.maxDensity);
    const overflows = withValues(composedOf("E[G1 L1]"), { "root.xi": 400 });
    expect(() => setflText(finnisSinclairOf(embeddedAtomsOf(overflows) as EmbeddedAtoms), 200, "")).toThrow(/^the embedding energy of Nb at a density up to [\d.]+ is not finite/u);
  });
});

describe("the error of a table", () => {
  const exact = (spacing: number) => (i: number): readonly [number, number] => [Math.sin(i * spacing), Math.cos(i * spacing)];
  it.each([4, 5, 50])("is 0 for cubic polynomials and that of a sine otherwise, with %i points", (points) => {
    const cubic = (i: number): readonly [number, number] => [2 - i + 3 * i ** 3, -1 + 9 * i ** 2];
    const { value, slope } = tableError({ values: Float64Array.from({ length: points }, (_, i) => cubic(i)[0]), spacing: 1, exact: cubic });
    expectClose([value, slope], [0, 0], 1e-15 * 3 * points ** 3 * 10);
    const spacing = 0.1;
    const sine = tableError({ values: Float64Array.from({ length: points }, (_, i) => exact(spacing)(i)[0]), spacing, exact: exact(spacing) });
    // h⁴/24 · |t(t−1)(t−2)(t−3)|, the largest in the first interval
    expect(sine.value > 1e-8 && sine.value < spacing ** 4 / 24).toBe(true);
    expect(sine.slope > 1e-7 && sine.slope < spacing ** 3 / 4).toBe(true);
  });
});

describe("what is written", () => {
  const write = (name: string, content: ComposedContent, options = {}): ReturnType<typeof writeComposedSum> => writeComposedSum(join(folder, name), { potential: content, overlays: [] }, options);

  it("is the first format that holds the potential exactly, or what the name says", async () => {
    expect(await write("a", composedOf("G4"))).toMatchObject({ format: "pair-table", files: ["a"], lammps: ["units metal", "pair_style table spline 6000", "pair_coeff 1 1 a Nb_Nb"] });
    expect(await write("b", composedOf("E[G1 L2]"))).toMatchObject({ format: "eam-fs", lammps: ["units metal", "pair_style eam/fs", "pair_coeff * * b Nb"] });
    expect(await write("c", composedOf("E[G4 L2]"))).toEqual({ format: "json", files: ["c", "composed.py"], lammps: [] });
    expect((await write("b.json", composedOf("E[G1 L2]"))).format).toBe("json");
    // every pair potential is one of embedded atoms
    expect((await write("nb.eam.fs", composedOf("G4"))).format).toBe("eam-fs");
    expect((await write("d.table", composedOf("G4"), { format: "json" })).format).toBe("json");
  });

  it("tells what a table leaves out, and how well it follows", async () => {
    const content = withValues(composedOf("G4", { species: [11, 17] }), { "root.shift[1]": 0.25 });
    const { missingAtomEnergies, pairErrors } = await write("salt.table", content);
    expect(missingAtomEnergies).toEqual({ Na: content.values[layoutParameters(content.form, 2).nodes[0].shift], Cl: 0.25 });
    expect(pairErrors!.value > 0 && pairErrors!.value < 1e-9 && pairErrors!.slope > 0 && pairErrors!.slope < 1e-7).toBe(true);
  });

  it("is refused with the term that is in the way, and what to write instead", async () => {
    await expect(write("x.fs", composedOf("E[G4 L2]"))).rejects.toThrow(/^eam\/fs has .*: root \(E\[G4L2\]\) has functions of 4 different densities\. Write the potential as JSON .*\(-o model\.json\)$/u);
    await expect(write("x.table", composedOf("G2 + T1[1]"))).rejects.toThrow(/^a table has .*: root\.right \(T1\[1\]\) has functions of angles\. Write the potential as JSON/u);
    await expect(write("x.table", composedOf("G2 + E[G1 L2]"))).rejects.toThrow(/G2 \+ E\[G1L2\] has functions of densities\. Write it as a file for pair_style eam\/fs/u);
    await expect(write("x.fs", composedOf("E[G1 L2]"), { points: 3 })).rejects.toThrow(/points is 3; it must be a whole number from 100 to 100000/u);
    await expect(write("x.fs", composedOf("E[G1 L2]"), { nearest: 9 })).rejects.toThrow(/nearest is 9; .* below the cutoff of 4.5/u);
  });

  it("as JSON leaves a reader that was changed as it is", async () => {
    const own = join(folder, "composed.py");
    await write("a.json", composedOf("G1"));
    expect(readFileSync(own, "utf8")).toBe(readFileSync(reader, "utf8"));
    writeFileSync(own, "# mine");
    expect(await write("a.json", composedOf("G1"))).toEqual({ format: "json", files: ["a.json"], lammps: [], keptReader: true });
    expect(readFileSync(own, "utf8")).toBe("# mine");
    rmSync(own);
    await expect(write("composed.py", composedOf("T1[0]"))).rejects.toThrow("composed.py is the name of the reader");
    await expect(write("a.json", withValues(composedOf("G1"), { "root.c": NaN }))).rejects.toThrow("parameters that are not finite");
  });

  it("with pair potentials beside it has lines and tables of these, but not as JSON", async () => {
    const overlays = [new ZblModel([41], { type: "zbl", inner: 1, outer: 2 }), lennardJonesModel([41], { type: "lennard-jones", parameters: { Nb: { epsilon: 0.1, sigma: 2 } }, cutoff: 3.5, truncation: "shifted" }, "this test")];
    const sum = { potential: composedOf("E[G1 L2]"), overlays };
    expect(await writeComposedSum(join(folder, "nb.eam.fs"), sum)).toMatchObject({
      files: ["nb.eam.fs", "nb.table"],
      lammps: ["units metal", "pair_style hybrid/overlay eam/fs zbl 1 2 table spline 6000", "pair_coeff * * eam/fs nb.eam.fs Nb", "pair_coeff 1 1 zbl 41.0 41.0", "pair_coeff 1 1 table nb.table Nb_Nb"],
    });
    await expect(writeComposedSum(join(folder, "nb.json"), sum)).rejects.toThrow("the reader in Python knows composed potentials only, not zbl, lennard-jones beside them: fit without model.baseline");
  });

  it("counts energies of isolated atoms", async () => {
    const plain = composedOf("G2", { species: [11, 17] });
    const content = { ...plain, isolatedAtomEnergies: [-3, -5] };
    const json = JSON.parse(composedJson(content)) as { tree: { shift: number[] } };
    expect(json.tree.shift.map((shift, s) => shift - (JSON.parse(composedJson(plain)) as typeof json).tree.shift[s])).toEqual([-3, -5]);
    const { missingAtomEnergies } = await write("salt.table", content);
    expect(Object.values(missingAtomEnergies!)).toEqual(json.tree.shift);
  });

  it("as JSON has every number of the potential", () => {
    const content = composedOf("(G2 x E[G1#1 L2]) + N[E[G1#1 L1]] + T2[0,2]", { species: [1, 6], mode: "weights" });
    const json = JSON.parse(composedJson(content)) as { bases: object; tree: object };
    const numbers = (part: unknown): number[] => (typeof part === "number" ? [part] : typeof part === "object" && part !== null ? Object.values(part).flatMap(numbers) : []);
    const all = numbers([json.bases, json.tree]);
    for (const own of content.values) expect(all).toContain(own);
    expect(json).toMatchObject({ notation: "G2 x E[G1#1 L2] + N[E[G1#1 L1]] + T2[0,2]", species: [1, 6], cutoff: { radius: 4.5, function: "poly4" } });
    expect(readFileSync(reader, "utf8").split("\n").length - 1).toBeLessThanOrEqual(60);
  });
});
