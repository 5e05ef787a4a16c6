import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { readConfigFile, resolveConfig } from "../../src/config/config-file.js";
import { fitFileSchema } from "../../src/config/fit-config.js";
import { TIME_LIMIT } from "../time-limit.js";
import { runMain } from "./run-pestle.js";

const bin = fileURLToPath(new URL("../../bin/pestle.js", import.meta.url));
const root = fileURLToPath(new URL("../..", import.meta.url));
const silicon = fileURLToPath(new URL("../../examples/data/Si_test.xyz.gz", import.meta.url));
const command = `gap_fit at_file=${silicon} gap={soap cutoff=4 n_max=2 l_max=2 atom_sigma=0.5 zeta=2 delta=1.0 n_sparse=10 covariance_type=dot_product sparse_method=cur_points} default_sigma={0.01 0.05 0.05 0} e0=-0.79 force_parameter_name=forces`;

const PAIR = { depth: 1.5, equilibrium: 2.35, width: 1.3 }; // eV, Å, Å⁻¹

/** Dimers, trimers and clusters of four silicon atoms, bound by a Morse curve between every two: extended XYZ with energies and forces. */
function clusters(): string {
  const frames: string[] = [];
  for (let i = 0; i < 8; i++) {
    const r = 2 + 0.2 * i;
    frames.push(cluster("dimer", [[0, 0, 0], [r, 0, 0]]));
    frames.push(cluster("trimer", [[0, 0, 0], [r, 0, 0], [0.4 * i - 1, 2.4, 0]]));
    frames.push(cluster("four", [[0, 0, 0], [r, 0, 0], [0.3, 2.5, 0], [0.2 * i, 0.5, 2.3]]));
  }
  return frames.join("");
}

function cluster(configType: string, positions: readonly (readonly number[])[]): string {
  const forces = positions.map(() => [0, 0, 0]);
  let energy = 0;
  for (const [i, a] of positions.entries()) {
    for (const [j, b] of positions.entries()) {
      const d = b.map((x, axis) => x - a[axis]);
      const r = Math.hypot(...d);
      if (i === j) continue;
      const decay = Math.exp(-PAIR.width * (r - PAIR.equilibrium));
      energy += 0.5 * PAIR.depth * ((1 - decay) ** 2 - 1);
      const slope = 2 * PAIR.depth * PAIR.width * decay * (1 - decay);
      for (const axis of [0, 1, 2]) forces[i][axis] += (slope * d[axis]) / r;
    }
  }
  const atoms = positions.map((position, i) => `Si ${[...position, ...forces[i]].join(" ")}\n`).join("");
  return `${positions.length}\nProperties=species:S:1:pos:R:3:force:R:3 energy=${energy} config_type=${configType} pbc="F F F"\n${atoms}`;
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pestle-import-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("pestle import-gap-command", () => {
  it("writes a fit file that is valid, and that a fit plans by", async () => {
    const path = join(folder, "fit.yaml");
    const { status, stdout, stderr } = await runMain(["import-gap-command", command, "-o", path]);
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: `soap → ${path}\n`, stderr: "" });
    const config = resolveConfig(fitFileSchema, await readConfigFile(path), {});
    expect(config.model).toMatchObject({ type: "sparse-gp", isolatedAtomEnergies: { Si: -0.79 } });
    const plan = await runMain(["fit", path, "--dry-run", "--json"]);
    expect(plan.status).toBe(0);
    expect(JSON.parse(plan.stdout).config.fit).toMatchObject({ sigma: { energy: 0.01, forces: 0.05, virial: 0.05, perAtom: true }, jitter: 1e-10 });
  });

  it("writes the tables that the fit stands on beside it", async () => {
    const point = (r: number): string => `<point r="${r}" E="${(3 - r) ** 3}"/>`;
    const pair = `<per_pair_data type1="1" type2="1"><potential_pair>${[1, 1.5, 2, 3].map(point).join("")}</potential_pair></per_pair_data>`;
    writeFileSync(join(folder, "glue.xml"), `<Glue_params><per_type_data type="1" atomic_num="14"></per_type_data>${pair}</Glue_params>`);
    const path = join(folder, "glued.yaml");
    const args = [`${command} core_ip_args={IP Glue} core_param_file=${join(folder, "glue.xml")}`, "--strict"];
    expect((await runMain(["import-gap-command", ...args, "-o", path])).status).toBe(0);
    expect(existsSync(join(folder, "glue-Si-Si.txt"))).toBe(true);
    expect((await runMain(["fit", path, "--dry-run"])).status).toBe(0);
    expect((await runMain(["import-gap-command", ...args])).stderr).toBe("glue-Si-Si.txt: written with -o only\n");
  });

  it("of pairs, triplets and environments is fitted, with groups and mean energies", async () => {
    writeFileSync(join(folder, "clusters.xyz"), clusters());
    const text = `gap_fit at_file=clusters.xyz default_sigma={0.001 0.01 0 0} config_type_sigma={dimer:0.0005:0.005:0:0} e0_method=average sparse_jitter=1e-9 gap={
      distance_2b cutoff=4 covariance_type=ard_se delta=2 theta_uniform=0.7 n_sparse=12 sparse_method=uniform :
      angle_3b cutoff=3.5 covariance_type=ard_se delta=0.1 f0=0.05 theta_fac={0.5 0.5 0.4} n_sparse=9 sparse_method=uniform :
      soap cutoff=4 n_max=3 l_max=2 atom_sigma=0.5 zeta=2 delta=0.1 covariance_type=dot_product sparse_method=cur_points n_sparse=8 config_type_n_sparse={dimer:2:Trimer:3}}`;
    const path = join(folder, "sum.yaml");
    const imported = await runMain(["import-gap-command", text, "--folder", folder, "--strict", "-o", path]);
    expect(imported).toEqual({ status: 0, stdout: `distance-2b + angle-3b + soap → ${path}\n`, stderr: "" });
    const { status, stdout } = await runMain(["fit", path, "-o", join(folder, "sum.pestle"), "--threads", "1", "--json", "--quiet"]);
    expect(status).toBe(0);
    const { fit, errors } = JSON.parse(stdout);
    const rows = fit.tables[0].rows.map(([descriptor, method, count]: [string, string, number]) => [descriptor.split(",")[0], method, count]);
    expect(rows).toEqual([["distance-2b", "uniform", 12], ["angle-3b", "uniform", 9], ["soap", "cur", 8]]);
    const perAtom = [...clusters().matchAll(/^(\d)\n.* energy=(\S+)/gmu)].map(([, nAtoms, energy]) => Number(energy) / Number(nAtoms));
    expect(fit.isolatedAtomEnergies.Si).toBeCloseTo(perAtom.reduce((sum, energy) => sum + energy, 0) / perAtom.length, 12);
    // of energies that spread over 1.4 eV/atom and forces up to 3.8 eV/Å
    expect(errors.train.total.energy.rmse).toBeLessThan(0.03);
    expect(errors.train.total.forces.rmse).toBeLessThan(0.2);
  });

  it("prints the file, or a record of it", async () => {
    const plain = await runMain(["import-gap-command", command]);
    expect(plain.stdout).toContain("\nmodel:\n  type: sparse-gp\n");
    const record = JSON.parse((await runMain(["import-gap-command", ...`${command} verbosity=NERD local_property0=1`.split(" "), "--json"])).stdout);
    expect(record.text).toContain("# Not needed here: verbosity");
    expect(record.config.seed).toBe(1);
    expect(record.notes.map(({ kind, option }: { kind: string; option: string }) => `${kind} ${option}`)).toEqual(["unneeded verbosity", "lost local_property0"]);
  });

  it("reads files; paths start from theirs, and stand beside the fit file", async () => {
    mkdirSync(join(folder, "run"), { recursive: true });
    const file = join(folder, "run", "command.sh");
    writeFileSync(file, `#!/bin/sh\n${command.replace(silicon, "train.xyz")} \\\n  >log\n`);
    const path = join(folder, "elsewhere.yaml");
    for (const args of [[`@${file}`], [file], ["--file", file]]) {
      const { status, stderr } = await runMain(["import-gap-command", ...args, "--species", "Si", "-o", path]);
      expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining("run/train.xyz: there is no such file") });
      expect(readFileSync(path, "utf8")).toContain("\n  train: run/train.xyz\n");
    }
    const xml = join(folder, "gap.xml");
    writeFileSync(xml, `<GAP>\n<command_line><![CDATA[ ${command.replace(silicon, "train.xyz")} ]]></command_line></GAP>`);
    const { stdout } = await runMain(["import-gap-command", xml, "--species", "Si", "--folder", "data", "--quiet"]);
    expect(stdout).toContain("\n  train: data/train.xyz\n");
  });

  it("reads the standard input", () => {
    const result = spawnSync(process.execPath, [bin, "import-gap-command", "-"], { input: command, encoding: "utf8", timeout: TIME_LIMIT });
    expect({ status: result.status, stderr: result.stderr }).toEqual({ status: 0, stderr: "" });
    expect(result.stdout).toContain("type: soap");
  });

  it("warns of what is lost, and refuses it with --strict", async () => {
    const path = join(folder, "strict.yaml");
    const lossy = `${command} hessian_delta=0.1`;
    const { status, stderr, stdout } = await runMain(["import-gap-command", lossy]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "warning: hessian_delta: second derivatives are not fitted\n" });
    expect(stdout).toContain("# - hessian_delta: second derivatives are not fitted\n");
    const strict = await runMain(["import-gap-command", lossy, "--strict", "-o", path]);
    expect({ status: strict.status, stdout: strict.stdout }).toEqual({ status: 2, stdout: "" });
    expect(strict.stderr).toMatch(/error: --strict: an option has no counterpart; nothing is written\n$/u);
    expect(existsSync(path)).toBe(false);
    expect((await runMain(["import-gap-command", command, "--strict"])).status).toBe(0);
  });

  it.each([
    [["lmp"], /"lmp" is not gap_fit/u],
    [["@nowhere.sh"], /nowhere\.sh: no such file/u],
    [["gap_fit", "--file", "x"], /given twice: as words and as --file/u],
    [[command, "--species", "Sj"], /"Sj" is no chemical symbol/u],
    [[`${command} n_sparse=3`], /command:1:\d+: gap_fit has no option "n_sparse"/u],
  ])("explains %s with status 2", async (args, message) => {
    const { status, stdout, stderr } = await runMain(["import-gap-command", ...args]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(message);
  });

  it("is what a fit of a command, or of a gap.xml, points to", async () => {
    const script = join(folder, "fit.sh");
    writeFileSync(script, `#!/bin/sh\nmpirun -n 2 ${command}\n`);
    const model = join(folder, "model.xml");
    writeFileSync(model, `<GAP_1><GAP_params label="GAP_1"></GAP_params>\n<command_line><![CDATA[ ${command} ]]></command_line></GAP_1>`);
    for (const given of [command, "gap_fit config_file=options", script, model]) {
      const { status, stdout, stderr } = await runMain(["fit", given, "-o", join(folder, "never.pestle")]);
      expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
      expect(stderr).toMatch(/gap_fit command: pestle import-gap-command .* -o fit\.yaml makes a fit file of it/u);
      if (given === model) expect(stderr).toContain(`pestle import-gap-command ${model} -o fit.yaml`);
    }
    writeFileSync(model, '<GAP_1><GAP_params label="GAP_1"></GAP_params></GAP_1>');
    expect((await runMain(["fit", model, "-o", join(folder, "never.pestle")])).stderr).toContain(`pestle import-gap ${model} -o model.pestle reads it`);
    expect((await runMain(["import-gap-command", model])).stderr).toContain("pestle import-gap reads the model itself");
  });

  it("converts the commands of the page for users of gap_fit without loss, into the file that stands there", async () => {
    const page = readFileSync(new URL("../../docs/how-to/coming-from-gap-fit.md", import.meta.url), "utf8");
    const commands = [...page.matchAll(/^pestle import-gap-command "([^"]+)" -o/gmu)].map(([, text]) => text);
    expect(commands).toHaveLength(2);
    const configs = await Promise.all(commands.map(async (text) => JSON.parse((await runMain(["import-gap-command", text, "--strict", "--json", "--folder", root])).stdout).config));
    for (const config of configs) expect(fitFileSchema(config).safeParse(config).error).toBeUndefined();
    const { model, fit } = configs[1];
    expect(parse(/^```yaml\n([^]*?)^```/mu.exec(page)![1])).toEqual({ model, fit });
  });

  it("does not replace the file with the command", async () => {
    const file = join(folder, "own.sh");
    writeFileSync(file, command);
    const { status, stderr } = await runMain(["import-gap-command", `@${file}`, "-o", file]);
    expect(status).toBe(2);
    expect(stderr).toContain("is also an input");
    expect(readFileSync(file, "utf8")).toBe(command);
  });
});
