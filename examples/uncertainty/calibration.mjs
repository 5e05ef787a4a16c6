// node examples/uncertainty/calibration.mjs --data FOLDER [--elements Si,Mo] [--models gp,snap,…] [--output FOLDER] [--page FILE] [--threads N] [--smoke]
// Error bars of several models before and after calibration, judged by test data that neither fit nor calibration has seen. The output folder keeps a
// file of every model; what it has of an earlier run with the same recipe is not computed again. See docs/results/calibration.md.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { assessPotential, barBins, createExecutor, errorsWithBars, readDataset, splitDataset, trainCommittee, trainerOf } from "../../dist/index.js";
import { chosen, fail, processorSeconds, thinned, writeResults } from "../recipes/run-tools.mjs";
import { writeTables } from "../recipes/tables.mjs";
import { calibrationsOf, judge, ranking } from "./judgement.mjs";
import { digestOf, elements, models, requestOf, split } from "./models.mjs";
import { binFigure, coverageFigure, tablesOf } from "./tables.mjs";

const { values } = parseArgs({
  options: {
    data: { type: "string" }, // with Si_train.xyz.gz, Si_test.xyz.gz, …
    elements: { type: "string", default: Object.keys(elements).join(",") },
    models: { type: "string", default: models.map(({ key }) => key).join(",") },
    output: { type: "string", default: "out/calibration" },
    page: { type: "string" }, // gets the tables between its marks
    threads: { type: "string", default: "2" },
    smoke: { type: "boolean", default: false }, // few structures and small models: shows that it runs, the numbers mean nothing
  },
});
if (!values.data) fail("--data is missing: the folder with Si_train.xyz.gz, Si_test.xyz.gz, …");
const { smoke } = values;
const output = smoke ? `${values.output}-smoke` : values.output;
const wanted = chosen("model", values.models, models.map(({ key }) => key));
mkdirSync(output, { recursive: true });

const controller = new AbortController();
process.once("SIGINT", () => controller.abort());
const { signal } = controller;
try {
  for (const element of chosen("element", values.elements, Object.keys(elements))) await runElement(element);
} catch (error) {
  if (signal.aborted) {
    console.error("stopped; models that are done are kept");
    process.exitCode = 130;
  } else if (error.isUserError) fail(error.message);
  else throw error;
}
const results = Object.keys(elements).flatMap((element) => models.flatMap((model) => read(element, model) ?? []));
const tables = tablesOf(results);
writeFileSync(join(output, "tables.md"), tables);
console.log(tables);
if (results.length > 0) {
  writeFileSync(join(output, "bins.svg"), await binFigure(results));
  writeFileSync(join(output, "coverage.svg"), await coverageFigure(results));
}
if (values.page && !smoke && process.exitCode !== 130) writeTables(values.page, tables);

async function runElement(element) {
  const missing = models.filter((model) => wanted.includes(model.key) && !read(element, model));
  if (missing.length === 0) return;
  const whole = await readDataset(join(values.data, `${element}_train.xyz.gz`));
  const { train, validation } = splitDataset(smoke ? thinned(whole, 5) : whole, split);
  const test = await readDataset(join(values.data, `${element}_test.xyz.gz`));
  const parts = { train, validation: smoke ? test : validation, test: smoke ? thinned(test, 2) : test };
  for (const model of missing) {
    const result = { element, model: model.key, digest: digestOf(model, element, { smoke }), ...(await runModel(model, element, parts)) };
    writeResults(pathOf(element, model), result);
    const { forces } = result;
    console.error(`${element} ${model.key}: fit ${result.fitSeconds.toFixed(1)} s; forces × ${forces.calibrations.floor.factor.toPrecision(3)}, rank correlation ${forces.ranking.rankCorrelation.toFixed(2)}`);
  }
}

async function runModel(model, element, { train, validation, test }) {
  const { request, committee } = requestOf(model, element, { smoke });
  const executor = await createExecutor({ threads: Number(values.threads) });
  try {
    const fitting = processorSeconds();
    const trainer = trainerOf(request.model);
    const { model: fitted } = committee ? await trainCommittee(trainer, request, train, executor, committee, { signal }) : await trainer.train(request, train, executor, { signal });
    const fitSeconds = fitting();
    const { calibration, ...provenance } = fitted.provenance;
    const plain = fitted.withProvenance(provenance);
    const barsOf = async (dataset) => errorsWithBars((await assessPotential(plain, dataset, executor, { signal, errorBars: true, onlyReferences: true })).comparisons);
    const heldOut = await barsOf(validation);
    const predicting = processorSeconds();
    const tested = await barsOf(test);
    const predictSeconds = predicting();
    const counts = { train: train.nStructures, validation: validation.nStructures, test: test.nStructures, testAtoms: test.nAtoms };
    return { request, committee, counts, fitSeconds, predictSeconds, energy: judgeKind("energy", heldOut, tested, calibration), forces: judgeKind("forces", heldOut, tested, calibration) };
  } finally {
    await executor.close();
  }
}

/** Sizes by the test data alone; which are larger by all that was not fitted, because the test data has few energies. */
function judgeKind(kind, { [kind]: heldOut }, { [kind]: tested }, outOfBag) {
  const calibrations = { ...calibrationsOf(heldOut), ...(outOfBag?.[kind] && { outOfBag: { factor: outOfBag[kind], floor: outOfBag[`${kind}Floor`] ?? 0 } }) };
  const both = { errors: [...heldOut.errors, ...tested.errors], bars: [...heldOut.bars, ...tested.bars] };
  const { factor, floor } = calibrations.floor;
  const judged = Object.fromEntries(Object.entries(calibrations).map(([name, scale]) => [name, judge(tested, scale)]));
  const bins = barBins(tested.bars.map((bar) => Math.hypot(factor * bar, floor)), tested.errors);
  return { testError: Math.sqrt(tested.errors.reduce((sum, error) => sum + error ** 2, 0) / tested.errors.length), calibrations: judged, ranking: ranking(both, calibrations.floor), bins };
}

/** undefined where there is none of this recipe */
function read(element, model) {
  const path = pathOf(element, model);
  if (!existsSync(path)) return undefined;
  const result = JSON.parse(readFileSync(path, "utf8"));
  return result.digest === digestOf(model, element, { smoke }) ? result : undefined;
}

function pathOf(element, { key }) {
  return join(output, `${element}-${key}.json`);
}
