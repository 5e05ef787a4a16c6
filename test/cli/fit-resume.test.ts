// Fits on the command line that are killed or stopped, and gone on with. PESTLE_KILLS=50 kills more often.
import type { ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seededRandom } from "../../src/math/random.js";
import { TIME_LIMIT } from "../time-limit.js";
import { runPestle, type RunResult } from "./run-pestle.js";

const KILLS = Number(process.env.PESTLE_KILLS ?? 6);
const silicon = fileURLToPath(new URL("../../examples/data/Si_train.xyz.gz", import.meta.url));
const fitFile = `data: { train: ${JSON.stringify(silicon)} }
model:
  type: sparse-gp
  isolatedAtomEnergies: { Si: -0.79 }
  terms:
    - descriptor: { type: soap, nMax: 3, lMax: 2, sigma: 0.5, cutoff: { radius: 4, function: cosine } }
      kernel: { type: dot-product, zeta: 2 }
      sparse: { method: farthest-point, count: 120 }
fit: { sigma: { energy: 0.01, forces: 0.1 } }
`;

let folder: string;
let whole: Buffer;
/** ms that the fit takes */
let duration: number;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "pestle-resume-"));
  writeFileSync(join(folder, "fit.yaml"), fitFile);
  const started = performance.now();
  expect(await fit("whole.pestle", 2, ["--no-checkpoint"])).toMatchObject({ status: 0 });
  duration = performance.now() - started;
  whole = readFileSync(join(folder, "whole.pestle"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const fit = (output: string, threads: number, flags: readonly string[], onStart?: Parameters<typeof runPestle>[1]): Promise<RunResult> =>
  runPestle(["fit", "fit.yaml", "-o", output, "--threads", String(threads), ...flags], { cwd: folder, ...onStart });

const checkpointed = ["--resume", "--checkpoint-every", "0.03s"];
const read = (name: string): Buffer => readFileSync(join(folder, name));

/** Calls back when rows, or something else, are kept, unless the process ends before. */
function whenKept(child: ChildProcess, checkpoint: string, then: () => void, what = "rows"): void {
  const place = join(folder, checkpoint);
  const timer = setInterval(() => {
    if (!existsSync(place) || !readdirSync(place).some((name) => name.startsWith(what))) return;
    clearInterval(timer);
    then();
  }, 5);
  child.once("exit", () => clearInterval(timer));
}

describe("a fit", () => {
  it(`that is killed ${KILLS} times at random moments and gone on with makes the same model`, async () => {
    const random = seededRandom(Number(process.env.PESTLE_KILL_SEED ?? Date.now()));
    let goneOn = 0;
    // on a busy machine a fit may end before it is noticed that there is something to go on with: then some more are killed
    for (let kill = 0; kill < KILLS || (goneOn === 0 && kill < 3 * KILLS); kill++) {
      const after = kill === 0 ? 0 : duration * uniformFloat64(random);
      const { status, stderr } = await fit("si.pestle", 1 + (kill % 3), checkpointed, {
        onStart: (child) => {
          const end = (): void => void setTimeout(() => child.kill("SIGKILL"), after / 2).unref();
          // at any moment, the start included, or some time after there is something to go on with
          if (kill % 2 === 0) whenKept(child, "si.checkpoint", end);
          else setTimeout(end, after / 2).unref();
        },
      });
      goneOn += Number(stderr.includes("the fit goes on with the checkpoint si.checkpoint"));
      // killed, or done before that
      expect([0, null]).toContain(status);
      if (status === 0) expect(read("si.pestle").equals(whole), `bits of the model before kill ${kill}`).toBe(true);
    }
    expect(await fit("si.pestle", 2, checkpointed)).toMatchObject({ status: 0 });
    expect(read("si.pestle").equals(whole), "bits of the model in the end").toBe(true);
    expect(existsSync(join(folder, "si.checkpoint"))).toBe(false);
    expect(goneOn > 0, `${goneOn} fits went on`).toBe(true);
  }, Math.max(TIME_LIMIT, 20_000 * KILLS));

  it("that is stopped says how much is safe and how to go on, and is not begun over it", async () => {
    const stopped = await fit("stopped.pestle", 2, ["--checkpoint-every", "0.03s"], {
      onStart: (child) => whenKept(child, "stopped.checkpoint", () => child.kill("SIGINT")),
    });
    expect(stopped.status).toBe(130);
    const [, percent, command] = /(\d+) % is safe in stopped\.checkpoint; go on with\n {2}pestle (fit .*--resume)\n/.exec(stopped.stderr) ?? [];
    expect(Number(percent) > 0 && Number(percent) <= 100).toBe(true);
    expect(existsSync(join(folder, "stopped.pestle"))).toBe(false);
    expect(readdirSync(join(folder, "stopped.checkpoint")).filter((name) => /tmp|lock/.test(name))).toEqual([]);
    expect(await fit("stopped.pestle", 1, [])).toMatchObject({
      status: 2,
      stderr: "error: there is a checkpoint stopped.checkpoint already: add --resume to go on with it, or delete it, or name another with --checkpoint\n",
    });
    const other = await fit("stopped.pestle", 1, ["--resume", "--seed", "2"]);
    expect(other.status).toBe(2);
    expect(other.stderr).toContain("the checkpoint stopped.checkpoint belongs to another fit: seed was 1, now 2.");
    expect(await runPestle(command.split(" "), { cwd: folder })).toMatchObject({ status: 0 });
    expect(read("stopped.pestle").equals(whole)).toBe(true);
    expect(existsSync(join(folder, "stopped.checkpoint"))).toBe(false);
  });

  it("with cross-validation goes on behind the fits that are done, and keeps nothing when all is told", async () => {
    const folds = ["--cross-validation", "--set", "crossValidation.folds=6"];
    expect(await fit("folds-whole.pestle", 2, [...folds, "--no-checkpoint"])).toMatchObject({ status: 0 });
    const flags = [...folds, "--checkpoint-every", "0.01s"];
    const stopped = await fit("folds.pestle", 1, flags, { onStart: (child) => whenKept(child, "folds.checkpoint", () => child.kill("SIGTERM"), "result-of-fit") });
    expect(stopped.status).toBe(143);
    expect(stopped.stderr).toMatch(/\d+ % is safe in folds\.checkpoint; go on with\n {2}pestle fit .* --resume\n/);
    expect(readdirSync(join(folder, "folds.checkpoint"))).toContain("result-of-fit-to-all-data.part");
    const changed = await fit("folds.pestle", 1, [...flags, "--resume", "--set", "crossValidation.folds=4"]);
    expect(changed.stderr).toContain("belongs to another fit: crossValidation.folds was 6, now 4");
    const alone = await fit("folds.pestle", 1, ["--resume"]);
    expect(alone.stderr).toContain("belongs to another fit: there is no crossValidation any more. Undo the change");
    expect(await fit("folds.pestle", 2, [...flags, "--resume"])).toMatchObject({ status: 0 });
    expect(read("folds.pestle").equals(read("folds-whole.pestle"))).toBe(true);
    expect(existsSync(join(folder, "folds.checkpoint"))).toBe(false);
  });

  it("to parts of the data alone keeps them beside the fit file", async () => {
    const args = ["fit", "fit.yaml", "--cross-validation", "--set", "crossValidation.folds=6", "--threads", "1", "--checkpoint-every", "0.01s"];
    const stopped = await runPestle(args, { cwd: folder, onStart: (child) => whenKept(child, "fit.validation.checkpoint", () => child.kill("SIGINT"), "cross-validation") });
    expect(stopped.status).toBe(130);
    expect(stopped.stderr).toContain("is safe in fit.validation.checkpoint; go on with");
    const resumed = await runPestle([...args, "--resume"], { cwd: folder });
    expect(resumed).toMatchObject({ status: 0, stdout: expect.stringContaining("cross-validation") as string });
    expect(resumed.stderr).toContain("the fit goes on with the checkpoint fit.validation.checkpoint");
    expect(existsSync(join(folder, "fit.validation.checkpoint"))).toBe(false);
  });

  it("cannot go on without a checkpoint", async () => {
    expect(await fit("none.pestle", 1, ["--checkpoint-every", "often"])).toMatchObject({ status: 2, stderr: expect.stringContaining('"often" is not a duration') as string });
    expect(await fit("none.pestle", 1, ["--resume", "--no-checkpoint"])).toMatchObject({ status: 2, stderr: expect.stringContaining("leave one of them out") as string });
  });
});
