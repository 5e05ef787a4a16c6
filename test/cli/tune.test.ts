import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { seededRandom } from "../../src/math/random.js";
import { readJournal } from "../../src/tune/index.js";
import { TIME_LIMIT } from "../time-limit.js";
import { runMain, runPestle, type RunResult } from "./run-pestle.js";

const silicon = fileURLToPath(new URL("../../examples/data/Si_test.xyz.gz", import.meta.url));

const tuneFile = `# a small search
data:
  train: si.xyz.gz
  split: { validation: 0.4, stratify: true }
model:
  type: sparse-gp
  isolatedAtomEnergies: { Si: -0.79 }
  terms:
    - descriptor: { type: soap, basis: equispaced-gaussian, nMax: 3, lMax: 2, sigma: 0.5, cutoff: { radius: 4 } } # start
      kernel: { type: dot-product, zeta: 2 }
      sparse: { method: random, count: 30 }
fit:
  sigma: { energy: 0.01, forces: 0.2 }
tune:
  parameters:
    model.terms[0].descriptor.sigma: { from: 0.3, to: 1, scale: log }
    model.terms[0].kernel.zeta: { from: 1, to: 6, integer: true }
    fit.sigma.energy: { from: 0.001, to: 0.1, scale: log }
  objective: { type: validation-loss, trainOn: energies }
  optimizer: { type: particle-swarm, particles: 6 }
  budget: { evaluations: 18 }
`;

/** An evaluation as the journal has it, without what differs from run to run. */
type Line = Readonly<Record<string, unknown>>;

const folders: string[] = [];

/** A folder with the data and the tune file. */
function newFolder(text = tuneFile): string {
  const folder = mkdtempSync(join(tmpdir(), "pestle-tune-"));
  folders.push(folder);
  writeFileSync(join(folder, "si.xyz.gz"), readFileSync(silicon));
  writeFileSync(join(folder, "tune.yaml"), text);
  return folder;
}

const tune = (folder: string, ...flags: string[]): Promise<RunResult> =>
  runPestle(["tune", "tune.yaml", "-o", "best.yaml", "--threads", "2", ...flags], { cwd: folder });

const journalOf = (folder: string): Line[] => [...readJournal(join(folder, "best.journal.jsonl")).entries];

/** In the order of asking: which evaluation finishes first may differ. */
function timeless(entries: readonly Line[]): Line[] {
  return entries
    .map(({ seconds: _, elapsed: __, ...entry }) => entry as Line)
    .sort((a, b) => Number(a.stage) - Number(b.stage) || Number(a.id) - Number(b.id) || Number(a.rung) - Number(b.rung));
}

let whole: string;
let printed: RunResult;

beforeAll(async () => {
  whole = newFolder();
  printed = await tune(whole, "--report", "report.html", "--json");
});
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

describe("pestle tune", () => {
  it("finds better values and says so", () => {
    expect(printed.stderr).toContain("15 energies from energy");
    expect(printed.status).toBe(0);
    const { stages, next, seconds } = JSON.parse(printed.stdout) as {
      stages: { evaluations: number; start: { loss: number }; best: { loss: number; values: Record<string, number> } }[];
      next: string;
      seconds: number;
    };
    const [{ evaluations, start, best }] = stages;
    expect(evaluations).toBe(18);
    expect(best.loss > 0 && best.loss < 0.9 * start.loss).toBe(true);
    expect(Number.isInteger(best.values["model.terms[0].kernel.zeta"])).toBe(true);
    expect(seconds > 0).toBe(true);
    expect(next).toBe("pestle fit best.yaml -o best.pestle");
    expect(journalOf(whole).length).toBe(19);
  });

  it("writes a fit file in the user's words, a report and a journal", async () => {
    const text = readFileSync(join(whole, "best.yaml"), "utf8");
    const { best } = (JSON.parse(printed.stdout) as { stages: { best: { values: Record<string, number> } }[] }).stages[0];
    expect(text).toContain("# start");
    expect(text).not.toContain("tune:");
    const fit = parse(text) as { model: { terms: { descriptor: { sigma: number }; kernel: { zeta: number } }[] }; fit: { sigma: Record<string, number> } };
    expect(fit.model.terms[0].descriptor.sigma).toBe(best.values["model.terms[0].descriptor.sigma"]);
    expect(fit.model.terms[0].kernel.zeta).toBe(best.values["model.terms[0].kernel.zeta"]);
    expect(fit.fit.sigma).toEqual({ energy: best.values["fit.sigma.energy"], forces: 0.2 });
    expect(readFileSync(join(whole, "report.html"), "utf8")).toMatch(/^<!doctype html>/i);
    const fitted = await runPestle(["fit", "best.yaml", "-o", "best.pestle", "--json"], { cwd: whole });
    expect(fitted.status).toBe(0);
    const { errors } = JSON.parse(fitted.stdout) as { errors: { validation: { total: { energy: { rmse: number } } } } };
    expect(errors.validation.total.energy.rmse > 0).toBe(true);
  });

  it("finds the same with one thread", async () => {
    const folder = newFolder();
    expect((await tune(folder, "--threads", "1", "--quiet")).status).toBe(0);
    expect(timeless(journalOf(folder))).toEqual(timeless(journalOf(whole)));
  });

  it("shows what it would do", async () => {
    const folder = newFolder();
    const { status, stdout } = await tune(folder, "--dry-run");
    expect(status).toBe(0);
    expect(stdout).toContain("budget      18 evaluations");
    expect(stdout).toMatch(/sigma \(Å\) +log +0\.3 … 1 +0\.5/u);
    expect(existsSync(join(folder, "best.journal.jsonl"))).toBe(false);
  });

  it("runs stages one after the other", async () => {
    const [head, section] = tuneFile.split("tune:\n");
    const lines = section.split("\n").filter((line) => line !== "");
    const stage = (name: string, first: number, count: number): string[] => [`    - name: ${name}`, `      parameters:`, ...lines.slice(first, first + count).map((line) => `    ${line}`)];
    const folder = newFolder([
      `${head}tune:`,
      "  stages:",
      ...stage("kernels", 1, 1),
      "      objective: { type: kernel-distribution, references: 200 }",
      "      optimizer: { type: sobol, points: 8 }",
      "      budget: { evaluations: 8 }",
      ...stage("errors", 2, 2),
      "      objective: { type: validation-loss, trainOn: energies }",
      "      optimizer: { type: latin-hypercube, points: 6 }",
      "      budget: { evaluations: 6 }",
    ].join("\n"));
    const { status, stdout, stderr } = await tune(folder, "--json");
    expect(stderr).toContain("kernels");
    expect(status).toBe(0);
    const { stages } = JSON.parse(stdout) as { stages: { name: string; best: { metrics: Record<string, number>; values: Record<string, number> } }[] };
    expect(stages.map(({ name }) => name)).toEqual(["kernels", "errors"]);
    expect(stages[0].best.metrics.kernelStd > 0).toBe(true);
    const best = parse(readFileSync(join(folder, "best.yaml"), "utf8")) as { model: { terms: { descriptor: { sigma: number } }[] } };
    expect(best.model.terms[0].descriptor.sigma).toBe(stages[0].best.values["model.terms[0].descriptor.sigma"]);
  });
});

describe("pestle tune refuses", () => {
  const run = (folder: string, ...flags: string[]): Promise<RunResult> =>
    runMain(["tune", join(folder, "tune.yaml"), "-o", join(folder, "best.yaml"), "--threads", "1", ...flags]);

  it.each<[string, string, string, RegExp]>([
    ["a path that is not in a fit file", "kernel.zeta:", "kernel.zetta:", /tune\.yaml:\d+:\d+: .*zetta.*zeta/u],
    ["a range that is upside down", "from: 0.3, to: 1, scale", "from: 3, to: 1, scale", /tune\.yaml:\d+:\d+: .*sigma/u],
    ["an unknown key", "optimizer:", "optimiser:", /tune\.yaml:\d+:\d+: unknown key "optimiser".*optimizer/u],
    ["an unknown optimizer", "type: particle-swarm", "type: particle-storm", /particle-swarm/u],
    ["a search without an end", "  budget: { evaluations: 18 }\n", "", /budget/u],
    ["a budget that is none", "evaluations: 18", "evaluations: 0", /tune\.yaml:\d+:\d+: .*evaluations is 0/u],
  ])("%s", async (_, from, to, message) => {
    const folder = newFolder(tuneFile.replace(from, to));
    const { status, stderr, stdout } = await run(folder);
    expect(stderr).toMatch(message);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(existsSync(join(folder, "best.journal.jsonl"))).toBe(false);
  });

  it("to lose a search that is there", async () => {
    const { status, stderr } = await run(whole);
    expect(status).toBe(2);
    expect(stderr).toContain("--resume");
  });

  it("to go on with another file, other data or a damaged journal", async () => {
    const folder = newFolder(tuneFile.replace("evaluations: 18", "evaluations: 2"));
    expect((await tune(folder)).status).toBe(0);
    const path = join(folder, "tune.yaml");
    writeFileSync(path, tuneFile.replace("particles: 6", "particles: 7"));
    const changed = await run(folder, "--resume");
    expect(changed.status).toBe(2);
    expect(changed.stderr).toMatch(/particles/u);
    writeFileSync(path, tuneFile);
    const journal = join(folder, "best.journal.jsonl");
    const good = readFileSync(journal);
    const damaged = Buffer.from(good);
    damaged[good.indexOf('"loss":') + 8] ^= 1;
    writeFileSync(journal, damaged);
    const broken = await run(folder, "--resume");
    expect(broken.status).toBe(2);
    expect(broken.stderr).toMatch(/journal\.jsonl:\d+: /u);
    writeFileSync(journal, good);
    appendFileSync(join(folder, "si.xyz.gz"), readFileSync(silicon));
    const other = await run(folder, "--resume");
    expect(other.status).toBe(2);
    expect(other.stderr).toMatch(/si\.xyz\.gz/u);
  });
});

/** Evaluations begin in the order of asking, three at once on two threads: what is missing among them was in flight. The first copies the start. */
function gaps(entries: readonly Line[]): number {
  const ids = new Set(entries.map(({ id }) => Number(id)));
  return Array.from({ length: Math.max(...ids) }, (_, id) => id).filter((id) => id > 0 && !ids.has(id)).length;
}

describe("an interrupted search", () => {
  it("goes on to a larger budget as if that had been given at once", async () => {
    const folder = newFolder(tuneFile.replace("evaluations: 18", "evaluations: 7"));
    expect((await tune(folder)).status).toBe(0);
    expect(journalOf(folder).length).toBe(8);
    const { status, stdout } = await tune(folder, "--resume", "--budget", "18", "--json");
    expect(status).toBe(0);
    expect((JSON.parse(stdout) as { stages: { evaluations: number }[] }).stages[0].evaluations).toBe(18);
    expect(timeless(journalOf(folder))).toEqual(timeless(journalOf(whole)));
    const bodyOf = (text: string): string => text.slice(text.indexOf("data:"));
    expect(bodyOf(readFileSync(join(folder, "best.yaml"), "utf8"))).toBe(bodyOf(readFileSync(join(whole, "best.yaml"), "utf8")));
  });

  it("stops in order on Ctrl-C and says how to go on", async () => {
    const folder = newFolder();
    const { status, stderr } = await runPestle(["tune", "tune.yaml", "-o", "best.yaml", "--threads", "2", "--budget", "5000"], {
      cwd: folder,
      onStart: (child) => {
        const wait = setInterval(() => {
          // the start and some more are in the journal
          const journal = join(folder, "best.journal.jsonl");
          if (!existsSync(journal) || readFileSync(journal, "utf8").split("\n").length < 8) return;
          clearInterval(wait);
          child.kill("SIGINT");
        }, 20);
        child.once("exit", () => clearInterval(wait));
      },
    });
    expect(status).toBe(130);
    expect(stderr).toContain("pestle tune tune.yaml --output best.yaml --budget 5000 --threads 2 --resume");
    expect(existsSync(join(folder, "best.yaml"))).toBe(false);
    const known = journalOf(folder).length;
    const { status: second } = await tune(folder, "--resume", "--budget", String(known + 3));
    expect(second).toBe(0);
    expect(journalOf(folder).length).toBe(known + 4);
  });

  /** 20 in continuous integration. */
  const kills = Number(process.env.PESTLE_KILLS ?? 2);

  it(`loses only what was in flight when it is killed ${kills} times, and ends with the same bits`, { timeout: (1 + kills / 10) * TIME_LIMIT }, async () => {
    const evaluations = String(40 + 12 * kills);
    const calm = newFolder();
    expect((await tune(calm, "--budget", evaluations)).status).toBe(0);
    const folder = newFolder();
    const journal = join(folder, "best.journal.jsonl");
    const random = seededRandom(20);
    let known: Line[] = [];
    for (let kill = 0; kill < kills; kill++) {
      // a moment among the evaluations of this session, wherever the process stands then
      const target = known.length + 1 + Math.floor(uniformFloat64(random) * 10);
      const delay = uniformFloat64(random) * 60;
      const killed = await runPestle(["tune", "tune.yaml", "-o", "best.yaml", "--threads", "2", "--budget", evaluations, "--resume"], {
        cwd: folder,
        onStart: (child) => {
          const wait = setInterval(() => {
            if (!existsSync(journal) || readFileSync(journal, "utf8").split('"kind":"evaluation"').length - 1 < target) return;
            clearInterval(wait);
            setTimeout(() => child.kill("SIGKILL"), delay);
          }, 5);
          child.once("exit", () => clearInterval(wait));
        },
      });
      expect(killed.status, killed.stderr).toBe(null);
      const now = journalOf(folder);
      expect(now.slice(0, known.length)).toEqual(known);
      expect(now.length > known.length).toBe(true);
      expect(gaps(now) <= 2).toBe(true);
      known = now;
    }
    expect((await tune(folder, "--budget", evaluations, "--resume")).status).toBe(0);
    const all = journalOf(folder);
    expect(all.slice(0, known.length)).toEqual(known);
    // nothing that was finished is evaluated again
    expect(new Set(all.map(({ stage, id, rung }) => `${stage as number} ${id as number} ${rung as number}`)).size).toBe(all.length);
    expect(timeless(all)).toEqual(timeless(journalOf(calm)));
    const bodyOf = (text: string): string => text.slice(text.indexOf("data:"));
    expect(bodyOf(readFileSync(join(folder, "best.yaml"), "utf8"))).toBe(bodyOf(readFileSync(join(calm, "best.yaml"), "utf8")));
  });
});
