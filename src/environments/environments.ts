import type { DescriptorEvaluator, DescriptorTables } from "../descriptors/descriptor.js";
import { type DescribedBatch, stateBytes } from "../descriptors/rows.js";
import { speciesIndices } from "../descriptors/species.js";
import { PestleError } from "../errors.js";
import { neighborsWithin } from "../neighbors/known-list.js";
import { buildNeighborList } from "../neighbors/neighbor-list.js";
import { environmentBatch } from "../neighbors/environments.js";
import type { EnvironmentBatch } from "../neighbors/environment-batch.js";
import type { NeighborList } from "../neighbors/layout.js";
import type { Arena } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";
import type { CenterRange, Geometry } from "./geometry.js";

/** Environments of some atoms of one structure: the neighbor list with atom indices, and what descriptors read. Plain data. */
export interface AtomicEnvironments {
  /** With the atoms that centers and neighbors are; lattice shifts are not kept. */
  readonly list: Omit<NeighborList, "shifts">;
  /** The same pairs with species instead of atoms. */
  readonly batch: EnvironmentBatch;
}

/** The same with the rows that a descriptor made of them. Pointers into shared memory, so it may cross threads. */
export interface DescribedEnvironments extends DescribedBatch {
  /** Neighbors with their atoms, which forces go to. */
  readonly list: AtomicEnvironments["list"];
}

/** How far environments reach, and what their species indices refer to. */
export type EnvironmentRange = Pick<DescriptorTables, "cutoff" | "species">;

/** Atoms of a range that a term is about: all, or those of some species (indices). */
export function centersOf(indices: Int32Array, range: CenterRange, centerSpecies: readonly number[] | null): Int32Array {
  const centers: number[] = [];
  for (let atom = range.first; atom < range.last; atom++) {
    if (centerSpecies === null || centerSpecies.includes(indices[atom])) centers.push(atom);
  }
  return Int32Array.from(centers);
}

/**
 * Neighbor list (searched, or taken from pairs that the geometry knows) and environments of the given centers (null: all atoms) for
 * descriptors of a range, in the arena.
 * @throws {InvalidStructureError} for a species that is not in the list or atoms that coincide
 */
export function buildEnvironments(
  wasm: Wasm,
  arena: Arena,
  geometry: Geometry,
  { cutoff, species }: EnvironmentRange,
  centers: Int32Array | null,
): AtomicEnvironments {
  const { positions, cell, pbc, neighbors } = geometry;
  const indices = speciesIndices(geometry, species);
  const atoms = { positions, nAtoms: geometry.atomicNumbers.length, cell, pbc, cutoff, centers: centers ?? undefined };
  const list = neighbors ? neighborsWithin(wasm, arena, neighbors, atoms) : buildNeighborList(wasm, arena, atoms);
  return { list, batch: environmentBatch(wasm, arena, list, indices) };
}

/** Environments with rows and state of a descriptor, in the arena: what fits and predictions work on. */
export function describeEnvironments(arena: Arena, { list, batch }: AtomicEnvironments, descriptor: DescriptorEvaluator): DescribedEnvironments {
  const rows = descriptor.rows(batch, arena);
  const described = { ...batch, rows };
  const values = arena.f64(rows.nRows * descriptor.tables.nFeatures);
  const state = arena.allocate(stateBytes(descriptor.tables.stateSize, batch));
  descriptor.values(described, values, state, arena);
  return { list, batch: described, values, state };
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
