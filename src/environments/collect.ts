import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import type { DescriptorTables } from "../descriptors/descriptor.js";
import type { DescribedStructures } from "./cache/environment-cache.js";
import { type DescribePiece, describeTask } from "./describe-task.js";
import { copyGeometry } from "./environments.js";
import { defineTask } from "../parallel/task.js";
import type { Dataset } from "../structures/dataset.js";
import type { Pointer } from "../wasm/memory.js";
import { sampleIndices } from "../math/sampling.js";
import type { WorkContext } from "../parallel/work-context.js";

/** An environment of the data: structure and atom in it, both from 0. */
export interface EnvironmentSource {
  /** Position in the data set. */
  readonly structure: number;
  /** Position in the structure. */
  readonly atom: number;
}

/**
 * All atoms of the given species (atomic numbers; null: any), in the order of the data; a seeded sample if they are more than `limit`.
 * @param includes whether a structure counts; default: all do
 */
export function listEnvironments(
  dataset: Dataset,
  centers: readonly number[] | null,
  limit: number,
  random: RandomGenerator,
  includes: (structure: number) => boolean = () => true,
): EnvironmentSource[] {
  const all: EnvironmentSource[] = [];
  for (let structure = 0; structure < dataset.nStructures; structure++) {
    if (!includes(structure)) continue;
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
  await executor.submit(gatherTask, { rows, nFeatures: described.tables.nFeatures, out }, { signal, label: "environments to choose sparse points from" });
}

/** Computes the descriptors of some environments, in the order given (by structure), into f64 [environments × nFeatures]. */
export async function collectDescriptors(
  dataset: Dataset,
  environments: readonly EnvironmentSource[],
  tables: DescriptorTables,
  out: Pointer,
  { executor, signal, onProgress }: WorkContext,
): Promise<void> {
  const inputs: { tables: DescriptorTables; pieces: DescribePiece[] }[] = [];
  for (let first = 0, last = 0; first < environments.length; first = last) {
    const { structure } = environments[first];
    while (last < environments.length && environments[last].structure === structure) last++;
    const centers = Int32Array.from(environments.slice(first, last), ({ atom }) => atom);
    const values = out + 8 * first * tables.nFeatures;
    inputs.push({ tables, pieces: [{ of: { geometry: copyGeometry(dataset.structure(structure)), centers }, values, state: 0 }] });
  }
  let done = 0;
  await executor.map(describeTask, inputs, {
    signal,
    onDone: () => onProgress?.({ stage: "describe training data", done: ++done, total: inputs.length, unit: "structures" }),
  });
}
