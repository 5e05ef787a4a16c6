import type { SpeciesList } from "../descriptors/descriptor.js";
import { type Executor, throwIfAborted } from "../parallel/executor.js";
import { defineTask, type TaskContext } from "../parallel/task.js";
import type { Structure } from "../structures/structure.js";
import { blockSizes, gatherBlocks } from "./block-parts.js";
import type { DescribeOptions } from "./describe-structures.js";
import type { StructurePart } from "./describe-task.js";
import { buildEnvironments, namingStructure } from "./environments.js";

/** Finds the shortest distance below a cutoff; the cutoff where there is none. */
export const shortestDistanceTask = defineTask(
  "environments/shortest-distance",
  (
    { wasm, scratch }: TaskContext,
    { parts, cutoff, species }: { readonly parts: readonly StructurePart[]; readonly cutoff: number; readonly species: SpeciesList },
  ): number => {
    let shortest = cutoff;
    for (const { geometry, centers } of parts) {
      const mark = scratch.mark();
      const range = { cutoff: shortest, species };
      const { batch } = namingStructure(geometry.label, () => buildEnvironments(wasm, scratch, geometry, range, centers));
      for (const distance of wasm.f64(batch.distances, batch.nPairs)) shortest = Math.min(shortest, distance);
      scratch.reset(mark);
    }
    return shortest;
  },
);

/**
 * The shortest distance of a center and another atom, or an image, in many structures; undefined where none is below the cutoff. The same for
 * any number of threads: what is known already only shortens the search.
 * @param cutoff Å
 * @throws as `describeStructures`
 */
export async function shortestDistance(
  executor: Executor,
  structures: AsyncIterable<Structure> | Iterable<Structure>,
  cutoff: number,
  { species, centers, signal }: DescribeOptions,
): Promise<number | undefined> {
  const sizes = blockSizes(1, executor.threads);
  let shortest = cutoff;
  const pending: Promise<void>[] = [];
  const search = async (parts: readonly StructurePart[]): Promise<void> => {
    const found = await executor.submit(shortestDistanceTask, { parts, cutoff: shortest, species }, { signal });
    shortest = Math.min(shortest, found);
  };
  try {
    for await (const parts of gatherBlocks(structures, "center", sizes, centers)) {
      throwIfAborted(signal);
      if (pending.length >= sizes.inFlight) await pending.shift();
      const done = search(parts.map(({ geometry, centers: chosen }) => ({ geometry, centers: chosen })));
      done.catch(() => undefined); // it is awaited in its turn
      pending.push(done);
    }
    await Promise.all(pending);
  } finally {
    await Promise.allSettled(pending);
  }
  return shortest < cutoff ? shortest : undefined;
}
