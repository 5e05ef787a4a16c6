// What is noticed in data by sizes that are known of all molecules: made-up molecules of springs, spoiled in every way.
import { describe, expect, it } from "vitest";
import { Dataset, type Structure, suspectDataWarnings, type Targets } from "../../../src/structures/index.js";
import { seededRandom, standardNormal } from "../../../src/math/random.js";
import { makeStructure } from "../../models/systems.js";

const HARTREE = 27.211386;
const KCAL = 23.060548;
const BOHR = 0.529177;

/** Springs between all atoms, eV/Å², about a geometry: energy and forces of a geometry near it. */
function springs(start: Float64Array, positions: Float64Array, stiffness: (i: number, j: number) => number, zero: number): Targets {
  const forces = new Float64Array(positions.length);
  let energy = zero;
  const between = (values: Float64Array, i: number, j: number): number[] => [0, 1, 2].map((x) => values[3 * j + x] - values[3 * i + x]);
  for (let j = 0; 3 * j < positions.length; j++) {
    for (let i = 0; i < j; i++) {
      const now = between(positions, i, j);
      const length = Math.hypot(...now);
      const stretch = length - Math.hypot(...between(start, i, j));
      energy += 0.5 * stiffness(i, j) * stretch * stretch;
      for (let x = 0; x < 3; x++) {
        const force = (stiffness(i, j) * stretch * now[x]) / length;
        forces[3 * i + x] += force;
        forces[3 * j + x] -= force;
      }
    }
  }
  return { energy, forces };
}

/** Geometries about one, moved at random and turned about z. */
function frames(atomicNumbers: number[], start: number[], count: number, stiffness: (i: number, j: number) => number, zero: number): Structure[] {
  const random = seededRandom(3);
  const geometry = Float64Array.from(start);
  return Array.from({ length: count }, (_, k) => {
    const moved = geometry.map((value) => value + 0.03 * standardNormal(random));
    const [cos, sin] = [Math.cos(2.4 * k), Math.sin(2.4 * k)];
    const turn = (values: Float64Array): Float64Array => values.map((value, i) => (i % 3 === 0 ? cos * value - sin * values[i + 1] : i % 3 === 1 ? sin * values[i - 1] + cos * value : value));
    const { energy, forces } = springs(geometry, moved, stiffness, zero);
    return makeStructure({ atomicNumbers: Uint8Array.from(atomicNumbers), positions: turn(moved), cell: null, pbc: [false, false, false], label: `frame ${k + 1}` }, { energy, forces: turn(forces!) });
  });
}

const water = frames([8, 1, 1], [0, 0, 0, 0.96, 0, 0, -0.24, 0.93, 0], 80, (i) => (i === 0 ? 45 : 5), -76.4 * HARTREE);
const carbon = frames([6, 6, 6, 6], [0, 0, 0, 1.4, 0, 0, 0, 1.4, 0, 0, 0, 1.4], 40, () => 20, -30);
const times = (factor: number, values: Float64Array | undefined): Float64Array => values!.map((value) => factor * value);
const warningsOf = (structures: readonly Structure[], change: (targets: Targets, index: number) => Targets = (targets) => targets): string[] =>
  suspectDataWarnings(Dataset.from(structures.map((structure, i) => makeStructure(structure, change(structure.targets, i)))), "training");

describe("data against what is known of all molecules", () => {
  it("say nothing where they are right", () => {
    expect(warningsOf(water)).toEqual([]);
    expect(warningsOf(carbon)).toEqual([]);
    expect(warningsOf(water.slice(0, 10), ({ energy, forces }) => ({ energy, forces: times(-1, forces) }))).toEqual([]); // few
    expect(warningsOf(water, ({ energy }) => ({ energy: energy! + 76.4 * HARTREE + 3 }))).toEqual([]); // relative energies
  });

  it.each<[string, (targets: Targets) => Targets, RegExp[]]>([
    ["both in kcal/mol", ({ energy, forces }) => ({ energy: KCAL * energy!, forces: times(KCAL, forces) }), [/^it looks as if energies are in kcal\/mol: .* are 23\.\d times the total energies/u, /^it looks as if forces are in kcal\/mol\/Å: in the training data the force on H falls by \d+/u]],
    ["both in atomic units", ({ energy, forces }) => ({ energy: energy! / HARTREE, forces: times(BOHR / HARTREE, forces) }), [/energies are in hartree: /u, /forces are in hartree\/bohr: /u]],
    ["energies in kJ/mol", ({ energy, forces }) => ({ energy: 96.4853 * energy!, forces }), [/energies are in kJ\/mol: /u]],
    ["gradients", ({ energy, forces }) => ({ energy, forces: times(-1, forces) }), [/forces have the sign of gradients: .* falls by -\d+/u]],
    ["gradients in kcal/mol/Å", ({ energy, forces }) => ({ energy, forces: times(-KCAL, forces) }), [/forces are in kcal\/mol\/Å and have the sign of gradients/u]],
  ])("are told: %s", (_, change, patterns) => {
    const warnings = warningsOf(water, change);
    expect(warnings).toHaveLength(patterns.length);
    patterns.forEach((pattern, k) => expect(warnings[k]).toMatch(pattern));
  });

  it("tell forces of other frames", () => {
    expect(warningsOf(water, ({ energy }, i) => ({ energy, forces: water[(i + 7) % 80].targets.forces }))).toEqual([expect.stringMatching(/^it looks as if forces belong to other atoms or frames: .* bond to O/u)]);
  });

  it("tell positions in bohr, once", () => {
    const bohr = water.map((structure) => ({ ...structure, positions: times(1 / BOHR, structure.positions) }));
    expect(warningsOf(bohr)).toEqual([expect.stringMatching(/^it looks as if positions are in bohr: .* at 1\.\d+ times the sum/u)]);
    const crystal = (length: number): Structure => makeStructure({ atomicNumbers: Uint8Array.of(55), positions: new Float64Array(3), cell: Float64Array.from([-1, 1, 1, 1, -1, 1, 1, 1, -1], (x) => (x * length) / 2), pbc: [true, true, true], label: "Cs" }, { energy: -1 });
    expect(warningsOf([crystal(6.05)])).toEqual([]);
    expect(warningsOf([crystal(6.05 / BOHR)])).toHaveLength(1);
  });

  it("tell energies that are all the same number", () => {
    expect(warningsOf(carbon, () => ({ energy: -30 }))).toEqual(["all energies of the training data are -30 eV, in 40 structures that differ: it looks as if they were never computed, or stand under another key (keys.energy, --energy-key)"]);
    expect(warningsOf(carbon.slice(0, 3), () => ({ energy: -30 }))).toEqual([]);
    expect(warningsOf(Array.from({ length: 6 }, () => carbon[0]))).toEqual([expect.stringMatching(/repeat/u)]);
  });

  it("tell some energies that are unlike the others", () => {
    const some = (change: (energy: number) => number) => ({ energy, forces }: Targets, i: number): Targets => ({ energy: i % 10 === 4 ? change(energy!) : energy, forces });
    expect(warningsOf(carbon, some((energy) => energy / 4))).toEqual([expect.stringMatching(/^it looks as if the energies of 4 of 40 training structures are per atom, and the others are not \(frame 5; frame 15; frame 25, and 1 more\)/u)]);
    expect(warningsOf(carbon, some((energy) => KCAL * energy))).toEqual([expect.stringMatching(/^it looks as if the energies of 4 of 40 .* are in kcal\/mol, and/u)]);
    expect(warningsOf(carbon, some((energy) => energy + 5))).toEqual([]);
  });

  it.each<[string, (targets: Targets) => Targets, RegExp]>([
    ["gradients", ({ energy, forces }) => ({ energy, forces: times(-1, forces) }), /forces have the sign of gradients, .*: between \d+ pairs of nearest training frames/u],
    ["forces in kcal/mol/Å", ({ energy, forces }) => ({ energy, forces: times(KCAL, forces) }), /forces are in kcal\/mol\/Å and energies in eV, or in a unit of about that size/u],
    ["energies in hartree", ({ energy, forces }) => ({ energy: energy! / HARTREE, forces }), /hartree|kcal/u],
  ])("compare frames that are turned and in no order: %s", (_, change, pattern) => {
    const warnings = warningsOf(carbon, change);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(pattern);
  });
});
