import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runMain } from "./run-pestle.js";

let folder: string;
let data: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pestle-types-"));
  data = join(folder, "typed.xyz");
  const frame = (z: number): string =>
    `3\nLattice="8 0 0 0 8 0 0 0 8" Properties=species:S:1:pos:R:3 energy=${-10 - z}\n1 0 0 0\n2 0 0 ${z}\n2 ${z} 0 0\n`;
  writeFileSync(data, [1.6, 1.65, 1.7, 1.75].map(frame).join(""));
  writeFileSync(
    join(folder, "fit.yaml"),
    `data: { train: typed.xyz }
model:
  type: sparse-gp
  isolatedAtomEnergies: least-squares
  terms:
    - descriptor: { type: soap, nMax: 2, lMax: 2, sigma: 0.5, cutoff: { radius: 3 } }
      kernel: { type: dot-product, zeta: 2 }
      sparse: { method: random, count: 4 }
fit: { sigma: { energy: 0.01 } }
`,
  );
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("--types", () => {
  const soap = ["-d", "soap", "-p", "nMax=2,lMax=2,sigma=0.5,cutoff.radius=3", "--threads", "1", "--json"];
  const recordOf = async (...args: string[]): Promise<Record<string, unknown>> => {
    const { status, stdout, stderr } = await runMain([...args, "--types", "Si, O"]);
    expect(status, stderr).toBe(0);
    return JSON.parse(stdout) as Record<string, unknown>;
  };

  it("says what atom types are to every command that reads data, and files say it by data.types", async () => {
    const model = join(folder, "m.pestle");
    expect((await recordOf("info", data, "--json")).species).toMatchObject([{ symbol: "O", atoms: 8 }, { symbol: "Si", atoms: 4 }]);
    expect((await recordOf("describe", data, ...soap, "-o", join(folder, "a.npy"))).species).toEqual(["O", "Si"]);
    expect((await recordOf("describe", data, ...soap, "--species", "O,Si", "-o", join(folder, "b.npy"))).species).toEqual(["O", "Si"]);
    const fitted = await recordOf("fit", join(folder, "fit.yaml"), "-o", model, "--threads", "1", "--json");
    expect(fitted.model).toMatchObject({ species: ["O", "Si"] });
    const output = join(folder, "predicted.xyz");
    await recordOf("evaluate", model, data, "-o", output, "--threads", "1", "--json");
    expect(readFileSync(output, "utf8")).toMatch(/\nSi +0/);
    const byFile = await runMain(["fit", join(folder, "fit.yaml"), "--set", "data.types=[Si,O]", "--dry-run", "--threads", "1"]);
    expect(byFile.stderr).toContain("12 atoms (O 8, Si 4)");
  });

  it("is named where it is missing", async () => {
    for (const args of [["info", data], ["describe", data, ...soap, "-o", join(folder, "c.npy")], ["fit", join(folder, "fit.yaml"), "--dry-run"]]) {
      const { status, stderr } = await runMain(args);
      expect(status).toBe(2);
      expect(stderr).toMatch(/typed\.xyz:3:1: "1" stands in place of a chemical symbol: .*--types Si,O, in fit files data\.types: \[Si, O\]/);
    }
  });
});
