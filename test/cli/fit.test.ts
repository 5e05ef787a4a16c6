import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readDataset } from "../../src/structures/index.js";
import { runMain, runPestle } from "./run-pestle.js";

const silicon = fileURLToPath(new URL("../../examples/data/Si_test.xyz.gz", import.meta.url));
const training = fileURLToPath(new URL("../../examples/data/Si_train.xyz.gz", import.meta.url));

const fitFile = `data:
  train: data/si.xyz.gz
  split: { test: 0.4, stratify: true }
model:
  type: sparse-gp
  isolatedAtomEnergies: { Si: -0.79 }
  terms:
    - descriptor: { type: soap, basis: equispaced-gaussian, nMax: 4, lMax: 3, sigma: 0.5, cutoff: { radius: 4 } }
      kernel: { type: dot-product, zeta: 2 }
      sparse: { method: random, count: 30 }
fit:
  sigma: { energy: 0.01, forces: 0.2 }
`;

let folder: string;
let config: string;
let model: string;
let fitted: { errors: Record<string, { groups: unknown[]; total: Total }>; output: string; report: string; fit: Record<string, unknown> };

interface Total {
  structures: number;
  energy: { count: number; rmse: number; mae: number; max: number };
  forces: { count: number; rmse: number; mae: number; max: number };
}

interface Vectors {
  forceThreshold: number;
  groups: unknown[];
  total: Record<"forces" | "forceAmplitude" | "forceAngle", Total["forces"]> & { forcesBelowThreshold: number };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "pestle-fit-"));
  mkdirSync(join(folder, "data"));
  writeFileSync(join(folder, "data", "si.xyz.gz"), readFileSync(silicon));
  config = join(folder, "fit.yaml");
  writeFileSync(config, fitFile);
  model = join(folder, "si.pestle");
  const { status, stdout, stderr } = await runPestle(["fit", config, "-o", model, "--report", join(folder, "report"), "--json", "--threads", "2"]);
  expect(stderr).toContain("15 energies from energy");
  expect(status).toBe(0);
  fitted = JSON.parse(stdout);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("pestle fit", () => {
  it("writes a model and a report and prints errors of every part", () => {
    expect(existsSync(model)).toBe(true);
    expect(readFileSync(fitted.report, "utf8")).toMatch(/^<!doctype html>/i);
    const { train, test } = fitted.errors;
    expect(train.total.structures + test.total.structures).toBe(25);
    for (const { total } of [train, test]) {
      expect(total.forces.count > 0 && total.energy.count === total.structures).toBe(true);
      // far below the spread of the data (0.2 eV/atom, 1 eV/Å), far above rounding
      expect(total.energy.rmse > 1e-5 && total.energy.rmse < 0.1).toBe(true);
      expect(total.forces.rmse > 1e-3 && total.forces.rmse < 1).toBe(true);
      expect(total.forces.mae <= total.forces.rmse && total.forces.rmse <= total.forces.max).toBe(true);
    }
  });

  it("writes the same bytes for any number of threads", async () => {
    const other = join(folder, "other.pestle");
    expect((await runMain(["fit", config, "-o", other, "--threads", "1", "--quiet"])).status).toBe(0);
    expect(readFileSync(other).equals(readFileSync(model))).toBe(true);
  });

  it("takes --set, --seed, --train and --test before the file", async () => {
    const other = join(folder, "changed.pestle");
    const flags = ["--set", "model.terms.0.sparse.count=7", "--set", "data.split=null", "--train", silicon, "--seed", "9", "--json", "--quiet"];
    const split = await runMain(["fit", config, "-o", other, ...flags]);
    expect(split.stderr).toContain("data.split");
    const { status, stdout, stderr } = await runMain(["fit", config, "-o", other, ...flags.filter((_, i) => i !== 2 && i !== 3)]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const record = JSON.parse(stdout);
    expect(record.fit.sizes).toContainEqual({ name: "nSparse", count: 7 });
    expect(record.data.map(({ path }: { path: string }) => path)).toEqual([silicon]);
    expect(record.errors.train.total.structures).toBe(15);
  });

  it("prints a plan with --dry-run", async () => {
    const { status, stdout } = await runMain(["fit", config, "--dry-run", "--json", "--quiet"]);
    expect(status).toBe(0);
    const plan = JSON.parse(stdout);
    expect(plan.columns).toBe(30);
    expect(plan.bytes > plan.wasmBytes && plan.wasmBytes > 1e6 && plan.seconds > 0).toBe(true);
    const lines = (await runMain(["fit", config, "--dry-run", "--quiet", "--memory-limit", "64MB"])).stdout;
    expect(lines).toMatch(/time {6}about \S+ m?s to fit and \S+ [mµ]?s to predict the data, on \d+ threads?/u);
    const { energy, energyAndForces } = plan.predictionSeconds;
    expect(energy > 0 && energyAndForces > energy).toBe(true);
    // of the atoms that have forces, and of those that have not
    expect(plan.secondsToPredict * plan.threads).toBeGreaterThanOrEqual((plan.targets.forceComponents / 3) * energyAndForces);
    expect(lines).toMatch(/memory {4}about \d+ MB, of them [\d.]+ MB of numerical memory: fits into 64\.0 MB/);
    const large = ["--set", "model.terms[0].descriptor.nMax=16", "--set", "model.terms[0].descriptor.lMax=14", "--threads", "8", "--memory-limit", "17MB"];
    expect((await runMain(["fit", config, "--dry-run", "--quiet", ...large])).stdout).toContain("more than the limit of 17.0 MB; use fewer sparse points");
    // the configuration as it is used, with every default
    expect(plan.config).toMatchObject({ seed: 1, fit: { jitter: { relative: 1e-8 } }, model: { terms: [{ kernel: { delta: 1 } }] } });
  });

  it("stops on Ctrl-C without leaving anything", async () => {
    const place = join(folder, "interrupted");
    mkdirSync(place);
    // long enough for any machine to be in the middle of it
    const size = ["model.terms[0].descriptor.nMax=10", "model.terms.0.descriptor.lMax=8", "model.terms.0.sparse.count=1000"];
    const changes = [`data.train=${training}`, ...size].flatMap((change) => ["--set", change]);
    const args = ["fit", config, ...changes, "-o", join(place, "x.pestle"), "--report", join(place, "report")];
    const { status, stdout, stderr } = await runPestle(args, {
      onStart: (child) => setTimeout(() => child.kill("SIGINT"), 1500),
    });
    expect({ status, stdout }).toEqual({ status: 130, stdout: "" });
    expect(stderr.trimEnd().split("\n").at(-1)).toBe("stopped");
    expect(readdirSync(place)).toEqual([]);
  });

  it.each([
    ["a typo in a key", (text: string) => text.replace("zeta:", "zetta:"), /fit\.yaml:9:36: unknown key "zetta".*did you mean "zeta"/],
    ["a value out of range", (text: string) => text.replace("lMax: 3", "lMax: -3"), /fit\.yaml:8:76: model\.terms\[0\]\.descriptor\.lMax is -3; .* from 0 to 20/],
    ["a missing section", (text: string) => text.slice(0, text.indexOf("model:")), /model is missing/],
    ["bad YAML", (text: string) => text.replace("model:", "model: ["), /fit\.yaml:\d+:\d+: /],
    ["a missing data file", (text: string) => text.replace("si.xyz.gz", "no.xyz"), /cannot read .*no\.xyz: there is no such file/],
    ["isolated atoms that are not there", (text: string) => text.replace("{ Si: -0.79 }", "from-data"), /no isolated Si atom/],
    ["a text instead of a group", () => "just text\n", /it does not hold a configuration/],
  ])("explains %s in one line", async (_, change, message) => {
    const path = join(folder, "bad", "fit.yaml");
    mkdirSync(join(folder, "bad", "data"), { recursive: true });
    writeFileSync(join(folder, "bad", "data", "si.xyz.gz"), readFileSync(silicon));
    writeFileSync(path, change(fitFile));
    const { status, stdout, stderr } = await runMain(["fit", path, "-o", join(folder, "bad", "x.pestle"), "--quiet"]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^error: [^\n]+\n$/);
  });

  it("asks for a fit file and an output", async () => {
    expect((await runMain(["fit"])).stderr).toContain("no fit file is given");
    expect((await runMain(["fit", config])).stderr).toContain("no output is given");
    expect((await runMain(["fit", "nowhere.yaml", "-o", "x"])).stderr).toBe("error: nowhere.yaml: no such file\n");
  });
});

describe("pestle evaluate", () => {
  it("finds the errors of the fit again, and writes predictions beside the references", async () => {
    const data = join(folder, "data", "si.xyz.gz");
    const output = join(folder, "predicted.xyz");
    const { status, stdout, stderr } = await runMain(["evaluate", model, data, "--json", "--quiet", "-o", output, "--report", join(folder, "judged")]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const record = JSON.parse(stdout);
    const { total, groups } = record;
    expect(total).toMatchObject({ structures: 25, energy: { count: 25 }, forces: { count: 4575 } });
    expect(groups.map(({ group }: { group: string }) => group).sort()).toEqual(["AIMD-NVT", "Elastic", "Surface", "Vacancy"]);
    const squares = (part: Total): number => part.forces.count * part.forces.rmse ** 2;
    const { train, test } = fitted.errors;
    expect(Math.abs(squares(total) / (squares(train.total) + squares(test.total)) - 1) < 1e-12).toBe(true);
    const predicted = await readDataset(output, { keys: { energy: "pestle_energy", forces: "pestle_forces" } });
    const reference = await readDataset(data);
    const errors = predicted.energies.map((energy, i) => (energy - reference.energies[i]) / reference.atomCount(i));
    const rmse = Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length);
    expect(Math.abs(rmse / total.energy.rmse - 1) < 1e-12).toBe(true);
    expect((await readDataset(output)).energies).toEqual(reference.energies);
    expect(existsSync(record.report)).toBe(true);
  });

  it("prints a table", async () => {
    const { stdout } = await runMain(["evaluate", model, silicon, "--quiet"]);
    expect(stdout).toMatch(/^ .* Force amplitude, angle$/m);
    expect(stdout).toMatch(/^total +25 +1,525 .* \d\.\d+ +\d\.\d+ +1,333$/m);
  });

  it("tells amplitudes and angles of forces above a threshold, the same for any number of threads", async () => {
    const record = async (...flags: string[]): Promise<Vectors> => JSON.parse((await runMain(["evaluate", model, silicon, "--json", "--quiet", ...flags])).stdout);
    const all = await record("--threads", "1");
    expect(all).toMatchObject({ forceThreshold: 1e-6, units: { forceAmplitude: "eV/angstrom", forceAngle: "rad" } });
    const { forces, forceAmplitude, forceAngle, forcesBelowThreshold } = all.total;
    expect(3 * (forceAmplitude.count + forcesBelowThreshold)).toBe(forces.count);
    expect(forceAmplitude.rmse > 0 && forceAmplitude.rmse <= forces.rmse * Math.sqrt(forces.count / forceAmplitude.count)).toBe(true);
    expect(forceAngle.rmse > 0 && forceAngle.rmse < 1.713 && forceAngle.max <= Math.PI).toBe(true);
    const twice = await record("--threads", "2");
    expect([twice.total, twice.groups]).toEqual([all.total, all.groups]);
    const strong = await record("--force-threshold", "1");
    expect(strong.forceThreshold).toBe(1);
    expect(strong.total.forceAmplitude.count < forceAmplitude.count && strong.total.forceAngle.rmse < forceAngle.rmse).toBe(true);
    expect((await record("--force-threshold", "1e4")).total).toMatchObject({ forceAmplitude: { count: 0, rmse: null }, forceAngle: { count: 0, max: null }, forcesBelowThreshold: 1525 });
    expect((await runMain(["evaluate", model, silicon, "--force-threshold=-1"])).stderr).toContain("It must be a number, 0 or more.");
  });

  it("shows a model with pestle info", async () => {
    const { stdout } = await runMain(["info", model]);
    expect(stdout).toContain("type       sparse-gp");
    expect(stdout).toContain("nMax: 4");
    expect(stdout).toMatch(/^test +force angle +\d+ +\d\.\d+ +\d\.\d+ +\d\.\d+ +rad$/m);
    const record = JSON.parse((await runMain(["info", model, "--json"])).stdout);
    expect(record).toMatchObject({ kind: "model", species: ["Si"], cutoff: 4, arrays: { "terms[0].coefficients": [30] } });
  });

  it.each([
    ["a species that the model does not know", () => "2\nProperties=species:S:1:pos:R:3 energy=1\nSi 0 0 0\nGe 0 0 2.3\n", /Ge, which .* does not know \(Si\)/],
    ["an empty file", () => "", /there are no structures/],
  ])("explains %s", async (_, text, message) => {
    const path = join(folder, "other.xyz");
    writeFileSync(path, text());
    const { status, stderr } = await runMain(["evaluate", model, path]);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  });

  it("refuses a file that is not a model, or a damaged one", async () => {
    expect((await runMain(["evaluate", silicon, silicon])).stderr).toContain("not a pestle model file");
    const damaged = readFileSync(model);
    damaged[damaged.length >> 1] ^= 1;
    const path = join(folder, "damaged.pestle");
    writeFileSync(path, damaged);
    const { status, stderr } = await runMain(["evaluate", path, silicon]);
    expect(status).toBe(2);
    expect(stderr).toContain("checksum");
    expect((await runMain(["evaluate", "none.pestle", silicon])).stderr).toMatch(/^error: cannot read the model none\.pestle: [^\n]+\n$/);
  });
});
