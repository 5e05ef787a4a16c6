import { describeStructures } from "../../environments/describe-structures.js";
import { NumericalError } from "../../errors.js";
import { seededRandom } from "../../math/random.js";
import { sampleIndices } from "../../math/sampling.js";
import { cur } from "../../select/cur.js";
import { farthestPoints } from "../../select/farthest-point.js";
import type { KernelFitJob } from "./job.js";
import type { SparseKernelOptions } from "./schema.js";

/** Chooses structures by the rows of the first term, of several atoms by their mean. Ascending. */
export async function chooseLandmarks(job: KernelFitJob, { method, count }: SparseKernelOptions): Promise<Int32Array> {
  const { executor, options, data, signal, onProgress, terms } = job;
  const { nStructures } = data.dataset;
  const random = seededRandom(options.seed);
  if (count >= nStructures) return Int32Array.from({ length: nStructures }, (_, i) => i);
  if (method === "random") return sampleIndices(nStructures, count, random);
  const nFeatures = terms[0].descriptor.featureCount(data.species);
  const region = executor.pool.allocate(8 * nStructures * nFeatures, "rows to choose landmarks from");
  try {
    await meanRows(job, executor.wasm.f64(region.pointer, nStructures * nFeatures), nFeatures);
    const choices = { values: region.pointer, count: nStructures, nFeatures };
    const context = { executor, signal, onProgress };
    return (method === "cur" ? await cur(choices, count, random, context) : await farthestPoints(choices, count, random, context)).sort();
  } finally {
    executor.pool.release(region);
  }
}

/** @param means f64 [nStructures × nFeatures], out */
async function meanRows({ executor, data: { dataset, species }, signal, onProgress, terms: [{ descriptor, centers, isWhole }] }: KernelFitJob, means: Float64Array, nFeatures: number): Promise<void> {
  means.fill(0);
  const counts = new Int32Array(dataset.nStructures);
  const selection = { species, centers: centers && !isWhole ? { species: centers } : undefined, signal };
  for await (const { nRows, values, frames } of describeStructures(executor, descriptor, dataset, selection)) {
    for (let row = 0; row < nRows; row++) {
      const to = frames[row] * nFeatures;
      counts[frames[row]]++;
      for (let f = 0; f < nFeatures; f++) means[to + f] += values[row * nFeatures + f];
    }
    onProgress?.({ stage: "describe training data", done: frames[nRows - 1] + 1, total: dataset.nStructures, unit: "structures" });
  }
  for (let structure = 0; structure < dataset.nStructures; structure++) {
    const own = means.subarray(structure * nFeatures, (structure + 1) * nFeatures);
    for (let f = 0; f < nFeatures; f++) own[f] /= Math.max(1, counts[structure]);
    if (!own.every(Number.isFinite)) throw new NumericalError(`${dataset.labels[structure]}: ${descriptor.name} has a feature that is not finite: look at its positions, or leave it out`);
  }
}
