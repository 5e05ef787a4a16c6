// node examples/optimal-bases/run.mjs --data FOLDER [--parts sizes,accuracy,kernel] [--elements Li,Ni,Mo,Si] [--families full,kept] [--output FOLDER] [--page FILE] [--threads N] [--smoke]
// How many functions of the atomic cluster expansion are functionally independent, and what potentials on these are worth beside those on all. The
// output folder keeps a file of every basis; what it has of an earlier run with the same recipe is not computed again. See docs/results/optimal-bases.md.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { assessPotential, createExecutor, readDataset, trainerOf } from "../../dist/index.js";
import { chosen, fail, processorSeconds, thinned, writeResults } from "../recipes/run-tools.mjs";
import { writeTables } from "../recipes/tables.mjs";
import { basesOf, digestOf, elements, families, requestOf } from "./bases.mjs";
import { functionsOf } from "./functions.mjs";
import { kernelResults } from "./kernel.mjs";
import { sizesOf } from "./sizes.mjs";
import { accuracyFigure, sizeFigure, tablesOf } from "./tables.mjs";

const { values } = parseArgs({
  options: {
    data: { type: "string" }, // with Si_train.xyz.gz, Si_test.xyz.gz, …
    parts: { type: "string", default: "sizes,accuracy,kernel" },
    elements: { type: "string", default: Object.keys(elements).join(",") },
    families: { type: "string", default: families.map(({ key }) => key).join(",") },
    output: { type: "string", default: "out/optimal-bases" },
    page: { type: "string" }, // gets the tables between its marks
    threads: { type: "string", default: "2" },
    smoke: { type: "boolean", default: false }, // few structures and small bases: shows that it runs, the numbers mean nothing
  },
});
const { smoke } = values;
const parts = chosen("part", values.parts, ["sizes", "accuracy", "kernel"]);
if (parts.some((part) => part !== "sizes") && !values.data) fail("--data is missing: the folder with Si_train.xyz.gz, Si_test.xyz.gz, …; without it: --parts sizes");
const [wantedElements, wantedFamilies] = [chosen("element", values.elements, Object.keys(elements)), chosen("family", values.families, families.map(({ key }) => key))];
const output = smoke ? `${values.output}-smoke` : values.output;
mkdirSync(output, { recursive: true });

const controller = new AbortController();
process.once("SIGINT", () => controller.abort());
const { signal } = controller;
const executor = await createExecutor({ threads: Number(values.threads) });
try {
  if (parts.includes("sizes") && !existsSync(sizesPath())) writeResults(sizesPath(), await sizesOf(executor, { smoke, signal }));
  if (parts.includes("accuracy")) for (const element of wantedElements) await runElement(element);
  if (parts.includes("kernel")) for (const element of wantedElements.filter((own) => !existsSync(kernelPath(own)))) await runKernel(element);
} catch (error) {
  if (signal.aborted) {
    console.error("stopped; bases that are done are kept");
    process.exitCode = 130;
  } else if (error.isUserError) fail(error.message);
  else throw error;
} finally {
  await executor.close();
}
const results = Object.keys(elements).flatMap((element) => families.flatMap((family) => basesOf(family, { smoke }).flatMap((basis) => read(element, family, basis) ?? [])));
const sizes = existsSync(sizesPath()) ? JSON.parse(readFileSync(sizesPath(), "utf8")) : undefined;
const kernels = Object.keys(elements).flatMap((element) => (existsSync(kernelPath(element)) ? JSON.parse(readFileSync(kernelPath(element), "utf8")) : []));
const tables = tablesOf(sizes, results, kernels);
writeFileSync(join(output, "tables.md"), tables);
writeResults(join(output, "results.json"), { sizes, accuracy: results, kernels });
console.log(tables);
if (sizes) writeFileSync(join(output, "sizes.svg"), await sizeFigure(sizes));
if (results.length > 0) writeFileSync(join(output, "accuracy.svg"), await accuracyFigure(results));
if (values.page && !smoke && process.exitCode !== 130) writeTables(values.page, tables);

async function runElement(element) {
  const missing = families
    .filter(({ key }) => wantedFamilies.includes(key))
    .flatMap((family) => basesOf(family, { smoke }).map((basis) => ({ family, basis })))
    .filter(({ family, basis }) => !read(element, family, basis));
  if (missing.length === 0) return;
  const data = await dataOf(element);
  for (const { family, basis } of missing) {
    const chosen = await functionsOf(executor, family, basis);
    const result = { element, family: family.key, ...basis, digest: digestOf(element, family, basis, { smoke }), ...(await fitAndTest(requestOf(element, chosen), data)) };
    writeResults(pathOf(element, family, basis), result);
    const { functions, energy, forces, fitSeconds } = result;
    console.error(`${element} ${family.key} ${nameOf(basis)}: ${functions} functions, ${(1000 * energy.mae).toFixed(2)} meV/atom, ${forces.mae.toFixed(4)} eV/Å (MAE of the test), ${fitSeconds.toFixed(1)} s`);
  }
}

async function runKernel(element) {
  writeResults(kernelPath(element), await kernelResults(executor, element, await dataOf(element), { smoke, signal }));
}

async function dataOf(element) {
  const [train, test] = await Promise.all(["train", "test"].map((part) => readDataset(join(values.data, `${element}_${part}.xyz.gz`))));
  return smoke ? { train: thinned(train, 2), test: thinned(test, 1) } : { train, test };
}

async function fitAndTest(request, { train, test }) {
  const fitting = processorSeconds();
  const { model, summary } = await trainerOf(request.model).train(request, train, executor, { signal });
  const fitSeconds = fitting();
  const { errors: { total: { energy, forces } } } = await assessPotential(model, test, executor, { signal });
  const { errors: { total: trained } } = await assessPotential(model, train, executor, { signal });
  const both = (one) => ({ mae: one.mae, rmse: one.rmse });
  const functions = summary.sizes.find(({ name }) => name === "nCoefficients").count;
  return { functions, energy: both(energy), forces: both(forces), train: { energy: both(trained.energy), forces: both(trained.forces) }, fitSeconds };
}

/** undefined where there is none of this recipe */
function read(element, family, basis) {
  const path = pathOf(element, family, basis);
  if (!existsSync(path)) return undefined;
  const result = JSON.parse(readFileSync(path, "utf8"));
  return result.digest === digestOf(element, family, basis, { smoke }) ? result : undefined;
}

function pathOf(element, { key }, basis) {
  return join(output, `${element}-${key}-${nameOf(basis)}.json`);
}

function nameOf({ degree, seed }) {
  return seed === undefined ? `${degree}` : `${degree}-${seed}`;
}

function kernelPath(element) {
  return join(output, `${element}-kernel.json`);
}

function sizesPath() {
  return join(output, "sizes.json");
}
