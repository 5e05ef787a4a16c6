// Whether two threads are worth it where a whole command takes a second: the command line with one thread and with two, in turns.
// `speedup` in the record is what matters: one thread by two, of the time that a user waits.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatStructure } from "../../dist/structures/index.js";
import { inTurns, runPestle } from "./run-pestle.mjs";

/** About what a command takes on one thread of an idle core, s */
const SECONDS = [0.2, 0.5, 1, 2, 4];
/** Of these, before the first frame */
const START = 0.12;
const ROUNDS = 7;

const soap = { type: "soap", basis: "equispaced-gaussian", nMax: 8, lMax: 6, sigma: 0.5, cutoff: { radius: 5 } };
const fitFile = (data) => ({
  data: { train: data },
  model: { type: "sparse-gp", isolatedAtomEnergies: { Si: -0.79 }, terms: [{ descriptor: soap, kernel: { type: "dot-product", zeta: 2 }, sparse: { method: "random", count: 60 } }] },
  fit: { sigma: { energy: 0.01, forces: 0.2 } },
});

/** By command: frames for each second beyond the start, and the arguments for a folder in which data.xyz, fit.json and model.pestle are. */
const commands = {
  describe: { framesPerSecond: 450, output: "out.npy", args: (at) => ["describe", at("data.xyz"), "-c", at("describe.json"), "-o", at("out.npy")] },
  evaluate: { framesPerSecond: 200, output: "out.xyz", args: (at) => ["evaluate", at("model.pestle"), at("data.xyz"), "-o", at("out.xyz")] },
  fit: { framesPerSecond: 30, output: "out.pestle", args: (at) => ["fit", at("fit.json"), "-o", at("out.pestle")] },
};

async function run(command, { smoke, data, verify }) {
  const { framesPerSecond } = commands[command];
  const folder = mkdtempSync(join(tmpdir(), "pestle-bench-jobs-"));
  const at = (name) => join(folder, name);
  try {
    const frames = [...(await data.si())].map((structure) => formatStructure(structure));
    writeFileSync(at("describe.json"), JSON.stringify({ data: at("data.xyz"), descriptor: soap }));
    if (command === "evaluate") await fitOf(at, frames.slice(0, 8));
    writeFileSync(at("fit.json"), JSON.stringify(fitFile(at("data.xyz"))));
    const jobs = [];
    for (const seconds of smoke ? [0] : SECONDS) {
      const count = Math.max(2, Math.round((seconds - START) * framesPerSecond));
      writeFileSync(at("data.xyz"), Array.from({ length: count }, (_, i) => frames[(7 * i) % frames.length]).join(""));
      const [one, two] = await compare(command, at, smoke ? 1 : ROUNDS, verify);
      jobs.push({ aim: seconds, frames: count, one, two, speedup: one.seconds / two.seconds });
    }
    const { frames: count, two } = jobs.find(({ aim }) => aim === 2) ?? jobs[0];
    return { count, ...two, threads: 2, jobs, verified: true };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function fitOf(at, frames) {
  writeFileSync(at("few.xyz"), frames.join(""));
  writeFileSync(at("few.json"), JSON.stringify(fitFile(at("few.xyz"))));
  await runPestle(["fit", at("few.json"), "-o", at("model.pestle"), "--threads", "1", "--quiet"]);
}

/** One thread and two, in turns; both must write the same bytes. */
function compare(command, at, rounds, verify) {
  const { args, output } = commands[command];
  let written;
  const on = (threads) => async () => {
    const result = await runPestle([...args(at), "--threads", String(threads), "--quiet"]);
    const bytes = readFileSync(at(output));
    verify((written ??= bytes).equals(bytes), `${command} writes the same bytes with one thread and two`);
    return result;
  };
  return inTurns(rounds, [on(1), on(2)]);
}

export const cases = Object.keys(commands).map((command) => ({ name: `short-jobs-${command}`, unit: "frame", run: (context) => run(command, context) }));
