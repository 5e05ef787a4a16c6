import type { Arena, MemoryPool, Pointer, Region } from "../wasm/memory.js";
import { placeRecord, readField } from "../wasm/records.js";
import { withScratch } from "../wasm/scratch.js";
import type { Wasm } from "../wasm/wasm.js";
import type { NeighborInput, NeighborList } from "./layout.js";
import { buildNeighborList } from "./neighbor-list.js";

/**
 * Pairs of all atoms of a structure up to some range, kept while atoms move, and where their positions stand now. Plain data with
 * pointers into shared memory, so it may cross threads. Complete up to `range` minus twice what any atom has moved since.
 */
export interface KnownNeighbors {
  /** Every atom is a center. */
  readonly nAtoms: number;
  /** i32 [nAtoms + 1] */
  readonly offsets: Pointer;
  /** i32 [nPairs] */
  readonly neighborAtoms: Pointer;
  /** i32 [nPairs × 3] */
  readonly shifts: Pointer;
  /** f64 [nAtoms × 3], Å, at present */
  readonly positions: Pointer;
  /** Å: range that the pairs were searched with */
  readonly range: number;
}

/** Known pairs and the memory that they are in. */
export interface KeptNeighbors {
  /** Good until the region is released. */
  readonly neighbors: KnownNeighbors;
  /** Of the pool; the caller releases it. */
  readonly region: Region;
}

/**
 * Searches the pairs of all atoms and keeps them in a region of their own.
 * @throws as `buildNeighborList`, and {ResourceError}
 */
export function keepNeighbors(wasm: Wasm, pool: MemoryPool, input: Omit<NeighborInput, "centers" | "extraCenters"> & { readonly positions: Pointer }): KeptNeighbors {
  return withScratch(pool, (arena) => {
    const { nAtoms, nPairs, ...list } = buildNeighborList(wasm, arena, input);
    const region = pool.allocate(4 * (nAtoms + 1 + 4 * nPairs), "neighbor list");
    const offsets = region.pointer;
    const neighborAtoms = offsets + 4 * (nAtoms + 1);
    const shifts = neighborAtoms + 4 * nPairs;
    wasm.i32(offsets, nAtoms + 1).set(wasm.i32(list.offsets, nAtoms + 1));
    wasm.i32(neighborAtoms, nPairs).set(wasm.i32(list.neighborAtoms, nPairs));
    wasm.i32(shifts, 3 * nPairs).set(wasm.i32(list.shifts, 3 * nPairs));
    return { neighbors: { nAtoms, offsets, neighborAtoms, shifts, positions: input.positions, range: input.cutoff }, region };
  }, "neighbor list");
}

/**
 * The neighbor list of some atoms (default: all) at the present positions, from pairs that are known: those below the cutoff, in the
 * known order.
 * @throws {InvalidStructureError} two atoms closer than 10⁻⁶ Å
 * @throws {ArenaOverflow} when the arena is too small
 */
export function neighborsWithin(
  wasm: Wasm,
  arena: Arena,
  known: KnownNeighbors,
  { cell, cutoff, centers: some }: Pick<NeighborInput, "cell" | "cutoff" | "centers">,
): Omit<NeighborList, "shifts"> {
  const centers = some ?? Int32Array.from({ length: known.nAtoms }, (_, atom) => atom);
  const nCenters = centers.length;
  const offsetsOfAtoms = wasm.i32(known.offsets, known.nAtoms + 1);
  const capacity = centers.reduce((sum, atom) => sum + offsetsOfAtoms[atom + 1] - offsetsOfAtoms[atom], 0);
  const list = {
    nAtoms: known.nAtoms, nCenters, centerAtoms: arena.i32(nCenters), offsets: arena.i32(nCenters + 1), neighborAtoms: arena.i32(capacity),
    dx: arena.f64(capacity), dy: arena.f64(capacity), dz: arena.f64(capacity), distances: arena.f64(capacity),
  };
  wasm.i32(list.centerAtoms, nCenters).set(centers);
  const mark = arena.mark();
  const vectors = arena.f64(9);
  wasm.f64(vectors, 9).set(cell ?? new Float64Array(9));
  const { nAtoms, offsets, neighborAtoms, shifts, positions } = known;
  const source = placeRecord(wasm, arena, "KnownPairs", { nAtoms, offsets, neighborAtoms, shifts, positions, cell: vectors });
  const target = placeRecord(wasm, arena, "NeighborList", { ...list, nPairs: capacity, shifts: 0 });
  wasm.routines.neighborsWithin(cutoff, source, target);
  const nPairs = readField(wasm, target, "NeighborList", "nPairs");
  arena.reset(mark);
  return { ...list, nPairs };
}
