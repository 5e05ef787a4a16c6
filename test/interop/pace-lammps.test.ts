// What is written beside a .yace file, run by LAMMPS where the machine has it: tables and ZBL. Debian's has no `pair_style pace`.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEnvironmentDescriptor } from "../../src/descriptors/index.js";
import { writeYaceModel } from "../../src/interop/pace/index.js";
import { evaluateStructure, LinearModel, lennardJonesModel, SumModel, ZblModel } from "../../src/models/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { expectClose, testExecutor } from "../expect.js";
import { makeStructure } from "../models/systems.js";

const available = ((): boolean => {
  try {
    execFileSync("lmp", ["-h"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();
const title = available ? "in LAMMPS" : "in LAMMPS (skipped: there is no program lmp)";

let executor: Executor;
let folder: string;
beforeAll(async () => {
  executor = await testExecutor();
  folder = mkdtempSync(join(tmpdir(), "pestle-lammps-"));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await executor.close();
});

const species = [11, 17];
const box = [5.5, 6, 6.5];
const structure = makeStructure({
  atomicNumbers: Uint8Array.of(11, 17, 11, 17, 17),
  positions: Float64Array.of(0.3, 0.2, 0.1, 2.1, 0.5, 0.4, 3.1, 2.9, 1.2, 0.9, 3.7, 3.4, 2.8, 1.4, 4.9),
  cell: Float64Array.of(box[0], 0, 0, 0, box[1], 0, 0, 0, box[2]),
  pbc: [true, true, true],
  label: "salt",
});

/** Pair functions alone: what is left in the .yace file is 0. */
function pairTerm(): LinearModel {
  const functions = species.flatMap((_, s) => [1, 2, 3].map((n) => ({ pair: true, neighbors: [["Na", "Cl"][s]], n: [n] })));
  const descriptor = createEnvironmentDescriptor({ type: "ace", species: ["Na", "Cl"], cutoff: { radius: 4 }, functions }, "this test");
  return new LinearModel({ species, terms: [{ descriptor, centers: null, quadratic: false, coefficients: Float64Array.from({ length: 12 }, (_, i) => 0.1 * Math.cos(2 * i)) }], isolatedAtomEnergies: [0, 0] });
}

/** Energy in eV, forces in eV/Å. */
function runLammps(lines: readonly string[]): { energy: number; forces: number[] } {
  const { atomicNumbers, positions } = structure;
  const atoms = Array.from(atomicNumbers, (z, i) => `${i + 1} ${species.indexOf(z) + 1} ${positions.subarray(3 * i, 3 * i + 3).join(" ")}`);
  writeFileSync(join(folder, "salt.data"), ["salt", "", `${atoms.length} atoms`, "2 atom types", "", ...["x", "y", "z"].map((x, k) => `0 ${box[k]} ${x}lo ${x}hi`), "", "Masses", "", "1 22.99", "2 35.45", "", "Atoms", "", ...atoms, ""].join("\n"));
  const [units, ...styles] = lines;
  const input = [
    units, "atom_style atomic", "read_data salt.data", ...styles, "thermo_style custom pe", "thermo_modify format float %.15g", "run 0",
    "write_dump all custom forces.txt fx fy fz modify sort id format float %.15g", "variable e equal pe", 'print "$(v_e:%.15g)" file energy.txt', "",
  ];
  writeFileSync(join(folder, "in.salt"), input.join("\n"));
  execFileSync("lmp", ["-in", "in.salt", "-log", "none", "-screen", "none"], { cwd: folder });
  const forces = readFileSync(join(folder, "forces.txt"), "utf8").trim().split("\n").slice(-atoms.length).flatMap((line) => line.trim().split(/\s+/u).map(Number));
  return { energy: Number(readFileSync(join(folder, "energy.txt"), "utf8")), forces };
}

describe.skipIf(!available)(title, () => {
  it("pair potentials and a pair term in a table, and ZBL, are those of the model", async () => {
    const lennardJones = lennardJonesModel(species, { type: "lennard-jones", parameters: { Na: { epsilon: 0.1, sigma: 2.2 }, Cl: { epsilon: 0.2, sigma: 2.4 } }, cutoff: 4.5, truncation: "force-shifted" }, "this test");
    const zbl = new ZblModel(species, { type: "zbl", inner: 1.6, outer: 2.6 });
    const model = new SumModel({ parts: [{ model: zbl, isBaseline: true }, { model: lennardJones }, { model: pairTerm() }] });
    const { lammps } = await writeYaceModel(join(folder, "salt.yace"), model, { pair: "table" });
    const { energy, forces } = runLammps(lammps.filter((line) => !line.startsWith("pair_coeff * * pace")).map((line) => line.replace("overlay pace", "overlay")));
    const expected = await evaluateStructure(model, structure, executor, { want: { forces: true } });
    expect(Math.abs(expected.energy)).toBeGreaterThan(0.5);
    expectClose([energy], [expected.energy], 1e-6, "relative-to-max");
    expectClose(forces, expected.forces!, 1e-5, "relative-to-max");
  });
});
