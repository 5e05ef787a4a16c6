// What the command line loads. Counts of files are the same on every machine, times are not; those are in bench/README.md.
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TIME_LIMIT } from "../time-limit.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const bin = join(root, "bin", "pestle.js");
const silicon = join(root, "examples", "data", "Si_test.xyz.gz");
const mark = pathToFileURL(join(root, "dist", "library-mark.js")).href;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pestle-start-up-"));
  // the last line of stderr: the files of CommonJS modules
  writeFileSync(join(folder, "list.cjs"), 'process.on("exit", () => process._rawDebug(JSON.stringify(Object.keys(require.cache))));');
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(nodeArgs: readonly string[], args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(process.execPath, [...nodeArgs, bin, ...args], { encoding: "utf8", timeout: TIME_LIMIT, maxBuffer: 1 << 24 }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : error ? -1 : 0, stdout, stderr });
    });
  });
}

async function filesOf(args: readonly string[]): Promise<string[]> {
  const { stderr } = await run(["--require", join(folder, "list.cjs")], args);
  const files = JSON.parse(stderr.trimEnd().split("\n").at(-1)) as string[];
  return files.filter((file) => !file.startsWith(folder));
}

describe("the command line", () => {
  it("loads its entry and what every command needs for --help, all of it from the bundle", async () => {
    const files = await filesOf(["--help"]);
    expect(files.filter((file) => file !== bin && !file.includes(join("dist", "cli-bundle")))).toEqual([]);
    expect(files.length).toBeGreaterThan(2);
    expect(files.length).toBeLessThan(12);
  });

  it.each(["describe", "audit", "fit", "build", "tune", "evaluate", "predict", "calibrate", "info", "import-gap-command", "import-gap", "export-gap", "import-yace", "export-yace", "export-composed", "schema", "bench"])("loads the flags of %s for its help, and nothing of what it does", async (command) => {
    const [own, all] = await Promise.all([filesOf([command, "--help"]), filesOf(["--help"])]);
    expect(own.filter((file) => !file.includes(join("dist", "cli-bundle")) && file !== bin)).toEqual([]);
    expect(own.length - all.length).toBeLessThan(4);
  });

  it("loads a few files more to look at data, and nothing that computes", async () => {
    const files = await filesOf(["info", silicon]);
    expect(files.length).toBeLessThan(24);
    expect(files.filter((file) => /environments|create-executor|threads|piscina|node_modules/u.test(file))).toEqual([]);
  });

  // what the sources say, without a bundle
  const modules = ["--import", mark];
  it.each([
    [], ["--help"], ["help"], ["help", "fit"], ["help", "conventions"], ["help", "convention"], ["--version"], ["describe", "--help"], ["fit", "--help"], ["build", "--help"], ["build"], ["tune", "--help"], ["evaluate", "--help"],
    ["info", "--help"], ["schema", "--help"], ["bench", "--help"], ["fitt"], ["info", "--colum", "x", silicon], ["fit", "--threads", "0"], ["schema", "fit"],
    ["info", silicon], ["info", "nowhere.xyz"],
  ].map((args) => [args.join(" ").replace(root, "") || "(nothing)", args] as const))("says the same from the bundle and from the modules: %s", async (_, args) => {
    const [bundled, plain] = await Promise.all([run([], args), run(modules, args)]);
    expect(bundled).toEqual(plain);
    expect(bundled.stdout + bundled.stderr).not.toBe("");
  });

  it("runs the modules where the library was loaded before it, or a stack is asked for", async () => {
    const list = ["--require", join(folder, "list.cjs")];
    const { stderr } = await run([...list, ...modules], ["--help"]);
    expect(stderr).not.toContain("cli-bundle");
    const debug = await run([], ["info", "nowhere.xyz", "--debug"]);
    expect(debug.stderr).toMatch(/at .*dist\/structures\/io\/input\.js:\d+:\d+/u);
  });
});
