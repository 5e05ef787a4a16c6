// node examples/kernel-ridge/learning-curves.mjs [--data FILE|FOLDER,…] [--sets qm9,qm7] [--representations soap,…] [--sizes 100,300,1000] [--seeds 1,2] [--output FOLDER] [--page FILE] [--threads N] [--smoke]
// Errors of kernel ridge regression on molecules against the number of molecules that it was trained on, representations side by side. The output
// folder keeps a file of every point; what it has of an earlier run with the same recipe is not computed again. See docs/results/kernel-ridge.md.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { assessPotential, createExecutor, fitKernelRidge, readDataset, shuffledOrder, units } from "../../dist/index.js";
import { chosen, fail, processorSeconds, writeResults } from "../recipes/run-tools.mjs";
import { writeTables } from "../recipes/tables.mjs";
import { digestOf, fitOf, representations, sets } from "./recipes.mjs";
import { curveFigure, tablesOf } from "./tables.mjs";

const { values } = parseArgs({
  options: {
    data: { type: "string", default: "examples/data" }, // files whose names begin with qm7 or qm9, or folders with them
    sets: { type: "string", default: "qm9" },
    representations: { type: "string", default: representations.map(({ key }) => key).join(",") },
    sizes: { type: "string", default: "100,300,1000" },
    seeds: { type: "string", default: "1,2" },
    output: { type: "string", default: "out/kernel-ridge" },
    page: { type: "string" }, // gets the tables between its marks
    threads: { type: "string", default: "2" },
    smoke: { type: "boolean", default: false }, // a few molecules: shows that it runs, the numbers mean nothing
  },
});
const { smoke } = values;
const output = smoke ? `${values.output}-smoke` : values.output;
const wanted = chosen("representation", values.representations, representations.map(({ key }) => key));
const [sizes, seeds] = smoke ? [[10, 20], [1]] : [numbersOf("sizes"), numbersOf("seeds")];
mkdirSync(output, { recursive: true });

const controller = new AbortController();
process.once("SIGINT", () => controller.abort());
try {
  for (const set of chosen("set", values.sets, sets.map(({ key }) => key))) await runSet(sets.find(({ key }) => key === set));
} catch (error) {
  if (controller.signal.aborted) {
    console.error("stopped; points that are done are kept");
    process.exitCode = 130;
  } else if (error.isUserError) fail(error.message);
  else throw error;
}
const results = resultsOfRecipe();
const tables = tablesOf(results);
writeFileSync(join(output, "tables.md"), tables);
console.log(tables);
for (const { key } of sets) {
  const svg = await curveFigure(results.filter((result) => result.set === key));
  if (svg) writeFileSync(join(output, `${key}.svg`), svg);
}
if (values.page && !smoke && process.exitCode !== 130) writeTables(values.page, tables);

async function runSet(set) {
  const { data, pool, test } = await readSet(set);
  const most = Math.max(...sizes);
  if (most > pool.length) fail(`${set.key}: --sizes has ${most}; beside ${test.nStructures} for the test there are ${pool.length} molecules`);
  for (const representation of representations.filter(({ key }) => wanted.includes(key))) {
    for (const seed of seeds) {
      const order = withEverySpecies(data, shuffledOrder(data, pool, { seed })); // sizes are nested: each begins as the one before
      for (const size of sizes) {
        const point = { set: set.key, representation: representation.key, size, seed };
        if (read(point)) continue;
        const result = { ...point, digest: digestOf(set, representation), ...(await runPoint(data.subset(order.slice(0, size)), test, representation)) };
        writeResults(pathOf(point), result);
        const { mae, fitSeconds } = result;
        console.error(`${set.key} ${representation.key}: ${size} molecules, seed ${seed}: MAE ${(1000 * mae).toFixed(1)} meV, ${fitSeconds.toFixed(1)} s of processor time`);
      }
    }
  }
}

/** Test molecules are the same for all representations, sizes and seeds. */
async function readSet(set) {
  const all = await readDataset(fileOf(set));
  const usable = Array.from({ length: all.nStructures }, (_, i) => i).filter((i) => !set.leavesOut(all.structure(i)));
  const order = shuffledOrder(all, usable, { seed: 0 });
  const nTest = smoke ? 20 : set.nTest;
  return { data: all, test: all.subset(order.slice(0, nTest)), pool: order.slice(nTest) };
}

/** The first molecule with each species before all others: what was not trained on cannot be predicted. */
function withEverySpecies(data, order) {
  const first = data.species().map((species) => order.find((i) => data.structure(i).atomicNumbers.includes(species)));
  const unique = new Set(first);
  return [...unique, ...order.filter((i) => !unique.has(i))];
}

async function runPoint(train, test, representation) {
  const executor = await createExecutor({ threads: Number(values.threads) }); // one each, so that its memory is its own
  const { signal } = controller;
  try {
    const request = { model: { type: "kernel-ridge", terms: representation.terms }, fit: fitOf(representation) };
    const fitting = processorSeconds();
    const { model, summary } = await fitKernelRidge(request, train, executor, { signal });
    const fitSeconds = fitting();
    const predicting = processorSeconds();
    const { comparisons } = await assessPotential(model, test, executor, { signal, onlyReferences: true });
    const predictSeconds = predicting();
    const errors = comparisons.map(({ energy: { predicted, reference } }) => Math.abs(predicted - reference)); // eV: of the molecule, not per atom
    return {
      ...errorsOf(errors), leaveOneOutMae: summary.leaveOneOut[0].mae, lambda: summary.lambda, lengthScales: summary.lengthScales, test: errors.length,
      fitSeconds, predictSeconds, peakWasmBytes: summary.peakWasmBytes,
    };
  } finally {
    await executor.close();
  }
}

/** With the standard error of the mean, which is that of the choice of test molecules. */
function errorsOf(errors) {
  const n = errors.length;
  const mae = errors.reduce((sum, error) => sum + error, 0) / n;
  const rmse = Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / n);
  return { mae, maeKcalPerMol: mae / units.kcalPerMol, rmse, maeStandardError: Math.sqrt((rmse ** 2 - mae ** 2) / n) };
}

/** Everything in the output folder that the recipe of today gave. */
function resultsOfRecipe() {
  const inOrder = (a, b) => a.size - b.size || a.seed - b.seed;
  const points = readdirSync(output).flatMap((name) => {
    const [, set, representation, size, seed] = /^(\w+)-(.+)-(\d+)-(\d+)\.json$/u.exec(name) ?? [];
    return set ? [{ set, representation, size: Number(size), seed: Number(seed) }] : [];
  });
  return sets.flatMap(({ key: set }) =>
    representations.flatMap(({ key }) => points.filter((point) => point.set === set && point.representation === key).sort(inOrder).flatMap((point) => read(point) ?? [])),
  );
}

/** undefined where there is none of this recipe */
function read(point) {
  if (!existsSync(pathOf(point))) return undefined;
  const result = JSON.parse(readFileSync(pathOf(point), "utf8"));
  const expected = digestOf(sets.find(({ key }) => key === point.set), representations.find(({ key }) => key === point.representation));
  return result.digest === expected ? result : undefined;
}

function pathOf({ set, representation, size, seed }) {
  return join(output, `${set}-${representation}-${size}-${seed}.json`);
}

function fileOf({ key, title }) {
  const paths = values.data.split(",").flatMap((path) => {
    if (!existsSync(path)) fail(`--data ${path}: there is no such file or folder`);
    return statSync(path).isDirectory() ? readdirSync(path).map((name) => join(path, name)) : [path];
  });
  const found = paths.filter((path) => new RegExp(`(^|[\\\\/])${key}[^\\\\/]*\\.xyz(\\.gz)?$`, "iu").test(path));
  if (found.length !== 1) fail(`--data ${values.data} has ${found.length || "no"} files of ${title}; there must be one whose name begins with ${key}: ${key}….xyz or .xyz.gz`);
  return found[0];
}

function numbersOf(key) {
  const numbers = values[key].split(",").map(Number);
  if (!numbers.every((number) => Number.isInteger(number) && number > 0)) fail(`--${key} ${values[key]}: whole numbers above 0 with commas between them`);
  return numbers;
}
