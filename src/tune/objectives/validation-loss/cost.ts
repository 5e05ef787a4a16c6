import { attachPotential } from "../../../models/registry.js";
import { copyGeometry } from "../../../environments/environments.js";
import type { Geometry } from "../../../environments/geometry.js";
import type { Potential, PotentialTables } from "../../../models/potential.js";
import { defineTask } from "../../../parallel/task.js";
import type { Executor } from "../../../parallel/executor.js";
import type { Dataset } from "../../../structures/dataset.js";
import { shuffledOrder } from "../../../structures/split.js";

/** Structures are taken until they have this many atoms: about a millisecond, less than a time slice of the system. */
const SAMPLE_ATOMS = 64;
const REPEATS = 15;

interface CostInput {
  readonly tables: PotentialTables;
  readonly geometries: readonly Geometry[];
}

const costTask = defineTask("tune/measure-cost", ({ wasm, scratch }, { tables, geometries }: CostInput): number => {
  const evaluator = attachPotential(wasm, tables);
  let shortest = Number.POSITIVE_INFINITY;
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    // wall time: the processor time of a thread, where Node.js tells it, has too coarse a grain
    const start = performance.now();
    for (const geometry of geometries) evaluator.evaluate(geometry, { want: { forces: true } }, scratch);
    shortest = Math.min(shortest, performance.now() - start);
  }
  return shortest;
});

/** A seeded sample of structures that costs are measured on. */
export function costSample(dataset: Dataset, seed: number): Geometry[] {
  const sample: Geometry[] = [];
  let atoms = 0;
  for (const index of shuffledOrder(dataset, Array.from({ length: dataset.nStructures }, (_, i) => i), { seed, stratify: true })) {
    if (atoms >= SAMPLE_ATOMS) break;
    sample.push(copyGeometry(dataset.structure(index)));
    atoms += dataset.atomCount(index);
  }
  return sample;
}

/**
 * Time of energy and forces on one thread, µs/atom: the shortest of several repeats, which work beside it disturbs least. The one
 * number of a search that is not the same the next time.
 */
export async function measureCost(potential: Potential, sample: readonly Geometry[], executor: Executor, signal?: AbortSignal): Promise<number> {
  const { tables, release } = potential.prepare(executor.wasm, executor.pool, { forces: true });
  try {
    const milliseconds = await executor.submit(costTask, { tables, geometries: sample }, { signal, label: "cost of a candidate" });
    return (1e3 * milliseconds) / sample.reduce((sum, { atomicNumbers }) => sum + atomicNumbers.length, 0);
  } finally {
    release();
  }
}
