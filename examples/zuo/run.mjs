// node examples/zuo/run.mjs --train FILE --test FILE --json OUT [--families ace-3,ace-4] [--output FOLDER] [--threads N] [--smoke]
// One recipe for any element: a search on the training file for every family of potentials, a larger potential with what was found, errors on
// the test file. See docs/results/zuo.md.
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import {
  applyAssignments, assessPotential, CancelledError, createExecutor, openPotential, readConfigFile, readDataset, resolveConfig, searchParameters, symbolOf, trainerOf,
  tuneFileSchema, usualBondLength,
} from "../../dist/index.js";
import { fail, processorSeconds, writeResults } from "../recipes/run-tools.mjs";
import { digestOf, families, templateOf } from "./families.mjs";

const { values } = parseArgs({
  options: {
    train: { type: "string" },
    test: { type: "string" },
    json: { type: "string" },
    families: { type: "string" },
    output: { type: "string", default: "out/zuo" }, // tune files with the lengths of the element
    threads: { type: "string", default: "2" },
    smoke: { type: "boolean", default: false }, // a few structures, two candidates, small potentials: shows that it runs, the numbers mean nothing
  },
});
for (const key of ["train", "test", "json"]) if (!values[key]) fail(`--${key} is missing: --train FILE --test FILE --json OUT`);
const keys = values.families?.split(",") ?? families.map(({ key }) => key);
const unknown = keys.find((key) => families.every((family) => family.key !== key));
if (unknown) fail(`there is no family "${unknown}"; there are ${families.map(({ key }) => key).join(", ")}`);

const { smoke } = values;
const [train, test] = await Promise.all([values.train, values.test].map((file) => readDataset(file)));
const species = train.species();
if (species.length !== 1) fail(`${values.train} has ${species.length} species; the recipe is for one element`);
const bondLength = usualBondLength(species[0]);
const element = symbolOf(species[0]);
const data = smoke ? { train: thinned(train, 12), test: thinned(test, 4) } : { train, test };
mkdirSync(values.output, { recursive: true });

const PASSES = 4; // over the test structures, for the speed of predictions
const threads = Number(values.threads);
const controller = new AbortController();
process.once("SIGINT", () => controller.abort());
const found = {};
for (const family of families.filter(({ key }) => keys.includes(key))) {
  found[family.key] = await runFamily(family).catch(stop);
  const { energy, forces, coefficients, fitSeconds } = found[family.key];
  console.log(
    `${element} ${family.key}: ${(1000 * energy.mae).toFixed(2)} meV/atom, ${forces.mae.toFixed(4)} eV/Å (MAE on the test file), ` +
      `${coefficients} coefficients, ${fitSeconds.toFixed(0)} s of processor time`,
  );
  write();
}

async function runFamily(family) {
  // an executor each, so that the memory of the fit is not that of the search
  const search = await withExecutor((executor) => searchFamily(family, executor));
  return withExecutor((executor) => fitFamily(family, search, executor));
}

async function withExecutor(use, count = threads) {
  const executor = await createExecutor({ threads: count });
  try {
    return await use(executor);
  } finally {
    await executor.close();
  }
}

async function searchFamily({ key }, executor) {
  const config = resolveConfig(tuneFileSchema, await tuneFile(key), { assignments: smoke ? ["tune.budget.evaluations=2"] : [] });
  const base = { model: config.model, fit: config.fit, seed: config.seed };
  const searching = processorSeconds();
  const { stages, candidate } = await searchParameters(config.tune, base, { train: data.train }, executor, {
    signal: controller.signal,
    onEvent: (event) => {
      if (event.kind === "generation") console.log(`${element} ${key}: ${event.progress.evaluations ?? event.progress.generation + 1} evaluated, best loss ${event.progress.best.loss.toPrecision(3)}`);
    },
  });
  const { best } = stages.at(-1);
  const evaluations = stages.reduce((sum, { records }) => sum + records.length, 0);
  return { candidate, found: best.values, searchLoss: best.loss, evaluations, searchSeconds: searching() };
}

async function fitFamily({ key, title, final }, { candidate, ...search }, executor) {
  const request = smoke ? candidate : applyAssignments(candidate, final);
  const fitting = processorSeconds();
  const started = performance.now();
  const { model, summary } = await trainerOf(request.model).train(request, data.train, executor, { signal: controller.signal });
  const [fitSeconds, fitWallSeconds] = [fitting(), (performance.now() - started) / 1000];
  const { errors: { total: { energy, forces } } } = await assessPotential(model, data.test, executor);
  return {
    title, recipe: digestOf(key), parameters: request, ...search,
    energy: { mae: energy.mae, rmse: energy.rmse }, forces: { mae: forces.mae, rmse: forces.rmse },
    coefficients: summary.sizes.find(({ name }) => name === "nCoefficients" || name === "nSparse").count,
    fitSeconds, fitWallSeconds, peakWasmBytes: summary.peakWasmBytes, atomsPerSecond: await atomsPerSecond(model),
    peakResidentBytes: 1024 * process.resourceUsage().maxRSS, // of the process so far
  };
}

/** Energies and forces with neighbor lists by processor time, once the potential is open and its code compiled. */
async function atomsPerSecond(model) {
  return withExecutor(async (executor) => {
    const open = openPotential(model, executor);
    const structures = Array.from({ length: data.test.nStructures }, (_, i) => data.test.structure(i));
    await open.evaluateTogether(structures);
    const predicting = processorSeconds();
    for (let pass = 0; pass < PASSES; pass++) await open.evaluateTogether(structures);
    open.close();
    return (PASSES * data.test.nAtoms) / predicting();
  }, 1);
}

/** The tune file of a family with lengths in Å, kept beside the results. */
async function tuneFile(key) {
  const text = templateOf(key)
    .replace(/([\d.]+)\*R0/gu, (_, factor) => String(Math.round(1000 * Number(factor) * bondLength) / 1000))
    .replace("TRAIN", JSON.stringify(resolve(values.train)));
  const path = join(values.output, `${element}-${key}.yaml`);
  writeFileSync(path, text);
  return readConfigFile(path);
}

/** The family that the search found best, and all of them. */
function write() {
  const best = Object.keys(found).reduce((a, b) => (found[b].searchLoss < found[a].searchLoss ? b : a));
  const json = { element, bondLength, train: data.train.nStructures, test: data.test.nStructures, units: { energy: "eV/atom", forces: "eV/Å" }, bestBySearch: best, families: found };
  writeResults(values.json, json);
}

function thinned(dataset, count) {
  return dataset.subset(Array.from({ length: Math.min(count, dataset.nStructures) }, (_, i) => Math.floor((i * dataset.nStructures) / count)));
}

/** Families that are done are in the file. */
function stop(error) {
  if (!(error instanceof CancelledError)) throw error;
  console.error("stopped");
  process.exit(130);
}
