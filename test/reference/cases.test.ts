// Situations in which labels were lost, replaced or invented, each by its right value: the README beside every input says why it is right.
// `PESTLE_CASES=FOLDER npx vitest run test/reference/cases` runs over other inputs of the same names.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { FormatError } from "../../src/errors.js";
import { parseStructures, readDataset, type Structure } from "../../src/structures/index.js";
import { runMain } from "../cli/run-pestle.js";
import { expectClose } from "../expect.js";

const own = fileURLToPath(new URL("../data/cases/", import.meta.url));
const root = process.env.PESTLE_CASES ? resolve(process.env.PESTLE_CASES) : own;
const scratch = mkdtempSync(join(tmpdir(), "pestle-cases-"));
afterAll(() => rmSync(scratch, { recursive: true }));

function caseOf(name: string, body: (folder: string) => Promise<void>): void {
  it.skipIf(!existsSync(join(root, name)))(name, () => body(join(root, name)));
}

function json(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
}

async function frames(path: string): Promise<Structure[]> {
  return [...(await readDataset(path))];
}

const flat = (value: unknown): number[] => (Array.isArray(value) ? value.flatMap(flat) : [Number(value)]);

async function infoOf(path: string): Promise<{ virials: number; energies: number; warnings: string[] }> {
  const { status, stdout, stderr } = await runMain(["info", path, "--json"]);
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout) as { virials: number; energies: number; warnings: string[] };
}

/** The rows of a description of every frame. */
async function rowsOf(path: string, args: readonly string[]): Promise<number[][]> {
  const { status, stdout, stderr } = await runMain(["describe", path, ...args, "-o", "-", "--threads", "1"]);
  expect(status, stderr).toBe(0);
  return stdout.trim().split("\n").slice(1).map((line) => (JSON.parse(line) as { values: number[] }).values);
}

const descriptors = (radius: number): string[][] => [
  ...["gto", "polynomial", "equispaced-gaussian"].map((basis) => ["-d", "soap", "-p", `nMax=4,lMax=4,sigma=0.4,basis=${basis},cutoff.radius=${radius}`]),
  ["-d", "soap-turbo", "-p", `nMax=4,lMax=4,cutoff.radius=${radius}`],
];

describe("cases", () => {
  it("are all known", () => {
    const known = [
      "atoms-at-the-cutoff", "empty-value-then-key", "energy-part-taken", "same-lattice-other-vectors", "stress-key-on-output", "stress-not-readable",
      "stress-without-volume",
    ];
    expect(readdirSync(own).sort()).toEqual([...known, "README.md"].sort());
  });

  caseOf("energy-part-taken", async (folder) => {
    const { energyKey, energy } = json(join(folder, "expected.json"));
    const dataset = await readDataset(join(folder, "input.xyz"));
    expect(dataset.report.keys.energy.map(({ key }) => key)).toEqual([energyKey]);
    expect(dataset.structure(0).targets.energy).toBe(energy);
  });

  caseOf("empty-value-then-key", async (folder) => {
    const [quoted] = await frames(join(folder, "quoted-key.xyz"));
    expect([quoted.configType, quoted.info.get("my key"), quoted.targets.energy]).toEqual(["", 7, -3.5]);
    const [other] = await frames(join(folder, "other-letters.xyz"));
    expect([other.configType, other.info.get("note"), other.info.get("E/atom"), other.targets.energy]).toEqual(["", "", 7, -3.5]);
  });

  caseOf("stress-without-volume", async (folder) => {
    const { virials, warnings } = await infoOf(join(folder, "input.xyz"));
    expect({ virials, warnings: warnings.length }).toEqual(json(join(folder, "expected.json")));
  });

  caseOf("stress-not-readable", async (folder) => {
    const text = readFileSync(join(folder, "input.xyz"), "utf8");
    await expect(readDataset(join(folder, "input.xyz"))).rejects.toThrow(FormatError);
    await expect(readDataset(join(folder, "input.xyz"))).rejects.toThrow(/input\.xyz:\d+:\d+: \w*stress is "/);
    // frame by frame: the zeros of a plain key never stand in for those of a marked one
    for (const frame of text.trim().split(/\n(?=\d+\n)/)) {
      const value = /stress="([^"]*)"/.exec(frame)![1];
      const numbers = /^\[(?:\s*[-\d.e]+,?){6}\s*\]$/.test(value) ? value.match(/[-\d.e]+/g)!.map(Number) : undefined;
      if (!numbers) expect(() => parseStructures(`${frame}\n`), value).toThrow(FormatError);
      else expectClose([0, 4, 8, 5, 2, 1].map((i) => parseStructures(`${frame}\n`)[0].targets.virial![i]), numbers.map((s) => -216 * s), 1e-14);
    }
  });

  caseOf("stress-key-on-output", async (folder) => {
    const [model, output] = [join(scratch, "m.pestle"), join(scratch, "out.xyz")];
    const fit = await runMain(["fit", join(folder, "fit.json"), "-o", model, "--threads", "1"]);
    expect(fit.status, fit.stderr).toBe(0);
    const evaluated = await runMain(["evaluate", model, join(folder, "input.xyz"), "-o", output, "--threads", "1"]);
    expect(evaluated.status, evaluated.stderr).toBe(0);
    const comment = (path: string): string => readFileSync(path, "utf8").split("\n")[1];
    const stress = (path: string): number[] => / stress="([^"]*)"/.exec(comment(path))![1].split(" ").map(Number);
    expect(stress(output)).toEqual(stress(join(folder, "input.xyz")));
    expect(comment(output)).not.toMatch(/ virial=/);
    expect((await frames(output))[0].targets).toEqual((await frames(join(folder, "input.xyz")))[0].targets);
  });

  caseOf("atoms-at-the-cutoff", async (folder) => {
    for (const radius of [3.61, 3.61 / Math.SQRT2]) {
      for (const args of descriptors(radius)) {
        const rows = await rowsOf(join(folder, "input.xyz"), args);
        const largest = Math.max(...rows[0].map(Math.abs));
        for (const row of rows) expectClose(row, rows[0], 1e-12 * largest, "absolute");
      }
    }
  });

  caseOf("same-lattice-other-vectors", async (folder) => {
    for (const args of descriptors(4.5)) {
      const rows = await rowsOf(join(folder, "input.xyz"), args);
      const largest = Math.max(...flat(rows).map(Math.abs));
      const nAtoms = (await frames(join(folder, "input.xyz")))[0].atomicNumbers.length;
      rows.forEach((row, i) => expectClose(row, rows[i % nAtoms], 1e-12 * largest, "absolute"));
    }
  });
});
