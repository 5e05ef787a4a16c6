import { InvalidParameterError } from "../errors.js";
import type { Arena, Pointer } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";
import type { EnvironmentBatch } from "./environment-batch.js";
import type { NeighborList } from "./layout.js";

/**
 * Adds species to a neighbor list: what descriptors read.
 * @param species i32 [nAtoms], species index of every atom of the structure: an array, or a pointer into the WebAssembly memory
 * @throws {InvalidParameterError} species does not have one entry per atom
 * @throws {ArenaOverflow} when the arena is too small
 */
export function environmentBatch(wasm: Wasm, arena: Arena, list: Omit<NeighborList, "shifts">, species: Int32Array | Pointer): EnvironmentBatch {
  if (typeof species !== "number" && species.length !== list.nAtoms) {
    throw new InvalidParameterError(`species has ${species.length} entries for ${list.nAtoms} atoms; it must have one per atom`);
  }
  const centerSpecies = arena.i32(list.nCenters);
  const neighborSpecies = arena.i32(list.nPairs);
  const mark = arena.mark();
  const source = typeof species === "number" ? species : arena.i32(list.nAtoms);
  if (typeof species !== "number") wasm.i32(source, list.nAtoms).set(species);
  wasm.routines.gatherSpecies(list.nCenters, list.nAtoms, list.centerAtoms, source, centerSpecies);
  wasm.routines.gatherSpecies(list.nPairs, list.nAtoms, list.neighborAtoms, source, neighborSpecies);
  arena.reset(mark);
  const { nCenters, nPairs, offsets, dx, dy, dz, distances } = list;
  return { nCenters, nPairs, centerSpecies, offsets, neighborSpecies, dx, dy, dz, distances };
}
