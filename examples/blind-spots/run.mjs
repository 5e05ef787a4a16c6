// node examples/blind-spots/run.mjs [--fingerprints soap-8,…] [--experiments none,…] [--samples 10] [--seed 1] [--landmarks 2000] [--output FOLDER] [--page FILE] [--threads N] [--smoke]
// What kernel ridge regression learns of an energy of four bodies with fingerprints that see two, three or four: ordinary frames of methane, and
// manifolds along which fingerprints hardly change. The output folder keeps a file of every experiment; what it has of an earlier run with the same
// recipe is not computed again. See docs/results/blind-spots.md.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { assessPotential, createExecutor, Dataset, fitKernelRidge, learnFromData, planKernelRidgeFit, readDataset, scanKernelRidge } from "pestle";
import { createDescriptor } from "pestle/core";
import { chosen, fail, processorSeconds, progress, writeResults } from "../recipes/run-tools.mjs";
import { writeTables } from "../recipes/tables.mjs";
import { digestOf, digestOfPaths, experiments, experimentsOf, learnedFrames, requestOf, scanOf, testedFrames } from "./experiments.mjs";
import { fingerprints, reference } from "./fingerprints.mjs";
import { orbit, starts } from "./manifolds.mjs";
import { writeSets } from "./methane-sets.mjs";
import { ownPath, seenOf } from "./paths.mjs";
import { pathFigure, scanFigure } from "./figures.mjs";
import { choicesOf, tablesOf } from "./tables.mjs";

/** Samples of each walker that are scanned where landmarks fit the rest. */
const SCANNED = 10;

const { values } = parseArgs({
  options: {
    fingerprints: { type: "string", default: fingerprints.map(({ key }) => key).join(",") },
    experiments: { type: "string", default: experiments.map(({ key }) => key).join(",") },
    samples: { type: "string", default: "10" }, // of each of 300 walkers: 100 are the full size
    seed: { type: "string", default: "1" }, // of the dynamics
    landmarks: { type: "string" }, // what a scan of the first ten samples chooses is fitted to all, with so many landmarks
    output: { type: "string", default: "out/blind-spots" },
    page: { type: "string" }, // gets the tables between its marks
    threads: { type: "string", default: "2" },
    smoke: { type: "boolean", default: false }, // few frames and points: shows that it runs, the numbers mean nothing
  },
});
const { smoke } = values;
const size = { smoke, samples: smoke ? 1 : numberOf("samples"), seed: numberOf("seed"), ...(values.landmarks && { landmarks: numberOf("landmarks") }) };
const output = smoke ? `${values.output}-smoke` : values.output;
const wanted = chosen("fingerprint", values.fingerprints, fingerprints.map(({ key }) => key));
const wantedExperiments = chosen("experiment", values.experiments, experiments.map(({ key }) => key));
mkdirSync(output, { recursive: true });

const controller = new AbortController();
process.once("SIGINT", () => controller.abort());
const { signal } = controller;
try {
  await softPaths();
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
if (existsSync(join(setsFolder(), "statistics.json"))) await publish();

function numberOf(key) {
  const number = Number(values[key]);
  return Number.isInteger(number) && number > 0 ? number : fail(`--${key} ${values[key]}: a whole number above 0`);
}

async function publish() {
  const softest = readJson("paths.json");
  const results = {
    samples: size.samples,
    seed: size.seed,
    sets: readJson(setsFolder(false), "statistics.json"),
    paths: Object.fromEntries(Object.entries(softest.own).map(([key, { points, ...path }]) => [key, { ...path, points: points.map(({ pathLength, energy, variation }) => ({ pathLength, energy, variation })) }])),
    seen: softest.seen,
    learning: fingerprints.flatMap((fingerprint) => experimentsOf(fingerprint).flatMap((experiment) => read(fingerprint, experiment) ?? [])),
  };
  writeFileSync(join(output, "results.json"), compact(results));
  const tables = tablesOf(results);
  writeFileSync(join(output, "tables.md"), tables);
  console.log(tables);
  writeFileSync(join(output, "paths.svg"), await pathFigure(results.paths));
  writeFileSync(join(output, "scan.svg"), await scanFigure(results.learning));
  if (values.page && !smoke && process.exitCode !== 130) writeTables(values.page, tables);
}

/** Points of a scan are a line each. */
function compact(json) {
  const text = JSON.stringify(json, (_, value) => (typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value), 1);
  return `${text.replace(/\[\s+([-\d.e+,\snul]+?)\s+\]/gu, (_, numbers) => `[${numbers.replace(/\s+/gu, "")}]`)}\n`;
}

function readJson(...names) {
  return JSON.parse(readFileSync(join(output, ...names), "utf8"));
}

/** Of the fingerprints that others have followed, and what all see of the path of SOAP n = l = 8. */
async function softPaths() {
  const digest = digestOfPaths();
  if (existsSync(join(output, "paths.json")) && readJson("paths.json").digest === digest) return;
  const executor = await createExecutor({ threads: 1 });
  try {
    const [own, seen] = [{}, {}];
    for (const fingerprint of fingerprints.filter(({ isFollowed }) => isFollowed)) own[fingerprint.key] = await ownPath(executor, fingerprint, reference);
    for (const fingerprint of fingerprints) seen[fingerprint.key] = await seenOf(executor, fingerprint, own["soap-8"]);
    writeResults(join(output, "paths.json"), { digest, own, seen });
  } finally {
    await executor.close();
  }
}

/** Frames of the model of methane, made once. */
async function ordinarySets() {
  const folder = setsFolder();
  if (!existsSync(join(folder, "statistics.json"))) {
    const tell = progress();
    const options = { samples: size.samples, seed: size.seed, ...(smoke && { walkers: 100, burnIn: 400 }) };
    const { isAsExpected } = await writeSets(folder, options, (name, done, total) => tell({ stage: `${name} frames`, done, total }));
    if (!isAsExpected && !smoke) fail(`${folder}/statistics.json: the frames are not those of the model`);
  }
  return { train: await readDataset(join(folder, "train.xyz")), validation: await readDataset(join(folder, "validation.xyz")) };
}

function setsFolder(whole = true) {
  const name = `methane-${size.samples}-${size.seed}`;
  return whole ? join(output, name) : name;
}

/** Points of both manifolds, Å: those of SOAP n = l = 8. */
async function manifoldPaths() {
  const executor = await createExecutor({ threads: 1 });
  try {
    const { descriptor } = fingerprints[0];
    return { first: await orbit(executor, descriptor, starts.first, signal), second: await orbit(executor, descriptor, starts.second, signal) };
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
async function runScan({ descriptor, method }, train, added, tests) {
  const executor = await createExecutor({ threads: Number(values.threads) }); // one each, so that its memory is its own
  try {
    const { parameters } = await learnFromData(executor, createDescriptor({ ...descriptor, standardization: method }), train, { species: [1, 6], centers: { species: [6] } });
    const frames = (count) => (count < train.nStructures || added.length > 0 ? Dataset.from([...train.subset(Array.from({ length: count }, (_, i) => i)), ...added]) : train);
    const { validation, ...others } = tests;
    const seconds = processorSeconds();
    const began = performance.now();
    const tell = progress();
    const context = { validation, others: { validation, ...others }, signal, onProgress: ({ stage, done, total }) => stage === "scan" && tell({ stage, done, total }) };
    const scanned = size.landmarks ? Math.ceil((SCANNED * train.nStructures) / size.samples) : train.nStructures;
    const scan = await scanKernelRidge(requestOf(parameters, scanOf(smoke)), frames(scanned), executor, context);
    const points = scan.points.map(({ ofMedian, lambda, others: found }) => [ofMedian, lambda, ...Object.values(found).flatMap(({ rmse, correlation }) => [rmse, correlation]).map(short)]);
    const median = scan.points[0].lengthScales[0] / scan.points[0].ofMedian;
    const result = { features: scan.features[0], size: scan.size, median, seconds: seconds(), wallSeconds: (performance.now() - began) / 1e3, peakWasmBytes: scan.peakWasmBytes, points };
    return size.landmarks ? { ...result, landmarks: await fitLandmarks(parameters, result, frames(train.nStructures), tests, executor) } : result;
  } finally {
    await executor.close();
  }
}

/** What the scan has chosen, fitted to all frames: these are compared with the landmarks block by block, and not kept. */
async function fitLandmarks(parameters, scan, frames, tests, executor) {
  const { chosen: choice } = choicesOf(scan);
  const { model, fit } = requestOf(parameters);
  const lengthScale = choice.ofMedian * scan.median;
  const terms = model.terms.map((term) => ({ ...term, kernel: { ...term.kernel, lengthScale } }));
  const request = { model: { ...model, terms }, fit: { ...fit, regularization: choice.lambda, sparse: { method: "random", count: size.landmarks } } };
  const plan = await planKernelRidgeFit(request, frames, executor.threads);
  const seconds = processorSeconds();
  const { model: fitted, summary } = await fitKernelRidge(request, frames, executor, { signal });
  const fitSeconds = seconds();
  const errors = {};
  for (const [name, dataset] of Object.entries(tests)) {
    const { comparisons } = await assessPotential(fitted, dataset, executor, { signal, onlyReferences: true });
    errors[name] = Math.sqrt(comparisons.reduce((sum, { energy: { predicted, reference: known } }) => sum + (predicted - known) ** 2, 0) / comparisons.length);
  }
  return { count: size.landmarks, frames: frames.nStructures, lengthScale, lambda: choice.lambda, errors, fitSeconds, plannedWasmBytes: plan.wasmBytes, peakWasmBytes: summary.peakWasmBytes };
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
  return join(output, `${fingerprint.key}-${experiment.key}${size.landmarks ? "-landmarks" : ""}.json`);
}
