// node .ci/same-bits.mjs [BASE] [--builds scalar,simd] [--threads 1,8] [--only NAME…] [--metrics-tolerance X] [--fresh]
//
// Compares what must not change, bit by bit, between a base commit and this working tree: fits, fingerprints, predictions and a search
// on every build, each with its own base, and every number of threads with one thread. Times and versions are left out.
// The base is built once and its results are kept in the folder of temporary files; --fresh makes them again.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { relaxedSimd } from "wasm-feature-detect";
import { build, builtCheckout } from "./same-bits/checkout.mjs";
import { differences } from "./same-bits/compare.mjs";
import { hashOf, readResult } from "./same-bits/decode.mjs";
import { writeInputs } from "./same-bits/inputs.mjs";
import { declared, scenarios } from "./same-bits/scenarios.mjs";

/** The commit before the rework that must not change a bit. */
const DEFAULT_BASE = "dcf912fba1cc7a56e15ee884a929db51a094a0ea";
/** Errors of predictions are summed by one formula, difference before division by the number of atoms, where there were two: they may move by rounding. */
const METRICS_TOLERANCE = 1e-12;
const SHOWN = 6;
const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const relaxedSimdFlag = `--import=${new URL("relaxed-simd.mjs", import.meta.url).href}`;

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    builds: { type: "string", default: "scalar,simd,relaxed-simd" },
    threads: { type: "string", default: "1,2,5,8" },
    only: { type: "string", multiple: true, default: [] },
    "metrics-tolerance": { type: "string", default: String(METRICS_TOLERANCE) },
    fresh: { type: "boolean", default: false },
  },
});
const builds = flags.builds.split(",");
const threads = flags.threads.split(",").map(Number);
const tolerance = Number(flags["metrics-tolerance"]);
const names = flags.only.flatMap((text) => text.split(","));
const chosen = scenarios.filter(({ name }) => names.length === 0 || names.some((part) => name.startsWith(part)));
const base = execFileSync("git", ["rev-parse", "--verify", `${positionals[0] ?? DEFAULT_BASE}^{commit}`], { cwd: root, encoding: "utf8" }).trim();
const log = (text) => console.error(text);

if (chosen.length === 0) throw new Error(`no scenario begins with ${names.join(" or ")}; there are ${scenarios.map(({ name }) => name).join(", ")}`);
const place = join(tmpdir(), `pestle-same-bits-${process.getuid?.() ?? 0}`);
// results of the base are good for these inputs and this Node only
const inputsHash = shortHash(readFileSync(new URL("same-bits/inputs.mjs", import.meta.url)), process.version);
const baseCheckout = join(place, `${base}-checkout`);
const baseResults = join(place, `${base}-results-${inputsHash}`);
if (flags.fresh) for (const folder of [baseCheckout, baseResults]) rmSync(folder, { recursive: true, force: true });
builtCheckout(root, base, baseCheckout, log);
log("building this working tree");
build(root);
const work = mkdtempSync(join(place, "head-"));
const inputs = join(work, "inputs");
writeInputs(inputs, baseCheckout);
let different = 0;
let undeclared = 0;
let told = "";
try {
  await compareAll();
} finally {
  rmSync(work, { recursive: true, force: true });
}
console.log(`${different} results differ from ${base.slice(0, 12)} or from those of one thread, ${undeclared} of them undeclared`);
process.exitCode = undeclared > 0 ? 1 : 0;

/** Prints one line for every scenario and build; what differs is said on the standard error. */
async function compareAll() {
  const width = Math.max(...chosen.map(({ name }) => name.length)) + 2;
  console.log(`${"".padEnd(width + 14)}${threads.map((count) => `${count} thread${count === 1 ? "" : "s"}`.padEnd(18)).join("")}`);
  for (const name of builds) {
    if (name === "relaxed-simd" && !(await canRunRelaxedSimd())) {
      log("skipped: this Node cannot run the relaxed-simd build");
      continue;
    }
    for (const scenario of chosen) {
      if (scenario.isSerial && name !== builds[0]) continue;
      const cells = [];
      let single;
      for (const count of scenario.isSerial ? threads.slice(0, 1) : scenario.isBrief ? threads.slice(0, 2) : threads) {
        const result = await head(scenario, name, count);
        if (!result) {
          cells.push("≠ fails");
          continue;
        }
        single ??= result;
        cells.push(verdict(`${scenario.name} · ${name} · ${count}`, scenario, result, await ofBase(scenario, name, count), single, threads[0]));
      }
      console.log(`${scenario.name.padEnd(width)}${(scenario.isSerial ? "" : name).padEnd(14)}${cells.map((cell) => cell.padEnd(18)).join("")}`);
    }
  }
}

function verdict(title, scenario, result, earlier, single, first) {
  const comparisons = [["base", earlier], [`${first} thread${first === 1 ? "" : "s"}`, single]];
  const verdicts = comparisons.map(([against, other]) => {
    const all = result === other ? [] : differences(other, result, { tolerance });
    const open = all.filter((difference) => !declared.some((one) => one.scenario.test(scenario.name) && one.place.test(difference.place)));
    if (open.length > 0) tell(`${title} against ${against}`, open);
    return { against, isDifferent: all.length > 0, isOpen: open.length > 0 };
  });
  if (verdicts.some(({ isDifferent }) => isDifferent)) different++;
  if (verdicts.some(({ isOpen }) => isOpen)) undeclared++;
  const open = verdicts.filter(({ isOpen }) => isOpen).map(({ against }) => against);
  const word = open.length > 0 ? `≠ ${open.join(", ")}` : verdicts[0].isDifferent ? "declared" : "equal";
  return `${hashOf(result)} ${word}`;
}

/** Names what differs, once where several numbers of threads differ in the same way. */
function tell(title, open) {
  const lines = open.slice(0, SHOWN).map(({ place: where, text }) => `  ${where}: ${text}`);
  if (open.length > SHOWN) lines.push(`  … and ${open.length - SHOWN} more`);
  const text = lines.join("\n");
  const inMetrics = open.filter(({ isMetric }) => isMetric).length;
  log(`\n${title}: ${open.length} differences, ${inMetrics} of them in errors of predictions${text === told ? "; as above" : `\n${text}`}`);
  told = text;
}

/** Undefined where the program fails, which the base does not. */
async function head(scenario, name, count) {
  try {
    return await resultOf(root, join(work, name, String(count)), scenario, name, count);
  } catch (error) {
    log(`\n${error.message}`);
    different++;
    undeclared++;
    return undefined;
  }
}

/** From the kept results where they are there; several runs may write them at once. */
async function ofBase(scenario, name, count) {
  const kept = join(baseResults, name, String(count), `${scenario.name}-${recipeOf(scenario)}`);
  if (existsSync(kept)) return readResult(kept, scenario);
  const folder = mkdtempSync(join(place, "base-"));
  try {
    const result = await resultOf(baseCheckout, folder, scenario, name, count);
    mkdirSync(dirname(kept), { recursive: true });
    if (!existsSync(kept)) renameSync(join(folder, scenario.after ?? scenario.name), kept);
    return result;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the result of a scenario depends on beside the inputs. */
function recipeOf({ files, command, after }) {
  const earlier = scenarios.find(({ name }) => name === after);
  return shortHash(JSON.stringify([files, command, earlier?.files, earlier?.command]));
}

function shortHash(...parts) {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex").slice(0, 10);
}

function resultOf(checkout, folder, scenario, name, count) {
  const own = join(folder, scenario.after ?? scenario.name);
  if (!existsSync(own)) {
    mkdirSync(own, { recursive: true });
    symlinkSync(inputs, join(own, "data"));
    if (scenario.after) runScenario(checkout, own, scenarios.find((other) => other.name === scenario.after), name, count);
  }
  if (!existsSync(join(own, `${scenario.name}.stdout`))) runScenario(checkout, own, scenario, name, count);
  return readResult(own, scenario);
}

function runScenario(checkout, folder, { name: scenario, files = {}, command }, name, count) {
  for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, file), `${JSON.stringify(content, null, 1)}\n`);
  const isComputing = ["fit", "describe", "evaluate", "tune"].includes(command[0]);
  const args = [join(checkout, "bin", "pestle.js"), ...command, ...(isComputing ? ["--threads", String(count)] : [])];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 1 << 30,
    env: { ...process.env, PESTLE_WASM: name, PESTLE_CORES: String(count), NODE_OPTIONS: name === "relaxed-simd" ? relaxedSimdFlag : "" },
  });
  if (status !== 0) throw new Error(`${scenario} on ${name} with ${count} threads failed in ${checkout}:\n${stderr}`);
  writeFileSync(join(folder, `${scenario}.stdout`), stdout);
}

async function canRunRelaxedSimd() {
  return (await relaxedSimd()) || process.versions.node.startsWith("20.");
}
