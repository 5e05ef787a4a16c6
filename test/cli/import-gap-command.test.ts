import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readConfigFile, resolveConfig } from "../../src/config/config-file.js";
import { fitFileSchema } from "../../src/config/fit-config.js";
import { TIME_LIMIT } from "../time-limit.js";
import { runMain } from "./run-pestle.js";

const bin = fileURLToPath(new URL("../../bin/pestle.js", import.meta.url));
const silicon = fileURLToPath(new URL("../../examples/data/Si_test.xyz.gz", import.meta.url));
const command = `gap_fit at_file=${silicon} gap={soap cutoff=4 n_max=2 l_max=2 atom_sigma=0.5 zeta=2 delta=1.0 n_sparse=10 covariance_type=dot_product sparse_method=cur_points} default_sigma={0.01 0.05 0.05 0} e0=-0.79 force_parameter_name=forces`;

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

  it("does not replace the file with the command", async () => {
    const file = join(folder, "own.sh");
    writeFileSync(file, command);
    const { status, stderr } = await runMain(["import-gap-command", `@${file}`, "-o", file]);
    expect(status).toBe(2);
    expect(stderr).toContain("is also an input");
    expect(readFileSync(file, "utf8")).toBe(command);
  });
});
