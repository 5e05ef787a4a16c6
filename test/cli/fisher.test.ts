// Fisher information through the command: of a linear model that is fitted here.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FisherInformation } from "../../src/analysis/index.js";
import { type RunResult, runMain } from "./run-pestle.js";

let folder: string;
const at = (name: string): string => join(folder, name);
const quiet = ["--quiet", "--threads", "1"];

/** Clusters of oxygen and hydrogen without symmetry, with energies and forces of no potential. */
function clusters(count: number): string {
  const frames = Array.from({ length: count }, (_, frame) => {
    const atoms = [["O", 0, 0, 0], ["H", 0.9 + 0.05 * frame, 0.2, 0.1], ["H", -0.3, 0.9, 0.2 * frame], ["O", 0.4, -0.5, 2.6], ["H", 1.2, -0.9, 2.4 + 0.1 * frame], ["H", 0.2, -0.4, 3.5]];
    const lines = atoms.map((own, i) => `${own.join(" ")} ${Math.sin(i + frame)} ${Math.cos(i * frame)} ${0.1 * i}`);
    return `${atoms.length}\nProperties=species:S:1:pos:R:3:forces:R:3 pbc="F F F" energy=${-10 - Math.sin(frame)}\n${lines.join("\n")}\n`;
  });
  return frames.join("");
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "pestle-fisher-"));
  writeFileSync(at("water.xyz"), clusters(4));
  writeFileSync(at("other.xyz"), clusters(6).split("\n").slice(-9).join("\n"));
  const descriptor = "{ type: acsf, cutoff: { radius: 3.4 }, g2: [[0.3, 0], [1, 2.5]] }";
  writeFileSync(at("fit.yaml"), `data: { train: water.xyz }\nmodel: { type: linear, isolatedAtomEnergies: { O: -1, H: -1 }, terms: [{ descriptor: ${descriptor}, centers: [O] }] }\nfit: { sigma: { energy: 0.02, forces: 0.2 }, solver: { type: ridge } }\n`);
  await ok("fit", at("fit.yaml"), "-o", at("model.pestle"));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function ok(...args: string[]): Promise<RunResult> {
  const result = await runMain([...args, ...quiet]);
  if (result.status !== 0) throw new Error(`${args.join(" ")}: ${result.stderr}`);
  return result;
}

async function failure(...args: string[]): Promise<string> {
  const { status, stderr } = await runMain([...args, ...quiet]);
  expect(status).toBe(2);
  return stderr;
}

describe("pestle fisher", () => {
  it("prints spectra and error bars, and writes everything", async () => {
    const { stdout } = await ok("fisher", at("model.pestle"), at("water.xyz"), "-o", at("fisher.json"), "--predict", at("other.xyz"));
    expect(stdout).toMatch(/^rows +76 of 4 structures\nweights +as in the fit of the model \(sigma: energy 0\.02, forces 0\.2, per atom\)\nloss /u);
    expect(stdout).toMatch(/precision +double: singular values of J in double precision tell all eigenvalues/u);
    expect(stdout).toMatch(/\nlinear +\d+ +0 +0 +\d+\.\d\d/u);
    expect(stdout).toMatch(/terms\[0\]\.O\[0\] +-?[\d.e-]+ +[\d.e-]+/u);
    expect(stdout).toContain(`numbers → ${at("fisher.json")}`);
    const written = JSON.parse(readFileSync(at("fisher.json"), "utf8")) as FisherInformation & { readonly data: readonly { role: string }[] };
    expect(written.data.map(({ role }) => role)).toEqual(["data", "predict"]);
    expect(written.predictions).toHaveLength(1);
    expect(written.predictions[0].energy).toBeGreaterThan(0);
    expect(written.predictions[0].forces).toHaveLength(18);
    const { stdout: json } = await ok("fisher", at("model.pestle"), at("water.xyz"), "--predict", at("other.xyz"), "--json");
    expect(JSON.parse(json)).toEqual(written);
  });

  it("writes a page of what it finds", async () => {
    const { stdout } = await ok("fisher", at("model.pestle"), at("water.xyz"), "--predict", at("other.xyz"), "--report", at("page.html"));
    expect(stdout).toContain(`report → ${at("page.html")}`);
    const page = readFileSync(at("page.html"), "utf8");
    for (const text of ["What water.xyz tell of model.pestle", "76\u00a0rows of 4\u00a0structures", "terms[0].<wbr>O[0]", "<h2>Predictions", "water.xyz</dt>"]) expect(page).toContain(text);
    expect(existsSync(at("page-figures/eigenvalue-ladders.svg"))).toBe(true);
    expect(await failure("fisher", at("model.pestle"), at("water.xyz"), "--report", join(at("model.pestle"), "page.html"))).toMatch(/cannot make the folder .*model\.pestle for the report/u);
  });

  it("says what it would do with --dry-run, and writes nothing", async () => {
    const { stdout } = await ok("fisher", at("model.pestle"), at("water.xyz"), "--dry-run", "--unit-weights", "-o", at("none.json"));
    expect(stdout).toMatch(/^rows +76 of 4 structures\nparameters +(\d+), \1 of them linear\nweights +as asked for \(sigma: energy 1, forces 1\)\nmemory +[\d.]+ [kM]B/u);
    expect(existsSync(at("none.json"))).toBe(false);
  });

  it("takes a sample of the structures, and says how long high precision takes for a composed potential", async () => {
    writeFileSync(at("composed.yaml"), "data: { train: water.xyz }\nmodel: { type: composed, potential: C2, cutoff: { radius: 3.4 } }\n");
    await ok("fit", at("composed.yaml"), "-o", at("composed.pestle"));
    const plan = (await ok("fisher", at("composed.pestle"), at("water.xyz"), "--dry-run", "--sample", "3")).stdout;
    expect(plan).toMatch(/^rows +57 of 3 structures\n/u);
    expect(plan).toMatch(/\ntime +seconds in double precision; where that does not suffice about [\d.]+ s in 256 bits and 512 on one thread/u);
    const { stdout } = await ok("fisher", at("composed.pestle"), at("water.xyz"), "--sample", "2", "--json");
    expect((JSON.parse(stdout) as FisherInformation).structures).toBe(2);
    expect(await failure("fisher", at("composed.pestle"), at("water.xyz"), "--sample", "0")).toMatch(/--sample/u);
  });

  it("refuses what it cannot do, with the remedy", async () => {
    expect(await failure("fisher", at("model.pestle"), at("water.xyz"), "--precision", "high")).toMatch(/composed potentials have and linear ones have not: leave the precision out/u);
    expect(await failure("fisher", at("model.pestle"), at("water.xyz"), "--energy-key", "false", "--forces-key", "false")).toMatch(/no energies, forces or virials with a weight/u);
    expect(await failure("fisher", at("model.pestle"), at("water.xyz"), "--bits", "8")).toMatch(/--bits.*whole number from 64 to 4096/u);
    expect(await failure("fisher", at("model.pestle"), at("water.xyz"), "-o", at("model.pestle"))).toMatch(/model\.pestle/u);
    writeFileSync(at("zbl.yaml"), "");
    writeFileSync(at("iron.xyz"), "1\npbc=\"F F F\" energy=1\nFe 0 0 0\n");
    expect(await failure("fisher", at("model.pestle"), at("iron.xyz"))).toMatch(/the data hold Fe, which .*model\.pestle does not know/u);
  });
});
