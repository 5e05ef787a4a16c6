// npm run bench [-- NAME… --smoke --json FILE --list]: verifies, then times, every case; see bench/README.md.
import { fork } from "node:child_process";
import { renameSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import { findCases } from "./harness/cases.mjs";
import { describeMachine } from "./harness/machine.mjs";

const CHILD = fileURLToPath(new URL("harness/child.mjs", import.meta.url));
const TIME_LIMIT = 15 * 60_000;

/** The child that works now, or waits for the next case of its file: it must not outlive this process. */
let running;
for (const [signal, status] of [["SIGINT", 130], ["SIGTERM", 143]]) {
  process.once(signal, () => {
    running?.process.kill("SIGKILL");
    process.exit(status);
  });
}

/** A child for the case: a new one, but in a smoke run the one that has answered for the case before in the same file. */
function childFor(file, smoke) {
  if (smoke && running?.file === file) return running.process;
  endChild();
  const child = fork(CHILD, [], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  running = { file, process: child };
  return child;
}

function endChild() {
  running?.process.kill("SIGKILL");
  running = undefined;
}

/** Runs one case in a child process; resolves to { record } or { error }. */
function runInChild({ name, file }, smoke) {
  return new Promise((resolve) => {
    const child = childFor(file, smoke);
    const finish = (answer) => {
      clearTimeout(timer);
      child.off("message", finish).off("exit", ended);
      if (!answer.record) endChild();
      resolve(answer);
    };
    const ended = (code, signal) => finish({ error: `the process ended with ${signal ?? `exit status ${code}`}` });
    const timer = setTimeout(() => finish({ error: `no answer in ${TIME_LIMIT / 1000} s` }), TIME_LIMIT);
    child.once("message", finish);
    child.once("exit", ended);
    child.send({ name, smoke });
  });
}

function formatTime(seconds) {
  const units = [
    [1, "s"],
    [1e-3, "ms"],
    [1e-6, "µs"],
  ];
  const [scale, unit] = units.find(([size]) => seconds >= size) ?? [1e-9, "ns"];
  return `${(seconds / scale).toPrecision(3)} ${unit}`;
}

function formatRate(perSecond) {
  if (perSecond >= 1e9) return `${(perSecond / 1e9).toPrecision(3)} G/s`;
  if (perSecond >= 1e6) return `${(perSecond / 1e6).toPrecision(3)} M/s`;
  return perSecond >= 1e4 ? `${(perSecond / 1e3).toPrecision(3)} k/s` : `${perSecond.toPrecision(3)} /s`;
}

const columns = [
  ["case", (r) => r.case, 29],
  ["unit", (r) => r.unit, 14],
  ["rate", (r) => formatRate(r.perSecond), -12],
  ["time/unit", (r) => formatTime(1 / r.perSecond), -11],
  ["per CPU s", (r) => (r.perCpuSecond ? formatRate(r.perCpuSecond) : "–"), -11],
  ["GFLOP/s", (r) => (r.gflops === null ? "–" : r.gflops.toFixed(2)), -9],
  ["of peak", (r) => (r.peakShare === null ? "–" : `${(100 * r.peakShare).toFixed(0)} %`), -9],
  ["memory", (r) => `${(r.memoryBytes / 1e6).toFixed(0)} MB`, -10],
  ["threads", (r) => String(r.threads), -8],
  ["verified", (r) => (r.verified ? "yes" : "NO"), -9],
];

const pad = (text, width) => (width < 0 ? text.padStart(-width) : text.padEnd(width));
const line = (cells) => cells.map((cell, i) => pad(cell, columns[i][2])).join(" ");

const USAGE = "node bench/run.mjs [CASE…] [--smoke] [--json FILE] [--list]";

function readArguments() {
  try {
    return parseArgs({ allowPositionals: true, options: { smoke: { type: "boolean" }, json: { type: "string" }, list: { type: "boolean" }, help: { type: "boolean" } } });
  } catch (error) {
    console.error(`${error.message}\n${USAGE}`);
    process.exit(2);
  }
}

const { values: options, positionals } = readArguments();
if (options.help) {
  console.log(USAGE);
  process.exit(0);
}

const all = await findCases();
const unknown = positionals.filter((name) => !all.some((entry) => entry.name === name));
if (unknown.length > 0) {
  console.error(`no bench case is called ${unknown.join(", ")}; there are ${all.map((entry) => entry.name).join(", ")}`);
  process.exit(2);
}
const chosen = positionals.length > 0 ? all.filter((entry) => positionals.includes(entry.name)) : all;
if (options.list) {
  for (const entry of chosen) console.log(entry.name);
  process.exit(0);
}

const machine = describeMachine();
console.log(`${machine.cpu}, ${machine.cores} cores, ${machine.memoryGB} GB, Node ${machine.node}, ${machine.platform}`);
if (options.smoke) console.log("smoke run: results are verified, times mean nothing");
console.log(line(columns.map(([title]) => title)));
const records = [];
for (const entry of chosen) {
  const { record, error } = await runInChild(entry, options.smoke === true);
  if (record) console.log(line(columns.map(([, text]) => text(record))));
  else {
    console.error(`${entry.name}: ${error}`);
    process.exitCode = 1;
  }
  const failed = { case: entry.name, unit: entry.unit, perSecond: null, gflops: null, peakShare: null, verified: false, error };
  records.push({ ...(record ?? failed), smoke: options.smoke === true, machine, date: new Date().toISOString() });
}
endChild();
const peaks = records.filter((record) => record.verified).map((record) => record.peakGflops);
if (peaks.length > 0) {
  const builds = [...new Set(records.filter((record) => record.verified).map((record) => record.build))].join(", ");
  console.log(`build ${builds}; 128-bit SIMD peak of one core: ${Math.max(...peaks).toFixed(1)} GFLOP/s`);
}
if (options.json) {
  writeFileSync(`${options.json}.part`, `${JSON.stringify(records, null, 2)}\n`);
  renameSync(`${options.json}.part`, options.json);
}
