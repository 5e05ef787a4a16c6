import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import "./toy/register.js";
import { addTaskModule } from "../../src/parallel/index.js";
import { loadModel, registerModelType } from "../../src/models/index.js";
import { registerTrainer, trainerNames, trainerOf } from "../../src/fit/index.js";
import { detectBuild, isShared } from "../../src/wasm/builds.js";
import { runMain } from "../cli/run-pestle.js";
import { describePotential } from "../contracts/potential.js";
import { expectClose, testExecutor } from "../expect.js";
import type { Executor } from "../../src/parallel/index.js";
import { randomStructure } from "../models/systems.js";
import { compileForWorkers } from "./toy/for-workers.js";
import { ToyModel, toyType } from "./toy/model.js";
import { toyTrainer } from "./toy/trainer.js";

const truth = { offsets: { Na: -1.25, Cl: -2.5 }, amplitude: 3.2, range: 1.3, cutoff: 4 };
const threads = isShared(await detectBuild()) ? "2" : "1";
let folder: string;
let executor: Executor;

/** Clusters with energies and forces by the formula of the toy, written down anew. */
function clusters(count: number): string {
  let state = 7;
  const random = (): number => (state = (state * 16807) % 2147483647) / 2147483647;
  return Array.from({ length: count }, (_, frame) => {
    const atoms = Array.from({ length: 2 + (frame % 5) }, (_, i) => ({ symbol: (i + frame) % 3 === 0 ? "Cl" : "Na", at: [2.1 * i + 0.4 * random(), 1.5 * random(), 1.5 * random()], force: [0, 0, 0] }));
    let energy = atoms.reduce((sum, { symbol }) => sum + truth.offsets[symbol as "Na" | "Cl"], 0);
    for (const [i, a] of atoms.entries()) {
      for (const b of atoms.slice(i + 1)) {
        const d = b.at.map((x, axis) => x - a.at[axis]);
        const r = Math.hypot(...d);
        if (r >= truth.cutoff) continue;
        const phi = (s: number): number => truth.amplitude * Math.exp(-s / truth.range) * (1 - s / truth.cutoff) ** 2;
        energy += phi(r);
        const slope = (phi(r + 1e-5) - phi(r - 1e-5)) / 2e-5;
        d.forEach((x, axis) => {
          a.force[axis] += (slope * x) / r;
          b.force[axis] -= (slope * x) / r;
        });
      }
    }
    const lines = atoms.map(({ symbol, at, force }) => [symbol, ...at, ...force].join(" "));
    return [String(atoms.length), `Properties=species:S:1:pos:R:3:forces:R:3 energy=${energy} pbc="F F F"`, ...lines].join("\n");
  }).join("\n") + "\n";
}

const fitFile = `data: { train: train.xyz, test: test.xyz }
model: { type: toy-pair, cutoff: 4, range: 1.3, offsets: tables/offsets.json }
fit: { sigma: { energy: 0.01, forces: 0.1 } }
`;

beforeAll(async () => {
  executor = await testExecutor();
  const root = fileURLToPath(new URL("../../out/", import.meta.url));
  mkdirSync(root, { recursive: true });
  folder = relative(process.cwd(), mkdtempSync(join(root, "pestle-toy-")));
  mkdirSync(join(folder, "tables"));
  writeFileSync(join(folder, "tables", "offsets.json"), JSON.stringify(truth.offsets));
  writeFileSync(join(folder, "train.xyz"), clusters(40));
  writeFileSync(join(folder, "test.xyz"), clusters(12));
  writeFileSync(join(folder, "fit.yaml"), fitFile);
  addTaskModule(compileForWorkers(join(folder, "compiled")));
});
afterAll(async () => {
  await executor.close();
  rmSync(folder, { recursive: true, force: true });
});

async function run(...args: string[]): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const result = await runMain(args);
  if (result.status !== 0) throw new Error(`${args.join(" ")}: ${result.stderr}`);
  return result;
}

describe("a trainer that a program brings along", () => {
  it("is one of those that fit files may name", () => {
    expect(trainerNames()).toEqual(["sparse-gp", "linear", "kernel-ridge", "composed", "toy-pair"]);
    expect(trainerOf({ type: "toy-pair" })).toBe(toyTrainer);
    expect(() => registerTrainer(toyTrainer)).toThrow(/already/u);
    expect(() => registerModelType(toyType)).toThrow(/already/u);
    expect(() => trainerOf({ type: "toy-pear" })).toThrow(/must be one of sparse-gp, linear, kernel-ridge, composed, toy-pair; did you mean "toy-pair"/u);
  });

  it("fits, with files beside the fit file, on any number of threads", async () => {
    const models = [];
    for (const count of ["1", threads]) {
      const model = join(folder, `${count}.pestle`);
      const { stdout } = await run("fit", join(folder, "fit.yaml"), "-o", model, "--report", join(folder, "report"), "--threads", count);
      expect(stdout).toMatch(/fitted in .* \(1 coefficients; .* of numerical memory\)/u);
      models.push(await loadModel(model));
    }
    const [model, other] = models as ToyModel[];
    expect(model).toBeInstanceOf(ToyModel);
    expectClose([model.amplitude, ...model.offsets], [truth.amplitude, truth.offsets.Na, truth.offsets.Cl], 1e-8);
    expect(other.amplitude).toBe(model.amplitude);
    const page = readFileSync(join(folder, "report", "report.html"), "utf8");
    expect(page).toContain("toy-pair · pairs up to 4 Å · 1 coefficients");
    expect(page).toContain("<h2>Coefficients, time and memory</h2>");
  });

  it("fits offsets too where no file gives them, and plans before", async () => {
    const args = ["fit", join(folder, "fit.yaml"), "--set", "model.offsets=null", "--threads", "1"];
    const bare = fitFile.replace(", offsets: tables/offsets.json", "");
    writeFileSync(join(folder, "bare.yaml"), bare);
    args[1] = join(folder, "bare.yaml");
    const plan = await run(...args.slice(0, 2), "--dry-run", "--json");
    expect(JSON.parse(plan.stdout)).toMatchObject({ outline: [{ label: "columns", text: "3" }], config: { model: { type: "toy-pair", range: 1.3 } } });
    const { stdout } = await run(...args.slice(0, 2), "-o", join(folder, "bare.pestle"), "--threads", "1", "--json");
    expect(JSON.parse(stdout).fit.sizes).toEqual([{ name: "nCoefficients", count: 3 }]);
    const model = (await loadModel(join(folder, "bare.pestle"))) as ToyModel;
    expectClose([model.amplitude, ...model.offsets], [truth.amplitude, truth.offsets.Na, truth.offsets.Cl], 1e-6);
  });

  it("is evaluated and shown", async () => {
    const { stdout } = await run("evaluate", join(folder, "1.pestle"), join(folder, "test.xyz"), "--threads", threads, "--json");
    expect(JSON.parse(stdout).model.type).toBe("toy-pair");
    expect(JSON.parse(stdout).total.forces.rmse < 1e-7).toBe(true);
    expect((await run("info", join(folder, "1.pestle"))).stdout).toMatch(/type {7}toy-pair\n[^]*coefficients: 3/u);
  });

  it("stands in the JSON Schema, and mistakes are explained by its own schema", async () => {
    const { stdout } = await run("schema", "fit");
    expect(stdout).toContain('"const": "toy-pair"');
    expect(stdout).toContain('"const": "sparse-gp"');
    writeFileSync(join(folder, "wrong.yaml"), fitFile.replace("cutoff", "cutof"));
    expect((await runMain(["fit", join(folder, "wrong.yaml"), "-o", "x"])).stderr).toMatch(/wrong\.yaml:2:\d+: unknown key "cutof" in model; did you mean "cutoff"\?/u);
    writeFileSync(join(folder, "wrong.yaml"), `${fitFile.replace("fit: {", "fit: { jitter: 1,")}`);
    expect((await runMain(["fit", join(folder, "wrong.yaml"), "-o", "x"])).stderr).toMatch(/wrong\.yaml:3:\d+: unknown key "jitter" in fit; known keys are sigma/u);
    writeFileSync(join(folder, "wrong.yaml"), fitFile.replace("toy-pair", "toy-pear"));
    expect((await runMain(["fit", join(folder, "wrong.yaml"), "-o", "x"])).stderr).toMatch(/"toy-pear"; it must be one of "?sparse-gp"?, "?linear"?, "?kernel-ridge"?, "?composed"?, "?toy-pair"?/u);
  });

  it("is tuned; the result stands in another folder and still finds its file", async () => {
    const search = `tune:
  parameters: { model.range: { from: 0.5, to: 3, scale: log }, model.cutoff: { from: 3, to: 5 } }
  optimizer: { type: sobol }
  budget: { evaluations: 6 }
`;
    writeFileSync(join(folder, "tune.yaml"), fitFile + search);
    mkdirSync(join(folder, "results"));
    const best = join(folder, "results", "best.yaml");
    const { stdout } = await run("tune", join(folder, "tune.yaml"), "-o", best, "--report", join(folder, "tune.html"), "--threads", threads, "--json");
    const [stage] = JSON.parse(stdout).stages as { best: { id: number; loss: number } }[];
    expect(stage.best).toMatchObject({ id: -1 }); // the values of the truth
    expect(parse(readFileSync(best, "utf8"))).toMatchObject({ model: { offsets: "../tables/offsets.json" } });
    const journal = readFileSync(join(folder, "results", "best.journal.jsonl"), "utf8").split("\n");
    expect(journal[0]).toContain('"role":"offsets"');
    expect(journal[0]).not.toContain('"offsets":');
    expect(journal.find((line) => line.includes('"nCoefficients":1'))).toBeDefined();
    expect(readFileSync(join(folder, "tune.html"), "utf8")).toContain("toy-pair · pairs up to 4 Å");
    await run("fit", best, "-o", join(folder, "results", "best.pestle"), "--threads", "1");
    expect(existsSync(join(folder, "results", "best.pestle"))).toBe(true);
  });

  it("has no kernels for the objective that looks at them, and its parameters are checked like any others", async () => {
    const tune = (changes: string): string => `${fitFile}tune:\n  parameters: { ${changes} }\n  budget: { evaluations: 2 }\n`;
    const text = tune("model.range: { from: 1, to: 2 }");
    writeFileSync(join(folder, "kernel.yaml"), `${text}  objective: { type: kernel-distribution }\n`);
    const kernel = await runMain(["tune", join(folder, "kernel.yaml"), "--threads", "1"]);
    expect(kernel.stderr).toContain("a toy-pair model has no kernels");
    writeFileSync(join(folder, "unknown.yaml"), tune("model.rang: { from: 1, to: 2 }"));
    const unknown = await runMain(["tune", join(folder, "unknown.yaml"), "--threads", "1"]);
    expect(unknown.stderr).toMatch(/model\.rang is not a parameter of this file: .*did you mean "range"/u);
    writeFileSync(join(folder, "negative.yaml"), tune("model.range: { from: -1, to: 2 }"));
    const negative = await runMain(["tune", join(folder, "negative.yaml"), "--threads", "1"]);
    expect(negative.stderr).toMatch(/model\.range is -1; it must be a number > 0 \(-1 lies in the range/u);
  });

  describe("makes potentials like any others", () => {
    const potential = (): ToyModel => new ToyModel([11, 17], { cutoff: 4, range: 1.3 }, [-1.25, -2.5], 3.2);
    describePotential({ executor: () => executor, potential, structures: [randomStructure(31, 6, true), randomStructure(32, 6, false)] });
  });
});
