import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Dataset, isIsolatedAtom, readDataset } from "../../src/structures/index.js";
import { runMain, runPestle, type RunResult } from "./run-pestle.js";
import { dimers } from "./dimers.js";

const silicon = fileURLToPath(new URL("../../examples/data/Si_test.xyz.gz", import.meta.url));

const fitFile = (more = ""): string => `data: { train: ${silicon} }
model:
  type: linear
  isolatedAtomEnergies: { Si: -0.79 }
  terms: [{ descriptor: { type: bispectrum, twoJMax: 2, rcutfac: 4 } }]
fit: { sigma: { energy: 0.01, forces: 0.2 } }
${more}`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pestle-validation-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a fit of a file with these sections. */
async function fit(sections: string, ...args: string[]): Promise<RunResult> {
  const path = join(folder, "fit.yaml");
  writeFileSync(path, fitFile(sections));
  return runMain(["fit", path, "--threads", "1", "--quiet", ...args]);
}

async function fitted(sections: string, ...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await fit(sections, ...args);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return stdout;
}

interface CrossValidationRecord {
  readonly folds: number;
  readonly split: string;
  readonly seed: number;
  readonly total: { readonly structures: number; readonly forces: { readonly rmse: number } };
  readonly spread: { readonly total: { readonly forces: { readonly fits: number; readonly rmse: { readonly mean: number; readonly deviation: number } } } };
  readonly byFold: readonly { readonly train: number; readonly heldOut: number; readonly total: { readonly forces: { readonly rmse: number } } }[];
}

describe("pestle fit --cross-validation", () => {
  it("judges structures by fits without them, keeps the errors with the model, and writes predictions", async () => {
    const model = join(folder, "si.pestle");
    const predictions = join(folder, "left-out.xyz");
    const report = join(folder, "report");
    const record = JSON.parse(await fitted("crossValidation: { folds: 3, split: random }", "-o", model, "--report", report, "--predictions", predictions, "--json"));
    const { folds, split, seed, total, spread, byFold } = record.crossValidation as CrossValidationRecord;
    expect([folds, split, seed, total.structures]).toEqual([3, "random", 1, 25]);
    expect(byFold.map(({ train, heldOut }) => train + heldOut)).toEqual([25, 25, 25]);
    const errors = byFold.map((fold) => fold.total.forces.rmse);
    expect(spread.total.forces.rmse.mean).toBeCloseTo((errors[0] + errors[1] + errors[2]) / 3, 12);
    expect(total.forces.rmse > record.errors.train.total.forces.rmse).toBe(true);
    const written = await readDataset([predictions], { keys: { energy: "pestle_energy", forces: "pestle_forces", virial: false } });
    const data = await readDataset([silicon]);
    const squares = written.forces.reduce((sum, force, i) => sum + (force - data.forces[i]) ** 2, 0);
    expect(Math.sqrt(squares / written.forces.length)).toBeCloseTo(total.forces.rmse, 9);
    expect(readFileSync(join(report, "report.html"), "utf8")).toContain("Cross-validation, 3 folds, random: mean ± standard deviation over the folds");
    expect((await runMain(["info", model])).stdout).toMatch(/cross-validation {2}forces/u);
  });

  it("goes without a model, and with the defaults of its section", async () => {
    const text = await fitted("", "--cross-validation");
    expect(text).toMatch(/^cross-validation: structures predicted by a fit that they were left out of \(5 folds, stratified\)\n *Energy \(meV\/atom\)/u);
    expect(text).toMatch(/total +\d[\d.]* ± \d[\d.]*/u);
    const lines = (await fitted("crossValidation: { folds: 4 }", "--cross-validation", "--dry-run")).split("\n");
    expect(lines.at(-2)).toMatch(/^ {10}about \S+ m?s for 4 folds of cross-validation$/u);
  });

  it("leaves isolated atoms in every fit, and without a prediction", async () => {
    const train = join(folder, "dimers.xyz");
    writeFileSync(train, `${dimers(0)}1\nLattice="15 0 0 0 15 0 0 0 15" Properties=species:S:1:pos:R:3 energy=-0.5 config_type=IsolatedAtom pbc="T T T"\nC 0 0 0\n`);
    const predictions = join(folder, "dimers-left-out.xyz");
    const change = ["--train", train, "--set", "model.isolatedAtomEnergies=from-data"];
    await fitted("crossValidation: { folds: 3, split: contiguous }", ...change, "--predictions", predictions);
    const data = await readDataset([predictions], { columns: undefined });
    const names = [...data].map(({ info }) => info.has("pestle_energy"));
    expect(names).toEqual([...new Array<boolean>(12).fill(true), false]);
    expect(isIsolatedAtom(data, 12) && data instanceof Dataset).toBe(true);
  });

  const mistakes: [string, string, string[], RegExp][] = [
    ["predictions without cross-validation", "", ["-o", "x.pestle", "--predictions", "y.xyz"], /--predictions writes what cross-validation predicts.*add --cross-validation/u],
    ["a report without a model", "", ["--cross-validation", "--report", "z"], /no output is given/u],
    ["more folds than structures", "crossValidation: { folds: 26 }", [], /crossValidation: folds is 26, but there are only 25 structures/u],
    ["a group that is not there", "crossValidation: { group: run }", [], /crossValidation: group is "run", but the comment lines of the data have no such key/u],
    ["a key with a typo", "crossValidation: { fold: 3 }", [], /fit\.yaml:7:\d+: unknown key "fold" in crossValidation; did you mean "folds"/u],
  ];
  it.each(mistakes)("refuses %s", async (_, sections, args, message) => {
    const { status, stderr } = await fit(sections, ...args);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
    expect(existsSync("x.pestle")).toBe(false);
  });
});

describe("pestle fit --learning-curve", () => {
  it("shows errors against the number of structures in table, record and report", async () => {
    const report = join(folder, "curve");
    const section = "learningCurve: { sizes: [5, 20], repeats: 2, heldOut: 0.2 }";
    const record = JSON.parse(await fitted(section, "-o", join(folder, "curve.pestle"), "--report", report, "--json"));
    const { on, scoredStructures, points, runs, powerLaws } = record.learningCurve;
    expect([on, scoredStructures, points.length, runs.length]).toEqual(["held-out", 5, 2, 3]);
    expect(points[0].spread.total.forces.rmse.deviation >= 0 && points[1].spread.total.forces.rmse.deviation === null).toBe(true);
    expect(typeof powerLaws.forces.exponent).toBe("number");
    expect(runs[0]).toMatchObject({ size: 5, repeat: 0, structures: 5, total: { structures: 5 } });
    expect(existsSync(join(report, "figures", "learning-forces.svg"))).toBe(true);
    expect(readFileSync(join(report, "report.html"), "utf8")).toContain("Errors against the number of structures");
  });

  it("goes without a model; says how long before, and shows what is done when it is stopped", async () => {
    writeFileSync(join(folder, "few.xyz"), dimers(0));
    const path = join(folder, "stopped.yaml");
    const model = "type: linear, isolatedAtomEnergies: { C: 0 }, terms: [{ descriptor: { type: bispectrum, twoJMax: 2, rcutfac: 4 } }]";
    writeFileSync(path, `data: { train: few.xyz, test: few.xyz }\nmodel: { ${model} }\nlearningCurve: { sizes: { from: 2, to: 11, points: 50 }, repeats: 1000 }\n`);
    const { status, stderr, stdout } = await runPestle(["fit", path, "--threads", "1"], {
      onStart: (child) => child.stderr!.on("data", (text: string) => text.includes("fits of a learning curve") && setTimeout(() => child.kill("SIGINT"), 1500)),
    });
    expect({ status, stdout }).toEqual({ status: 130, stdout: "" });
    expect(stderr).toMatch(/about .* for the 10000 fits of a learning curve, to 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 structures/u);
    expect(stderr).toMatch(/the learning curve was stopped; \d+ fits are done\nlearning curve: errors of 12 test structures/u);
    const lines = (await fitted("", "--learning-curve", "--dry-run")).split("\n");
    expect(lines.at(-2)).toMatch(/^ {10}about .* for the 13 fits of a learning curve, to 1, 2, 4, 9, 20 structures$/u);
  });

  it("refuses sizes that the data do not have", async () => {
    const { status, stderr } = await fit("learningCurve: { sizes: [30] }");
    expect(status).toBe(2);
    expect(stderr).toMatch(/learningCurve: sizes has 30, but there are only 20 structures/u);
  });
});

describe("pestle fit with robust", () => {
  it("says how many targets weigh less, names structures, and stores it with the model", async () => {
    const frames = dimers(0).replace(/energy=(\S+)/u, (_, energy: string) => `energy=${Number(energy) + 3}`);
    writeFileSync(join(folder, "outlier.xyz"), frames);
    const change = ["--train", join(folder, "outlier.xyz"), "--set", "model.isolatedAtomEnergies={ C: 0 }", "--set", "fit.solver={ type: ridge, regularization: 1.0e-6 }", "--set", "fit.prior.scale=none"];
    const model = join(folder, "robust.pestle");
    const record = JSON.parse(await fitted("robust: { huber: 1.5, iterations: 100 }", ...change, "-o", model, "--json"));
    const { robust, tables, targets } = record.fit;
    expect(robust.energies.targets).toBe(targets.energies);
    expect(robust.energies.downWeighted >= 1 && robust.worst[0].label === "frame 1 of outlier.xyz").toBe(true);
    const objectives = (robust.steps as { objective: number }[]).map(({ objective }) => objective);
    expect(objectives.length > 2 && objectives.every((value, k) => k === 0 || value <= objectives[k - 1] * (1 + 1e-9))).toBe(true);
    expect(tables[0].title).toBe("Huber's loss, δ = 1.5 σ");
    expect((await runMain(["info", model])).stdout).toMatch(/robust:\s+huber: 1\.5/u);
    const text = await fitted("robust: {}\ncrossValidation: { folds: 3 }", ...change, "-o", model);
    expect(text).toMatch(/Down-weighted targets\ntargets +fitted +down-weighted +share/u);
    expect(text).toContain("frame 1 of outlier.xyz");
    expect(await fitted("robust: { iterations: 4 }", ...change, "--dry-run")).toContain("robust    up to 5 fits with Huber's loss");
  });

  it("holds for every member of a committee", async () => {
    const { status, stdout } = await fit("robust: {}\ncommittee: { members: 3 }", "-o", join(folder, "x.pestle"), "--json");
    expect(status).toBe(0);
    const { model, fit: summary } = JSON.parse(stdout) as { model: { type: string }; fit: { robust?: object; tables: { title: string }[] } };
    expect(model.type).toBe("committee");
    expect(summary.robust).toBeDefined();
    expect(summary.tables.map(({ title }) => title)).toEqual(expect.arrayContaining(["Members", "Huber's loss, δ = 1.5 σ"]));
  });
});
