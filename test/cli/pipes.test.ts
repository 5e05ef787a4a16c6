// Data through pipes, as a shell makes them.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dimers, tuneFile } from "./dimers.js";
import type { RunResult } from "./run-pestle.js";
import { TIME_LIMIT } from "../time-limit.js";

const bin = fileURLToPath(new URL("../../bin/pestle.js", import.meta.url));
const SOAP = "-d soap -p nMax=2,lMax=1,cutoff.radius=3,sigma=0.5";

let folder: string;
const inFolder = (name: string): string => join(folder, name);
const sha256 = (name: string): string => createHash("sha256").update(readFileSync(inFolder(name))).digest("hex");

/** Runs a line of bash in the folder of the data; `pestle` is the command line. */
function shell(line: string): RunResult {
  const script = `set -o pipefail; pestle() { "${process.execPath}" "${bin}" "$@"; }; ${line}`;
  const { status, stdout, stderr } = spawnSync("bash", ["-c", script], { cwd: folder, encoding: "utf8", timeout: TIME_LIMIT });
  return { status, stdout, stderr };
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pestle-pipes-"));
  writeFileSync(inFolder("train.xyz"), dimers(0));
  writeFileSync(inFolder("train.xyz.gz"), gzipSync(dimers(0)));
  writeFileSync(inFolder("validation.xyz"), dimers(1));
  writeFileSync(inFolder("fit.yaml"), tuneFile.split("tune:")[0].replace(", validation: validation.xyz", ""));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("info", () => {
  it.each([
    ["the standard input", "cat train.xyz | pestle info -", "standard input"],
    ["the standard input by its path", "cat train.xyz | pestle info /dev/stdin", "/dev/stdin"],
    ["a redirected file", "pestle info - < train.xyz", "standard input"],
    ["gzip on the standard input", "cat train.xyz.gz | pestle info -", "standard input"],
    ["gzip that comes in small pieces", "dd if=train.xyz.gz bs=100 status=none | pestle info -", "standard input"],
    ["a process substitution", "pestle info <(zcat train.xyz.gz)", "/dev/fd/\\d+"],
    ["gzip from a process substitution", "pestle info <(cat train.xyz.gz)", "/dev/fd/\\d+"],
    ["two of them", "pestle info <(head -n 16 train.xyz) <(tail -n +17 train.xyz)", "/dev/fd/\\d+, /dev/fd/\\d+"],
  ])("reads %s", (_, line, name) => {
    const { status, stdout, stderr } = shell(line);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(new RegExp(`^data       ${name}\nstructures 12, 24 atoms \\(C 24\\)\n`));
    expect(stdout).toMatch(/12 energies from energy; 72 force components from forces/);
  });

  it("names what is wrong, and where", () => {
    const { status, stderr } = shell("sed 5s/C/Cx/ train.xyz | sed 8s/C/Cx/ | pestle info -");
    expect({ status, stderr }).toEqual({ status: 2, stderr: 'error: standard input:8:1: unknown element "Cx"; did you mean "C"?\n' });
    expect(shell("head -c 300 train.xyz.gz | pestle info -").stderr).toMatch(/^error: standard input: the gzip data is damaged or cut off/);
    expect(shell(": | pestle info -").stderr).toBe("error: standard input: there are no structures\n");
  });

  it("refuses one pipe that is given twice", () => {
    expect(shell("cat train.xyz | pestle info - -").stderr).toBe(
      "error: standard input is given twice, but a pipe can be read only once; write its content to a file first\n",
    );
    expect(shell("cat train.xyz | pestle info - /dev/stdin").stderr).toMatch(/^error: standard input and \/dev\/stdin are the same, but a pipe/);
  });

  it("stops on Ctrl-C though the pipe is silent", () => {
    // without the stop it would wait until the time limit of this test
    const { stdout } = shell(`mkfifo silent; exec 7<>silent; timeout --preserve-status -s INT 3 "${process.execPath}" "${bin}" info /dev/fd/7; echo $?`);
    expect(stdout).toBe("130\n");
  });
});

describe("describe", () => {
  it.each([
    ["species unknown", ""],
    ["species known", "--species C"],
  ])("gives the same bytes as for a file, %s", (_, flags) => {
    const labels = (name: string): unknown => ({ ...(JSON.parse(readFileSync(inFolder(`${name}.json`), "utf8")) as object), source: "" });
    expect(shell(`pestle describe train.xyz ${SOAP} ${flags} -o file.npy`).status).toBe(0);
    for (const line of ["cat train.xyz | pestle describe -", "pestle describe <(cat train.xyz.gz)"]) {
      const { status, stdout } = shell(`${line} ${SOAP} ${flags} -o pipe.npy`);
      expect(status).toBe(0);
      expect(stdout).toMatch(/^24 × 6 fingerprints of 12 frames in .* → pipe\.npy, pipe\.npy\.json\n$/);
      expect(readFileSync(inFolder("pipe.npy")).equals(readFileSync(inFolder("file.npy")))).toBe(true);
      expect(labels("pipe.npy")).toEqual(labels("file.npy"));
    }
  });

  it("plans from a pipe", () => {
    const { status, stdout } = shell(`cat train.xyz | pestle describe - ${SOAP} --dry-run --json`);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ frames: 12, atoms: 24, rows: 24, features: 6 });
  });

  it("finds nothing to describe in one pass as in two", () => {
    for (const flags of ["", "--species C"]) {
      expect(shell(`: | pestle describe - ${SOAP} ${flags} -o x.npy`).stderr).toBe("error: standard input holds no structures\n");
      expect(shell(`cat train.xyz | pestle describe - ${SOAP} ${flags} --centers O -o x.npy`).stderr).toMatch(/^error: standard input has no atom that is a center \(O\)/);
    }
    expect(shell(`cat train.xyz | pestle describe - ${SOAP} --species O -o x.npy; ls`).stdout).not.toContain("x.npy");
  });

  it("takes - from a configuration file", () => {
    writeFileSync(inFolder("describe.yaml"), 'data: "-"\ndescriptor: { type: soap, nMax: 2, lMax: 1, sigma: 0.5, cutoff: { radius: 3 } }\n');
    expect(shell("mkdir -p deep && cd deep && cat ../train.xyz | pestle describe -c ../describe.yaml --dry-run").status).toBe(0);
  });
});

describe("fit, evaluate and tune", () => {
  it("record the checksum of what came through a pipe, and compute the same", () => {
    const fromFile = shell("pestle fit fit.yaml -o file.pestle --validation validation.xyz --json --quiet");
    const fromPipe = shell("cat train.xyz.gz | pestle fit fit.yaml -o pipe.pestle --train - --validation <(cat validation.xyz) --json --quiet");
    expect({ status: fromPipe.status, stderr: fromPipe.stderr }).toEqual({ status: 0, stderr: "" });
    const [file, pipe] = [fromFile, fromPipe].map(({ stdout }) => JSON.parse(stdout) as { errors: object; data: object[] });
    expect(pipe.errors).toEqual(file.errors);
    expect(file.data).toEqual([
      { role: "train", path: "train.xyz", sha256: sha256("train.xyz") },
      { role: "validation", path: "validation.xyz", sha256: sha256("validation.xyz") },
    ]);
    expect(pipe.data).toEqual([
      { role: "train", path: "standard input", sha256: sha256("train.xyz.gz") },
      { role: "validation", path: expect.stringMatching(/^\/dev\/fd\//), sha256: sha256("validation.xyz") },
    ]);
    const evaluated = shell("zcat train.xyz.gz | pestle evaluate pipe.pestle - -o predicted.xyz --json --quiet");
    expect(evaluated.status).toBe(0);
    expect(JSON.parse(evaluated.stdout)).toMatchObject({ data: [{ path: "standard input", sha256: sha256("train.xyz") }], total: { structures: 12 } });
    expect(readFileSync(inFolder("predicted.xyz"), "utf8")).toContain("pestle_energy=");
  });

  it("refuse a pipe that is to be training and validation data", () => {
    const { status, stderr } = shell("cat train.xyz | pestle fit fit.yaml -o x.pestle --train - --validation /dev/stdin");
    expect(status).toBe(2);
    expect(stderr).toBe("error: standard input and /dev/stdin are the same, but a pipe can be read only once; write its content to a file first\n");
  });

  it("search with data of a pipe", () => {
    writeFileSync(inFolder("tune.yaml"), tuneFile.replace("train: train.xyz", 'train: "-"').replace("evaluations: 20", "evaluations: 6"));
    const { status, stderr } = shell("cat train.xyz | pestle tune tune.yaml -o best.yaml --quiet");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(readFileSync(inFolder("best.yaml"), "utf8")).toContain('train: "-"');
    expect(readFileSync(inFolder("best.journal.jsonl"), "utf8").split("\n")[0]).toContain(sha256("train.xyz"));
  });
});
