// node examples/composable/run.mjs [--data FOLDER] [--out FOLDER] [--page FILE] [--threads N] [--smoke]
// Composed potentials as published, trained on niobium: errors, Fisher information, and the paper's claims, tested. The output folder keeps a file of
// every potential; what it has of an earlier run with the same recipe is not computed again. See docs/results/composable.md.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createExecutor } from "../../dist/index.js";
import { fail, writeResults } from "../recipes/run-tools.mjs";
import { writeTables } from "../recipes/tables.mjs";
import { claimsOf } from "./claims.mjs";
import { readData, sampleOf } from "./data.mjs";
import { figuresOf } from "./figures.mjs";
import { instabilityOf } from "./instability.mjs";
import { isProduct, recipeOf } from "./models.mjs";
import { spectraOf } from "./spectra.mjs";
import { pageTables } from "./tables.mjs";
import { trainAndTest } from "./train.mjs";

const { values } = parseArgs({
  options: {
    data: { type: "string" }, // with Nb_nbmotaw_train.xyz.gz and Nb_nbmotaw_test.xyz.gz; for --smoke Si_train.xyz.gz and Si_test.xyz.gz, default examples/data
    out: { type: "string", default: "out/composable" },
    page: { type: "string" }, // gets the tables between its marks
    threads: { type: "string", default: "2" },
    smoke: { type: "boolean", default: false }, // few structures and small potentials: shows that it runs, the numbers mean nothing
  },
});
const { smoke } = values;
const folder = values.data ?? (smoke ? join(dirname(fileURLToPath(import.meta.url)), "..", "data") : fail("--data is missing: the folder with Nb_nbmotaw_train.xyz.gz and Nb_nbmotaw_test.xyz.gz; --smoke needs none"));
const recipe = recipeOf(smoke);
const out = smoke ? `${values.out}-smoke` : values.out;
mkdirSync(out, { recursive: true });

const controller = new AbortController();
process.once("SIGINT", () => controller.abort());
const { signal } = controller;
const { train, test } = await readData(folder, smoke);
const sample = sampleOf(train, recipe.sampleEvery);
const executor = await createExecutor({ threads: Number(values.threads) });
const steps = [...recipe.names.map((name) => ({ kind: "potential", name, compute: computePotential })), ...recipe.bipartite.map((name) => ({ kind: "bipartite", name, compute: computeBipartite }))];
try {
  const results = { potential: [], bipartite: [] };
  const tell = estimator(steps);
  for (const [k, { kind, name, compute }] of steps.entries()) {
    const began = performance.now();
    const kept = read(kind, name);
    const seconds = () => (performance.now() - began) / 1000;
    results[kind].push(kept ?? write(kind, name, { ...(await compute(name)), wallSeconds: seconds() }));
    if (!kept) tell(k, seconds());
  }
  finish(results);
  await drawFigures();
} catch (error) {
  if (signal.aborted) {
    console.error("stopped; potentials that are done are kept");
    process.exitCode = 130;
  } else if (error.isUserError) fail(error.message);
  else throw error;
} finally {
  await executor.close();
}

async function computePotential(name) {
  const { model, record } = await trainAndTest(name, recipe, { train, test }, executor, { signal });
  const fisher = await spectraOf(model, { train, sample }, executor);
  return { ...record, fisher, instability: await instabilityOf(model, name, recipe, { train, test }, executor, signal) };
}

async function computeBipartite(name) {
  const { record } = await trainAndTest(name, recipe, { train, test }, executor, { method: "bipartite", bipartite: recipe.bipartiteFit, signal });
  return record;
}

/** Tells what is done and how long the rest may take, from the seconds of the steps that were computed. */
function estimator(all) {
  const weights = all.map(({ kind, name }) => (kind === "bipartite" ? 4 : 1) * (isProduct(name) || name.includes("N[") ? 4 : 1));
  let [spent, done] = [0, 0];
  return (k, seconds) => {
    spent += seconds;
    done += weights[k];
    const left = (spent / done) * weights.slice(k + 1).reduce((sum, own) => sum + own, 0);
    console.error(`${k + 1}/${all.length} ${all[k].name}${all[k].kind === "bipartite" ? ", bipartite" : ""}: ${seconds.toFixed(0)} s, about ${Math.ceil(left / 60)} min left`);
  };
}

function finish({ potential: potentials, bipartite }) {
  const count = (dataset) => ({ structures: dataset.nStructures, atoms: dataset.nAtoms, groups: Object.fromEntries([...new Set(dataset.configTypes)].map((group) => [group, dataset.configTypes.filter((own) => own === group).length])) });
  const measured = { recipe, data: { train: count(train), test: count(test), sample: count(sample) }, potentials, bipartite };
  writeResults(join(out, "results.json"), { ...measured, claims: claimsOf(measured) });
  const tables = pageTables(written());
  writeFileSync(join(out, "tables.md"), tables);
  console.log(tables);
  if (values.page && !smoke) writeTables(values.page, tables);
}

/** As they are in the file, so that tables are the same when they are made from it again. */
function written() {
  return JSON.parse(readFileSync(join(out, "results.json"), "utf8"));
}

async function drawFigures() {
  for (const [name, svg] of Object.entries(await figuresOf(written()))) writeFileSync(join(out, `${name}.svg`), svg);
}

/** undefined where there is none of this recipe */
function read(kind, name) {
  const path = pathOf(kind, name);
  if (!existsSync(path)) return undefined;
  const { digest, ...result } = JSON.parse(readFileSync(path, "utf8"));
  return digest === digestOf(kind, name) ? result : undefined;
}

function write(kind, name, result) {
  writeResults(pathOf(kind, name), { digest: digestOf(kind, name), ...result });
  return read(kind, name);
}

function digestOf(kind, name) {
  const { radius, fit, halves, sampleEvery, bipartiteFit } = recipe;
  return createHash("sha256").update(JSON.stringify([kind, name, { radius, fit, halves, sampleEvery, bipartiteFit }, train.nAtoms, test.nAtoms])).digest("hex").slice(0, 16);
}

function pathOf(kind, name) {
  return join(out, `${kind}-${name.replaceAll(/[^\w+]+/g, "-")}.json`);
}
