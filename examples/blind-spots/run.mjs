// node examples/blind-spots/run.mjs [--fingerprints soap-8,…] [--experiments none,…] [--samples 10] [--landmarks N] [--output FOLDER] [--page FILE] [--threads N] [--smoke]
// What kernel ridge regression learns of an energy of four bodies with fingerprints that see two, three or four: ordinary frames of methane, and
// manifolds along which fingerprints hardly change. The output folder keeps a file of every experiment; what it has of an earlier run with the same
// recipe is not computed again. See docs/results/blind-spots.md.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createExecutor, Dataset, learnFromData, readDataset, scanKernelRidge } from "pestle";
import { createDescriptor } from "pestle/core";
import { chosen, fail, processorSeconds, progress, writeResults } from "../recipes/run-tools.mjs";
import { writeTables } from "../recipes/tables.mjs";
import { digestOf, experiments, experimentsOf, learnedFrames, requestOf, scanOf, testedFrames } from "./experiments.mjs";
import { fingerprints } from "./fingerprints.mjs";
import { follow, SAMPLES, splinePoints, startOf } from "./manifolds.mjs";
import { writeSets } from "./methane-sets.mjs";
import { tablesOf } from "./tables.mjs";

const { values } = parseArgs({
  options: {
    fingerprints: { type: "string", default: fingerprints.map(({ key }) => key).join(",") },
    experiments: { type: "string", default: experiments.map(({ key }) => key).join(",") },
    samples: { type: "string", default: "10" }, // of each of 300 walkers: 100 are the full size
    output: { type: "string", default: "out/blind-spots" },
    page: { type: "string" }, // gets the tables between its marks
    threads: { type: "string", default: "2" },
    smoke: { type: "boolean", default: false }, // few frames and points: shows that it runs, the numbers mean nothing
  },
});
const { smoke } = values;
const size = { smoke, samples: smoke ? 1 : Number(values.samples) };
if (!(Number.isInteger(size.samples) && size.samples > 0)) fail(`--samples ${values.samples}: a whole number above 0`);
const output = smoke ? `${values.output}-smoke` : values.output;
const wanted = chosen("fingerprint", values.fingerprints, fingerprints.map(({ key }) => key));
const wantedExperiments = chosen("experiment", values.experiments, experiments.map(({ key }) => key));
mkdirSync(output, { recursive: true });

const controller = new AbortController();
process.once("SIGINT", () => controller.abort());
const { signal } = controller;
try {
  const sets = await ordinarySets();
  const paths = await manifoldPaths();
  for (const fingerprint of fingerprints.filter(({ key }) => wanted.includes(key))) {
    const missing = experimentsOf(fingerprint).filter((experiment) => wantedExperiments.includes(experiment.key) && !read(fingerprint, experiment));
    if (missing.length > 0) await runFingerprint(fingerprint, missing, sets, paths);
  }
} catch (error) {
  if (signal.aborted) {
    console.error("stopped; experiments that are done are kept");
    process.exitCode = 130;
  } else if (error.isUserError) fail(error.message);
  else throw error;
}
const results = {
  samples: size.samples,
  sets: JSON.parse(readFileSync(join(setsFolder(), "statistics.json"), "utf8")),
  learning: fingerprints.flatMap((fingerprint) => experimentsOf(fingerprint).flatMap((experiment) => read(fingerprint, experiment) ?? [])),
};
writeResults(join(output, "results.json"), results);
const tables = tablesOf(results);
writeFileSync(join(output, "tables.md"), tables);
console.log(tables);
if (values.page && !smoke && process.exitCode !== 130) writeTables(values.page, tables);

/** Frames of the model of methane, made once. */
async function ordinarySets() {
  const folder = setsFolder();
  if (!existsSync(join(folder, "statistics.json"))) {
    const tell = progress();
    const options = smoke ? { walkers: 100, burnIn: 400, samples: 1 } : { samples: size.samples };
    const { isAsExpected } = await writeSets(folder, options, (name, done, total) => tell({ stage: `${name} frames`, done, total }));
    if (!isAsExpected && !smoke) fail(`${folder}/statistics.json: the frames are not those of the model`);
  }
  return { train: await readDataset(join(folder, "train.xyz")), validation: await readDataset(join(folder, "validation.xyz")) };
}

function setsFolder() {
  return join(output, `methane-${size.samples}`);
}

/** Points of both manifolds, Å: those of SOAP n = l = 8. */
async function manifoldPaths() {
  const executor = await createExecutor({ threads: 1 });
  try {
    const along = (name) => splinePoints(follow(executor, fingerprints[0].descriptor, startOf(name)), SAMPLES);
    return { first: along("first"), second: along("second") };
  } finally {
    await executor.close();
  }
}

async function runFingerprint(fingerprint, missing, { train, validation }, paths) {
  const tests = {
    validation,
    first: testedFrames(paths.first, "first", smoke),
    second: testedFrames(paths.second, "second", smoke),
    rest: testedFrames(paths.first, "first", smoke, true),
  };
  for (const experiment of missing) {
    const added = ["first", "second"].flatMap((name) => learnedFrames(paths[name], name, smoke ? Math.ceil(experiment[name] / 100) : experiment[name], experiment.half));
    const result = { fingerprint: fingerprint.key, experiment: experiment.key, digest: digestOf(fingerprint, experiment, size), ...(await runScan(fingerprint, train, added, tests)) };
    writeResults(pathOf(fingerprint, experiment), result);
    console.error(`${fingerprint.key}, ${experiment.title} added: ${result.size} frames, ${result.points.length} points, ${result.seconds.toFixed(1)} s of processor time`);
  }
}

/** Columns have the mean and the deviation of the ordinary frames, whatever is added to these. */
async function runScan({ descriptor, method }, train, added, { validation, ...others }) {
  const executor = await createExecutor({ threads: Number(values.threads) }); // one each, so that its memory is its own
  try {
    const { parameters } = await learnFromData(executor, createDescriptor({ ...descriptor, standardization: method }), train, { species: [1, 6], centers: { species: [6] } });
    const seconds = processorSeconds();
    const began = performance.now();
    const context = { validation, others: { validation, ...others }, signal };
    const scan = await scanKernelRidge(requestOf(parameters, scanOf(smoke)), added.length > 0 ? Dataset.from([...train, ...added]) : train, executor, context);
    const points = scan.points.map(({ ofMedian, lambda, others: found }) => [ofMedian, lambda, ...Object.values(found).flatMap(({ rmse, correlation }) => [rmse, correlation]).map(short)]);
    const lengthScale = scan.points[0].lengthScales[0] / scan.points[0].ofMedian;
    return { features: scan.features[0], size: scan.size, median: lengthScale, seconds: seconds(), wallSeconds: (performance.now() - began) / 1e3, peakWasmBytes: scan.peakWasmBytes, points };
  } finally {
    await executor.close();
  }
}

/** null where the kernel matrix is not positive definite */
function short(value) {
  return Number.isFinite(value) ? Number(value.toPrecision(4)) : null;
}

/** undefined where there is none of this recipe */
function read(fingerprint, experiment) {
  const path = pathOf(fingerprint, experiment);
  if (!existsSync(path)) return undefined;
  const result = JSON.parse(readFileSync(path, "utf8"));
  return result.digest === digestOf(fingerprint, experiment, size) ? result : undefined;
}

function pathOf(fingerprint, experiment) {
  return join(output, `${fingerprint.key}-${experiment.key}.json`);
}
