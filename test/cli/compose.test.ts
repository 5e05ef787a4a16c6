// pestle compose on small crystals of a known potential.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunResult, runMain } from "./run-pestle.js";

let folder: string;
const at = (name: string): string => join(folder, name);
const quiet = ["--threads", "1"];

/** Clusters with energies and forces of Lennard-Jones type, of two groups. */
function clusters(count: number, first: number): string {
  const frames = Array.from({ length: count }, (_, k) => {
    const seed = first + k;
    const positions = Array.from({ length: 5 }, (__, i) => [2.2 * (i % 2) + 0.2 * Math.sin(7 * seed + i), 2.3 * ((i >> 1) % 2) + 0.2 * Math.cos(3 * seed + 2 * i), 2.4 * (i >> 2) + 0.2 * Math.sin(5 * seed + 3 * i)]);
    const forces = positions.map(() => [0, 0, 0]);
    let energy = 0;
    positions.forEach((a, i) => positions.forEach((b, j) => {
      if (j <= i) return;
      const d = a.map((x, axis) => x - b[axis]);
      const r = Math.hypot(...d);
      const [s6, s12] = [(2.2 / r) ** 6, (2.2 / r) ** 12];
      energy += 0.4 * (s12 - s6);
      const slope = (0.4 * (12 * s12 - 6 * s6)) / r;
      d.forEach((x, axis) => {
        forces[i][axis] += (slope * x) / r;
        forces[j][axis] -= (slope * x) / r;
      });
    }));
    const lines = positions.map((own, i) => `Ar ${own.join(" ")} ${forces[i].join(" ")}`);
    return `5\nProperties=species:S:1:pos:R:3:forces:R:3 pbc="F F F" config_type=${k % 2 ? "odd" : "even"} energy=${energy}\n${lines.join("\n")}\n`;
  });
  return frames.join("");
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pestle-compose-"));
  writeFileSync(at("argon.xyz"), clusters(20, 1));
  writeFileSync(at("test.xyz"), clusters(4, 90));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function ok(...args: string[]): Promise<RunResult> {
  const result = await runMain([...args, ...quiet]);
  if (result.status !== 0) throw new Error(`${args.join(" ")}: ${result.stderr}`);
  return result;
}

async function failure(...args: string[]): Promise<string> {
  const { status, stderr } = await runMain([...args, ...quiet, "--quiet"]);
  expect(status).toBe(2);
  return stderr;
}

/** What `evaluate --json` prints. */
interface Evaluated {
  readonly total: Readonly<Record<"energy" | "forces" | "forceAngle", { readonly rmse: number }>>;
}

const few = ["--term", "G2", "--term", "E[G2L1]", "--cutoff", "4.5", "--set", "compose.limits.functions=4", "--set", "fit.starts=2"];

describe("pestle compose", () => {
  let first: RunResult;
  beforeAll(async () => {
    first = await ok("compose", at("argon.xyz"), "--test", at("test.xyz"), ...few, "--budget", "6", "-o", at("ar.pestle"), "--json");
  });

  it("writes model, fit file, journal, report and an export that belong together", async () => {
    const record = JSON.parse(first.stdout) as { potential: string; output: string; fitFile: string; journal: string; report: string; tables: string[]; errors: Record<string, { force: number; energy: number; amplitude: number; angle: number }>; candidates: { id: number; outcome: string; notation: string }[]; incumbents: number[]; parameters: { name: string }[] };
    for (const file of [record.output, record.fitFile, record.journal, record.report, ...record.tables]) expect(existsSync(file), file).toBe(true);
    expect(record.candidates).toHaveLength(6);
    expect(record.candidates[record.incumbents.at(-1)]).toMatchObject({ outcome: "accepted", notation: record.potential });
    expect(Object.keys(record.errors)).toEqual(["train", "validation", "test"]);
    // what the model predicts
    const { stdout } = await ok("evaluate", record.output, at("test.xyz"), "--json");
    const { total } = JSON.parse(stdout) as Evaluated;
    expect(record.errors.test.energy).toBeCloseTo(total.energy.rmse, 12);
    expect(record.errors.test.force).toBeCloseTo(total.forces.rmse, 12);
    expect(record.errors.test.angle).toBeCloseTo(total.forceAngle.rmse, 12);
    // the fit file makes it again
    await ok("fit", record.fitFile, "-o", at("again.pestle"), "--quiet");
    const again = JSON.parse((await ok("evaluate", at("again.pestle"), at("test.xyz"), "--json")).stdout) as Evaluated;
    expect(Math.abs(again.total.forces.rmse / total.forces.rmse - 1)).toBeLessThan(0.05);
    const page = readFileSync(record.report, "utf8");
    expect(page).toContain(record.potential);
    for (const { name } of record.parameters) expect(page).toContain(name);
    const info = await runMain(["info", record.output]);
    expect(info.stdout).toContain(record.potential);
  });

  it("tells of every candidate on lines", () => {
    expect(first.stderr).toMatch(/\npool, 17 % of the budget: G2 \(\d+ parameters\): force [\d.]+ eV\/Å, energy [\d.]+ meV\/atom; a term of the pool\n/u);
    expect(first.stderr).toMatch(/\n {2}starts from E\[G2L1\]: force .*; \d \+ \d parameters, log κ [\d.]+\n/u);
    expect(first.stderr).toMatch(/\nround 1, 50 % of the budget: /u);
  });

  it("goes on with a journal, to the same candidates", async () => {
    const { stdout, stderr } = await ok("compose", at("argon.xyz"), "--test", at("test.xyz"), ...few, "--budget", "10", "-o", at("ar.pestle"), "--resume", "--json");
    expect(stderr).toContain(`6 candidates are in ${at("ar.journal.jsonl")}`);
    const notations = (text: string): string[] => (JSON.parse(text) as { candidates: { notation: string }[] }).candidates.map(({ notation }) => notation);
    // as far as it had grown: four fifths
    expect(notations(stdout).slice(0, 4)).toEqual(notations(first.stdout).slice(0, 4));
    expect(notations(stdout).length).toBeGreaterThan(6);
    // of other settings it is another search
    expect(await failure("compose", at("argon.xyz"), ...few, "--set", "compose.gain=0.02", "-o", at("ar.pestle"), "--resume")).toMatch(/belongs to another search: .*gain/u);
    expect(await failure("compose", at("argon.xyz"), ...few, "-o", at("ar.pestle"))).toMatch(/ar\.pestle exists already; name another output, or add --resume/u);
  });

  it("takes a compose file, with its results beside it", async () => {
    writeFileSync(at("search.yaml"), "data: { train: argon.xyz, split: { validation: 0.25 } }\nmodel: { cutoff: { radius: 4.5 } }\nfit: { starts: 1, sigma: { forces: 0.1 } }\ncompose: { pool: [G2], prune: false, budget: { candidates: 2 } }\n");
    const { stdout } = await ok("compose", at("search.yaml"), "--no-report", "--no-export", "--quiet");
    expect(stdout).toMatch(/^step +potential/u);
    expect(stdout).toContain(`model → ${at("search.pestle")}`);
    expect(stdout).not.toMatch(/report →|tables for LAMMPS/u);
    expect(existsSync(at("search-report.html"))).toBe(false);
    const text = readFileSync(at("search-fit.yaml"), "utf8");
    expect(text).toMatch(/train: .*argon\.xyz\n/u);
    expect(text).toMatch(/start:\n +a\.alpha: /u);
  });

  it("fits to what the data has, where nobody says", async () => {
    writeFileSync(at("energies.xyz"), clusters(12, 30).replaceAll(":forces:R:3", ":ignored:R:3"));
    const { stdout } = await ok("compose", at("energies.xyz"), "--term", "C2", "--cutoff", "4.5", "--budget", "1", "-o", at("en.pestle"), "--json", "--quiet", "--no-report");
    const { errors, config } = JSON.parse(stdout) as { errors: { train: { force: number | null; energy: number } }; config: { fit: { sigma: object } } };
    expect(errors.train.force).toBeNull();
    expect(errors.train.energy).toBeGreaterThan(0);
    expect(config.fit.sigma).not.toHaveProperty("forces");
  });

  it("plans, and writes nothing then", async () => {
    const { stdout } = await ok("compose", at("argon.xyz"), ...few, "-o", at("plan.pestle"), "--dry-run", "--quiet");
    expect(stdout).toMatch(/trained on +16 structures, judged on 4\n/u);
    expect(stdout).toMatch(/\nE\[G2L1\] +3 \+ 3 /u);
    expect(existsSync(at("plan.journal.jsonl"))).toBe(false);
  });

  it("refuses what it cannot do, with a reason", async () => {
    const refused = (...args: string[]): Promise<string> => failure("compose", ...args, "-o", at("none.pestle"));
    expect(await refused(at("argon.xyz"), "--term", "E[G4 L")).toContain('potential "E[G4 L", position 7 (the end): expected');
    expect(await refused(at("argon.xyz"), "--term", "G2 + C4")).toContain('the pool has "G2 + C4", which is composed already');
    expect(await refused(at("argon.xyz"), "--term", "G4", "--three-body")).toContain('add "T2[0,1,2]" to it');
    expect(await refused(at("argon.xyz"), "--cutoff", "1")).toContain("model.cutoff.radius is 1 Å, and no two atoms of the data are that close: raise it");
    expect(await refused(at("argon.xyz"), "--set", "compose.limit.terms=2")).toContain('unknown key "limit" in compose; did you mean "limits"?');
    expect(await refused(at("argon.xyz"), "search.yaml")).toContain("search.yaml is a compose file, which names its data");
    expect(await refused(at("absent.xyz"))).toContain("there is no such file");
    writeFileSync(at("one.xyz"), clusters(1, 3));
    expect(await refused(at("one.xyz"))).toContain("data.split.validation leaves no structure for validation");
    expect(existsSync(at("none.journal.jsonl"))).toBe(false);
  });
});
