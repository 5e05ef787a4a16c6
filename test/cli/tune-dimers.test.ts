import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dimers, timelessEntries, tuneFile, writeSearch } from "./dimers.js";
import { type RunResult, runMain, runPestle } from "./run-pestle.js";

let root: string;
/** A finished search. */
let folder: string;
let config: string;
let finished: RunResult;
let count = 0;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "pestle-dimers-"));
  folder = place();
  config = writeSearch(folder);
  finished = await runPestle(["tune", config, "--json", "--threads", "2"]);
});
afterAll(() => rmSync(root, { recursive: true }));

function place(): string {
  const path = join(root, String(count++));
  mkdirSync(path);
  return path;
}

const quiet = ["--quiet", "--threads", "1"];
const journalOf = (path: string): string => join(path, "tune-best.journal.jsonl");
const bestOf = (path: string): string => readFileSync(join(path, "tune-best.yaml"), "utf8").replaceAll(`${path}/`, "");

async function searched(text: string, flags: readonly string[] = []): Promise<RunResult & { path: string; config: string }> {
  const path = place();
  const file = writeSearch(path, text);
  return { ...(await runMain(["tune", file, ...quiet, ...flags])), path, config: file };
}

describe("pestle tune on dimers", () => {
  it("found what pestle fit finds again on the validation data", async () => {
    const { best } = JSON.parse(finished.stdout).stages[0];
    const model = join(folder, "best.pestle");
    const output = join(folder, "tune-best.yaml");
    const { status, stdout } = await runMain(["fit", output, "-o", model, "--json", ...quiet]);
    rmSync(model);
    expect(status).toBe(0);
    const { energy, forces } = JSON.parse(stdout).errors.validation.total;
    expect(Math.abs(energy.rmse / best.metrics.energyRmse - 1) < 1e-9).toBe(true);
    expect(Math.abs(forces.rmse / best.metrics.forcesRmse - 1) < 1e-9).toBe(true);
    // Γ_E + Γ_F / 30
    expect(Math.abs((energy.rmse + forces.rmse / 30) / best.loss - 1) < 1e-3).toBe(true);
  });

  it("says on a pipe how it goes, in lines", () => {
    expect(finished.stderr).toMatch(/^search: particle-swarm, validation-loss$/m);
    expect(finished.stderr).toMatch(/^start: .*energy RMSE/m);
    expect(finished.stderr).toMatch(/^generation \d+, 20 evaluations; best .*evaluations\/s/m);
    expect(finished.stderr).not.toMatch(/[\u001B\r]/);
  });

  it("ends when its time is over", async () => {
    const { status, stdout } = await searched(tuneFile.replace("evaluations: 20", "evaluations: 1000000"), ["--budget", "0.5s", "--json"]);
    expect(status).toBe(0);
    const { seconds, stages } = JSON.parse(stdout);
    expect(seconds >= 0.5).toBe(true);
    expect(stages[0].evaluations < 1_000_000).toBe(true);
  });

  it("searches in stages with halving, each from the best of the one before", async () => {
    const stages = `tune:
  budget: { evaluations: 30 }
  stages:
    - name: descriptor
      parameters:
        model.terms[0].descriptor.sigma: { from: 0.2, to: 1, scale: log }
      objective: { type: kernel-distribution }
      optimizer: { type: sobol }
      budget: { evaluations: 8 }
    - name: fit
      parameters:
        model.terms[0].kernel.zeta: { from: 1, to: 6 }
      optimizer: { type: particle-swarm, particles: 6 }
      evaluation: { halving: { fractions: [0.5, 1], keep: 0.5 } }
      budget: { evaluations: 12 }
`;
    const { status, stdout, path, config: file } = await searched(tuneFile.slice(0, tuneFile.indexOf("tune:")) + stages, ["--json"]);
    expect(status).toBe(0);
    const record = JSON.parse(stdout);
    expect(record.stages).toMatchObject([{ name: "descriptor", evaluations: 8 }, { name: "fit", evaluations: 12, stopped: 6 }]);
    const [{ best: first }, { best: second }] = record.stages;
    const [{ descriptor, kernel }] = record.candidate.model.terms;
    expect([descriptor.sigma, kernel.zeta]).toEqual([first.values["model.terms[0].descriptor.sigma"] ?? 0.5, second.values["model.terms[0].kernel.zeta"] ?? 2]);
    const before = bestOf(path);
    expect((await runMain(["tune", file, ...quiet, "--resume"])).status).toBe(0);
    expect(bestOf(path)).toBe(before);
  });

  it("counts failures, with the reason", async () => {
    const large = tuneFile.replace("nMax: 3, lMax: 2", "nMax: 14, lMax: 12");
    const { status, stderr, path } = await searched(large.replace("budget:", "evaluation: { timeout: 0.001 }\n  budget:"), ["--threads", "2"]);
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/^error: no candidate could be evaluated, so there is no fit file: TIMEOUT: the evaluation took longer than 0\.001 s/);
    expect(existsSync(join(path, "tune-best.yaml"))).toBe(false);
    const entries = timelessEntries(journalOf(path));
    expect(entries.every(({ status: state, loss }) => state === "failed" && loss === 1000)).toBe(true);
  });

  it("prints a plan with --dry-run, and leaves nothing", async () => {
    const { status, stdout, stderr, path } = await searched(tuneFile, ["--dry-run"]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/budget +20 evaluations\n/);
    expect(stdout).toMatch(/^ +sigma \(Å\) +log +0\.2 … 1 +0\.5$/m);
    expect(stdout).not.toMatch(/undefined|[{}]/);
    expect(readdirSync(path).sort()).toEqual(["train.xyz", "tune.yaml", "validation.xyz"]);
    const timed = await searched(tuneFile, ["--dry-run", "--budget", "5min,30"]);
    expect(timed.stdout).toMatch(/budget +30 evaluations or 5 min/);
    const { stages } = JSON.parse((await searched(tuneFile, ["--dry-run", "--json"])).stdout);
    expect(stages).toMatchObject([{ budget: { evaluations: 20 }, atOnce: 1 }]);
    expect(stages[0].bytesPerEvaluation > 1000).toBe(true);
  });
});

describe("pestle tune --resume", () => {
  it.each([
    ["the data", (path: string) => writeFileSync(join(path, "train.xyz"), dimers(1)), /belongs to another search: the train data .*train\.xyz has another content/],
    ["a value", (path: string) => writeSearch(path, tuneFile.replace("count: 8", "count: 9")), /belongs to another search: model\.terms\[0\]\.sparse\.count was 8, now 9/],
    ["a range", (path: string) => writeSearch(path, tuneFile.replace("to: 6", "to: 7")), /belongs to another search: stages\[0\]\.parameters.*to was 6, now 7/],
    ["a column", (path: string) => writeSearch(path, tuneFile.replace("train.xyz,", "train.xyz, columns: { e: { key: charge } },")), /belongs to another search: data\.columns /],
    ["the seed", (path: string) => writeSearch(path, tuneFile.replace("seed: 3", "seed: 4")), /belongs to another search: seed was 3, now 4/],
  ])("refuses where %s has changed", async (_, change, message) => {
    const path = place();
    const file = writeSearch(path);
    writeFileSync(journalOf(path), readFileSync(journalOf(folder)));
    change(path);
    const { status, stdout, stderr } = await runMain(["tune", file, ...quiet, "--resume"]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(readFileSync(journalOf(path)).equals(readFileSync(journalOf(folder)))).toBe(true);
  });

  it("refuses where a file that the model reads has changed, and not where files have moved", async () => {
    const text = tuneFile.replace("{ method: random, count: 8 }", "{ method: file, path: sparse.txt }").replace("evaluations: 20", "evaluations: 2");
    const sparse = (values: readonly string[]): string => values.map((value) => `${value}\n`).join("");
    const path = place();
    const file = writeSearch(path, text);
    writeFileSync(join(path, "sparse.txt"), sparse(Array.from({ length: 19 * 3 }, (_, i) => String(i % 19 === 0 ? 1 : 0.1 + Math.sin(i) / 20))));
    const first = await runMain(["tune", file, ...quiet]);
    expect(first).toMatchObject({ status: 0 });
    const moved = place();
    const movedFile = writeSearch(moved, text);
    writeFileSync(join(moved, "sparse.txt"), readFileSync(join(path, "sparse.txt")));
    writeFileSync(journalOf(moved), readFileSync(journalOf(path)));
    expect(await runMain(["tune", movedFile, ...quiet, "--resume"])).toMatchObject({ status: 0, stderr: "" });
    writeFileSync(join(moved, "sparse.txt"), `${readFileSync(join(path, "sparse.txt"), "utf8")}\n`);
    const { status, stderr } = await runMain(["tune", movedFile, ...quiet, "--resume"]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/the sparse data .*sparse\.txt has another content/);
  });

  it("cuts off a torn last line and comes to the same end", async () => {
    const path = place();
    const file = writeSearch(path);
    const lines = readFileSync(journalOf(folder), "utf8").split("\n").slice(0, 12).join("\n");
    writeFileSync(journalOf(path), lines.slice(0, -30));
    const { status, stderr } = await runMain(["tune", file, "--threads", "1", "--resume"]);
    expect(status).toBe(0);
    expect(stderr).toContain("was cut off");
    expect(bestOf(path)).toBe(bestOf(folder));
    expect(timelessEntries(journalOf(path))).toEqual(timelessEntries(journalOf(folder)));
  });

  it("begins where there is no journal, and says so", async () => {
    const path = place();
    const { status, stderr } = await runMain(["tune", writeSearch(path), "--threads", "1", "--resume", "--budget", "2"]);
    expect(status).toBe(0);
    expect(stderr).toContain("to resume; the search begins");
  });

});

describe("Ctrl-C", () => {
  it("prints how to go on, which then comes to the same end", async () => {
    const path = place();
    const file = writeSearch(path);
    const args = ["tune", file, "--budget", "300", "--threads", "2"];
    const waiting = new AbortController();
    const { status, stdout, stderr } = await runPestle(args, {
      onStart: (child) => {
        const timer = setInterval(() => {
          if (existsSync(journalOf(path)) && readFileSync(journalOf(path), "utf8").split("\n").length > 12) {
            clearInterval(timer);
            child.kill("SIGINT");
          }
        }, 20);
        waiting.signal.addEventListener("abort", () => clearInterval(timer));
      },
    });
    waiting.abort();
    expect({ status, stdout }).toEqual({ status: 130, stdout: "" });
    // where the stop takes long, a line says so, and never behind how to go on
    expect(stderr.trimEnd().split("\n").slice(-3)).toEqual([
      `every finished evaluation is in ${journalOf(path)}; go on with`,
      `  pestle tune ${file} --budget 300 --threads 2 --resume`,
      "stopped",
    ]);
    expect(existsSync(`${journalOf(path)}.lock`)).toBe(false);
    expect(existsSync(join(path, "tune-best.yaml"))).toBe(false);
    const kept = timelessEntries(journalOf(path));
    expect(kept.length > 8).toBe(true);
    // a budget that the stopped session has passed, so that nothing new is needed
    const whole = await searched(tuneFile, ["--budget", "40"]);
    const resumed = await runMain(["tune", file, ...quiet, "--resume", "--budget", "40"]);
    expect(resumed.status).toBe(0);
    const reached = timelessEntries(journalOf(path)).filter(({ id }) => Number(id) < 40);
    expect(reached).toEqual(timelessEntries(journalOf(whole.path)));
  });
});

describe("a tune file", () => {
  it.each([
    ["a budget that is none", (text: string) => text.replace("evaluations: 20", "time: soon"), /"soon" is not a duration; write for example/],
    ["no tune section", (text: string) => text.slice(0, text.indexOf("tune:")), /tune is missing/],
    ["validation data that are not there", (text: string) => text.replace(", validation: validation.xyz", "").replace("optimizer:", "objective: { type: validation-loss, on: validation }\n  optimizer:"), /validation/],
    ["data that are not there", (text: string) => text.replace("train.xyz", "none.xyz"), /none\.xyz/],
  ])("with %s is explained in one line", async (_, change, message) => {
    const { status, stdout, stderr, path } = await searched(change(tuneFile));
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(/^error: [^\n]+\n$/);
    expect(stderr).toMatch(message);
    expect(readdirSync(path).sort()).toEqual(["train.xyz", "tune.yaml", "validation.xyz"]);
  });

  it.each([
    ["--budget", "0", /must be a number of evaluations ≥ 1, or a time such as 15min/],
    ["--budget", "soon", /not a duration/],
    ["--output", "best.txt", /give it a name ending in \.yaml or \.json/],
  ])("with %s %s on the command line is explained", async (flag, value, message) => {
    const { status, stderr } = await searched(tuneFile, [flag, value]);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  });
});
