// Linear models through the commands: everything above trainers asks contracts, and knows no family.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { fitFileSchema } from "../../src/config/fit-config.js";
import { CommitteeModel, loadModel, saveModel } from "../../src/models/index.js";
import { validate } from "../../src/validation.js";
import { expectClose } from "../expect.js";
import { dimers } from "./dimers.js";
import { type RunResult, runMain } from "./run-pestle.js";

const fitFile = `data: { train: train.xyz, validation: validation.xyz }
model:
  type: linear
  isolatedAtomEnergies: { C: 0 }
  terms:
    - descriptor: { type: acsf, cutoff: { radius: 4.5 }, g2: [[1, 0], [2, 1], [4, 1.2], [2, 1.6], [1, 2.4]] }
      quadratic: true
fit: { sigma: { energy: 0.001, forces: 0.05 }, solver: { type: ridge, regularization: 1.0e-6 } }
`;
const tuneSection = `tune:
  parameters:
    fit.solver.regularization: { from: 1.0e-8, to: 1, scale: log }
    model.terms[0].descriptor.cutoff.radius: { from: 4, to: 5 }
    fit.sigma.energy: { from: 0.0001, to: 0.01, scale: log }
  optimizer: { type: random }
  budget: { evaluations: 6 }
`;

let folder: string;
let config: string;
let model: string;
let fitted: RunResult;
const quiet = ["--quiet", "--threads", "1"];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "pestle-linear-"));
  writeFileSync(join(folder, "train.xyz"), dimers(0));
  writeFileSync(join(folder, "validation.xyz"), dimers(1));
  [config, model] = [join(folder, "fit.yaml"), join(folder, "c.pestle")];
  writeFileSync(config, fitFile);
  fitted = await runMain(["fit", config, "-o", model, "--report", join(folder, "report"), "--json", ...quiet]);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("a linear model on the command line", () => {
  it("is fitted, with a report", () => {
    expect(fitted).toMatchObject({ status: 0 });
    const { errors, fit, report, model: record } = JSON.parse(fitted.stdout);
    expect(record).toMatchObject({ type: "linear", species: ["C"] });
    expect(errors.train.total.energy.rmse < 0.01).toBe(true);
    expect(fit.sizes).toContainEqual({ name: "nCoefficients", count: 20 });
    expect(fit.solver).toMatchObject({ type: "ridge" });
    // twelve dimers of 1 meV/atom
    expect(Math.abs(fit.squaredWeights.energies / (12 / (2 * 0.001 ** 2)) - 1) < 1e-9).toBe(true);
    expect(readFileSync(report, "utf8").includes("Weights of the rows")).toBe(true);
  });

  it("is evaluated as it was judged", async () => {
    const { status, stdout } = await runMain(["evaluate", model, join(folder, "validation.xyz"), "--json", ...quiet]);
    expect(status).toBe(0);
    const evaluated = JSON.parse(stdout);
    expect(JSON.stringify(evaluated)).toContain(JSON.stringify(JSON.parse(fitted.stdout).errors.validation.total.energy));
  });

  it("is what examples and pages show", async () => {
    const planned = await runMain(["fit", "examples/si-snap.yaml", "--dry-run", ...quiet]);
    expect(planned.stdout).toMatch(/^term 1 +bispectrum: 13233 environments × 55 features, 55 coefficients$/mu);
    const blocks = [...readFileSync("docs/how-to/linear-models.md", "utf8").matchAll(/```yaml\n([^]*?)```/gu)].map(([, block]) => parse(block) as Record<string, unknown>);
    const parts = Object.assign({}, ...blocks.filter((block) => !("model" in block))) as Record<string, unknown>;
    expect(Object.keys(parts)).toEqual(["terms"]);
    const data = { train: "a.xyz" };
    for (const file of [...blocks.filter((block) => "model" in block), { model: { type: "linear", ...parts } }].map((block) => ({ data, ...block }))) {
      expect(() => validate(fitFileSchema(file), file)).not.toThrow();
    }
    expect(blocks).toHaveLength(3);
  });

  it("has error bars, which do not pretend to know its training domain", async () => {
    const certain = join(folder, "bars.pestle");
    expect((await runMain(["fit", config, "-o", certain, "--set", "fit.solver={type: bayesian-ridge}", ...quiet])).status).toBe(0);
    const { status, stdout, stderr } = await runMain(["evaluate", certain, join(folder, "validation.xyz"), "--threads", "1"]);
    expect(status).toBe(0);
    expect(stdout + stderr).not.toMatch(/training domain|--domain/u);
    const asked = await runMain(["evaluate", certain, join(folder, "validation.xyz"), "--domain", ...quiet]);
    expect(asked.status).toBe(2);
    expect(asked.stderr).toMatch(/a linear model has no variance that a training domain could be told by/u);
    const output = join(folder, "bars.xyz");
    const { stdout: judged } = await runMain(["evaluate", certain, join(folder, "validation.xyz"), "--error-bars", "-o", output, "--quiet", "--threads", "1"]);
    expect(judged).toMatch(/^error bars of energies [\d.e-]+ meV\/atom; errors are [\d.]+ times as large, \d+ % within 1 \(normal: 68 %\), .*normal: 99\.7 %\); rank correlation -?[\d.]+ \(right bars: 0\.\d+\)$/mu);
    expect(judged).toMatch(/^error bars of forces [\d.e-]+ eV\/Å; errors/mu);
    expect(readFileSync(output, "utf8")).toMatch(/pestle_forces_std:R:3.* pestle_energy_std=[\d.e-]+/u);
    const without = await runMain(["evaluate", model, join(folder, "validation.xyz"), "--error-bars", "--json", ...quiet]);
    expect(without).toMatchObject({ status: 2, stderr: expect.stringContaining("no error bars of energies and forces") as string });
  });

  it("has error bars that are calibrated, and a page about them", async () => {
    const [certain, calibrated] = [join(folder, "certain.pestle"), join(folder, "calibrated.pestle")];
    await runMain(["fit", config, "-o", certain, "--set", "fit.solver={type: bayesian-ridge}", ...quiet]);
    const validation = join(folder, "validation.xyz");
    const run = await runMain(["calibrate", certain, validation, "-o", calibrated, "--json", ...quiet]);
    expect(run).toMatchObject({ status: 0, stderr: "" });
    const { calibration, before } = JSON.parse(run.stdout);
    expectClose([calibration.energy, calibration.forces], [before.energy.factor, before.forces.factor], 1e-9, "relative-to-max");
    expect(calibration).toMatchObject({ structures: 12, data: [{ role: "calibration", path: "validation.xyz" }] });
    const judged = await runMain(["evaluate", calibrated, validation, "--error-bars", "--report", join(folder, "judged"), ...quiet]);
    expect(judged.stdout).toMatch(/^error bars of energies .*errors are 1\.00 times as large/mu);
    expect(judged.stdout).toMatch(/^error bars are calibrated: energies × [\d.e-]+, forces × [\d.e-]+, with 12 structures$/mu);
    expect(judged.stdout).not.toMatch(/with the noise/u);
    const page = readFileSync(join(folder, "judged", "report.html"), "utf8");
    for (const text of ["Error bars of energies", "Error bars of force components", "in 95 %", "rank correlation"]) expect(page).toContain(text);
    expect((await runMain(["info", calibrated])).stdout).toMatch(/^error bars are calibrated: energies × /mu);
    const trained = await runMain(["calibrate", certain, join(folder, "train.xyz"), "-o", calibrated, "--threads", "1"]);
    expect(trained.stderr).toMatch(/train.xyz is training data of the model/u);
    expect(await runMain(["calibrate", certain, validation, ...quiet])).toMatchObject({ status: 2, stderr: expect.stringContaining("no output is given") as string });
    expect(await runMain(["calibrate", model, validation, "-o", calibrated, ...quiet])).toMatchObject({ status: 2, stderr: expect.stringContaining("no error bars") as string });
  });

  it("is a committee where the file asks for one, calibrated with the validation data", async () => {
    const committee = join(folder, "committee.pestle");
    const set = ["--set", "committee={ members: 4, by: disjoint }"];
    const planned = await runMain(["fit", config, "--dry-run", ...set, ...quiet]);
    expect(planned.stdout).toMatch(/^committee 4 members by disjoint$/mu);
    const run = await runMain(["fit", config, "-o", committee, "--report", join(folder, "committee"), "--json", ...set, ...quiet]);
    expect(run).toMatchObject({ status: 0, stderr: "" });
    const { fit, calibration, errorBars, model: record } = JSON.parse(run.stdout);
    expect(record).toMatchObject({ type: "committee", species: ["C"] });
    expect(fit.sizes).toContainEqual({ name: "nMembers", count: 4 });
    expect(calibration).toMatchObject({ structures: 12, data: [{ role: "calibration", path: "validation.xyz" }] });
    expect(Math.abs(errorBars.forces.factor - 1) < 1e-9).toBe(true);
    expect(readFileSync(join(folder, "committee", "report.html"), "utf8")).toContain("Error bars of force components");
    const again = await runMain(["evaluate", committee, join(folder, "validation.xyz"), "--error-bars", "--json", ...quiet]);
    expect(JSON.parse(again.stdout).errorBars).toEqual(errorBars);
    expect((await runMain(["info", committee])).stdout).toMatch(/^error bars are calibrated: /mu);
    const alone = ["-o", committee, "--set", "data={ train: train.xyz }", ...set];
    expect((await runMain(["fit", config, "--dry-run", ...alone.slice(2), ...quiet])).stdout).toMatch(/^committee 4 members by disjoint, calibrated out of bag$/mu);
    const itself = await runMain(["fit", config, ...alone, ...quiet]);
    expect(itself).toMatchObject({ status: 0, stderr: "" });
    expect(itself.stdout).toMatch(/^error bars are calibrated: energies × .*, forces × .*, out of bag, with 12 structures$/mu);
    const pair = await runMain(["fit", config, ...alone, "--set", "committee.members=2", "--threads", "1"]);
    expect(pair.stderr).toMatch(/error bars of the committee are not calibrated, because there is no validation data: bootstrap or disjoint with 4 members/u);
    const none = await runMain(["fit", config, ...alone, "--set", "committee.calibration=none", ...quiet]);
    expect(none).toMatchObject({ status: 0, stderr: "" });
    expect(none.stdout).not.toMatch(/are calibrated/u);
    const late = await runMain(["fit", config, "-o", committee, "--set", "committee={ members: 4, by: disjoint, calibration: out-of-bag }", ...quiet]);
    expect(late.stdout).toMatch(/out of bag, with 12 structures$/mu);
    const many = await runMain(["fit", config, "-o", committee, "--set", "committee={ members: 40 }", ...quiet]);
    expect(many).toMatchObject({ status: 2, stderr: expect.stringContaining("committee.members is 40, but the training data has 12") as string });
    expect(await runMain(["fit", config, "-o", committee, "--set", "committee={ by: boot }", ...quiet])).toMatchObject({ status: 2, stderr: expect.stringContaining("bootstrap") as string });
  });

  it("flags what lies outside of its active sets", async () => {
    const graded = join(folder, "graded.pestle");
    const { stdout } = await runMain(["fit", config, "-o", graded, "--json", "--set", "fit.activeSet=true", ...quiet]);
    expect(JSON.parse(stdout).fit.tables).toContainEqual(expect.objectContaining({ title: "Active sets", rows: [["C", 20, 12, 24, expect.any(String)]] }));
    const inside = await runMain(["evaluate", graded, join(folder, "train.xyz"), "--quiet", "--threads", "1"]);
    expect(inside.stdout).toMatch(/^all 24 atoms lie within the training domain \(extrapolation grade up to 1\.\d+, below 2\)$/mu);
    const close = join(folder, "close.xyz");
    writeFileSync(close, '2\nProperties=species:S:1:pos:R:3 pbc="F F F"\nC 0 0 0\nC 0.6 0 0\n');
    const output = join(folder, "graded.xyz");
    const outside = await runMain(["evaluate", graded, close, "--domain-threshold", "25", "-o", output, "--json", ...quiet]);
    expect(JSON.parse(outside.stdout).domain).toMatchObject({ measure: "extrapolationGrade", threshold: 25, atoms: 2, outside: 2, worst: { atom: 0 } });
    expect(readFileSync(output, "utf8")).toMatch(/pestle_grade:R:1:pestle_domain:S:1[^]* grade\n/u);
    // the result is out before the check fails
    const refused = await runMain(["evaluate", graded, close, "--max-outside", "0.5", "--json", ...quiet]);
    expect(refused).toMatchObject({ status: 3, stderr: "error: 100 % of the atoms lie outside the training domain, more than 50 % (--max-outside)\n" });
    expect(JSON.parse(refused.stdout).domain.outside).toBe(2);
    const fine = await runMain(["evaluate", graded, join(folder, "train.xyz"), "--max-outside", "0", "-o", output, ...quiet]);
    expect(fine.status).toBe(0);
    expect(readFileSync(output, "utf8")).toMatch(/ inside\n/u);
    expect(await runMain(["evaluate", graded, close, "--max-outside", "0.5", "--no-domain", ...quiet])).toMatchObject({ status: 2, stderr: expect.stringContaining("--no-domain") as string });
    expect((await runMain(["evaluate", graded, close, "--max-outside", "1.5", ...quiet])).status).toBe(2);
  });

  it("of a committee flags what its members disagree on", async () => {
    const committee = join(folder, "spread.pestle");
    expect(await runMain(["fit", config, "-o", committee, "--set", "committee={ members: 4 }", ...quiet])).toMatchObject({ status: 0 });
    expect((await runMain(["info", committee])).stdout).toMatch(/^limits {5}of the spread of local energies: C 0\.\d+ eV$/mu);
    const inside = await runMain(["evaluate", committee, join(folder, "train.xyz"), ...quiet]);
    expect(inside.stdout).toMatch(/^all 24 atoms lie within the training domain \(spread of the committee up to 1\.000, below 1\)$/mu);
    const [close, output] = [join(folder, "close.xyz"), join(folder, "spread.xyz")];
    writeFileSync(close, '2\nProperties=species:S:1:pos:R:3 pbc="F F F"\nC 0 0 0\nC 0.4 0 0\n');
    const refused = await runMain(["evaluate", committee, close, "--max-outside", "0.5", "--domain-measure", "spread", "-o", output, "--json", ...quiet]);
    expect(refused).toMatchObject({ status: 3, stderr: expect.stringContaining("100 % of the atoms lie outside") as string });
    expect(JSON.parse(refused.stdout).domain).toMatchObject({ measure: "committeeSpread", threshold: 1, atoms: 2, outside: 2 });
    expect(readFileSync(output, "utf8")).toMatch(/pestle_spread:R:1:pestle_domain:S:1[^]* spread\n/u);
    const grade = await runMain(["evaluate", committee, close, "--domain-measure", "grade", ...quiet]);
    expect(grade).toMatchObject({ status: 2, stderr: expect.stringContaining("--domain-measure is grade, but this committee model is judged by spread") as string });
    // as earlier versions wrote it
    const loaded = (await loadModel(committee)) as CommitteeModel;
    const older = join(folder, "older.pestle");
    await saveModel(older, new CommitteeModel({ ...loaded, spreadLimits: undefined }));
    expect((await runMain(["info", older])).stdout).toMatch(/^limits {5}of the spread of local energies: none/mu);
    expect((await runMain(["evaluate", older, close, ...quiet])).status).toBe(0);
    expect(await runMain(["evaluate", older, close, "--domain", ...quiet])).toMatchObject({ status: 2, stderr: expect.stringContaining("fit it again, or give it limits with its training data (withSpreadLimits") as string });
  });

  it("is planned, and shown", async () => {
    const planned = await runMain(["fit", config, "--dry-run", ...quiet]);
    expect(planned.stdout).toMatch(/^term 1 +acsf: 24 environments × 5 features and their products, 20 coefficients$/mu);
    expect(planned.stdout).toMatch(/^columns +20$/mu);
    const info = await runMain(["info", model]);
    expect(info.stdout).toMatch(/linear/u);
  });

  it("is tuned", async () => {
    const path = join(folder, "tune.yaml");
    writeFileSync(path, fitFile + tuneSection);
    const { status, stdout } = await runMain(["tune", path, "--json", ...quiet]);
    expect(status).toBe(0);
    const { best } = JSON.parse(stdout).stages[0];
    expect(best.loss > 0 && best.loss < 1).toBe(true);
    expect(readFileSync(join(folder, "tune-best.yaml"), "utf8")).toMatch(/type: linear/u);
  });

  it("explains mistakes by its own schema", async () => {
    const wrong = await runMain(["fit", config, "-o", model, "--set", "fit.jitter=1", ...quiet]);
    expect(wrong.status).toBe(2);
    expect(wrong.stderr).toMatch(/unknown key "jitter"/u);
    const schema = await runMain(["schema", "fit"]);
    expect(schema.stdout).toMatch(/"root-mean-square"/u);
  });
});
