// Composed potentials as tables of LAMMPS, run by LAMMPS where the machine has it, against the readable twin.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ComposedContent } from "../../src/interop/composed/embedded-atom.js";
import { writeComposedSum } from "../../src/interop/composed/write-model.js";
import { evaluateStructure, lennardJonesModel, type Model, SumModel, ZblModel } from "../../src/models/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { expectClose, testExecutor } from "../expect.js";
import { PlainComposed, type PlainStructure } from "../models/composed/plain.js";
import { makeStructure } from "../models/systems.js";
import { composedOf } from "./composed-models.js";

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
  folder = mkdtempSync(join(tmpdir(), "pestle-composed-lammps-"));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await executor.close();
});

const box = [5.5, 6, 6.5];
const structure: PlainStructure = {
  species: [0, 1, 0, 1, 1],
  positions: [[0.3, 0.2, 0.1], [2.1, 0.5, 0.4], [3.1, 2.9, 1.2], [0.9, 3.7, 3.4], [2.8, 1.4, 4.9]],
  cell: box.map((length, k) => [0, 1, 2].map((axis) => (axis === k ? length : 0))),
  pbc: [true, true, true],
};

/** Energy in eV, forces in eV/Å. */
function runLammps(lines: readonly string[], nSpecies: number): { energy: number; forces: number[] } {
  const atoms = structure.species.map((s, i) => `${i + 1} ${Math.min(s, nSpecies - 1) + 1} ${structure.positions[i].join(" ")}`);
  const masses = Array.from({ length: nSpecies }, (_, s) => `${s + 1} 20.0`);
  writeFileSync(join(folder, "salt.data"), ["salt", "", `${atoms.length} atoms`, `${nSpecies} atom types`, "", ...["x", "y", "z"].map((x, k) => `0 ${box[k]} ${x}lo ${x}hi`), "", "Masses", "", ...masses, "", "Atoms", "", ...atoms, ""].join("\n"));
  const [units, ...styles] = lines;
  const input = [
    units, "atom_style atomic", "read_data salt.data", ...styles, "thermo_style custom pe", "run 0",
    "write_dump all custom forces.txt fx fy fz modify sort id format float %.15g", "variable e equal pe", 'print "$(v_e:%.15g)" file energy.txt', "",
  ];
  writeFileSync(join(folder, "in.salt"), input.join("\n"));
  execFileSync("lmp", ["-in", "in.salt", "-log", "none", "-screen", "none"], { cwd: folder });
  const forces = readFileSync(join(folder, "forces.txt"), "utf8").trim().split("\n").slice(-atoms.length).flatMap((line) => line.trim().split(/\s+/u).map(Number));
  return { energy: Number(readFileSync(join(folder, "energy.txt"), "utf8")), forces };
}

/** By the twin, with what stands beside the potential. */
async function predicted({ form, values, species: elements }: ComposedContent, species: readonly number[], overlays: readonly Model[]): Promise<{ energy: number; forces: number[] }> {
  const own = new PlainComposed(form, { ...structure, species }, values, elements.length).predict();
  if (overlays.length === 0) return own;
  const atoms = makeStructure({
    atomicNumbers: Uint8Array.from(species, (s) => elements[s]),
    positions: Float64Array.from(structure.positions.flat()),
    cell: Float64Array.from(structure.cell.flat()),
    pbc: [true, true, true],
    label: "salt",
  });
  const beside = await evaluateStructure(new SumModel({ parts: overlays.map((model) => ({ model })) }), atoms, executor, { want: { forces: true } });
  return { energy: own.energy + beside.energy, forces: own.forces.map((force, i) => force + beside.forces![i]) };
}

async function compare(content: ComposedContent, name: string, format: string, overlays: readonly Model[] = [], tolerance = 1e-9): Promise<void> {
  const nSpecies = content.species.length;
  const written = await writeComposedSum(join(folder, name), { potential: content, overlays });
  expect(written.format).toBe(format);
  const species = structure.species.map((s) => Math.min(s, nSpecies - 1));
  const { energy, forces } = runLammps(written.lammps, nSpecies);
  const expected = await predicted(content, species, overlays);
  const missing = species.reduce((sum, s) => sum + (Object.values(written.missingAtomEnergies ?? {})[s] ?? 0), 0);
  expect(Math.max(...expected.forces.map(Math.abs))).toBeGreaterThan(0.01);
  expectClose([energy + missing], [expected.energy], tolerance / 10, "relative-to-max");
  expectClose(forces, expected.forces, tolerance, "relative-to-max");
  if (overlays.length > 0) return;
  // what was told of the tables is no less than what they are off by, for a hundred neighbors
  const { pairErrors = { value: 0, slope: 0 }, setflErrors } = written;
  const told = [pairErrors, setflErrors?.pair, setflErrors?.embedding].reduce((sum, errors) => sum + (errors?.value ?? 0), 0);
  expect(Math.abs(energy + missing - expected.energy)).toBeLessThan(1e-13 + 100 * species.length * told);
}

describe.skipIf(!available)(title, () => {
  it.each([
    ["G4", [41], "salt", "pair-table"],
    ["G3 + C4", [11, 17], "a salt", "pair-table"],
    ["E[G1 L2]", [41], "a salt", "eam-fs"],
    ["G4 + E[G1#1 L2] x G1#1", [11, 17], "salt", "eam-fs"],
    ["C4 + E[C1 L3]", [11, 17], "salt", "eam-fs"],
    ["G3 + C4", [11, 17], "pairs.fs", "eam-fs"],
  ])("%s of %o is what the potential is", async (notation, species, name, format) => {
    await compare(composedOf(notation, { species }), name, format);
  });

  it("pair potentials beside it are those of the model", async () => {
    const species = [11, 17];
    const zbl = new ZblModel(species, { type: "zbl", inner: 1.6, outer: 2.6 });
    const lennardJones = lennardJonesModel(species, { type: "lennard-jones", parameters: { Na: { epsilon: 0.1, sigma: 2.2 }, Cl: { epsilon: 0.2, sigma: 2.4 } }, cutoff: 4.5, truncation: "force-shifted" }, "this test");
    await compare(composedOf("E[G1 L2] + C3", { species }), "salt.eam.fs", "eam-fs", [zbl, lennardJones], 1e-5);
    await compare(composedOf("C3", { species }), "salt.table", "pair-table", [zbl, lennardJones], 1e-5);
  });
});
