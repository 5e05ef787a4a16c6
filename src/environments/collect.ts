import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import { attachDescriptor } from "../descriptors/registry.js";
import type { DescriptorPlan } from "../descriptors/descriptor.js";
import { buildEnvironments, copyGeometry } from "./environments.js";
import type { DescribedStructures } from "./cache/environment-cache.js";
import type { Geometry } from "./geometry.js";
import { defineTask } from "../parallel/task.js";
import type { Dataset } from "../structures/dataset.js";
import type { Pointer } from "../wasm/memory.js";
import { sampleIndices } from "../math/sampling.js";
import type { WorkContext } from "../parallel/work-context.js";

/** An environment of the data: structure and atom in it, both from 0. */
export interface EnvironmentSource {
  readonly structure: number;
  readonly atom: number;
}

interface CollectInput {
  readonly descriptor: DescriptorPlan;
  readonly geometry: Geometry;
  readonly centers: Int32Array;
  readonly out: Pointer;
}

const collectTask = defineTask("environments/collect", ({ wasm, scratch }, input: CollectInput): null => {
  const { descriptor, geometry, centers, out } = input;
  const { batch } = buildEnvironments(wasm, scratch, geometry, descriptor, centers);
  const evaluator = attachDescriptor(wasm, descriptor);
  evaluator.values(batch, out, scratch.allocate(evaluator.stateBytes(centers.length)), scratch);
  return null;
});

/** All atoms of the given species (atomic numbers; null: any), in the order of the data; a seeded sample if they are more than `limit`. */
export function listEnvironments(
  dataset: Dataset,
  centers: readonly number[] | null,
  limit: number,
  random: RandomGenerator,
): EnvironmentSource[] {
  const all: EnvironmentSource[] = [];
  for (let structure = 0; structure < dataset.nStructures; structure++) {
    for (let atom = 0; atom < dataset.atomCount(structure); atom++) {
      const atomicNumber = dataset.atomicNumbers[dataset.offsets[structure] + atom];
      if (centers === null || centers.includes(atomicNumber)) all.push({ structure, atom });
    }
  }
  if (all.length <= limit) return all;
  return Array.from(sampleIndices(all.length, limit, random), (index) => all[index]);
}

/** Copies rows of nFeatures, consecutive ones at once. */
const gatherTask = defineTask("environments/gather", ({ wasm }, { rows, nFeatures, out }: { rows: Float64Array; nFeatures: number; out: Pointer }): null => {
  const rowBytes = 8 * nFeatures;
  for (let first = 0, last = 0; first < rows.length; first = last) {
    do last++;
    while (last < rows.length && rows[last] === rows[last - 1] + rowBytes);
    const count = (last - first) * nFeatures;
    wasm.f64(out + rowBytes * first, count).set(wasm.f64(rows[first], count));
  }
  return null;
});

/** Copies the descriptors of some environments from where they are known into f64 [environments × nFeatures]. */
export async function gatherDescriptors(
  environments: readonly EnvironmentSource[],
  described: DescribedStructures,
  out: Pointer,
  { executor, signal }: WorkContext,
): Promise<void> {
  const rows = Float64Array.from(environments, ({ structure, atom }) => described.vector(structure, atom));
  await executor.submit(gatherTask, { rows, nFeatures: described.plan.nFeatures, out }, { signal, label: "candidates for sparse points" });
}

/** Computes the descriptors of some environments, in the order given (by structure), into f64 [environments × nFeatures]. */
export async function collectDescriptors(
  dataset: Dataset,
  environments: readonly EnvironmentSource[],
  descriptor: DescriptorPlan,
  out: Pointer,
  { executor, signal, onProgress }: WorkContext,
): Promise<void> {
  const inputs: CollectInput[] = [];
  for (let first = 0, last = 0; first < environments.length; first = last) {
    const { structure } = environments[first];
    while (last < environments.length && environments[last].structure === structure) last++;
    inputs.push({
      descriptor,
      geometry: copyGeometry(dataset.structure(structure)),
      centers: Int32Array.from(environments.slice(first, last), ({ atom }) => atom),
      out: out + 8 * first * descriptor.nFeatures,
    });
  }
  let done = 0;
  await executor.map(collectTask, inputs, {
    signal,
    label: ({ geometry }) => geometry.label,
    onDone: () => onProgress?.({ stage: "describe training data", done: ++done, total: inputs.length, unit: "structures" }),
  });
}
