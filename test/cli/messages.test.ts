// What users read when something is wrong: no codes of the system, no temporary names, nothing that a terminal would obey.
import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { main } from "../../src/cli/main.js";
import { failureOf } from "../../src/cli/failure.js";
import { printable, printableJson } from "../../src/cli/terminal-text.js";
import { OutputFile } from "../../src/output-file.js";
import { runMain, runPestle } from "./run-pestle.js";

const silicon = fileURLToPath(new URL("../../examples/data/Si_test.xyz.gz", import.meta.url));
const bin = fileURLToPath(new URL("../../bin/pestle.js", import.meta.url));
const searchFile = `data: { train: ${JSON.stringify(silicon)}, split: { validation: 0.3 } }
model:
  type: sparse-gp
  isolatedAtomEnergies: { Si: -0.79 }
  terms:
    - descriptor: { type: soap, basis: equispaced-gaussian, nMax: 2, lMax: 1, sigma: 0.5, cutoff: { radius: 3 } }
      kernel: { type: dot-product, zeta: 2 }
      sparse: { method: random, count: 10 }
fit: { sigma: { energy: 0.01 } }
tune:
  parameters: { model.terms.0.kernel.zeta: { from: 1, to: 4 } }
  objective: { type: validation-loss }
  optimizer: { type: sobol, points: 4 }
  budget: { evaluations: 4 }
`;
const soap = ["-d", "soap", "-p", "nMax=4,lMax=3,sigma=0.5,cutoff.radius=4"];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pestle-messages-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function systemError(code: string, syscall: string, path?: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: i/o error, ${syscall}${path ? ` '${path}'` : ""}`), { code, syscall, errno: -5, ...(path && { path }) });
}

describe("errors of the system", () => {
  it.each([
    ["a model", ["evaluate", "absent.pestle", silicon], "error: cannot read the model absent.pestle: no such file\n"],
    ["a fit file", ["fit", "absent.yaml", "-o", "x"], "error: absent.yaml: no such file\n"],
    ["data", ["info", "absent.xyz"], /^error: cannot read absent\.xyz: there is no such file\n$/],
    ["a compression file", ["describe", silicon, "-d", "soap-turbo", "-p", "nMax=4,lMax=3,cutoff.radius=4,compression.file=absent", "-o", "x.npy"], /./],
  ])("name %s without codes", async (_, args, message) => {
    const { status, stderr } = await runMain(args);
    expect(status).toBe(2);
    expect(stderr).not.toMatch(/ENOENT|defect/);
    expect(stderr).toMatch(message);
  });

  it("are not defects, whatever their code", () => {
    expect(failureOf(systemError("EIO", "read", "a.xyz"))).toEqual({ message: "a.xyz: i/o error", status: 2 });
    expect(failureOf(systemError("EDQUOT", "write"))).toEqual({ message: "i/o error", status: 2 });
    expect(failureOf(Object.assign(new Error("x"), { code: "ERR_INVALID_ARG_TYPE" })).status).toBe(1);
  });

  it("name the file that was asked for, not the temporary one", async () => {
    const output = await OutputFile.reserve(join(folder, "result.npy"));
    const failing = (error: Error): Promise<void> => output.writing(Promise.reject(error));
    await expect(failing(systemError("ENOSPC", "write"))).rejects.toThrow(`cannot write ${join(folder, "result.npy")}: no space left on the device`);
    await expect(failing(systemError("EIO", "open", output.temporaryPath))).rejects.toThrow(`cannot write ${join(folder, "result.npy")}: i/o error`);
    // what is read meanwhile is not what is written
    await expect(failing(systemError("EIO", "read", "other.xyz"))).rejects.toThrow("EIO: i/o error, read 'other.xyz'");
    await output.discard();
  });

  it("about an output come before the work, not after it", async () => {
    const fitFile = file("early.yaml", searchFile.slice(0, searchFile.indexOf("tune:")));
    const [model, page] = [join(folder, "none", "x"), join(fitFile, "below", "page.html")];
    for (const args of [["fit", fitFile], ["evaluate", "absent.pestle", "absent.xyz"], ["calibrate", "absent.pestle", "absent.xyz"]]) {
      expect(await runMain([...args, "-o", model])).toMatchObject({ status: 2, stderr: `error: cannot write ${model}: there is no folder ${join(folder, "none")}\n` });
    }
    for (const args of [["fit", fitFile, "-o", join(folder, "x")], ["evaluate", "absent.pestle", "absent.xyz"], ["compare", "absent.xyz"]]) {
      expect((await runMain([...args, "--report", page])).stderr).toMatch(/^error: cannot make the folder \S+ for the report: \S+early\.yaml: there is a file of that name\n$/);
    }
  });

  it.runIf(process.platform === "linux")("a device is not replaced by a file", async () => {
    await expect(OutputFile.reserve("/dev/null")).rejects.toThrow("cannot write /dev/null: it is a device or a pipe; name a file");
  });
});

describe("a full disk", () => {
  const disk = join(tmpdir(), `pestle-full-${process.pid}`);
  mkdirSync(disk);
  const isMounted = process.platform === "linux" && spawnSync("mount", ["-t", "tmpfs", "-o", "size=300k", "tmpfs", disk]).status === 0;
  afterAll(() => {
    if (isMounted) spawnSync("umount", [disk]);
    rmSync(disk, { recursive: true });
  });

  it.runIf(isMounted).each(["npy", "h5", "json", "jsonl"])("%s: one line that names the file, and nothing is left", async (extension) => {
    const path = join(disk, `f.${extension}`);
    const { status, stderr } = await runPestle(["describe", silicon, ...soap, "-o", path, "--quiet"]);
    expect(stderr).toMatch(/^error: cannot write \S+: no space left on (the )?device\n$/);
    expect(stderr).toContain(`${path}:`);
    expect(status).toBe(2);
    expect(readdirSync(disk)).toEqual([]);
  });

  it.runIf(isMounted)("a report that does not fit leaves nothing, its folders included", async () => {
    const model = join(folder, "reported.pestle");
    const fit = await runMain(["fit", file("reported.yaml", searchFile.slice(0, searchFile.indexOf("tune:"))), "-o", model, "--quiet", "--threads", "1"]);
    expect(fit.status, fit.stderr).toBe(0);
    const { status, stderr } = await runPestle(["evaluate", model, silicon, "--report", join(disk, "reports", "si"), "--quiet"]);
    expect(stderr).toMatch(/^error: cannot write \S+reports\S+: no space left on (the )?device\n$/);
    expect(status).toBe(2);
    expect(readdirSync(disk)).toEqual([]);
  });

  it.runIf(isMounted)("a search names its journal, and no lock is left", async () => {
    const config = file("tune.yaml", searchFile);
    const fill = join(disk, "fill");
    writeFileSync(fill, Buffer.alloc(statfsSync(disk).bavail * statfsSync(disk).bsize));
    const { status, stderr } = await runPestle(["tune", config, "-o", join(disk, "best.yaml"), "--quiet"]);
    expect({ status, stderr }).toEqual({ status: 2, stderr: `error: ${join(disk, "best.journal.jsonl.lock")}: no space left on the device\n` });
    expect(readdirSync(disk)).toEqual(["fill"]);
    rmSync(fill);
  });

  it.runIf(process.platform === "linux")("behind the standard output", () => {
    const full = openSync("/dev/full", "w");
    const { status, stderr } = spawnSync(process.execPath, [bin, "info", silicon], { stdio: ["ignore", full, "pipe"], encoding: "utf8" });
    closeSync(full);
    expect({ status, stderr }).toEqual({ status: 2, stderr: "error: cannot write the standard output: no space left on the device\n" });
  });
});

describe("YAML", () => {
  it.each([
    ["an undefined alias", "a:\n  b: *c\n", /al\.yaml:2:6: \*c stands for a value that is named nowhere before; write &c/],
    ["an alias of itself", "a: &a [*a]\n", /al\.yaml:1:8: \*a stands inside the value/],
    ["an alias before its anchor", "a: *c\nb: &c 1\n", /al\.yaml:1:4: \*c/],
    ["a merge of what is no group", "a: &a 1\nb: { <<: *a }\n", /^error: .*al\.yaml/],
  ])("%s is an error of the file", async (_, text, message) => {
    const { status, stderr } = await runMain(["fit", file("al.yaml", text), "-o", "x"]);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain("defect");
    expect(status).toBe(2);
  });
});

describe("control characters of files", () => {
  const escape = "\u001B[31mred\u009B2J\u202Eleft\u0007";

  it("are shown, not obeyed", () => {
    expect(printable(`${escape}\n\t.`)).toBe("\\x1b[31mred\\x9b2J\\u202eleft\\x07\n\t.");
    const json = printableJson(JSON.stringify({ escape }));
    expect(json).not.toMatch(/\p{Cc}|\u202E/u);
    expect(JSON.parse(json)).toEqual({ escape });
  });

  it.each([
    ["info", (path: string) => ["info", path]],
    ["info --json", (path: string) => ["info", path, "--json"]],
  ])("in %s", async (_, args) => {
    const frame = `1\nProperties=species:S:1:pos:R:3 config_type="${escape}" "${escape}"=1 energy=1 pbc="F F F"\nSi 0 0 0\n`;
    const { status, stdout, stderr } = await runMain(args(file("odd.xyz", frame)));
    expect(status).toBe(0);
    expect(`${stdout}${stderr}`).not.toMatch(/(?![\n\t])\p{Cc}|[\u202A-\u202E]/u);
    expect(stdout).toMatch(/\\(x|u00)1b\[31mred/);
  });

  it("in errors about keys, labels and arguments", async () => {
    const wrong = await runMain(["fit", file("wrong.yaml", `"a${"\\e"}[31m": 1\n`), "-o", "x"]);
    const argument = await runMain(["info", `x${escape}`]);
    for (const { status, stderr } of [wrong, argument]) {
      expect(status).toBe(2);
      expect(stderr).toContain("\\x1b[31m");
      expect(stderr).not.toContain("\u001B");
    }
  });
});

describe("Ctrl-C", () => {
  it("says on a terminal at once that the command is stopping", async () => {
    const texts: string[] = [];
    const stderr = Object.assign(
      new Writable({
        write(chunk: Buffer, _encoding, done) {
          texts.push(chunk.toString());
          done();
        },
      }),
      { isTTY: true, columns: 80 },
    ) as unknown as NodeJS.WriteStream;
    const output = join(folder, "stopped.npy");
    const large = ["-d", "soap", "-p", "nMax=12,lMax=10,sigma=0.5,cutoff.radius=6", "--threads", "1"];
    const running = main(["describe", silicon, ...large, "-o", output], { stdout: stderr, stderr });
    // the listener of the command, which is the first thing that it sets up
    while (process.listenerCount("SIGINT") === 0) await new Promise(setImmediate);
    process.emit("SIGINT", "SIGINT");
    expect(await running).toBe(130);
    expect(texts.join("")).toMatch(/stopping…; Ctrl-C again ends at once\n(.*\n)*stopped\n$/);
    expect(readdirSync(folder)).not.toContain("stopped.npy");
  });
});
