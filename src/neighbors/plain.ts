import { defineTask } from "../parallel/task.js";
import type { Executor } from "../parallel/executor.js";
import type { Structure } from "../structures/structure.js";
import type { Wasm } from "../wasm/wasm.js";
import { buildNeighborList } from "./neighbor-list.js";
import type { NeighborInput, NeighborList } from "./layout.js";

/** A neighbor list in arrays of its own. Pairs of center c are `offsets[c] … offsets[c + 1] − 1`. */
export interface PlainNeighborList {
  /** Atom that each center is, or −1 for an extra center; nCenters */
  readonly centerAtoms: Int32Array;
  /** nCenters + 1 */
  readonly offsets: Int32Array;
  /** nPairs */
  readonly neighborAtoms: Int32Array;
  /** Lattice vectors added to the given position of the neighbor; nPairs × 3 */
  readonly cellShifts: Int32Array;
  /** Å, from center to neighbor; nPairs × 3 */
  readonly displacements: Float64Array;
  /** Å; nPairs */
  readonly distances: Float64Array;
}

/** Copies a list out of the WebAssembly memory. */
export function copyNeighborList(wasm: Wasm, list: NeighborList): PlainNeighborList {
  const { nCenters, nPairs } = list;
  const displacements = new Float64Array(nPairs * 3);
  for (const [axis, pointer] of [list.dx, list.dy, list.dz].entries()) {
    const component = wasm.f64(pointer, nPairs);
    for (let pair = 0; pair < nPairs; pair++) displacements[3 * pair + axis] = component[pair]!;
  }
  return {
    centerAtoms: wasm.i32(list.centerAtoms, nCenters).slice(),
    offsets: wasm.i32(list.offsets, nCenters + 1).slice(),
    neighborAtoms: wasm.i32(list.neighborAtoms, nPairs).slice(),
    cellShifts: wasm.i32(list.shifts, nPairs * 3).slice(),
    displacements,
    distances: wasm.f64(list.distances, nPairs).slice(),
  };
}

const neighborListTask = defineTask("neighbors/list", ({ wasm, scratch }, input: NeighborInput): PlainNeighborList => {
  return copyNeighborList(wasm, buildNeighborList(wasm, scratch, input));
});

/** Of which centers neighbors are listed. */
export interface NeighborListOptions {
  /** Atoms to list the neighbors of; default: all */
  readonly centers?: Int32Array;
  /** Å, n × 3: further centers that are not atoms */
  readonly extraCenters?: Float64Array;
  /** Ends the search with a CancelledError. */
  readonly signal?: AbortSignal;
}

/**
 * Neighbors within the cutoff (Å) of the atoms of a structure.
 * @throws as `buildNeighborList`, with the label of the structure in front
 */
export async function neighborList(
  executor: Executor, structure: Structure, cutoff: number, options: NeighborListOptions = {},
): Promise<PlainNeighborList> {
  const { positions, cell, pbc, label } = structure;
  const { centers, extraCenters, signal } = options;
  const input: NeighborInput = { positions, nAtoms: structure.atomicNumbers.length, cell, pbc, cutoff, centers, extraCenters };
  return executor.submit(neighborListTask, input, { signal, label });
}
