import type { Descriptor, SpeciesList } from "../descriptors/descriptor.js";
import { InvalidParameterError, InvalidStructureError } from "../errors.js";
import type { Workspace } from "../linalg/dense.js";
import { buildNeighborList } from "../neighbors/neighbor-list.js";
import { copyNeighborList } from "../neighbors/plain.js";
import { symbolOf } from "../structures/periodic-table.js";
import { withScratch } from "../wasm/scratch.js";
import { namingStructure } from "./environments.js";
import type { Geometry } from "./geometry.js";

/** A center with its neighbors, each at a displacement of its own: images of one atom are neighbors that move independently. Plain data. */
export interface SingleEnvironment {
  /** Atomic number of the center. */
  readonly center: number;
  /** Atomic numbers of the neighbors. */
  readonly neighbors: ArrayLike<number>;
  /** Å, nNeighbors × 3, from the center */
  readonly displacements: Float64Array;
  /** Where it is from, for messages: "atom 3 of frame 12 of Si.xyz". */
  readonly label: string;
}

/** Å: a neighbor closer to the center than this coincides with it, as in neighbor lists. */
const COINCIDENT = 1e-6;

/**
 * The environment of one atom (from 0) of a structure: all neighbors, periodic images included, nearer than `cutoff` (Å).
 * @throws {InvalidParameterError} for an atom that is not there
 * @throws {InvalidStructureError} naming the structure, for atoms that coincide or a cell that is singular
 */
export function environmentOf({ wasm, pool }: Workspace, geometry: Geometry, atom: number, cutoff: number): SingleEnvironment {
  const { atomicNumbers, positions, cell, pbc, label } = geometry;
  const nAtoms = atomicNumbers.length;
  if (!(Number.isInteger(atom) && atom >= 0 && atom < nAtoms)) {
    throw new InvalidParameterError(`${label} has ${nAtoms} atoms: there is no atom ${atom} (from 0)`);
  }
  const input = { positions, nAtoms, cell, pbc, cutoff, centers: Int32Array.of(atom) };
  const { neighborAtoms, displacements } = namingStructure(label, () => withScratch(pool, (arena) => copyNeighborList(wasm, buildNeighborList(wasm, arena, input))));
  return {
    center: atomicNumbers[atom],
    neighbors: Uint8Array.from(neighborAtoms, (neighbor) => atomicNumbers[neighbor]),
    displacements,
    label: `atom ${atom + 1} of ${label}`,
  };
}

/**
 * Checks an environment that a caller made up.
 * @throws {InvalidStructureError} for displacements that are not finite or not three per neighbor, and for a neighbor at the center
 */
export function checkEnvironment({ neighbors, displacements, label }: SingleEnvironment): void {
  if (displacements.length !== 3 * neighbors.length) {
    throw new InvalidStructureError(`${label}: ${displacements.length} components of displacements for ${neighbors.length} neighbors; there must be three of each`);
  }
  for (let j = 0; j < neighbors.length; j++) {
    const own = displacements.subarray(3 * j, 3 * j + 3);
    const distance = Math.hypot(...own);
    if (distance >= COINCIDENT && distance < Infinity) continue;
    const problem = Number.isFinite(distance) ? `${distance.toExponential(1)} Å from the center; atoms must be at least 10⁻⁶ Å apart` : `at ${[...own].join(" ")}; displacements must be finite`;
    throw new InvalidStructureError(`${label}: neighbor ${j + 1} (${symbolOf(neighbors[j])}) is ${problem}`);
  }
}

/** Species of environments, ascending: what a descriptor without species of its own is prepared for. */
export function speciesOfEnvironments(environments: readonly SingleEnvironment[]): number[] {
  return [...new Set(environments.flatMap(({ center, neighbors }) => [center, ...Array.from(neighbors)]))].sort((a, b) => a - b);
}

/** Position of an atomic number in the species of a descriptor. */
export function indexAmong(species: SpeciesList, atomicNumber: number, { name }: Descriptor, label: string): number {
  const index = species.indexOf(atomicNumber);
  if (index >= 0) return index;
  throw new InvalidStructureError(`${label}: ${name} was prepared for ${species.map(symbolOf).join(", ")}, not for ${symbolOf(atomicNumber)}`);
}
