// Potentials without a fit, and fits on baselines, through the commands.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { buildSchema } from "../../src/config/build-config.js";
import { fitFileSchema } from "../../src/config/fit-config.js";
import { evaluateStructure, LinearModel, loadModel, saveModel, type SumModel } from "../../src/models/index.js";
import { validate } from "../../src/validation.js";
import { expectClose, testExecutor } from "../expect.js";
import { makeStructure } from "../models/systems.js";
import { dimers } from "./dimers.js";
import { type RunResult, runMain } from "./run-pestle.js";

let folder: string;
const at = (name: string): string => join(folder, name);
const quiet = ["--quiet", "--threads", "1"];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pestle-build-"));
  writeFileSync(at("train.xyz"), dimers(0));
  writeFileSync(at("lj.yaml"), "model:\n  type: lennard-jones\n  parameters: { C: { epsilon: 0.2, sigma: 1.3 } }\n  cutoff: 4\n");
  writeFileSync(at("sum.yaml"), "species: [C]\nmodel: { type: sum, parts: [{ type: file, path: lj.pestle }, { type: zbl, inner: 0.5, outer: 1.2 }] }\n");
});
afterAll(() => rmSync(folder, { recursive: true }));

async function ok(...args: string[]): Promise<RunResult> {
  const result = await runMain(args);
  if (result.status !== 0) throw new Error(`${args.join(" ")}: ${result.stderr}`);
  return result;
}

describe("pestle build", () => {
  it("writes a classical potential, which others read", async () => {
    const { stdout } = await ok("build", at("lj.yaml"), "-o", at("lj.pestle"));
    expect(stdout).toBe(`lennard-jones, cutoff 4 Å, C\nmodel → ${at("lj.pestle")}\n`);
    const executor = await testExecutor();
    const r = 1.3 * 2 ** (1 / 6);
    const dimer = makeStructure({ atomicNumbers: Uint8Array.of(6, 6), positions: Float64Array.of(0, 0, 0, r, 0, 0), cell: null, pbc: [false, false, false], label: "dimer" });
    expectClose([(await evaluateStructure(await loadModel(at("lj.pestle")), dimer, executor)).energy], [-0.2], 1e-14);
    await executor.close();
    const evaluated = await ok("evaluate", at("lj.pestle"), at("train.xyz"), "--json", ...quiet);
    expect(JSON.parse(evaluated.stdout).total.energy.count).toBe(12);
    const { stdout: info } = await ok("info", at("lj.pestle"));
    expect(info).toMatch(/^type {7}lennard-jones$/mu);
    expect(info).toMatch(/^options\n {2}model:\n {4}cutoff: 4$/mu);
  });

  it("writes sums, whose files are recorded and whose parts are shown", async () => {
    const { stdout } = await ok("build", at("sum.yaml"), "-o", at("sum.pestle"), "--json");
    const record = JSON.parse(stdout);
    expect(record.model).toEqual({ type: "sum", species: ["C"], cutoff: 4 });
    expect(record.data).toMatchObject([{ path: at("lj.pestle") }]);
    const { stdout: info } = await ok("info", at("sum.pestle"));
    expect(info).toMatch(/^parts {6}lennard-jones, cutoff 4 Å, C\n {11}zbl, cutoff 1\.2 Å, C$/mu);
    expect(info).not.toContain(folder + "/lj.pestle");
    expect(JSON.parse((await ok("info", at("sum.pestle"), "--json")).stdout).parts).toMatchObject([{ type: "lennard-jones", isBaseline: false }, { type: "zbl", isBaseline: false }]);
  });

  it("keeps what error bars of a file were calibrated to be, as a part and as a whole", async () => {
    const bars = { nDirections: 1, root: Float64Array.of(0.3), prior: Float64Array.of(1) };
    const calibration = { energy: 2.5, structures: 12 };
    await saveModel(at("bars.pestle"), new LinearModel({ species: [6], intercepts: [0.1], terms: [], covariance: bars, provenance: { calibration, options: { a: 1 } } }));
    const file = { type: "file", path: at("bars.pestle") };
    for (const [name, model] of Object.entries({ alone: file, summed: { type: "sum", parts: [file, { type: "zbl" }] } })) {
      writeFileSync(at(`${name}.yaml`), JSON.stringify({ model }));
      await ok("build", at(`${name}.yaml`), "-o", at(`${name}.pestle`));
    }
    expect((await loadModel(at("alone.pestle"))).provenance.calibration).toEqual(calibration);
    const summed = (await loadModel(at("summed.pestle"))) as SumModel;
    expect([summed.provenance.calibration, summed.parts[0].model.provenance]).toEqual([undefined, { calibration }]);
    const { stdout } = await ok("info", at("summed.pestle"));
    expect(stdout).toMatch(/^parts {6}linear, .*\n {13}error bars are calibrated: energies × 2\.50, with 12 structures$/mu);
  });

  it("takes values and species of the command line, and species of files", async () => {
    await ok("build", "--set", "model.type=zbl", "--set", "species=[Si, C]", "-o", at("zbl.pestle"));
    expect((await loadModel(at("zbl.pestle"))).species).toEqual([6, 14]);
    await ok("build", at("sum.yaml"), "--set", "model.parts[1].outer=1.5", "-o", at("other.pestle"));
    expect((await loadModel(at("other.pestle"))).species).toEqual([6]);
    await ok("build", at("lj.yaml"), "--set", "model.cutoff=3", "-o", at("short.pestle"));
    expect((await loadModel(at("short.pestle"))).cutoff).toBe(3);
  });

  it.each([
    [["build"], /no file is given: pestle build lj\.yaml -o lj\.pestle/u],
    [["build", "lj.yaml"], /no output is given/u],
    [["build", "lj.yaml", "-c", "lj.yaml", "-o", "x.pestle"], /given twice/u],
    [["build", "--set", "model.type=zbl", "-o", "x.pestle"], /a zbl potential is of any species: add species/u],
    [["build", "sum.yaml", "-o", "lj.pestle"], /the output .*lj\.pestle is also an input/u],
    [["build", "lj.yaml", "--set", "model.cutof=3", "-o", "x.pestle"], /cutof.*cutoff/u],
    [["build", "lj.yaml", "--set", "model.type=lennard-johnes", "-o", "x.pestle"], /lennard-jones/u],
    [["build", "lj.yaml", "--set", "species=[C, O]", "-o", "x.pestle"], /model has no parameters of O/u],
    [["build", "sum.yaml", "--set", "model.parts[0].path=nowhere.pestle", "-o", "x.pestle"], /nowhere\.pestle/u],
  ] as const)("says what is wrong: %j", async (args, pattern) => {
    const placed = args.map((arg) => (/^\w+\.(?:yaml|pestle)$/u.test(arg) ? at(arg) : arg));
    const { status, stderr } = await runMain(placed);
    expect([status, stderr]).toEqual([2, expect.stringMatching(pattern)]);
  });
});

describe("a fit on a baseline on the command line", () => {
  const fitFile = `data: { train: train.xyz }
model:
  type: sparse-gp
  isolatedAtomEnergies: { C: 0 }
  baseline: { type: sum, parts: [{ type: zbl, inner: 0.5, outer: 1.2 }, { type: file, path: lj.pestle }] }
  terms:
    - descriptor: { type: acsf, cutoff: { radius: 4.5 }, g2: [[1, 0], [2, 1.2], [2, 1.6]] }
      kernel: { type: squared-exponential, lengthScale: 1, delta: 1 }
      sparse: { method: random, count: 6 }
fit: { sigma: { energy: 0.01, forces: 0.1 } }
`;

  it("is planned, fitted, reported and shown with its parts", async () => {
    writeFileSync(at("fit.yaml"), fitFile);
    const { stdout: plan } = await ok("fit", at("fit.yaml"), "--dry-run", ...quiet);
    expect(plan).toMatch(/^baseline {2}zbl \(cutoff 1\.2 Å\) \+ lennard-jones \(cutoff 4 Å\)$/mu);
    const { stdout } = await ok("fit", at("fit.yaml"), "-o", at("based.pestle"), "--report", at("report"), "--json", ...quiet);
    const { model, fit, report } = JSON.parse(stdout);
    expect(model).toMatchObject({ type: "sum", species: ["C"] });
    expect(fit.tables[0].title).toBe("Baseline");
    expect(readFileSync(report, "utf8")).toContain("Baseline");
    const { stdout: info } = await ok("info", at("based.pestle"));
    expect(info).toMatch(/^parts {6}sum, cutoff 4 Å, C \(baseline\)\n {13}zbl, cutoff 1\.2 Å, C\n {13}lennard-jones, cutoff 4 Å, C\n {11}sparse-gp, cutoff 4\.5 Å, C$/mu);
    expect(info).toMatch(/^fit options$/mu);
    expect(info).not.toContain(folder + "/lj.pestle");
  });

  it("is refused where the baseline does not know the data, before anything is computed", async () => {
    await ok("build", "--set", "model.type=zbl", "--set", "species=[Si]", "-o", at("si.pestle"));
    for (const more of [["--dry-run"], ["-o", at("x.pestle")]]) {
      const { status, stderr } = await runMain(["fit", at("fit.yaml"), "--set", `model.baseline={type: file, path: si.pestle}`, ...more, ...quiet]);
      expect([status, stderr]).toEqual([2, expect.stringMatching(/model\.baseline: .*si\.pestle knows Si; the data also has C/u)]);
    }
  });
});

it("the page on baselines shows files that are valid", () => {
  const blocks = [...readFileSync("docs/how-to/baselines.md", "utf8").matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => parse(match[1]) as object);
  expect(blocks).toHaveLength(3);
  for (const block of blocks) {
    const schema = "data" in block ? fitFileSchema(block) : buildSchema;
    expect(() => validate(schema, block)).not.toThrow();
  }
});
