// What is noticed in data before a fit: made-up data of a pair potential, spoiled in every way, and files that are clean.
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evaluateStructures, morseModel } from "../../../src/models/index.js";
import { createExecutor, type Executor } from "../../../src/parallel/index.js";
import { Dataset, readDataset, type Structure, suspectDataWarnings, type Targets } from "../../../src/structures/index.js";
import { unitFactor } from "../../../src/units.js";
import { makeStructure, randomStructure } from "../../models/systems.js";

const model = morseModel([11, 17], {
  type: "morse", cutoff: 5, pairs: [["Na", "Na"], ["Na", "Cl"], ["Cl", "Cl"]].map((species) => ({ species: species as [string, string], depth: 0.4, alpha: 1.2, distance: 2.6 })),
});
let executor: Executor;
let walk: Structure[];
let strained: Structure[];
beforeAll(async () => {
  executor = await createExecutor({ threads: 1 });
  walk = await labelled(Array.from({ length: 12 }, (_, k) => moved(k)));
  strained = await labelled(Array.from({ length: 9 }, (_, k) => stretched(0.01 * (k - 4))));
});
afterAll(() => executor.close());

async function labelled(structures: readonly Structure[]): Promise<Structure[]> {
  const all: Structure[] = [];
  for await (const { structure, prediction: { energy, forces, virial } } of evaluateStructures(model, structures, executor, { want: { forces: true, virial: true } })) {
    all.push(makeStructure(structure, { energy, forces: forces!, virial: virial! }));
  }
  return all;
}

/** A periodic structure whose atoms move on, across its faces. */
function moved(step: number): Structure {
  const start = randomStructure(4, 6);
  return makeStructure({ ...start, positions: start.positions.map((x, k) => x + 0.02 * step * Math.sin(k + 1) + (step % 2 === 1 && k < 3 ? start.cell![k] : 0)), label: `step ${step}` });
}

function stretched(strain: number): Structure {
  const start = randomStructure(5, 6);
  const stretch = (values: Float64Array): Float64Array => values.map((x, k) => (k % 3 === 2 ? x * (1 + strain) : x));
  return makeStructure({ ...start, positions: stretch(start.positions), cell: stretch(start.cell!), label: `strain ${strain}` });
}

const spoiled = (structures: readonly Structure[], change: (targets: Required<Targets>, structure: Structure) => Targets): Dataset =>
  Dataset.from(structures.map((structure) => makeStructure(structure, change(structure.targets as Required<Targets>, structure))));
const times = (factor: number, values: Float64Array): Float64Array => values.map((value) => factor * value);
const volume = ({ cell: h }: Structure): number => Math.abs(h![0] * (h![4] * h![8] - h![5] * h![7]) - h![1] * (h![3] * h![8] - h![5] * h![6]) + h![2] * (h![3] * h![7] - h![4] * h![6]));

describe("forces against energies", () => {
  it("are right as they are, across faces of the cell, too", () => {
    expect(suspectDataWarnings(Dataset.from(walk), "training")).toEqual([]);
    expect(suspectDataWarnings(Dataset.from(strained), "training")).toEqual([]);
  });

  const kcal = 1 / unitFactor("kcal/mol", "eV");
  it.each<[string, (targets: Required<Targets>) => Targets, RegExp]>([
    ["gradients", ({ forces, ...rest }) => ({ ...rest, forces: times(-1, forces) }), /^it looks as if forces have the sign of gradients: between 11 pairs of consecutive training frames that differ little, energies change by -1\.00 times/u],
    ["energies in kcal/mol", ({ energy, ...rest }) => ({ ...rest, energy: energy * kcal }), /energies are in kcal\/mol and forces in eV\/Å: .* by 23\.1 times/u],
    ["forces in kcal/mol/Å", ({ forces, ...rest }) => ({ ...rest, forces: times(kcal, forces) }), /forces are in kcal\/mol\/Å and energies in eV: .* by 0\.0434 times/u],
    ["energies in kJ/mol", ({ energy, ...rest }) => ({ ...rest, energy: energy / unitFactor("kJ/mol", "eV") }), /energies are in kJ\/mol and forces in eV\/Å: .* by 96\.5 times/u],
    ["energies in hartree", ({ energy, ...rest }) => ({ ...rest, energy: energy / 27.211386 }), /energies are in hartree and forces in eV\/Å/u],
    ["forces in hartree/bohr", ({ forces, ...rest }) => ({ ...rest, forces: times(1 / 51.422067, forces) }), /forces are in hartree\/bohr and energies in eV: .* by 51\.4 times/u],
    ["forces in eV/bohr", ({ forces, ...rest }) => ({ ...rest, forces: times(0.529177, forces) }), /forces are in the unit of the energies per bohr: .* by 1\.89 times/u],
    ["energies per atom", ({ energy, ...rest }) => ({ ...rest, energy: energy / 6 }), /energies are per atom: .* by 0\.167 times/u],
    ["gradients in kcal/mol/Å", ({ forces, ...rest }) => ({ ...rest, forces: times(-kcal, forces) }), /forces are in kcal\/mol\/Å and energies in eV, with the sign of gradients/u],
  ])("are told: %s", (_, change, pattern) => {
    const warnings = suspectDataWarnings(spoiled(walk, change), "training");
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(pattern);
  });

  it("say nothing about frames that are far apart, few, of other atoms, or of noise", () => {
    const gradients = spoiled(walk, ({ forces, ...rest }) => ({ ...rest, forces: times(-1, forces) }));
    expect(suspectDataWarnings(gradients.subset([0, 1, 2, 3]), "training")).toEqual([]);
    const far = Dataset.from(Array.from({ length: 12 }, (_, i) => makeStructure(randomStructure(40 + i, 6), { energy: Math.sin(i), forces: new Float64Array(18).fill(1) })));
    expect(suspectDataWarnings(far, "training")).toEqual([]);
    const noise = spoiled(walk, ({ forces, ...rest }, { label }) => ({ ...rest, energy: Math.sin(7 * label.length + Number(label.slice(5)) ** 2), forces }));
    expect(suspectDataWarnings(noise, "training")).toEqual([]);
    const exchanged = Dataset.from(walk.map((structure, i) => makeStructure({ ...structure, atomicNumbers: structure.atomicNumbers.map((z) => (i % 2 === 0 ? z : 28 - z)) }, { ...structure.targets, forces: times(-1, structure.targets.forces!) })));
    expect(suspectDataWarnings(exchanged, "training")).toEqual([]);
  });
});

describe("virials against energies", () => {
  it.each<[string, (targets: Required<Targets>, structure: Structure) => Targets, RegExp]>([
    ["the wrong sign", ({ virial, ...rest }) => ({ ...rest, virial: times(-1, virial) }), /virials have the opposite sign .* between 8 pairs of consecutive test frames/u],
    ["pressures in kbar", ({ virial, ...rest }, own) => ({ ...rest, virial: times(1602.1766 / volume(own), virial) }), /virials are pressures in kbar/u],
    ["stresses in eV/Å³", ({ virial, ...rest }, own) => ({ ...rest, virial: times(-1 / volume(own), virial) }), /virials are stresses in eV\/Å³/u],
  ])("are told: %s", (_, change, pattern) => {
    const warnings = suspectDataWarnings(spoiled(strained, change), "test");
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(pattern);
  });
});

describe("energies per atom", () => {
  /** Cells of some sizes and compositions, with energies that are nearly sums over the atoms. */
  const cells = (energyOf: (total: number, nAtoms: number) => number, sizes: readonly number[] = [1, 2, 2, 4, 4, 6, 8, 8, 12, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16]): Dataset =>
    Dataset.from(
      sizes.map((nAtoms, i) => {
        const structure = randomStructure(60 + i, nAtoms);
        const total = structure.atomicNumbers.reduce((sum, z) => sum - (z === 11 ? 3.2 : 5.1), 0) + nAtoms * 0.15 * Math.sin(i);
        return makeStructure(structure, { energy: energyOf(total, nAtoms) });
      }),
    );

  it("are told from totals, whatever the size of most structures", () => {
    expect(suspectDataWarnings(cells((total, nAtoms) => total / nAtoms), "training")).toEqual([
      "it looks as if energies are per atom: in the training data they hardly change between structures of 1 to 16 atoms; multiply them by the number of atoms",
    ]);
    expect(suspectDataWarnings(cells((total) => total), "training")).toEqual([]);
  });

  it("are not seen in few structures, or in structures of one size", () => {
    const perAtom = (total: number, nAtoms: number): number => total / nAtoms;
    expect(suspectDataWarnings(cells(perAtom, [1, 2, 4, 8]), "training")).toEqual([]);
    expect(suspectDataWarnings(cells(perAtom, new Array<number>(20).fill(8)), "training")).toEqual([]);
    expect(suspectDataWarnings(Dataset.from([]), "training")).toEqual([]);
  });

  it("are told where most structures have one size", () => {
    const sizes = [...Array.from({ length: 300 }, () => 6), 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13];
    const structures = sizes.map((size, k) => {
      const atoms = randomStructure(1, 1);
      const positions = Float64Array.from({ length: 3 * size }, (_, i) => 1.7 * i);
      return makeStructure({ ...atoms, atomicNumbers: new Uint8Array(size).fill(11), positions, cell: null, pbc: [false, false, false], label: `${k}` }, { energy: -5 + 0.15 * Math.sin(k) });
    });
    expect(suspectDataWarnings(Dataset.from(structures), "training").join()).toMatch(/it looks as if energies are per atom/u);
  });
});

describe("frames", () => {
  it("that repeat are counted and named; other energies are a warning of their own", () => {
    const [a, b, c, d, e] = Array.from({ length: 5 }, (_, i) => randomStructure(80 + i, 4));
    const atom = makeStructure({ ...randomStructure(1, 1, false), atomicNumbers: Uint8Array.of(11) }, { energy: -1 }, "IsolatedAtom");
    const frames = [a, b, a, c, d, a, b, e, d].map((structure, i) => makeStructure({ ...structure, label: `frame ${i + 1}` }, { energy: i === 5 ? 0.5 : -1 }));
    expect(suspectDataWarnings(Dataset.from([...frames, atom, atom]), "validation")).toEqual([
      "4 of 11 validation frames repeat the geometry of an earlier one (frame 3 = frame 1; frame 6 = frame 1; frame 7 = frame 2, and 1 more); the same reference counts twice, or more often",
      "1 validation frame has the geometry of an earlier one and another energy (frame 6 = frame 1, 375 meV/atom); no potential can follow both: other spin states or settings look like this",
    ]);
  });

  it("without reference values are named where others have some", () => {
    const frames = [0, 1, 2].map((i) => makeStructure({ ...randomStructure(90 + i, 3), label: `frame ${i + 1}` }, i === 1 ? {} : { energy: i }));
    expect(suspectDataWarnings(Dataset.from(frames), "training")).toEqual(["1 of 3 training frames has neither energy nor forces nor virial (frame 2); fits and errors pass over them"]);
    expect(suspectDataWarnings(Dataset.from([frames[1]]), "training")).toEqual([]);
  });
});

it.each([
  ["Si_train.xyz.gz", []],
  ["Si_test.xyz.gz", []],
  ["C_dimer.xyz", []],
  ["QM9_2074.xyz.gz", []],
  // some frames of this file stand there twice
  ["Fe_GAP22_newDBs.xyz.gz", [expect.stringMatching(/^20 of 2306 training frames repeat/u)]],
] as const)("the published file %s is as clean as it is", async (name, expected) => {
  const dataset = await readDataset(fileURLToPath(new URL(`../../../examples/data/${name}`, import.meta.url)));
  expect(suspectDataWarnings(dataset, "training")).toEqual(expected);
});
