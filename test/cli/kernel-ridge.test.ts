// Kernel ridge regression through the commands, with all that goes with any trainer.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dimers } from "./dimers.js";
import { type RunResult, runMain } from "./run-pestle.js";

const fitFile = `data: { train: train.xyz, validation: validation.xyz, columns: { double: { key: double, unit: eV } } }
model:
  type: kernel-ridge
  isolatedAtomEnergies: none
  terms:
    - descriptor: { type: coulomb-matrix }
      kernel: { type: squared-exponential }
fit:
  regularization: { scan: { lengthScale: { ofMedian: [0.5, 1] }, lambda: [1.0e-8, 1.0e-6] } }
  targets: [energy, double]
`;

let folder: string;
let config: string;
let model: string;
let fitted: RunResult;
const quiet = ["--quiet", "--threads", "1"];
const set = (value: string): string[] => ["--set", value];
const file = (name: string): string => join(folder, name);

/** Twice the energy as a property beside it. */
const withDouble = (text: string): string => text.replace(/ energy=([-\d.e]+)/gu, (key, energy) => `${key} double=${2 * Number(energy)}`);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "pestle-kernel-ridge-"));
  writeFileSync(file("train.xyz"), withDouble(dimers(0)));
  writeFileSync(file("validation.xyz"), withDouble(dimers(1)));
  [config, model] = [file("fit.yaml"), file("c.pestle")];
  writeFileSync(config, fitFile);
  fitted = await runMain(["fit", config, "-o", model, "--report", file("report"), "--json", ...quiet]);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("kernel ridge regression on the command line", () => {
  it("is planned, fitted and shown", async () => {
    expect(fitted).toMatchObject({ status: 0, stderr: "" });
    const { errors, model: record, fit } = JSON.parse(fitted.stdout);
    expect(record).toMatchObject({ type: "kernel-ridge", species: ["C"] });
    expect(errors.train.total.energy.rmse < 0.05).toBe(true);
    expect(JSON.stringify(fit.tables)).toMatch(/double/u);
    expect(readFileSync(file(join("report", "report.html")), "utf8")).toContain("kernel-ridge");
    expect((await runMain(["fit", config, "--dry-run", ...quiet])).stdout).toMatch(/^memory/mu);
    expect((await runMain(["info", model])).stdout).toMatch(/kernel-ridge/u);
  });

  it("predicts energies, properties and error bars", async () => {
    const { status, stdout, stderr } = await runMain(["evaluate", model, file("validation.xyz"), "--column", "double=double:eV", "--error-bars", "-o", file("predicted.xyz"), "--json", ...quiet]);
    expect([status, stderr]).toEqual([0, ""]);
    const [, energy, twice] = /pestle_energy=(\S+) .*pestle_double=(\S+) /u.exec(readFileSync(file("predicted.xyz"), "utf8"))!;
    expect(Math.abs(Number(twice) / (2 * Number(energy)) - 1) < 1e-6, `${twice} ${energy}`).toBe(true);
    const { total, errorBars, properties } = JSON.parse(stdout);
    expect(errorBars.energy.count).toBe(12);
    const [double] = Object.values(properties as Record<string, { rmse: number }>);
    // errors of twice the energy, of the molecule and not of the atom
    expect(Math.abs(double.rmse / (4 * total.energy.rmse) - 1) < 1e-6, `${double.rmse} ${total.energy.rmse}`).toBe(true);
  });

  it("has room for larger structures in the test data, says nothing of bars that there are none of, and refuses absurd lengths", async () => {
    const three = "3\nProperties=species:S:1:pos:R:3 energy=-9 double=-18\nC 0 0 0\nC 1.3 0 0\nC 2.6 0 0\n";
    writeFileSync(file("larger.xyz"), three);
    const larger = await runMain(["fit", config, "-o", file("l.pestle"), "--test", file("larger.xyz"), ...set("committee={ members: 2 }"), "--threads", "1"]);
    expect(larger.status).toBe(0);
    expect(larger.stdout).not.toMatch(/NaN|of forces/u);
    const absurd = await runMain(["fit", config, "-o", file("l.pestle"), ...set("fit.regularization.scan.lengthScale.ofMedian=[1e308]"), ...quiet]);
    expect(absurd).toMatchObject({ status: 2, stderr: expect.stringMatching(/ofMedian\[0\] is 1e\+308; it must be a number from 0\.000001 to 1000000/u) });
  });

  it("does not put the model in the place of its fit file", async () => {
    const before = readFileSync(config, "utf8");
    expect(await runMain(["fit", config, "-o", config, ...quiet])).toMatchObject({ status: 2, stderr: expect.stringMatching(/the output .*fit\.yaml is also an input; name another file/u) });
    expect(readFileSync(config, "utf8")).toBe(before);
  });

  it("refuses test data with other species before the fit", async () => {
    writeFileSync(file("other.xyz"), "2\nProperties=species:S:1:pos:R:3 energy=-9 double=-18\nC 0 0 0\nO 1.2 0 0\n");
    const { status, stderr } = await runMain(["fit", config, "-o", file("never.pestle"), "--test", file("other.xyz"), "--dry-run", ...quiet]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/the test data hold O \(frame 1 of .*other\.xyz\), which the training data do not \(C\); leave those structures out, or add some to the training data/u);
  });

  it.each([
    ["cross-validation", ["--cross-validation", ...set("crossValidation={ folds: 3 }")]],
    ["a learning curve", ["--learning-curve", ...set("learningCurve={ sizes: [4, 8], repeats: 2 }")]],
    ["a committee", set("committee={ members: 3 }")],
    ["Huber's loss", [...set("robust={ iterations: 2 }"), ...set("fit={ sigma: { energy: 0.01 } }")]],
    ["a baseline", set("model.baseline={ type: zbl, inner: 0.5, outer: 1 }")],
  ])("goes with %s", async (_, flags) => {
    const run = await runMain(["fit", config, "-o", file("other.pestle"), ...flags, "--json", ...quiet]);
    expect(run).toMatchObject({ status: 0 });
    const { errors, crossValidation, learningCurve } = JSON.parse(run.stdout);
    expect(errors.train.total.energy.count).toBe(12);
    // another fit section has no further targets
    if (flags.some((flag) => flag.startsWith("fit="))) return;
    for (const { properties } of [errors.validation, crossValidation, ...(learningCurve?.runs ?? [])].filter((judged) => judged !== undefined)) {
      expect(properties).toMatchObject([{ name: "double", unit: "eV", count: 12 }]);
    }
    expect((await runMain(["evaluate", file("other.pestle"), file("validation.xyz"), ...quiet])).status).toBe(0);
  });

  it("is tuned", async () => {
    const plain = fitFile.replace(/fit:[^]*$/u, "fit: { regularization: 1.0e-6 }\n");
    writeFileSync(file("tune.yaml"), `${plain}tune:\n  parameters: { fit.regularization: { from: 1.0e-9, to: 1.0e-3, scale: log } }\n  optimizer: { type: random }\n  budget: { evaluations: 4 }\n`);
    const { status, stdout, stderr } = await runMain(["tune", file("tune.yaml"), "--json", ...quiet]);
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect(JSON.parse(stdout).stages[0].best.loss > 0).toBe(true);
  });

  it("explains mistakes", async () => {
    const wrong = async (...flags: string[]): Promise<RunResult> => runMain(["fit", config, "-o", file("x.pestle"), ...flags, ...quiet]);
    expect(await wrong(...set("fit.targets=[energy, gap]"))).toMatchObject({ status: 2, stderr: expect.stringContaining("gap") as string });
    expect(await wrong(...set("model.terms.0.kernel={ type: laplace }"))).toMatchObject({ status: 2, stderr: expect.stringMatching(/laplacian/u) as string });
    expect(await wrong(...set("fit={ sigma: { energy: 0.01, forces: 0.1 } }"), ...set("model.terms.0.kernel={ type: laplacian }"))).toMatchObject({ status: 2 });
  });
});
