import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ComposedModel, layoutParameters, parseNotation, saveModel } from "../../src/models/index.js";
import { runMain } from "./run-pestle.js";
import { TIME_LIMIT } from "../time-limit.js";

const bin = fileURLToPath(new URL("../../bin/pestle.js", import.meta.url));
const silicon = fileURLToPath(new URL("../../examples/data/Si_test.xyz.gz", import.meta.url));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pestle-info-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe("pestle info", () => {
  it("shows what a data set holds", async () => {
    const { status, stdout, stderr } = await runMain(["info", silicon]);
    expect(status).toBe(0);
    expect(stderr).toBe("");
    expect(stdout).toContain("structures 25, 1525 atoms (Si 1525)");
    expect(stdout).toMatch(/^AIMD-NVT +10 +640 /m);
  });

  it("prints one JSON object", async () => {
    const { stdout } = await runMain(["info", silicon, "--json"]);
    const record = JSON.parse(stdout);
    // counts of the publication of the data
    expect(record).toMatchObject({ kind: "dataset", structures: 25, atoms: 1525, energies: 25, forceComponents: 4575, virials: 25 });
    const total = record.configTypes.reduce((sum: number, group: { structures: number }) => sum + group.structures, 0);
    expect(total).toBe(25);
    for (const group of record.configTypes) {
      expect(group.lowestEnergy < group.highestEnergy && group.highestEnergy < 0).toBe(true);
      expect(group.largestForce > 0).toBe(true);
    }
  });

  it.each([
    ["a missing file", () => "no-such-file.xyz", /no-such-file\.xyz: there is no such file/],
    ["a folder", () => folder, /it is a folder/],
    ["a truncated gzip file", () => file("cut.xyz.gz", readFileSync(silicon).subarray(0, 20_000)), /cut\.xyz\.gz: .*damaged or cut off/],
    ["an empty file", () => file("empty.xyz", ""), /there are no structures/],
    ["something else", () => file("note.txt", "hello\n"), /note\.txt:1:1: expected the number of atoms/],
  ])("explains %s in one line", async (_, path, message) => {
    const { status, stdout, stderr } = await runMain(["info", path()]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^error: [^\n]+\n$/);
  });

  it.runIf(existsSync("/dev/full"))("says that the output cannot be written", () => {
    const result = spawnSync("bash", ["-c", `"${process.execPath}" "${bin}" info "${silicon}" > /dev/full`], { encoding: "utf8", timeout: TIME_LIMIT });
    expect({ status: result.status, stderr: result.stderr }).toEqual({ status: 2, stderr: "error: cannot write the standard output: no space left on the device\n" });
  });

  it("lists the columns that were asked for, and the names that were not read", async () => {
    const path = file(
      "further.xyz",
      "2\nProperties=species:S:1:pos:R:3:force_mask:L:1:tag:I:1 energy=-1.0 energy_sigma=250 note=a\nH 0 0 0 T 1\nH 0 0 1 F 2\n1\nenergy_sigma=4\nH 0 0 0\n",
    );
    const plain = await runMain(["info", path]);
    expect(plain.stdout).not.toContain("columns ");
    expect(plain.stdout).toContain("\nnot read   energy_sigma (2), note (1); per atom force_mask (1), tag (1)\n");
    const flags = ["--column", "s=energy_sigma:meV", "--column", "force_mask"];
    const { stdout } = await runMain(["info", path, ...flags]);
    expect(stdout).toContain("\ncolumns    s (eV) in 2 structures from energy_sigma; force_mask per atom in 1 structures (2 numbers) from force_mask\nnot read   note (1); per atom tag (1)\n");
    const record = JSON.parse((await runMain(["info", path, ...flags, "--json"])).stdout);
    expect(record.columns.slice(3)).toEqual([
      { name: "s", unit: "eV", per: "structure", width: 1, structures: 2, numbers: 2 },
      { name: "force_mask", unit: "1", per: "atom", width: 1, structures: 1, numbers: 2 },
    ]);
    expect(record.unread).toEqual([{ key: "note", per: "structure", structures: 1 }, { key: "tag", per: "atom", structures: 1 }]);
  });

  it.each([
    [["--column", "=q"], /--column =q: write name=key:unit/],
    [["--column", "q:parsec"], /columns\.q\.unit: "parsec" is not a unit/],
    [["--column", "energy=E"], /columns\.energy: reference values are read by keys\.energy/],
    [["--column", "s=enrgy:eV"], /the column "s" was asked for, but no frame has a key or a column "enrgy"; .*; did you mean "energy"\?/],
    [["--column", "s=virals:eV:atom"], /no frame has a column "virals"; the columns are: forces, pos, species$/m],
  ])("explains %s", async (flags, message) => {
    const { status, stderr } = await runMain(["info", silicon, ...flags]);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  });

  it("says which keys there are when the given one is not", async () => {
    const { status, stderr } = await runMain(["info", silicon, "--energy-key", "dft_energy"]);
    expect(status).toBe(2);
    expect(stderr).toContain("energy, virial");
  });
});

it("tells terms, sizes and bases of a composed potential", async () => {
  const form = { cutoff: { radius: 4.5, function: "poly4" as const }, ...parseNotation("E[G2#1 L1] + N[E[G2#1 L1]] x T2[0,1]") };
  const values = Float64Array.from(layoutParameters(form, 1).parameters, ({ kind }) => (kind === "beta" ? 1.5 : 0.25));
  const path = join(folder, "composed.pestle");
  await saveModel(path, new ComposedModel({ species: [41], form, values }));
  const { stdout } = await runMain(["info", path]);
  expect(stdout).toMatch(/^terms {6}E\[G2#1 L1\] \+ N\[E\[G2#1 L1\]\] x T2\[0,1\]$/mu);
  expect(stdout).toMatch(/^size {7}13 linear, 6 non-linear parameters$/mu);
  expect(stdout).toMatch(/^bases {6}poly4 at 4\.5 Å\n {11}a: 2 Gaussians of pairs, α 0\.25.* Å⁻², β 1\.5.*, 2 functions of a site\n {11}b: 2 Gaussians of triplets, degrees 0, 1, .* 6 functions of a site$/mu);
  const record = JSON.parse((await runMain(["info", path, "--json"])).stdout);
  expect(record).toMatchObject({ notation: "E[G2#1 L1] + N[E[G2#1 L1]] x T2[0,1]", sizes: { linear: 13, nonLinear: 6 }, values: { "a.beta": 1.5, "root.left.c[0,0]": 0.25 } });
});
