// node examples/molecules/run.mjs --train FILE[@FROM:TO] --test FILE[@FROM:TO] --json OUT [--degrees 11,10,10,9] [--cutoff 6] [--threads N] [--smoke]
// A linear ACE for one molecule, whichever it is: the basis follows from the species and from how many neighbors of each there are. Structures FROM to
// TO of a file, from 0, TO not included; errors for every config_type of the test file. See docs/results/molecules.md.
import { renameSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { assessPotential, createExecutor, readDataset, trainerOf } from "../../dist/index.js";
import { modelOf } from "./model.mjs";

const { values } = parseArgs({
  options: {
    train: { type: "string" },
    test: { type: "string" },
    json: { type: "string" },
    degrees: { type: "string", default: "11,10,10,9" }, // of orders 1, 2, 3, …
    cutoff: { type: "string", default: "6" }, // Å
    threads: { type: "string", default: "2" },
    smoke: { type: "boolean", default: false }, // a small basis: shows that it runs, the numbers mean nothing
  },
});
for (const key of ["train", "test", "json"]) if (!values[key]) fail(`--${key} is missing: --train FILE --test FILE --json OUT`);
const degrees = (values.smoke ? "6,5,4" : values.degrees).split(",").map(Number);
if (!degrees.every((degree) => Number.isInteger(degree) && degree > 0)) fail(`--degrees ${values.degrees}: whole numbers with commas between them, one for each order`);

const train = await readPart(values.train);
const test = await readPart(values.test);
const request = {
  model: modelOf(train, degrees, Number(values.cutoff)),
  // eV/atom and eV/Å: the evidence finds their scale, so that only the ratio counts
  fit: { sigma: { energy: 0.001, forces: 0.02 }, prior: { scale: "smoothness" }, errorBars: false },
};

const controller = new AbortController();
process.once("SIGINT", () => controller.abort());
const executor = await createExecutor({ threads: Number(values.threads) });
try {
  const processor = processorSeconds();
  const started = performance.now();
  const { model, summary } = await trainerOf(request.model).train(request, train, executor, { signal: controller.signal, onProgress: progress() });
  const [fitSeconds, fitWallSeconds] = [processor(), (performance.now() - started) / 1000];
  const predicting = processorSeconds();
  const { errors } = await assessPotential(model, test, executor);
  const atomsPerSecond = test.nAtoms / predicting();
  const nAtoms = train.nAtoms / train.nStructures;
  const parts = (errors.groups.length > 0 ? errors.groups : [errors.total]).map((part) => ({
    name: part.name ?? "all",
    energy: inMilli(part.energy, nAtoms), // meV: of the molecule, not per atom
    forces: inMilli(part.forces, 1), // meV/Å
  }));
  for (const { name, energy, forces } of parts) {
    console.log(`${name}: energy ${energy.mae.toFixed(2)} meV (RMSE ${energy.rmse.toFixed(2)}), forces ${forces.mae.toFixed(2)} meV/Å (RMSE ${forces.rmse.toFixed(2)})`);
  }
  const columns = summary.sizes.find(({ name }) => name === "rank").count;
  console.log(`${columns} columns; fit ${fitSeconds.toFixed(0)} s of processor time, ${fitWallSeconds.toFixed(0)} s on the clock; ${atomsPerSecond.toFixed(0)} atoms/s with forces`);
  const json = { ...request, train: train.nStructures, test: test.nStructures, units: { energy: "meV", forces: "meV/Å" }, parts, columns, fitSeconds, fitWallSeconds, peakWasmBytes: summary.peakWasmBytes, atomsPerSecond };
  writeFileSync(`${values.json}.part`, `${JSON.stringify(json, (_, value) => (typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(8)) : value), 1)}\n`);
  renameSync(`${values.json}.part`, values.json);
} catch (error) {
  if (!controller.signal.aborted) throw error;
  console.error("stopped");
  process.exitCode = 130;
} finally {
  await executor.close();
}

/** FILE or FILE@FROM:TO */
async function readPart(text) {
  const [, file, from = "0", to] = /^(.*?)(?:@(\d+):(\d+))?$/u.exec(text);
  const all = await readDataset(file);
  const [first, end] = [Number(from), Math.min(Number(to ?? all.nStructures), all.nStructures)];
  if (first >= end) fail(`${text}: the file has ${all.nStructures} structures`);
  return all.subset(Array.from({ length: end - first }, (_, i) => first + i));
}

function inMilli({ mae, rmse }, factor) {
  return { mae: 1000 * factor * mae, rmse: 1000 * factor * rmse };
}

/** A line for every tenth of a stage. */
function progress() {
  let last = "";
  return ({ stage, done, total }) => {
    const line = total ? `${stage}: ${Math.floor((10 * done) / total) * 10} %` : stage;
    if (line !== last) console.error(line);
    last = line;
  };
}

/** Of all threads of this process. */
function processorSeconds() {
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  };
}

function fail(message) {
  console.error(`error: ${message}`);
  process.exit(2);
}
