import type { DescriptorEvaluator, DescriptorPlan } from "../descriptors/descriptor.js";
import { speciesIndices } from "../descriptors/species.js";
import { PestleError } from "../errors.js";
import { buildNeighborList } from "../neighbors/neighbor-list.js";
import { environmentBatch } from "../neighbors/environments.js";
import type { EnvironmentBatch } from "../neighbors/environment-batch.js";
import type { NeighborList } from "../neighbors/layout.js";
import type { Arena, Pointer } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";
import type { CenterRange, Geometry } from "./geometry.js";

/** Environments of some atoms of one structure: the neighbor list with atom indices, and what descriptors read. Plain data. */
export interface AtomicEnvironments {
  readonly list: Omit<NeighborList, "shifts">;
  readonly batch: EnvironmentBatch;
}

/** The same with what a descriptor made of them. Pointers into shared memory, so it may cross threads. */
export interface DescribedEnvironments extends AtomicEnvironments {
  /** f64 [nCenters × nFeatures] */
  readonly values: Pointer;
  /** What the derivatives need; 0 where only values were asked for. */
  readonly state: Pointer;
}

/** Atoms of a range that a term is about: all, or those of some species (indices). */
export function centersOf(indices: Int32Array, range: CenterRange, centerSpecies: readonly number[] | null): Int32Array {
  const centers: number[] = [];
  for (let atom = range.first; atom < range.last; atom++) {
    if (centerSpecies === null || centerSpecies.includes(indices[atom])) centers.push(atom);
  }
  return Int32Array.from(centers);
}

/** Neighbor list and environments of the given centers for descriptors of a cutoff and species, in the arena. */
export function buildEnvironments(
  wasm: Wasm,
  arena: Arena,
  geometry: Geometry,
  { cutoff, species }: Pick<DescriptorPlan, "cutoff" | "species">,
  centers: Int32Array,
): AtomicEnvironments {
  const { positions, cell, pbc } = geometry;
  const list = buildNeighborList(wasm, arena, { positions, nAtoms: geometry.atomicNumbers.length, cell, pbc, cutoff, centers });
  return { list, batch: environmentBatch(wasm, arena, list, speciesIndices(geometry, species)) };
}

/** Environments with values and state of their descriptor, in the arena. */
export function describeEnvironments(arena: Arena, environments: AtomicEnvironments, descriptor: DescriptorEvaluator): DescribedEnvironments {
  const { nCenters } = environments.batch;
  const values = arena.f64(nCenters * descriptor.nFeatures);
  const state = arena.allocate(descriptor.stateBytes(nCenters));
  descriptor.values(environments.batch, values, state, arena);
  return { ...environments, values, state };
}

/** Copies, because a view would take the whole array of its data set across the thread boundary. */
export function copyGeometry({ atomicNumbers, positions, cell, pbc, label }: Geometry): Geometry {
  return { atomicNumbers: atomicNumbers.slice(), positions: positions.slice(), cell: cell && cell.slice(), pbc, label };
}

/** Runs a computation on one structure; an error that does not name it already gets its label in front. */
export function namingStructure<Result>(label: string, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    if (error instanceof PestleError && !error.message.includes(label)) error.message = `${label}: ${error.message}`;
    throw error;
  }
}
