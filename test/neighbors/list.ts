import { buildNeighborList, copyNeighborList, type NeighborInput, type PlainNeighborList } from "../../src/neighbors/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { Arena, ArenaOverflow } from "../../src/wasm/memory.js";
import type { Pair } from "./brute-force.js";

/** Builds a list on the calling thread, with a larger arena as long as it overflows. */
export function listOf(executor: Executor, input: NeighborInput, bytes = 1 << 16): PlainNeighborList {
  for (;;) {
    const region = executor.pool.allocate(bytes, "test");
    try {
      return copyNeighborList(executor.wasm, buildNeighborList(executor.wasm, new Arena(region), input));
    } catch (error) {
      if (!(error instanceof ArenaOverflow)) throw error;
      bytes = error.requiredBytes;
    } finally {
      executor.pool.release(region);
    }
  }
}

export function pairsOf(list: PlainNeighborList): Pair[] {
  const pairs: Pair[] = [];
  const triple = (values: ArrayLike<number>, p: number) => [values[3 * p], values[3 * p + 1], values[3 * p + 2]] as const;
  for (let center = 0; center < list.centerAtoms.length; center++) {
    for (let p = list.offsets[center]; p < list.offsets[center + 1]; p++) {
      const [shift, displacement] = [triple(list.cellShifts, p), triple(list.displacements, p)];
      pairs.push({ center, neighbor: list.neighborAtoms[p], shift, displacement, distance: list.distances[p] });
    }
  }
  return pairs;
}

export function keyOf(pair: Pick<Pair, "center" | "neighbor"> & { readonly shift: readonly number[] }): string {
  // + 0 turns −0 into 0
  return [pair.center, pair.neighbor, ...pair.shift.map((s) => s + 0)].join(" ");
}

/** Cubic supercell of a motif in fractions of the lattice constant a. */
export function crystal(a: number, motif: readonly (readonly number[])[], repeats: number): { positions: Float64Array; cell: number[] } {
  const positions: number[] = [];
  for (let x = 0; x < repeats; x++)
    for (let y = 0; y < repeats; y++)
      for (let z = 0; z < repeats; z++) for (const [u, v, w] of motif) positions.push((x + u) * a, (y + v) * a, (z + w) * a);
  return { positions: Float64Array.from(positions), cell: [a * repeats, 0, 0, 0, a * repeats, 0, 0, 0, a * repeats] };
}

export const fcc = [[0, 0, 0], [0.5, 0.5, 0], [0.5, 0, 0.5], [0, 0.5, 0.5]];
export const diamond = [...fcc, ...fcc.map((site) => site.map((x) => x + 0.25))];
