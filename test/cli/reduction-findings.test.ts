// What learned columns cost, as commands say it.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runMain } from "./run-pestle.js";

let folder: string;
const at = (name: string): string => join(folder, name);
const FOUND = /3 principal components of 20 columns explain 99\.\d+ % of the mean square of 12 rows; error of x·x′ at most \d\.\de-\d, RMS \d\.\de-\d of the largest x·x; of the normalized kernel at most \d\.\de-\d/u;
const descriptor = ["-d", "soap", "-p", "nMax=2,lMax=1,sigma=0.5,cutoff.radius=3", "-p", "reduction={type: principal-components, components: 3}"];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pestle-findings-"));
  const frames = [0, 1].map((frame) => {
    const atoms = [["O", 0, 0, 0], ["H", 0.9 + 0.05 * frame, 0.2, 0.1], ["H", -0.3, 0.9, 0.2 * frame], ["O", 0.4, -0.5, 2.6], ["H", 1.2, -0.9, 2.4 + 0.1 * frame], ["H", 0.2, -0.4, 3.5]];
    return `6\npbc="F F F" energy=${-10 - 0.1 * frame}\n${atoms.map((own) => own.join(" ")).join("\n")}\n`;
  });
  writeFileSync(at("water.xyz"), frames.join(""));
  writeFileSync(at("fit.yaml"), "data: { train: water.xyz }\nmodel:\n  type: linear\n  isolatedAtomEnergies: { H: 0, O: 0 }\n  terms:\n    - descriptor: { type: soap, nMax: 2, lMax: 1, sigma: 0.5, cutoff: { radius: 3 }, reduction: { type: principal-components, components: 3 } }\nfit: { sigma: { energy: 0.001 } }\n");
});
afterAll(() => rmSync(folder, { recursive: true }));

async function stdoutOf(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await runMain([...args, ...(args[0] === "info" ? [] : ["--quiet", "--threads", "1"])]);
  expect(stderr).toBe("");
  expect(status).toBe(0);
  return stdout;
}

it("describe says what components explain, and beforehand what learning takes", async () => {
  expect(await stdoutOf("describe", at("water.xyz"), ...descriptor, "-o", at("x.npy"))).toMatch(FOUND);
  const plan = JSON.parse(await stdoutOf("describe", at("water.xyz"), ...descriptor, "--dry-run", "--json"));
  expect(plan).toMatchObject({ features: 3, rows: 12 });
  // three matrices of columns × columns, and more
  expect(plan.learningBytes).toBeGreaterThan(3 * 8 * 20 ** 2);
  expect(await stdoutOf("describe", at("water.xyz"), ...descriptor, "--dry-run")).toMatch(/\n {10}[\d.]+ [kM]B to learn from the data before\n/u);
});

it("a plan of a fit counts the columns that there will be", async () => {
  const plan = JSON.parse(await stdoutOf("fit", at("fit.yaml"), "--dry-run", "--json"));
  expect(plan.outline[0]).toEqual({ label: "term 1", text: "soap: 12 environments × 3 features, 6 coefficients" });
});

it("fit says it, and info of the model", async () => {
  const told = JSON.parse(await stdoutOf("fit", at("fit.yaml"), "-o", at("m.pestle"), "--no-checkpoint", "--json"));
  expect(told.findings).toHaveLength(1);
  expect(told.findings[0]).toMatch(FOUND);
  expect(await stdoutOf("fit", at("fit.yaml"), "-o", at("m.pestle"), "--no-checkpoint")).toMatch(FOUND);
  const info = await stdoutOf("info", at("m.pestle"));
  expect(info.split("\n").find((line) => line.startsWith("learned"))).toBe(`learned    ${told.findings[0]}`);
  expect(JSON.parse(await stdoutOf("info", at("m.pestle"), "--json")).findings).toEqual(told.findings);
});
