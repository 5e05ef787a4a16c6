import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readDataset } from "../../src/structures/index.js";
import { dimers } from "./dimers.js";
import { runMain, runPestle } from "./run-pestle.js";

/** Keys as gap_fit has them; its force_mask marks atoms that are left out. */
const fitFile = `data:
  train: train.xyz
  test: test.xyz
  columns:
    energy_sigma: { unit: meV }
    f: { key: force_atom_sigma, unit: eV/Å, per: atom }
    force_mask: {}
model:
  type: sparse-gp
  isolatedAtomEnergies: { C: 0 }
  terms:
    - descriptor: { type: soap, basis: equispaced-gaussian, nMax: 3, lMax: 2, sigma: 0.5, cutoff: { radius: 4 } }
      kernel: { type: dot-product, zeta: 2 }
      sparse: { method: random, count: 8 }
fit:
  sigma:
    energy: 0.001
    forces: 0.05
    columns: { energy: energy_sigma, forces: f }
    masks: { forces: { column: force_mask, leaveOut: 1 } }
`;

let folder: string;
const inFolder = (name: string): string => join(folder, name);

/** The second atom of every dimer is masked, the first one and the energy have σ of their own. */
function columned(text: string): string {
  return text.replaceAll(
    /^(Lattice=.*forces:R:3)( .*)\n(.*)\n(.*)$/gmu,
    '$1:force_atom_sigma:R:1:force_mask:L:1$2 energy_sigma=2.5\n$3 0.01 F\n$4 0.02 T',
  );
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pestle-columns-"));
  writeFileSync(inFolder("train.xyz"), columned(dimers(0)));
  writeFileSync(inFolder("test.xyz"), dimers(1));
  writeFileSync(inFolder("fit.yaml"), fitFile);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("pestle fit with columns", () => {
  it("takes σ and masks from the data, on any number of threads", async () => {
    const records = [];
    for (const threads of ["1", "2"]) {
      const { status, stdout, stderr } = await runPestle(["fit", inFolder("fit.yaml"), "-o", inFolder(`${threads}.pestle`), "--threads", threads, "--json"]);
      expect({ status, stderr: stderr.replaceAll(/.*\r/gu, "") }).toMatchObject({ status: 0 });
      expect(stderr).toContain("columns    energy_sigma (eV) in 12 structures from energy_sigma; f (eV/Å) per atom in 12 structures (24 numbers) from force_atom_sigma");
      const record = JSON.parse(stdout);
      expect(record.fit.targets).toEqual({ energies: 12, forceComponents: 36, virialComponents: 0 });
      // what is left out of the fit is judged all the same
      expect(record.errors.train.total.forces.count).toBe(72);
      records.push(record.errors);
    }
    expect(records[1]).toEqual(records[0]);
  });

  it("keeps the columns of the data in what evaluate writes", async () => {
    const { status } = await runMain(["evaluate", inFolder("1.pestle"), inFolder("train.xyz"), "-o", inFolder("out.xyz"), "--quiet"]);
    expect(status).toBe(0);
    const columns = { s: { key: "energy_sigma" }, force_mask: {} };
    const [before, after] = [await readDataset(inFolder("train.xyz"), { columns }), await readDataset(inFolder("out.xyz"), { columns })];
    expect([...after.columns.values()]).toEqual([...before.columns.values()]);
  });

  it.each([
    ["data.columns.f.unit=eVV", /data\.columns\.f\.unit.*"eVV" is not a unit; did you mean "eV"\?/],
    ["data.columns.f.width=3", /unknown key "width" in data\.columns\.f; known keys are key, unit, per/],
    ["data.columns.energy.key=E", /data\.columns\.energy.*reference values are read by data\.keys\.energy/],
    ["data.columns.f.key=force_sgma", /the column "f" was asked for, but no frame has a column "force_sgma"/],
    ["fit.sigma.columns.energy=energy_sigmas", /sigma\.columns\.energy names "energy_sigmas", which is no column of the data.*did you mean "energy_sigma"/],
    ["fit.sigma.columns.energy=force_mask", /sigma\.columns\.energy names "force_mask", which has no unit; it needs eV/],
    ["fit.sigma.columns.stress=s", /unknown key "stress" in fit\.sigma\.columns; known keys are energy, forces, virial/],
  ])("explains %s", async (assignment, message) => {
    const { status, stderr } = await runMain(["fit", inFolder("fit.yaml"), "--set", assignment, "-o", inFolder("no.pestle"), "--quiet"]);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  });
});
