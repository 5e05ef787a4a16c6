// One evaluation of the objective kernel-distribution: all environments of silicon described by soap_turbo with n = l = 4 (50 features),
// then the kernel values between them and 3000 of them with a real ζ, their moments and histogram. `kernel-values` is the second part alone.
import { createDescriptor } from "../../dist/descriptors/index.js";
import { describeStructures } from "../../dist/environments/index.js";
import { createObjective, objectiveSchema } from "../../dist/tune/objectives/registry.js";
import { kernelDistribution } from "../../dist/analysis/kernel-distribution/distribution.js";

const ZETA = 4.7;
const term = {
  descriptor: {
    type: "soap-turbo", basis: "poly3gauss", nMax: 4, lMax: 4, cutoff: { radius: 5, soft: 4.5 },
    sigmaRadial: 0.5, sigmaAngular: 0.5, sigmaRadialScaling: 0.1, sigmaAngularScaling: 0.1,
  },
  kernel: { type: "dot-product", zeta: ZETA, delta: 1 },
};

/** Mean, standard deviation and skewness of the kernels of a few structures, by the definition. */
async function verifyAgainstDefinition({ executor, verifyClose }, dataset) {
  const few = dataset.subset([0, 1, 2]);
  const rows = [];
  for await (const { nRows, values } of describeStructures(executor, createDescriptor(term.descriptor), few, { species: few.species() })) {
    for (let i = 0; i < nRows; i++) rows.push(values.slice((i * values.length) / nRows, ((i + 1) * values.length) / nRows));
  }
  const kernels = [];
  rows.forEach((x, i) => rows.forEach((y, j) => i !== j && kernels.push(x.reduce((sum, value, f) => sum + value * y[f], 0) ** ZETA)));
  const moment = (center, power) => kernels.reduce((sum, k) => sum + (k - center) ** power, 0) / kernels.length;
  const mean = moment(0, 1);
  const std = Math.sqrt(moment(mean, 2));
  const found = await kernelDistribution(few, term, executor);
  verifyClose([found.mean, found.std, found.skewness], [mean, std, moment(mean, 3) / std ** 3], 1e-10, "mean, std and skewness");
}

async function evaluateOn(context, threads) {
  const { smoke, data, measureBoth, createExecutor, verify } = context;
  const dataset = await data.si();
  await verifyAgainstDefinition(context, dataset);
  const executor = await createExecutor({ threads });
  try {
    const options = objectiveSchema.parse({ type: "kernel-distribution", references: smoke ? 100 : 3000 });
    const objective = createObjective(options, { train: dataset }, executor, { seed: 1 });
    const candidate = (sigmaRadial) => ({ model: { type: "sparse-gp", terms: [{ ...term, descriptor: { ...term.descriptor, sigmaRadial }, sparse: { method: "random", count: 10 } }] }, fit: {}, seed: 1 });
    let sigma = 0.5;
    let pairs = 0;
    // Another width each time: a particle of a swarm needs descriptors of its own, the neighbor lists of the cutoff are there.
    const times = await measureBoth(async () => ({ metrics: { pairs } } = await objective.evaluate(candidate((sigma += 1e-3)), { executor })), { minimumRuns: 4 });
    objective.release();
    verify(pairs > 0, "kernel values were looked at");
    const wasmBytes = executor.pool.peakBytes;
    return { count: 1, ...times, threads, pairs, wasmBytes, nsPerKernelValue: (times.cpuSeconds * 1e9) / pairs, verified: true };
  } finally {
    await executor.close();
  }
}

/** The same descriptors again and again: products, powers, moments and histogram. */
async function kernelValues(context) {
  const { executor, smoke, data, measureBoth } = context;
  const dataset = await data.si();
  await verifyAgainstDefinition(context, dataset);
  const objective = createObjective(objectiveSchema.parse({ type: "kernel-distribution", references: smoke ? 100 : 3000 }), { train: dataset }, executor, { seed: 1 });
  const candidate = (zeta) => ({ model: { type: "sparse-gp", terms: [{ ...term, kernel: { ...term.kernel, zeta }, sparse: { method: "random", count: 10 } }] }, fit: {}, seed: 1 });
  let zeta = ZETA;
  let pairs = 0;
  const times = await measureBoth(async () => ({ metrics: { pairs } } = await objective.evaluate(candidate((zeta += 1e-3)), { executor })), { minimumRuns: 4 });
  objective.release();
  const nFeatures = createDescriptor(term.descriptor).featureCount(dataset.species());
  return { count: pairs, ...times, flops: 2 * pairs * nFeatures, nsPerKernelValue: (times.cpuSeconds * 1e9) / pairs, verified: true };
}

export const cases = [
  { name: "kernel-distribution-si", unit: "particle", run: (context) => evaluateOn(context, 1) },
  { name: "kernel-distribution-si-2-threads", unit: "particle", run: (context) => evaluateOn(context, 2) },
  { name: "kernel-values-si", unit: "kernel value", run: kernelValues },
];
