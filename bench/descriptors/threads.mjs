// Values of silicon on two threads of one memory, beside the same tasks on one: SOAP (case A), the bispectrum (2J = 8), symmetry functions.
import { Arena } from "../../dist/wasm/memory.js";
import { describeTask } from "./describe-task.mjs";
import { prepareDescriptor, verifyDescriptor } from "./descriptor-run.mjs";
import { directAcsf, functions24 } from "./direct-acsf.mjs";
import { directBispectrum } from "./direct-bispectrum.mjs";
import { directSoap } from "./direct-soap.mjs";

const soap = { type: "soap", nMax: 8, lMax: 6, sigma: 0.5, cutoff: { radius: 5, function: "cosine", width: 0.5 } };
const bispectrum = { type: "bispectrum", twoJMax: 8, rcutfac: 5 };
/** Structures per task: about five milliseconds, so that handing out a task (30 µs) does not count. */
const PER_TASK = 16;
/** Passes over the data set in one measurement: throughput, not the start and the last task of 65 ms of work. */
const PASSES = 4;

/** Tasks over all structures, pass after pass; each has its own place for its results, since two threads may be at the same structures. */
function tasksOf({ wasm, pool }, { batches, evaluator, tables, nCenters }) {
  const sizeOf = ({ nCenters: count }) => count * evaluator.tables.nFeatures;
  const out = new Arena(pool.allocate(PASSES * (8 * nCenters * evaluator.tables.nFeatures + batches.length * 64) + 1024, "fingerprints"));
  const parts = Array.from({ length: PASSES }, () => batches.map((batch) => ({ batch, out: out.f64(sizeOf(batch)) })));
  const inputs = parts.flatMap((ofPass) => Array.from({ length: Math.ceil(ofPass.length / PER_TASK) }, (_, k) => ({ tables, parts: ofPass.slice(k * PER_TASK, (k + 1) * PER_TASK) })));
  const total = () => parts.flat().map(({ batch, out: at }) => wasm.f64(at, sizeOf(batch)).reduce((sum, x) => sum + x, 0));
  return { inputs, total };
}

async function timeOn(context, dataset, parameters, direct, threads) {
  const executor = await context.createExecutor({ threads, taskModules: [new URL("describe-task.mjs", import.meta.url).href] });
  try {
    const prepared = prepareDescriptor(executor, dataset, parameters);
    verifyDescriptor(context, executor, prepared, { direct });
    const { inputs, total } = tasksOf(executor, prepared);
    const times = await context.measureBoth(() => executor.map(describeTask, inputs));
    return { ...times, nCenters: PASSES * prepared.nCenters, sums: total() };
  } finally {
    await executor.close();
  }
}

const variants = [
  ["soap-a-si-values-2-threads", soap, directSoap],
  ["bispectrum-8-si-values-2-threads", bispectrum, directBispectrum],
  ["acsf-si-values-2-threads", functions24, directAcsf],
];

export const cases = variants.map(([name, parameters, direct]) => ({
  name,
  unit: "environment",
  async run(context) {
    const dataset = await context.data.si();
    const one = await timeOn(context, dataset, parameters, direct, 1);
    const two = await timeOn(context, dataset, parameters, direct, 2);
    context.verify(one.sums.every((sum, i) => sum === two.sums[i]), "the same bits on one and on two threads");
    const { seconds, cpuSeconds, nCenters } = two;
    return { count: nCenters, seconds, cpuSeconds, threads: 2, speedup: one.seconds / seconds, verified: true };
  },
}));
