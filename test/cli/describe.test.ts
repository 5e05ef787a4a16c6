import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runMain, runPestle, withoutProgress } from "./run-pestle.js";
import { expectClose } from "../expect.js";
import { TIME_LIMIT } from "../time-limit.js";

const silicon = fileURLToPath(new URL("../../examples/data/Si_test.xyz.gz", import.meta.url));
const training = fileURLToPath(new URL("../../examples/data/Si_train.xyz.gz", import.meta.url));
const bin = fileURLToPath(new URL("../../bin/pestle.js", import.meta.url));
const soap = ["-d", "soap", "-p", "nMax=3,lMax=2,cutoff.radius=3.5,sigma=0.5"];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pestle-describe-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function freshFolder(name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  return path;
}

describe("pestle describe", () => {
  it("writes the same .npy for one thread and for two", async () => {
    const [one, two] = [join(folder, "one.npy"), join(folder, "two.npy")];
    const first = await runPestle(["describe", silicon, ...soap, "-o", one, "--threads", "1"]);
    expect(first).toMatchObject({ status: 0, stderr: "" });
    expect(first.stdout).toMatch(/^1525 × 18 fingerprints of 25 frames in /);
    await runPestle(["describe", silicon, ...soap, "-o", two, "--threads", "2"]);
    const bytes = readFileSync(one);
    expect(bytes.equals(readFileSync(two))).toBe(true);
    expect(bytes.length).toBe(192 + 1525 * 18 * 8);
    const labels = JSON.parse(readFileSync(`${one}.json`, "utf8"));
    expect(labels.features.length).toBe(18);
    expect(labels.centers.length).toBe(1525);
    expect(labels.species).toEqual([14]);
  });

  it("standardizes columns by the data", async () => {
    const file = join(folder, "standard.npy");
    const own = [...soap, "-p", "standardization=standard", "--species", "Si"];
    const written = await runPestle(["describe", silicon, ...own, "-o", file]);
    expect(written).toMatchObject({ status: 0, stderr: "" });
    const { descriptor } = JSON.parse(readFileSync(`${file}.json`, "utf8")) as { descriptor: { standardization: { method: string; shift: number[]; scale: number[] } } };
    expect(descriptor.standardization).toMatchObject({ method: "standard", species: ["Si"] });
    expect([descriptor.standardization.shift.length, descriptor.standardization.scale.length]).toEqual([18, 18]);
    const bytes = readFileSync(file);
    const values = new Float64Array(bytes.buffer.slice(bytes.byteOffset + 192, bytes.byteOffset + bytes.length));
    for (let f = 0; f < 18; f++) {
      const column = values.filter((_, i) => i % 18 === f);
      expectClose([column.reduce((sum, x) => sum + x, 0) / 1525, column.reduce((sum, x) => sum + x * x, 0) / 1525], [0, 1], 1e-9);
    }
    const dry = await runPestle(["describe", silicon, ...own, "--dry-run", "--json"]);
    expect(JSON.parse(dry.stdout)).toMatchObject({ rows: 1525, features: 18 });
  });

  it("counts pairs and triplets for a plan, and says when there are none", async () => {
    const triplets = ["describe", silicon, "-d", "angle-3b", "-p", "center=Si,species=[Si, Si],cutoff.radius=3", "--json"];
    const dry = await runMain([...triplets, "--dry-run"]);
    expect(JSON.parse(dry.stdout)).toMatchObject({ features: 4, rows: 12839 });
    const none = await runMain(["describe", silicon, "-d", "distance-2b", "-p", "species=[Si, O],cutoff.radius=3", "-o", join(folder, "none.npy"), "--json"]);
    expect(none.stderr).toContain("warning: distance-2b found nothing in these data, so there are no rows");
    expect(JSON.parse(none.stdout)).toMatchObject({ rows: 0 });
  });

  it("takes a configuration file, with paths beside it and flags before it", async () => {
    const place = freshFolder("config");
    writeFileSync(join(place, "data.xyz.gz"), readFileSync(silicon));
    writeFileSync(
      join(place, "describe.yaml"),
      "data: data.xyz.gz\ndescriptor: { type: soap, nMax: 2, lMax: 1, sigma: 0.5, cutoff: { radius: 3 } }\ncenters: [0, 1]\noutput: x.jsonl\n",
    );
    const { status, stdout } = await runMain(["describe", "--config", join(place, "describe.yaml"), "--set", "descriptor.lMax=2", "-p", "nMax=1", "--json"]);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ frames: 25, rows: 50, features: 3, files: [join(place, "x.jsonl")] });
    expect(readFileSync(join(place, "x.jsonl"), "utf8").trimEnd().split("\n").length).toBe(51);
  });

  it("points to the place in the configuration file", async () => {
    const path = join(folder, "typo.yaml");
    writeFileSync(path, "data: x.xyz\ndescriptor:\n  type: soap\n  nMax: 2\n  lmax: 1\n  sigma: 0.5\n  cutoff: { radius: 3 }\n");
    const { status, stderr } = await runMain(["describe", "-c", path, "-o", join(folder, "x.npy")]);
    expect(status).toBe(2);
    expect(stderr).toBe(`error: ${path}:5:3: unknown key "lmax" in descriptor; did you mean "lMax"?\n`);
  });

  it("prints a plan with --dry-run and writes nothing", async () => {
    const place = freshFolder("dry");
    const { status, stdout } = await runMain(["describe", silicon, ...soap, "-o", join(place, "x.npy"), "--dry-run", "--json"]);
    expect(status).toBe(0);
    const plan = JSON.parse(stdout);
    expect(plan).toMatchObject({ rows: 1525, features: 18, outputBytes: 1525 * 18 * 8 });
    expect(plan.seconds > 0).toBe(true);
    expect(readdirSync(place)).toEqual([]);
  });

  it("prints JSON lines for -o - and nothing else on stdout", async () => {
    const { status, stdout, stderr } = await runPestle(["describe", silicon, ...soap, "--centers", "0", "-o", "-"]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const lines = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    expect(lines.length).toBe(26);
    expect(lines[0].features.length).toBe(18);
    expect(lines[25]).toMatchObject({ frame: 24, atom: 0, atomicNumber: 14 });
  });

  it("ends quietly when the reader of the pipe is gone", async () => {
    const shell = `"${process.execPath}" "${bin}" describe "${training}" ${soap.join(" ")} -o - | head -n 1`;
    const { stdout, stderr, status } = await new Promise<{ stdout: string; stderr: string; status: number | null }>((resolve) => {
      const child = spawn("bash", ["-c", `set -o pipefail; ${shell}`], { timeout: TIME_LIMIT });
      const text = { stdout: "", stderr: "" };
      child.stdout.setEncoding("utf8").on("data", (part: string) => (text.stdout += part));
      child.stderr.setEncoding("utf8").on("data", (part: string) => (text.stderr += part));
      child.once("close", (code) => resolve({ ...text, stderr: withoutProgress(text.stderr), status: code }));
    });
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    expect(stdout.split("\n").length).toBe(2);
  });

  it.each(["SIGINT", "SIGTERM"] as const)("leaves nothing behind after %s", async (signal) => {
    const place = freshFolder(signal);
    const output = join(place, "x.npy");
    writeFileSync(output, "earlier");
    const args = ["describe", training, "-d", "soap", "-p", "nMax=14,lMax=12,cutoff.radius=6,sigma=0.5", "-o", output];
    const { status, stdout, stderr } = await runPestle(args, {
      onStart: (child) => {
        // the temporary file appears when the computation begins
        const timer = setInterval(() => {
          if (readdirSync(place).length < 2) return;
          clearInterval(timer);
          child.kill(signal);
        }, 20);
        child.once("exit", () => clearInterval(timer));
      },
    });
    expect({ status, stdout }).toEqual({ status: signal === "SIGINT" ? 130 : 143, stdout: "" });
    // the first line only where the stop took long
    expect(stderr).toMatch(/^(stopping…; Ctrl-C again ends at once\n)?stopped\n$/);
    expect(readdirSync(place)).toEqual(["x.npy"]);
    expect(readFileSync(output, "utf8")).toBe("earlier");
  });

  it.each([
    [["-d", "sopa"], /descriptor\.type is "sopa".*did you mean "soap"/],
    [["-d", "soap", "-p", "nmax=4"], /unknown key "nmax" in descriptor; did you mean "nMax"/],
    [["-d", "soap", "-p", "nMax=400,lMax=2,sigma=0.5,cutoff.radius=4"], /nMax is 400; it must be a whole number from 1 to 32/],
    [["-d", "soap", "-p", "nMax=4,lMax"], /"lMax" is not an assignment/],
    [[...soap, "--threds", "2"], /unknown option '--threds' \(Did you mean --threads\?\)/],
    [[...soap, "--threads", "0"], /It must be a whole number from 1 to 1024/],
    [[...soap, "--centers", "O"], /no atom that is a center/],
    [[...soap, "--centers", "0,5000"], /center 5000 does not exist in frame 1/],
    [[...soap, "--species", "O"], /the data contains Si, which is not in species \[O\]/],
    [[...soap, "--precision", "doble"], /did you mean "double"/],
    [[...soap, "-o", "fingerprints.csv"], /its name must end in one of \.npy/],
    [[...soap, "-o", "no/such/folder/x.npy"], /there is no folder no\/such\/folder/],
  ])("explains %j in one line", async (args, message) => {
    const { status, stdout, stderr } = await runMain(["describe", silicon, "-o", join(folder, "never.npy"), ...args]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^error: [^\n]+\n$/);
    expect(readdirSync(folder).filter((name) => name.includes("never"))).toEqual([]);
  });

  it("refuses to replace its input", async () => {
    const path = join(folder, "input.json");
    writeFileSync(path, readFileSync(silicon));
    const { status, stderr } = await runMain(["describe", path, ...soap, "-o", path]);
    expect(status).toBe(2);
    expect(stderr).toContain("is also an input");
  });

  it("asks for data, a descriptor and an output", async () => {
    expect((await runMain(["describe"])).stderr).toContain("no data are given");
    expect((await runMain(["describe", silicon])).stderr).toContain("no descriptor is given");
    expect((await runMain(["describe", silicon, ...soap])).stderr).toContain("no output is given");
  });
});

describe("pestle schema", () => {
  it("prints JSON Schema", async () => {
    const { status, stdout } = await runMain(["schema", "describe"]);
    expect(status).toBe(0);
    const schema = JSON.parse(stdout);
    expect(Object.keys(schema.properties)).toEqual(["data", "types", "descriptor", "centers", "output", "precision"]);
    expect(schema.additionalProperties).toBe(false);
  });

  it("suggests", async () => {
    const { status, stderr } = await runMain(["schema", "desribe"]);
    expect(status).toBe(2);
    expect(stderr).toContain("Allowed choices are");
  });
});
