import type { Arena, Pointer } from "../wasm/memory.js";
import { placeRecord } from "../wasm/records.js";
import type { Wasm } from "../wasm/wasm.js";

/**
 * Centers with their neighbors, as pointers into the WebAssembly memory: plain data, so it may cross threads.
 * Pairs of center c are `offsets[c] … offsets[c+1]`; displacements point from the center to the neighbor.
 */
export interface EnvironmentBatch {
  /** Number of centers, extra ones included. */
  readonly nCenters: number;
  /** Of all centers together. */
  readonly nPairs: number;
  /** i32 [nCenters]: species index of each center; −1 where the center is not an atom. */
  readonly centerSpecies: Pointer;
  /** i32 [nCenters + 1] */
  readonly offsets: Pointer;
  /** i32 [nPairs]: species index of each neighbor */
  readonly neighborSpecies: Pointer;
  /** f64 [nPairs] each, Å: components and length of the displacement */
  readonly dx: Pointer;
  /** See `dx`. */
  readonly dy: Pointer;
  /** See `dx`. */
  readonly dz: Pointer;
  /** See `dx`: the length. */
  readonly distances: Pointer;
}

/** Writes a batch into an arena as the routines of every descriptor take it: the record `Environments`. */
export function placeEnvironments(wasm: Wasm, arena: Arena, batch: EnvironmentBatch): Pointer {
  const { centerSpecies, offsets, neighborSpecies, dx, dy, dz, distances } = batch;
  return placeRecord(wasm, arena, "Environments", { centerSpecies, offsets, neighborSpecies, dx, dy, dz, distances });
}
