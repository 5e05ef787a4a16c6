// node bench/composed-training.mjs --train TRAIN.xyz [--test TEST.xyz] [--radius 5] [--threads 2] [--seed 1] [--method bipartite] [--fit '{…}'] [POTENTIAL …]: trains composed
// potentials and prints errors of forces and energies on both sets, the loss, and what it took. Without potentials: those of the table of bench/README.md.
import { parseArgs } from "node:util";
import { assessPotential, createExecutor, fitComposed, readDataset } from "../dist/index.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    train: { type: "string" }, test: { type: "string" }, radius: { type: "string", default: "5" }, threads: { type: "string", default: "2" }, seed: { type: "string", default: "1" },
    method: { type: "string", default: "variable-projection" }, fit: { type: "string", default: "{}" }, steps: { type: "boolean", default: false },
  },
});
const usual = ["G8", "C16", "E[G8 L4]", "N[E[G8 L4]]", "G8 x G8", "G8 x E[G8 L4]", "E[G8 L4] + N[E[G8 L4]]"];
const train = await readDataset(values.train);
const test = values.test === undefined ? undefined : await readDataset(values.test);
const executor = await createExecutor({ threads: Number(values.threads) });

async function errorsOn(model, dataset) {
  const { errors: { total } } = await assessPotential(model, dataset, executor);
  return [total.forces?.rmse, 1e3 * total.energy.rmse];
}

const show = (pair, digits) => pair.map((value) => (value === undefined ? "–" : value.toFixed(digits))).join(" / ");
console.log("| potential | linear, non-linear | forces, eV/Å | energies, meV/atom | loss | steps | s |\n|---|---|---|---|---|---|---|");
for (const potential of positionals.length > 0 ? positionals : usual) {
  const started = performance.now();
  const request = { model: { type: "composed", potential, cutoff: { radius: Number(values.radius) } }, fit: { method: values.method, ...JSON.parse(values.fit) }, seed: Number(values.seed) };
  const { model, summary } = await fitComposed(request, train, executor);
  const seconds = (performance.now() - started) / 1e3;
  const errors = [await errorsOn(model, train), ...(test ? [await errorsOn(model, test)] : [])];
  const sizes = summary.sizes.map(({ count }) => count).join(", ");
  const steps = summary.steps.reduce((sum, { count }) => sum + count, 0);
  console.log(`| ${potential} | ${sizes} | ${show(errors.map(([force]) => force), 4)} | ${show(errors.map(([, energy]) => energy), 2)} | ${summary.loss.toPrecision(7)} | ${steps} | ${seconds.toFixed(1)} |`);
  if (values.steps) for (const step of summary.steps) console.log(`    ${step.potential} ${step.step} ${step.loss.toPrecision(7)} ${step.count}`);
}
await executor.close();
