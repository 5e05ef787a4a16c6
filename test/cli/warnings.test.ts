// Warnings are said where the user looks: on the terminal, in the record and on the report page.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runMain } from "./run-pestle.js";

const silicon = fileURLToPath(new URL("../../examples/data/Si_test.xyz.gz", import.meta.url));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pestle-warnings-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const fitFile = `data:
  train: ${JSON.stringify(silicon)}
model:
  type: sparse-gp
  isolatedAtomEnergies: { Si: -0.79 }
  terms:
    - descriptor: { type: soap, basis: equispaced-gaussian, nMax: 3, lMax: 2, sigma: 0.5, cutoff: { radius: 4 } }
      kernel: { type: dot-product, zeta: 2 }
      sparse: { method: random, count: 20 }
fit:
  sigma: { energy: 0.01 }
`;

/** A small fit; `changes` are assignments of --set. */
async function fit(changes: readonly string[], ...flags: string[]) {
  const config = join(folder, "fit.yaml");
  writeFileSync(config, fitFile);
  const run = await runMain(["fit", config, "-o", join(folder, "x.pestle"), "--threads", "1", ...changes.flatMap((change) => ["--set", change]), ...flags]);
  expect(run.status).toBe(0);
  return { ...run, warnings: run.stderr.split("\n").filter((line) => line.startsWith("warning: ")).map((line) => line.slice("warning: ".length)) };
}

describe("pestle fit", () => {
  it("warns of nothing where there is nothing", async () => {
    const { warnings, stdout } = await fit([], "--json", "--report", join(folder, "good"));
    expect(warnings).toEqual([]);
    expect((JSON.parse(stdout) as { fit: { warnings: string[] } }).fit.warnings).toEqual([]);
    expect(readFileSync(join(folder, "good", "report.html"), "utf8")).not.toContain('class="warnings"');
  });

  it("says on the terminal, in the record and in the report what may ruin it", async () => {
    const report = join(folder, "bad");
    const changes = ["model.isolatedAtomEnergies.Si=300", "fit.jitter=1e-8", "model.terms.0.descriptor.normalize=false", "model.terms.0.sparse.count=3000"];
    const { warnings, stdout } = await fit(changes, "--json", "--report", report);
    expect(warnings.map((text) => text.replace(/ .*/, ""))).toEqual([expect.stringMatching(/^\d+$/), "fit.jitter", "the", "energies"]);
    expect((JSON.parse(stdout) as { fit: { warnings: string[] } }).fit.warnings).toEqual(warnings.slice(0, 3)); // the last is of errors, not of the fit
    const page = readFileSync(join(report, "report.html"), "utf8");
    expect(page).toContain("<h2>4 warnings</h2>");
    // before every number but the headline
    expect(page.indexOf('<section class="warnings">')).toBeLessThan(page.indexOf("<table"));
    for (const text of warnings) expect(page).toContain(text);
    expect((await fit(changes, "--quiet")).stderr).toBe("");
  });

  it("says what energies are relative to in the captions of the report", async () => {
    const caption = async (changes: string[]): Promise<string | undefined> => {
      await fit(changes, "--report", join(folder, "caption"));
      return /Energies are relative to [^.]*\./.exec(readFileSync(join(folder, "caption", "report.html"), "utf8"))?.[0];
    };
    expect(await caption([])).toBe("Energies are relative to the isolated-atom energies that were given.");
    expect(await caption(["model.isolatedAtomEnergies=least-squares"])).toMatch(/^Energies are relative to energies of the elements from a least-squares fit .*not those of isolated atoms\)\.$/);
  });

  it("warns of data that are training and test", async () => {
    const report = join(folder, "twice");
    const { warnings, stdout } = await fit([`data.test=${silicon}`], "--json", "--report", report);
    expect(warnings).toEqual([
      `${silicon} is training and test data; errors of the test are not those of new structures`,
      expect.stringMatching(/^25 of 25 structures of the test stand in the training data, too \(frame 1 of Si_test\.xyz\.gz; .*, and 22 more\)/),
    ]);
    expect((JSON.parse(stdout) as { warnings: string[] }).warnings).toEqual(warnings);
    expect(readFileSync(join(report, "report.html"), "utf8")).toContain("<h2>2 warnings</h2>");
  });
});

describe("references that contradict each other, or the model", () => {
  /** Dimers on a Lennard-Jones curve, ε = 0.2 eV, σ = 1.3 Å, from 1.3 Å on. */
  const dimers = (step: number, sign: number): string => {
    const frames = Array.from({ length: 12 }, (_, i) => {
      const r = 1.3 + step * i;
      const sixth = (1.3 / r) ** 6;
      const force = (sign * 24 * 0.2 * sixth * (2 * sixth - 1)) / r;
      return `2\nProperties=species:S:1:pos:R:3:forces:R:3 energy=${0.8 * sixth * (sixth - 1)} pbc="F F F"\nSi 0 0 0 ${-force} 0 0\nSi ${r} 0 0 ${force} 0 0\n`;
    });
    const file = join(folder, `dimers${step}.xyz`);
    writeFileSync(file, frames.join(""));
    return file;
  };

  it("are told before the fit, on the terminal, in the record and in the report", async () => {
    const close = dimers(0.03, -1);
    const report = join(folder, "gradients");
    const { warnings, stdout } = await fit([`data.train=${close}`, "fit.sigma.forces=0.1"], "--json", "--report", report);
    const found = warnings.filter((text) => text.startsWith("it looks"));
    expect(found).toEqual([expect.stringMatching(/^it looks as if forces have the sign of gradients: between 11 pairs of consecutive training frames that differ little/)]);
    expect((JSON.parse(stdout) as { warnings: string[] }).warnings).toEqual(warnings);
    expect(readFileSync(join(report, "report.html"), "utf8")).toContain(found[0]);
    expect((await fit([`data.train=${dimers(0.031, 1)}`, "fit.sigma.forces=0.1"], "--json")).warnings.filter((text) => text.startsWith("it looks"))).toEqual([]);
  });

  it("are told after a prediction", async () => {
    const lj = join(folder, "lj.pestle");
    const sections = ["model.type=lennard-jones", "model.parameters={Si: {epsilon: 0.2, sigma: 1.3}}", "model.cutoff=6"].flatMap((text) => ["--set", text]);
    expect((await runMain(["build", ...sections, "-o", lj])).status).toBe(0);
    const { stdout, stderr } = await runMain(["evaluate", lj, dimers(0.2, -1), "--json"]);
    const sentence = "it looks as if forces have the sign of gradients: forces of the given data agree with those of the model then, and not as they are";
    expect((JSON.parse(stdout) as { warnings: string[] }).warnings).toContain(sentence);
    expect(stderr).toContain(`warning: ${sentence}`);
    expect((await runMain(["evaluate", lj, dimers(0.21, 1), "--json"])).stdout).not.toContain("it looks");
  });

  it("are told after a fit to energies, of forces that were not fitted", async () => {
    const { warnings } = await fit([`data.train=${dimers(0.16, -1)}`, "model.isolatedAtomEnergies.Si=0", "fit.sigma.energy=0.0001", "model.terms.0.descriptor.nMax=8", "model.terms.0.sparse.count=20"]);
    expect(warnings.filter((text) => text.startsWith("it looks"))).toEqual([expect.stringMatching(/forces have the sign of gradients: forces of the training data agree/)]);
  });
});

describe("pestle evaluate", () => {
  const stretched = (): string => {
    const file = join(folder, "stretched.xyz");
    const atoms = [0, 1].flatMap((i) => [0, 1, 2].map((j) => `Si ${3.2 * i} ${3.3 * j} 0`));
    writeFileSync(file, `${atoms.length}\nProperties=species:S:1:pos:R:3 pbc="F F F"\n${atoms.join("\n")}\n`);
    return file;
  };
  let model: string;
  beforeAll(async () => {
    await fit(["model.terms.0.sparse.count=60"]);
    model = join(folder, "x.pestle");
  });

  it("counts atoms outside the training domain and names the worst, and says when there are none", async () => {
    const { stdout } = await runMain(["evaluate", model, stretched()]);
    expect(stdout).toMatch(/^6 of 6 atoms lie outside the training domain \(uncertainty above 0\.15\), the worst: frame 1 of stretched\.xyz, Si [0-5] \(from 0\), 0\.\d\d$/m);
    const known = await runMain(["evaluate", model, silicon, "--json"]);
    const record = JSON.parse(known.stdout) as { domain: { outside: number; atoms: number }; warnings: string[] };
    expect(record.domain).toMatchObject({ outside: 0, atoms: 1525 });
    const training = `${silicon} is training data of the model (by its checksum); the errors are not those of new structures`;
    expect(record.warnings).toEqual([training]);
    expect(known.stderr).toContain(`warning: ${training}\n`);
  });

  it("takes another threshold, writes a column where it was asked, and can be kept from looking", async () => {
    const output = join(folder, "p.xyz");
    const { stdout } = await runMain(["evaluate", model, stretched(), "--domain-threshold", "0.999", "-o", output]);
    expect(stdout).toMatch(/^all 6 atoms lie within the training domain \(uncertainty up to 0\.\d+, below 0\.999\)$/m);
    expect(readFileSync(output, "utf8")).toContain("pestle_forces:R:3:pestle_uncertainty:R:1");
    const without = await runMain(["predict", model, stretched(), "--no-domain", "-o", output]);
    expect(without.stdout).not.toContain("domain");
    expect(readFileSync(output, "utf8")).not.toContain("uncertainty");
    const wrong = await runMain(["evaluate", model, stretched(), "--domain-threshold", "2"]);
    expect(wrong).toMatchObject({ status: 2, stderr: expect.stringContaining("--domain-threshold is 2, but uncertainties of a sparse-gp model without active sets are from 0 to 1") as string });
  });

  it("says where there is nothing to compare with", async () => {
    const { status, stdout, stderr } = await runMain(["predict", model, stretched()]);
    expect(status).toBe(0);
    expect(stderr).toContain("references none: no energies, forces or virials to compare with; --energy-key and its like name those that are not recognised; -o");
    expect(stdout).not.toContain("RMSE");
    expect(stdout).toMatch(/^6 atoms in /m);
  });
});

describe("pestle info", () => {
  it("shows every option of the fit of a model, defaults included", async () => {
    await fit([]);
    const { stdout } = await runMain(["info", join(folder, "x.pestle")]);
    const options = /^fit options\n((?: .*\n)+)/m.exec(stdout)?.[1] ?? "";
    for (const line of ["isolatedAtomEnergies:", "Si: -0.79", "method: random", "count: 20", "relative: 1e-8", "energy: 0.01", "perAtom: true", "seed: 1", "zeta: 2", "delta: 1"]) {
      expect(options).toContain(line);
    }
  });

  it("warns of atoms that are close or at one place, by frame and atoms", async () => {
    const frame = (second: string): string => `2\nLattice="5 0 0 0 5 0 0 0 5" Properties=species:S:1:pos:R:3\nSi 0 0 0\nSi ${second}\n`;
    const file = join(folder, "close.xyz");
    writeFileSync(file, [frame("2.4 0 0"), frame("5 5 0.001"), frame("0 4.2 0"), frame("0 0 1"), frame("0 1.1 0"), frame("1.2 0 0")].join(""));
    const { stderr, stdout } = await runMain(["info", file]);
    expect(stderr).toBe(
      "warning: 1 structure has two atoms at one place: frame 2 of close.xyz, Si 0 and Si 1, 0.0010 Å (atoms from 0); one of each two is there twice\n" +
        "warning: 4 structures have atoms closer than 0.55 of the sum of their covalent radii: frame 3 of close.xyz, Si 0 and Si 1, 0.80 Å; " +
        "frame 4 of close.xyz, Si 0 and Si 1, 1.00 Å; frame 5 of close.xyz, Si 0 and Si 1, 1.10 Å, and 1 more (atoms from 0); " +
        "wrong units, a wrong cell or a simulation that failed look like this\n",
    );
    expect(stdout).toContain("structures 6, 12 atoms");
    const record = JSON.parse((await runMain(["info", file, "--json"])).stdout) as { closeAtoms: object[]; warnings: string[] };
    expect(record.warnings).toHaveLength(2);
    expect(record.closeAtoms[0]).toEqual({ structure: "frame 2 of close.xyz", symbols: ["Si", "Si"], first: 0, second: 1, distance: expect.closeTo(0.001, 9) as number });
  });
});

describe("atoms that are too close", () => {
  const frame = (second: string, energy = -10): string =>
    `2\nLattice="9 0 0 0 9 0 0 0 9" Properties=species:S:1:pos:R:3 energy=${energy}\nSi 0 0 0\nSi ${second}\n`;
  const sentence =
    "1 structure has two atoms at one place: frame 4 of pairs.xyz, Si 0 and Si 1, 0.0050 Å (atoms from 0); one of each two is there twice; " +
    "1 structure has atoms closer than 0.55 of the sum of their covalent radii: frame 2 of pairs.xyz, Si 0 and Si 1, 1.00 Å (atoms from 0); " +
    "wrong units, a wrong cell or a simulation that failed look like this";
  const soap = ["-d", "soap", "-p", "nMax=3,lMax=2,sigma=0.5,cutoff.radius=4"];
  const linesOf = (stderr: string): string[] => stderr.split("\n").filter((line) => line.includes(" Å (atoms from 0)"));

  it.each([
    ["fit", ["fit", "-o", "pairs.pestle", "--threads", "1", "--json"]],
    ["fit --dry-run", ["fit", "--dry-run", "--threads", "1"]],
    ["describe, columns from the data", ["describe", ...soap, "-o", "pairs.npy", "--threads", "1", "--json"]],
    ["describe, in one pass", ["describe", ...soap, "--species", "Si", "-o", "pairs.npy", "--threads", "1", "--json"]],
    ["evaluate", ["evaluate", "--threads", "1", "--json"]],
  ] as const)("are named in one line by %s", async (_, [command, ...flags]) => {
    const data = join(folder, "pairs.xyz");
    const [config, model] = [join(folder, "pairs.yaml"), join(folder, "pairs.pestle")];
    writeFileSync(data, [frame("2.4 0 0"), frame("0 1 0"), frame("2.2 0 0"), frame("0 0 9.005")].join(""));
    writeFileSync(config, fitFile.replace(/train: .*/, `train: ${JSON.stringify(data)}`).replace("count: 20", "count: 4"));
    if (command === "evaluate") expect((await runMain(["fit", config, "-o", model, "--threads", "1"])).status).toBe(0);
    const input = command === "describe" ? [data] : command === "fit" ? [config] : [model, data];
    const place = (flag: string): string => (/^pairs/.test(flag) ? join(folder, flag) : flag);
    const { status, stderr, stdout } = await runMain([command, ...input, ...flags.map(place)]);
    expect(status).toBe(0);
    expect(linesOf(stderr)).toEqual([`warning: ${sentence}`]);
    if (flags.includes("--json" as never)) expect((JSON.parse(stdout) as { warnings: string[] }).warnings).toContain(sentence);
  });
});

describe("pestle tune", () => {
  it("says each warning of its fits once, on the terminal, in the record, the journal and the report", async () => {
    const config = join(folder, "tune.yaml");
    const [output, report] = [join(folder, "tuned.yaml"), join(folder, "search.html")];
    const file = fitFile.replace("cutoff: { radius: 4 } }", "cutoff: { radius: 4 }, normalize: false }").replace("count: 20", "count: 3000");
    writeFileSync(config, `${file}  jitter: 1e-8
tune:
  parameters:
    model.terms[0].descriptor.sigma: { from: 0.4, to: 0.6 }
  objective: { type: validation-loss }
  optimizer: { type: random }
  budget: { evaluations: 3 }
`);
    const args = ["tune", config, "-o", output, "--threads", "1", "--set", `data.validation=${silicon}`, "--report", report, "--json"];
    const run = await runMain(args);
    expect(run.status).toBe(0);
    const said = run.stderr.split("\n").filter((line) => line.startsWith("warning: ")).map((line) => line.slice("warning: ".length));
    expect(said).toEqual([
      `${silicon} is training and validation data; errors of the validation are not those of new structures`,
      expect.stringMatching(/^25 of 25 structures of the validation stand in the training data/),
      expect.stringMatching(/^the start: \d+ sparse points are taken where sparse\.count asks for 3000: /),
      expect.stringMatching(/^the start: fit\.jitter is 1e-8 eV², but the fingerprints are not normalised/),
    ]);
    const { warnings, journal } = JSON.parse(run.stdout) as { warnings: string[]; journal: string };
    expect(warnings).toEqual([...said.slice(0, 2), ...said.slice(2).map((text) => text.replace("the start", "the start, and 3 others"))]);
    expect(readFileSync(journal, "utf8").match(/"warnings":\["\d+ sparse points/g)).toHaveLength(4);
    const page = readFileSync(report, "utf8");
    expect(page).toContain("<h2>4 warnings</h2>");
    for (const text of warnings) expect(page).toContain(text);
    const resumed = await runMain([...args, "--resume"]);
    expect((JSON.parse(resumed.stdout) as { warnings: string[] }).warnings).toEqual(warnings);
  });
});

describe("pestle describe", () => {
  const describeWith = async (parameters: string, ...flags: string[]) => {
    const run = await runMain(["describe", silicon, "-d", "acsf", "-p", parameters, "-o", join(folder, "x.npy"), "--threads", "1", ...flags]);
    expect(run.status).toBe(0);
    return run;
  };

  it("names the columns that are 0 in every row, of species that the data has", async () => {
    const parameters = "cutoff.radius=3,g2=[[0.5, 0], [1000, 0]],g5=[[1000, 1, 1]],species=[O, Si]";
    const { stderr, stdout } = await describeWith(parameters, "--json");
    const warning =
      '2 of 7 features are 0 in every row: "G2 Si eta=1000", "G5 Si-Si eta=1000 zeta=1 lambda=1"; ' +
      "they tell nothing about these data, so leave them out or choose parameters that reach neighbors";
    expect(stderr).toContain(`warning: ${warning}`);
    expect((JSON.parse(stdout) as { warnings: string[] }).warnings).toEqual([warning]);
  });

  it("says nothing where every column sees something", async () => {
    expect((await describeWith("cutoff.radius=4,g2=[[0.5, 0]]")).stderr).not.toContain("warning");
  });
});
