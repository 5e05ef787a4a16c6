// node bench/compare.mjs [BASE] [--only NAME…] [--seconds 12] [--json FILE]: is anything slower than at a commit?
//
// Every case runs in one process with the modules of both trees, in turns of one run each, so that whatever else the machine does meets
// both alike; what is compared is processor time, round by round. Prints the median of the ratios and its quartiles.
import { execFileSync, fork } from "node:child_process";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { builtCheckout } from "../.ci/same-bits/checkout.mjs";

const ROUNDS = { least: 5, most: 25 };
const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** Sorted; the value at a share of the list. */
const quantile = (sorted, share) => sorted[Math.round(share * (sorted.length - 1))];
const cpuSeconds = () => (process.cpuUsage().user + process.cpuUsage().system) / 1e6;

/** Starts a case of one tree; resolves, once it has verified its result, to what it would time and to what lets it go on. */
async function open(tree, name) {
  const at = (path) => import(pathToFileURL(join(tree, path)).href);
  const [{ createExecutor }, { findCases }, { benchData }, { verify, verifyClose }] = await Promise.all(
    ["dist/index.js", "bench/harness/cases.mjs", "bench/harness/data.mjs", "bench/harness/measure.mjs"].map(at),
  );
  const entry = (await findCases()).find((candidate) => candidate.name === name);
  const executor = await createExecutor({ threads: 1 });
  return new Promise((resolve, reject) => {
    const captured = (result) => (work) => new Promise((goOn) => resolve({ work, close: () => goOn(result) }));
    const timing = { measure: captured(1), measureBoth: captured({ seconds: 1, cpuSeconds: 1 }) };
    const context = { executor, createExecutor, smoke: false, data: benchData(false), ...timing, verify, verifyClose };
    const ended = entry.run(context).then(() => executor.close());
    // changes nothing where it was captured
    ended.then(() => reject(new Error("not compared: the case measures in a way of its own")), reject);
  });
}

async function compare({ base, name, seconds }) {
  const sides = [await open(base, name), await open(root, name)];
  const took = [[], []];
  for (const { work } of sides) await work();
  const start = performance.now();
  for (let round = 0; round < ROUNDS.most; round++) {
    if (round >= ROUNDS.least && performance.now() - start > 1000 * seconds) break;
    for (const side of round % 2 === 0 ? [0, 1] : [1, 0]) {
      const before = cpuSeconds();
      await sides[side].work();
      took[side].push(cpuSeconds() - before);
    }
  }
  const ratios = took[1].map((head, round) => head / took[0][round]).sort((a, b) => a - b);
  const [low, median, high] = [0.25, 0.5, 0.75].map((share) => quantile(ratios, share));
  return { case: name, median, low, high, best: Math.min(...took[1]) / Math.min(...took[0]), rounds: ratios.length, seconds: quantile([...took[1]].sort((a, b) => a - b), 0.5) };
}

function inChild(request) {
  return new Promise((resolve) => {
    const child = fork(fileURLToPath(import.meta.url), ["--child"], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
    child.once("message", (record) => {
      resolve(record);
      // a case may still hold threads
      child.kill("SIGKILL");
    });
    child.once("exit", (code) => resolve({ case: request.name, error: `ended with status ${code}` }));
    child.send(request);
  });
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { only: { type: "string", multiple: true, default: [] }, seconds: { type: "string", default: "12" }, json: { type: "string" } },
  });
  const commit = execFileSync("git", ["rev-parse", "--verify", `${positionals[0] ?? "HEAD"}^{commit}`], { cwd: root, encoding: "utf8" }).trim();
  const base = join(tmpdir(), `pestle-same-bits-${process.getuid?.() ?? 0}`, `${commit}-checkout`);
  builtCheckout(root, commit, base, (text) => console.error(text));
  const casesOf = async (tree) => (await import(pathToFileURL(join(tree, "bench/harness/cases.mjs")).href)).findCases();
  const known = new Set((await casesOf(base)).map(({ name }) => name));
  const parts = values.only.flatMap((text) => text.split(","));
  const wanted = (name) => known.has(name) && (parts.length === 0 || parts.some((part) => name.startsWith(part)));
  const names = (await casesOf(root)).map(({ name }) => name).filter(wanted);
  console.log(`processor time, this tree / ${commit.slice(0, 12)}\n${"case".padEnd(32)}median   quartiles      best   rounds  s/run`);
  const records = [];
  for (const name of names) {
    const record = await inChild({ base, name, seconds: Number(values.seconds) });
    records.push(record);
    const { error, median, low, high, best, rounds, seconds } = record;
    const numbers = error ?? [median.toFixed(3), `${low.toFixed(3)} ${high.toFixed(3)}`, best.toFixed(3), String(rounds).padStart(5), seconds.toFixed(3)].join("   ");
    console.log(`${name.padEnd(32)}${numbers}`);
  }
  if (values.json) writeFileSync(values.json, `${JSON.stringify(records, null, 1)}\n`);
}

if (process.argv.includes("--child")) {
  process.once("message", (request) => {
    compare(request).then((record) => process.send(record), (error) => process.send({ case: request.name, error: error.message ?? String(error) }));
  });
} else await main();
