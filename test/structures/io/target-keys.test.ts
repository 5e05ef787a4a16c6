import { describe, expect, it } from "vitest";
import { type DatasetReport, parseStructures, type TargetKeys } from "../../../src/structures/index.js";
import { Dataset } from "../../../src/structures/index.js";
import { KeyTally } from "../../../src/structures/io/target-keys.js";
import { extxyzReader } from "./extxyz-reader.js";

const CUBE = 'Lattice="2 0 0 0 2 0 0 0 2"';

function energyOf(entries: string, keys: TargetKeys = {}): number | undefined {
  return parseStructures(`1\nProperties=species:S:1:pos:R:3 ${entries}\nH 0 0 0\n`, "f", keys)[0].targets.energy;
}

function reportOf(text: string, keys: TargetKeys = {}): DatasetReport {
  const tally = new KeyTally();
  const parser = extxyzReader("f.xyz", keys, tally);
  const structures = [...parser.push(new TextEncoder().encode(text)), ...parser.finish()];
  return Dataset.from(structures, tally.report()).report;
}

describe("detection of the reference energy", () => {
  it("prefers marked names to plain ones, in a fixed order", () => {
    const order = ["REF_energy", "ref_energy", "DFT_energy", "dft_energy", "energy", "Energy", "free_energy"];
    for (let i = 0; i < order.length; i++) {
      const later = order.slice(i).map((key, k) => `${key}=${i + k + 0.5}`);
      expect(energyOf(later.join(" ")), later.join(" ")).toBe(i + 0.5);
      expect(energyOf(later.reverse().join(" ")), "the order in the file does not matter").toBe(i + 0.5);
    }
  });

  it("takes any other *_energy, that of a total first", () => {
    expect(energyOf("vasp_energy=1.5")).toBe(1.5);
    expect(energyOf("total_energy=2.5 b_energy=1.5")).toBe(2.5);
  });

  it("takes no prediction, part or statistic of an energy", () => {
    for (const key of ["pestle_energy", "gap_energy", "MACE_energy", "kinetic_energy", "formation_energy", "local_energy", "energy_sigma", "max_energy", "energies", "dft_gap_energy"]) {
      expect(energyOf(`${key}=1.5`), key).toBeUndefined();
    }
  });

  it("takes no text for an energy, except under its own name", () => {
    expect(energyOf("total_energy=high")).toBeUndefined();
  });

  it("gives way to the key that was asked for, and to false", () => {
    expect(energyOf("REF_energy=1.5 gap_energy=2.5", { energy: "gap_energy" })).toBe(2.5);
    expect(energyOf("REF_energy=1.5", { energy: "E" })).toBeUndefined();
    expect(energyOf("REF_energy=1.5", { energy: false })).toBeUndefined();
  });
});

describe("detection of forces and virials", () => {
  const forces = (columns: string[], keys: TargetKeys = {}): number[] | undefined => {
    const row = columns.flatMap((_, i) => [i, i, i]).join(" ");
    const [structure] = parseStructures(`1\nProperties=species:S:1:pos:R:3:${columns.map((c) => `${c}:R:3`).join(":")}\nH 0 0 0 ${row}\n`, "f", keys);
    return structure.targets.forces && [...structure.targets.forces];
  };

  it("follows the same order for columns", () => {
    const order = ["REF_forces", "REF_force", "ref_forces", "DFT_forces", "dft_forces", "dft_force", "forces", "force", "qm_forces"];
    for (let i = 1; i < order.length; i++) {
      expect(forces([order[i], order[i - 1]])).toEqual([1, 1, 1]);
      expect(forces([order[i - 1], order[i]])).toEqual([0, 0, 0]);
    }
    expect(forces(["gap_forces"])).toBeUndefined();
    expect(forces(["momenta", "forces"], { forces: "momenta" })).toEqual([0, 0, 0]);
    expect(forces(["forces"], { forces: false })).toBeUndefined();
  });

  it("takes forces only from three reals", () => {
    expect(() => parseStructures("1\nProperties=species:S:1:pos:R:3:forces:R:1\nH 0 0 0 1\n")).toThrow(/forces:R:1 is not of the form forces:R:3/);
    expect(() => parseStructures("1\nProperties=species:S:1:pos:R:3:f:R:1\nH 0 0 0 1\n", "f", { forces: "f" })).toThrow(/f:R:1 is not of the form f:R:3/);
  });

  it("prefers a virial to a stress of the same kind, and a marked stress to a plain virial", () => {
    const virial = (entries: string, keys: TargetKeys = {}): number | undefined =>
      parseStructures(`1\n${CUBE} ${entries}\nH 0 0 0\n`, "f", keys)[0].targets.virial?.[0];
    const nine = (x: number): string => `"${x} 0 0 0 0 0 0 0 0"`;
    expect(virial(`stress=${nine(1)} virial=${nine(5)}`)).toBe(5);
    expect(virial(`REF_stress=${nine(1)} virial=${nine(5)}`)).toBe(-8);
    expect(virial(`ase_stress=${nine(1)}`)).toBe(-8);
    expect(virial(`stress=${nine(1)} virial=${nine(5)}`, { stress: "stress" })).toBe(-8);
    expect(virial(`sigma=${nine(1)}`, { stress: "sigma" })).toBe(-8);
    expect(virial(`W=${nine(3)}`, { virial: "W" })).toBe(3);
    expect(virial(`stress=${nine(1)}`, { stress: false })).toBeUndefined();
    expect(virial(`stress=${nine(1)} virial=${nine(5)}`, { virial: false })).toBeUndefined();
  });
});

describe("the report", () => {
  it("says which keys were read, and which were not", () => {
    const frame = (entries: string): string => `1\nProperties=species:S:1:pos:R:3 ${entries}\nH 0 0 0\n`;
    const report = reportOf(frame("REF_energy=1.5 energy=2.5") + frame("REF_energy=1.5") + frame("energy=nan") + frame(""));
    expect(report.keys).toEqual({
      energy: [
        { key: "REF_energy", structures: 2 },
        { key: "energy", structures: 1 },
      ],
      forces: [],
      virial: [],
    });
    expect(report.energies).toBe(2);
    expect(report.warnings).toEqual([
      'energy was read from several keys: "REF_energy" in 2, "energy" in 1 structures; keys.energy chooses one',
      '"energy" in 1 structures was not read, "REF_energy", "energy" was taken; keys.energy chooses another',
      '"energy" is NaN and counts as absent (1 structure)',
    ]);
  });

  it("has nothing to warn of in an ordinary file", () => {
    const report = reportOf(`1\n${CUBE} Properties=species:S:1:pos:R:3:forces:R:3 energy=1.0 virial="1 2 3 4 5 6"\nSi 0 0 0 1 2 3\n`);
    expect(report.warnings).toEqual([]);
    expect(report).toMatchObject({ structures: 1, atoms: 1, energies: 1, forceComponents: 3, virials: 1 });
  });
});
