import { estimateNeighborListBytes, expectedNeighbors } from "../../neighbors/estimate.js";
import { defineTask } from "../../parallel/task.js";
import type { Executor } from "../../parallel/executor.js";
import type { Dataset } from "../../structures/dataset.js";
import { alignUp, Arena, type Region } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import { type AtomicEnvironments, buildEnvironments, copyGeometry, type EnvironmentRange, namingStructure } from "../environments.js";
import type { Geometry } from "../geometry.js";
import type { Cacheable } from "./byte-cache.js";
import type { CenterTable } from "./center-table.js";

/** Structures are put together until a task has this many centers. */
export const TASK_CENTERS = 256;
/** Of the arrays of one structure, each on cache lines of its own. */
const MINIMUM_BYTES = 9 * 64;

interface Piece {
  readonly geometry: Geometry;
  readonly centers: Int32Array;
}

interface ListInput {
  readonly range: EnvironmentRange;
  readonly pieces: readonly Piece[];
  readonly out: { readonly pointer: number; readonly bytes: number };
}

interface ListOutput {
  /** Of as many pieces as there was room for. */
  readonly environments: readonly AtomicEnvironments[];
  readonly bytes: number;
  /** Of the next piece, where there was no room for it. */
  readonly missingBytes: number;
}

const listTask = defineTask("environments/list", ({ wasm, scratch }, { range, pieces, out }: ListInput): ListOutput => {
  const arena = new Arena(out);
  const environments: AtomicEnvironments[] = [];
  let missingBytes = 0;
  for (const { geometry, centers } of pieces) {
    const mark = scratch.mark();
    const listed = namingStructure(geometry.label, () => buildEnvironments(wasm, scratch, geometry, range, centers));
    const bytes = bytesOf(listed);
    if (bytes > arena.bytesAvailable) {
      missingBytes = bytes;
      break;
    }
    environments.push(copyEnvironments(wasm, arena, listed));
    scratch.reset(mark);
  }
  return { environments, bytes: arena.mark() - arena.start, missingBytes };
});

function bytesOf({ batch: { nCenters, nPairs } }: AtomicEnvironments): number {
  const block = (bytes: number): number => Math.max(64, alignUp(bytes));
  return 2 * block(4 * nCenters) + block(4 * nCenters + 4) + 2 * block(4 * nPairs) + 4 * block(8 * nPairs);
}

/** A copy without what only the search needed. */
function copyEnvironments(wasm: Wasm, arena: Arena, { list, batch }: AtomicEnvironments): AtomicEnvironments {
  const { nAtoms, nCenters, nPairs } = list;
  const integers = (from: number, count: number): number => {
    const pointer = arena.i32(count);
    wasm.i32(pointer, count).set(wasm.i32(from, count));
    return pointer;
  };
  const reals = (from: number): number => {
    const pointer = arena.f64(nPairs);
    wasm.f64(pointer, nPairs).set(wasm.f64(from, nPairs));
    return pointer;
  };
  const offsets = integers(list.offsets, nCenters + 1);
  const [dx, dy, dz, distances] = [list.dx, list.dy, list.dz, list.distances].map(reals);
  const centerAtoms = integers(list.centerAtoms, nCenters);
  const neighborAtoms = integers(list.neighborAtoms, nPairs);
  const shared = { nCenters, nPairs, offsets, dx, dy, dz, distances };
  return {
    list: { ...shared, nAtoms, centerAtoms, neighborAtoms },
    batch: { ...shared, centerSpecies: integers(batch.centerSpecies, nCenters), neighborSpecies: integers(batch.neighborSpecies, nPairs) },
  };
}

/** Neighbor lists of the centers of every structure of a data set; null where a structure has no centers. */
export interface ListedData extends Cacheable {
  readonly structures: readonly (AtomicEnvironments | null)[];
}

interface ListContext {
  readonly executor: Executor;
  readonly signal: AbortSignal | undefined;
}

/** What the lists of a structure are likely to take: exact for an even solid, too little for a slab with vacuum. */
function expectedBytes(dataset: Dataset, structure: number, nCenters: number, cutoff: number): number {
  const { atomicNumbers, cell, pbc } = dataset.structure(structure);
  const nAtoms = atomicNumbers.length;
  // Without the constant part, which is for the search.
  const bytes = estimateNeighborListBytes({ nAtoms, cell, pbc, cutoff }) - estimateNeighborListBytes({ nAtoms: 0, cell, pbc, cutoff });
  return MINIMUM_BYTES + (bytes * nCenters) / nAtoms;
}

/** What `listData` will take, roughly. */
export function expectedListBytes(dataset: Dataset, { counts }: CenterTable, cutoff: number): number {
  return counts.reduce((sum, count, structure) => sum + (count > 0 ? expectedBytes(dataset, structure, count, cutoff) : 0), 0);
}

/** How many pairs those lists are likely to hold. */
export function expectedPairs(dataset: Dataset, { counts }: CenterTable, cutoff: number): number {
  let pairs = 0;
  counts.forEach((count, structure) => {
    if (count === 0) return;
    const { atomicNumbers, cell, pbc } = dataset.structure(structure);
    pairs += count * expectedNeighbors({ nAtoms: atomicNumbers.length, cell, pbc, cutoff });
  });
  return Math.ceil(pairs);
}

/** Consecutive structures with centers, about TASK_CENTERS in each group. */
export function groupStructures({ counts }: CenterTable): number[][] {
  const groups: number[][] = [];
  let size = TASK_CENTERS;
  counts.forEach((count, structure) => {
    if (count === 0) return;
    if (size >= TASK_CENTERS) {
      groups.push([]);
      size = 0;
    }
    groups[groups.length - 1].push(structure);
    size += count;
  });
  return groups;
}

/** Builds the lists of all structures. */
export async function listData(
  dataset: Dataset,
  centers: CenterTable,
  range: EnvironmentRange,
  { executor, signal }: ListContext,
): Promise<ListedData> {
  const structures = new Array<AtomicEnvironments | null>(dataset.nStructures).fill(null);
  const regions: Region[] = [];
  const release = (): void => regions.splice(0).forEach((region) => executor.pool.release(region));
  const listGroup = async (group: readonly number[]): Promise<void> => {
    let rest = group.map((structure) => ({ structure, geometry: copyGeometry(dataset.structure(structure)), centers: centers.of(structure) }));
    let bytes = group.reduce((sum, structure) => sum + expectedBytes(dataset, structure, centers.counts[structure], range.cutoff), 0);
    while (rest.length > 0) {
      const region = executor.pool.allocate(bytes, "neighbor lists");
      const index = regions.push(region) - 1;
      const reply = await executor.submit(listTask, { range, pieces: rest, out: region }, { signal });
      reply.environments.forEach((environments, i) => (structures[rest[i].structure] = environments));
      regions[index] = executor.pool.shrink(region, reply.bytes);
      rest = rest.slice(reply.environments.length);
      // The estimate was too low: so it is for the rest.
      bytes = reply.missingBytes * rest.length;
    }
  };
  const settled = await Promise.allSettled(groupStructures(centers).map(listGroup));
  const failed = settled.find(({ status }) => status === "rejected");
  if (failed) {
    release();
    throw (failed as PromiseRejectedResult).reason;
  }
  return { structures, bytes: regions.reduce((sum, { bytes }) => sum + bytes, 0), release };
}
