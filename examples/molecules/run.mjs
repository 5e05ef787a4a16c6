// node examples/molecules/run.mjs --train FILE[@FROM:TO] --test FILE[@FROM:TO] --json OUT [--degrees 11,10,10,9] [--cutoff 6] [--threads N] [--smoke]
// A linear ACE for one molecule, whichever it is: the basis follows from the species and from how many neighbors of each there are. Structures FROM to
// TO of a file, from 0, TO not included; errors for every config_type of the test file. See docs/results/molecules.md.
import { parseArgs } from "node:util";
import { assessPotential, createExecutor, readDataset, trainerOf } from "../../dist/index.js";
import { fail, processorSeconds, progress, writeResults } from "../recipes/run-tools.mjs";
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

const controller = new AbortController();
process.once("SIGINT", () => controller.abort());
try {
  await run(await readPart(values.train), await readPart(values.test));
} catch (error) {
  if (controller.signal.aborted) {
    console.error("stopped");
    process.exitCode = 130;
  } else if (error.isUserError) fail(error.message);
  else throw error;
}

async function run(train, test) {
  const request = {
    model: modelOf(train, degrees, Number(values.cutoff)),
    // eV/atom and eV/Å: the evidence finds their scale, so that only the ratio counts
    fit: { sigma: { energy: 0.001, forces: 0.02 }, prior: { scale: "smoothness" }, errorBars: false },
  };
  const executor = await createExecutor({ threads: Number(values.threads) });
  try {
    const fitting = processorSeconds();
    const started = performance.now();
    const { model, summary } = await trainerOf(request.model).train(request, train, executor, { signal: controller.signal, onProgress: progress() });
    const [fitSeconds, fitWallSeconds] = [fitting(), (performance.now() - started) / 1000];
    const predicting = processorSeconds();
    const { errors } = await assessPotential(model, test, executor, { signal: controller.signal });
    const atomsPerSecond = test.nAtoms / predicting();
    const parts = (errors.groups.length > 1 ? errors.groups : [errors.total]).map(({ group, energy, forces, nAtoms, nStructures }) => ({
      name: group, // "total" where there is one only
      energy: inMilli(energy, nAtoms / nStructures), // meV: of the molecule, not per atom
      forces: inMilli(forces, 1), // meV/Å
    }));
    const columns = summary.sizes.find(({ name }) => name === "rank").count;
    for (const { name, energy, forces } of parts) {
      console.log(`${name}: energy ${energy.mae.toFixed(2)} meV (RMSE ${energy.rmse.toFixed(2)}), forces ${forces.mae.toFixed(2)} meV/Å (RMSE ${forces.rmse.toFixed(2)})`);
    }
    console.log(`${columns} columns; fit ${fitSeconds.toFixed(0)} s of processor time, ${fitWallSeconds.toFixed(0)} s on the clock; ${atomsPerSecond.toFixed(0)} atoms/s with forces`);
    writeResults(values.json, {
      ...request, train: train.nStructures, test: test.nStructures, units: { energy: "meV", forces: "meV/Å" },
      parts, columns, fitSeconds, fitWallSeconds, peakWasmBytes: summary.peakWasmBytes, atomsPerSecond,
    });
  } finally {
    await executor.close();
  }
}

/** FILE or FILE@FROM:TO */
async function readPart(text) {
  const [, file, from = "0", to] = /^(.*?)(?:@(\d+):(\d+))?$/u.exec(text);
  const all = await readDataset(file);
  const [first, end] = [Number(from), Math.min(Number(to ?? all.nStructures), all.nStructures)];
  if (first >= end) fail(`${text}: the file has ${all.nStructures} structures`);
  if (all.structure(first).pbc.some(Boolean)) fail(`${file} is periodic; the recipe is for molecules, whose neighbors are the atoms of the molecule`);
  return all.subset(Array.from({ length: end - first }, (_, i) => first + i));
}

function inMilli({ mae, rmse }, factor) {
  return { mae: 1000 * factor * mae, rmse: 1000 * factor * rmse };
}
