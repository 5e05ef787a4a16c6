// node examples/gap/run.mjs RECIPE.yaml --json OUT [--train FILE] [--test FILE] [--set KEY=VALUE,…] [--threads N] [--smoke]
// Fits a sparse Gaussian process as a fit file says, as `pestle fit` does, and writes errors by config_type, times and memory. Without --test the test
// structures are those that the file splits off, by its seed. See docs/results/gap.md.
import { parseArgs } from "node:util";
import { assessPotential, createExecutor, fitFileSchema, loadData, readConfigFile, relocatePaths, resolveConfig, trainerOf } from "../../dist/index.js";
import { fail, processorSeconds, progress, thinned, writeResults } from "../recipes/run-tools.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: "string" },
    train: { type: "string" },
    test: { type: "string" },
    set: { type: "string", multiple: true }, // changes of the fit file
    threads: { type: "string", default: "2" },
    smoke: { type: "boolean", default: false }, // few structures and sparse points: shows that it runs, the numbers mean nothing
  },
});
if (positionals.length !== 1) fail(`${positionals.length} recipes are named; it must be one, such as examples/gap/iron.yaml`);
if (!values.json) fail("--json is missing: the file that gets the results");
const [recipe] = positionals;
const { smoke } = values;

const controller = new AbortController();
process.once("SIGINT", () => controller.abort());
const { signal } = controller;
try {
  await run();
} catch (error) {
  if (signal.aborted) {
    console.error("stopped");
    process.exitCode = 130;
  } else if (error.isUserError) fail(error.message);
  else throw error;
}

async function run() {
  const { data, model, fit, seed } = await readRecipe();
  const { train, test } = await readParts(data, seed);
  const request = { model: smoke ? withFewPoints(model) : model, fit, seed };
  const executor = await createExecutor({ threads: Number(values.threads) });
  try {
    const fitting = processorSeconds();
    const started = performance.now();
    const { model: potential, summary } = await trainerOf(model).train(request, train, executor, { signal, onProgress: progress() });
    const [fitSeconds, fitWallSeconds] = [fitting(), (performance.now() - started) / 1000];
    const predicting = processorSeconds();
    const tested = await assessPotential(potential, test, executor, { signal });
    const atomsPerSecond = test.nAtoms / predicting();
    const trained = await assessPotential(potential, train, executor, { signal });
    const result = {
      recipe, request, train: train.nStructures, test: test.nStructures, units: { energy: "eV/atom", forces: "eV/Å", virial: "eV/atom" },
      errors: { test: partsOf(tested), train: partsOf(trained) },
      sizes: summary.sizes, fitSeconds, fitWallSeconds, peakWasmBytes: summary.peakWasmBytes, atomsPerSecond,
    };
    print(result);
    writeResults(values.json, result);
  } finally {
    await executor.close();
  }
}

/** The fit file with what the command line changes; its paths start from the working directory. */
async function readRecipe() {
  const file = await readConfigFile(recipe);
  return resolveConfig(fitFileSchema, file, {
    assignments: values.set,
    values: (config) => {
      relocatePaths(config, recipe);
      if (values.train) config.data.train = values.train;
      if (values.test) {
        config.data.test = values.test;
        delete config.data.split;
      }
    },
  });
}

async function readParts(data, seed) {
  const { train, test } = await loadData(data, { seed, signal });
  if (!test) fail(`${recipe} splits off no test structures: give --test FILE, or --set data.split.test=0.2`);
  const unseen = withoutThoseOf(train, test);
  return smoke ? { train: thinned(train, 4), test: thinned(unseen, 2) } : { train, test: unseen };
}

/** The test structures whose atoms and cells are not those of a training structure: some files have structures twice. */
function withoutThoseOf(train, test) {
  const keyOf = ({ atomicNumbers, positions, cell }) => [atomicNumbers, positions, cell ?? []].map((numbers) => numbers.join(" ")).join(";");
  const known = new Set(Array.from(train, keyOf));
  const unseen = Array.from(test, keyOf).flatMap((key, i) => (known.has(key) ? [] : [i]));
  const repeated = test.nStructures - unseen.length;
  if (repeated > 0) console.error(`${repeated} of ${test.nStructures} test structures stand in the training data, too, and are left out`);
  return test.subset(unseen);
}

function withFewPoints(model) {
  const terms = model.terms.map((term) => ({ ...term, sparse: { method: term.sparse.method, count: Math.min(term.sparse.count, 8) } }));
  return { ...model, terms };
}

/** Errors of all structures, and of each group if there are several. */
function partsOf({ errors: { groups, total } }) {
  return (groups.length > 1 ? [...groups, total] : [total]).map(({ group, nStructures, nAtoms, energy, forces, virial }) => {
    // quantities without reference values are left out
    const known = Object.entries({ energy, forces, virial }).filter(([, { count }]) => count > 0);
    const errors = known.map(([quantity, { count, rmse, mae }]) => [quantity, { count, rmse, mae }]);
    return { name: group, structures: nStructures, atoms: nAtoms, ...Object.fromEntries(errors) };
  });
}

function print({ errors, sizes, fitSeconds, fitWallSeconds, peakWasmBytes, atomsPerSecond }) {
  for (const { name, structures, energy, forces, virial } of errors.test) {
    const perAtom = ({ rmse, mae }) => `${(1000 * rmse).toFixed(2)} (${(1000 * mae).toFixed(2)}) meV/atom`;
    const parts = [
      energy && `energy ${perAtom(energy)}`,
      forces && `forces ${(1000 * forces.rmse).toFixed(1)} (${(1000 * forces.mae).toFixed(1)}) meV/Å`,
      virial && `virial ${perAtom(virial)}`,
    ];
    console.log(`${name}, ${structures} structures: RMSE (MAE) ${parts.filter(Boolean).join("; ")}`);
  }
  const points = sizes.find(({ name }) => name === "nSparse").count;
  const memory = (peakWasmBytes / 1e9).toFixed(2);
  console.log(`${points} sparse points; fit ${fitSeconds.toFixed(0)} s of processor time, ${fitWallSeconds.toFixed(0)} s on the clock, ${memory} GB; ${atomsPerSecond.toFixed(0)} atoms/s with forces`);
}
