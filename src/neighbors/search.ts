import { InvalidStructureError, NumericalError } from "../errors.js";
import { type Arena, alignUp, type Pointer } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";
import { type Grid, GRID_BYTES, makeStencil, SEGMENT_BYTES, type Stencil, writeGrid } from "./grid.js";
import type { Frame, Triple } from "./lattice.js";
import type { NeighborInput, NeighborList } from "./layout.js";
import { badPosition, type Centers } from "./points.js";

/** Hands out parts of a block that may move: offsets from its start. */
class Layout {
  bytes = 0;

  take(bytes: number): number {
    const offset = this.bytes;
    this.bytes += alignUp(Math.max(1, bytes));
    return offset;
  }
}

/** Points sorted by cell: offsets in the block. */
interface SortedPoints {
  readonly count: number;
  readonly starts: number;
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly tags: number;
  readonly slots: number;
}

/** Everything the search needs, in one block of memory that is moved once the number of pairs is known. */
interface Search {
  readonly grid: number;
  readonly rows: number;
  readonly stencil: Stencil;
  readonly atoms: SortedPoints;
  readonly centers: SortedPoints;
  /** Where images are the inner loop: their shifts and records. */
  readonly images: { readonly tx: number; readonly ty: number; readonly tz: number; readonly count: number } | null;
  /** Segments of a cell, or the records of the images. */
  readonly segments: number;
  readonly small: number;
  readonly bytes: number;
}

function takePoints(layout: Layout, count: number, nCells: number): SortedPoints {
  return {
    count,
    starts: layout.take((nCells + 1) * 4),
    x: layout.take(count * 8),
    y: layout.take(count * 8),
    z: layout.take(count * 8),
    tags: layout.take(count * 16),
    slots: layout.take(count * 8),
  };
}

/** Lays out the block at the top of the arena and sorts atoms and centers into it. */
export function sortPoints(wasm: Wasm, arena: Arena, input: NeighborInput, grid: Grid, centers: Centers, positions: Float64Array): Search {
  const layout = new Layout();
  const nCells = grid.counts[0] * grid.counts[1] * grid.counts[2];
  const gridAt = layout.take(GRID_BYTES);
  const small = layout.take(64);
  const atoms = takePoints(layout, input.nAtoms, nCells);
  const own = centers.positions ? takePoints(layout, centers.count, nCells) : atoms;
  const block = arena.allocate(layout.bytes);
  writeGrid(wasm, block + gridAt, grid);
  const mark = arena.mark();
  const copy = typeof input.positions === "number" ? input.positions : arena.f64(positions.length);
  if (copy !== input.positions) wasm.f64(copy, positions.length).set(positions);
  try {
    sortInto(wasm, block, atoms, nCells, copy, gridAt);
    if (centers.positions) {
      const points = arena.f64(centers.positions.length);
      wasm.f64(points, centers.positions.length).set(centers.positions);
      sortInto(wasm, block, own, nCells, points, gridAt);
    }
  } catch (error) {
    throw error instanceof NumericalError ? badPosition(positions, centers.positions) : error;
  }
  arena.reset(mark);
  return placeSearch(wasm, arena, block, layout, { grid: gridAt, small, atoms, centers: own }, grid, input.cutoff);
}

function sortInto(wasm: Wasm, block: Pointer, to: SortedPoints, nCells: number, points: Pointer, grid: number): void {
  wasm.routines.neighborSort(
    to.count, nCells, points, block + grid, block + to.starts, block + to.x, block + to.y, block + to.z, block + to.tags,
    block + to.slots,
  );
}

/** Adds the stencil and the room for segments or images to the block, directly after what it holds. */
function placeSearch(
  wasm: Wasm, arena: Arena, block: Pointer, layout: Layout, sorted: Pick<Search, "grid" | "small" | "atoms" | "centers">,
  grid: Grid, cutoff: number,
): Search {
  let stencil = makeStencil(grid, cutoff);
  const byImage = grid.counts.every((n) => n === 1) && stencil.nCells > sorted.atoms.count;
  if (byImage) stencil = makeStencil(grid, cutoff, spreadOf(wasm, block, grid.frame, sorted.atoms, sorted.centers));
  const rows = layout.take(stencil.rows.length * 4);
  const count = stencil.nCells;
  const images = byImage ? { tx: layout.take(count * 8), ty: layout.take(count * 8), tz: layout.take(count * 8), count } : null;
  const segments = layout.take((byImage ? count : stencil.maxSegments) * SEGMENT_BYTES);
  arena.allocate(layout.bytes - (arena.mark() - block));
  wasm.i32(block + rows, stencil.rows.length).set(stencil.rows);
  return { ...sorted, rows, stencil, images, segments, bytes: layout.bytes };
}

/** Below this many centers the atoms stay in the cache. */
const CACHED_CENTERS = 200_000;
const SAMPLES = 1001;

/** Whether centers that follow each other are mostly far apart in space: then it is faster to go through them by cell. */
function isScattered(wasm: Wasm, block: Pointer, centers: SortedPoints, cutoff: number): boolean {
  if (centers.count < CACHED_CENTERS) return false;
  const slots = wasm.i32(block + centers.slots, centers.count * 2);
  const axes = [centers.x, centers.y, centers.z].map((offset) => wasm.f64(block + offset, centers.count));
  let far = 0;
  for (let sample = 0; sample < SAMPLES; sample++) {
    const center = Math.floor((sample / SAMPLES) * (centers.count - 1));
    const [a, b] = [slots[2 * center + 1]!, slots[2 * center + 3]!];
    if (Math.hypot(...axes.map((axis) => axis[a]! - axis[b]!)) > 4 * cutoff) far++;
  }
  return far > SAMPLES / 4;
}

/** Largest difference between coordinates of a center and an atom, wrapped, along each direction of the frame. */
function spreadOf(wasm: Wasm, block: Pointer, frame: Frame, atoms: SortedPoints, centers: SortedPoints): Triple {
  const ranges = [atoms, centers].map((points) => {
    const [x, y, z] = [points.x, points.y, points.z].map((offset) => wasm.f64(block + offset, points.count)) as Float64Array[];
    return [0, 1, 2].map((axis) => {
      let [low, high] = [Infinity, -Infinity];
      for (let k = 0; k < points.count; k++) {
        const u = x![k]! * frame.inverse[axis]! + y![k]! * frame.inverse[3 + axis]! + z![k]! * frame.inverse[6 + axis]!;
        [low, high] = [Math.min(low, u), Math.max(high, u)];
      }
      return [low, high] as const;
    });
  });
  const [a, c] = ranges as [(readonly [number, number])[], (readonly [number, number])[]];
  return [0, 1, 2].map((axis) => Math.max(0, a[axis]![1] - c[axis]![0], c[axis]![1] - a[axis]![0])) as unknown as Triple;
}

/** Fills the offsets; returns the number of pairs. */
export function countPairs(wasm: Wasm, block: Pointer, search: Search, cutoff: number, centers: Centers): number {
  const { atoms, centers: sorted, stencil, images } = search;
  const at = (offset: number): Pointer => block + offset;
  if (images) {
    wasm.routines.neighborImages(stencil.nRows, at(search.rows), at(search.grid), at(search.segments), at(images.tx), at(images.ty), at(images.tz));
    wasm.routines.neighborImageCount(
      sorted.count, atoms.count, images.count, at(atoms.x), at(atoms.y), at(atoms.z),
      at(sorted.x), at(sorted.y), at(sorted.z), at(sorted.tags), centers.atoms,
      at(images.tx), at(images.ty), at(images.tz), cutoff, centers.offsets, at(search.small),
    );
  } else {
    wasm.routines.neighborCellCount(
      stencil.nRows, at(search.rows), at(search.grid), at(atoms.starts), at(atoms.x), at(atoms.y), at(atoms.z),
      at(sorted.starts), at(sorted.x), at(sorted.y), at(sorted.z), at(sorted.tags), centers.atoms,
      cutoff, centers.offsets, at(search.small), at(search.segments),
    );
  }
  wasm.routines.neighborOffsets(centers.count, centers.offsets);
  return wasm.i32(centers.offsets, centers.count + 1)[centers.count]!;
}

/**
 * Allocates the list where the block was, moves the block behind it, and fills the list. `explain` makes the error for an atom
 * that is at the position of another.
 */
export function fillPairs(
  wasm: Wasm, arena: Arena, mark: Pointer, search: Search, cutoff: number, centers: Centers, nPairs: number,
  explain: (atom: number) => Error,
): NeighborList {
  const hitBytes = (wasm.i32(mark + search.small, 1)[0]! + 2) * 8;
  arena.reset(mark);
  // if it overflows, then once and for all of it
  const pairBytes = [4, 12, 8, 8, 8, 8].reduce((sum, bytes) => sum + Math.max(64, alignUp(nPairs * bytes)), 0);
  arena.allocate(pairBytes + search.bytes + alignUp(hitBytes));
  arena.reset(mark);
  const list: NeighborList = {
    nAtoms: search.atoms.count, nCenters: centers.count, nPairs, centerAtoms: centers.atoms, offsets: centers.offsets,
    neighborAtoms: arena.i32(nPairs), shifts: arena.i32(nPairs * 3),
    dx: arena.f64(nPairs), dy: arena.f64(nPairs), dz: arena.f64(nPairs), distances: arena.f64(nPairs),
  };
  const end = arena.mark();
  const block = arena.allocate(search.bytes);
  const hits = arena.allocate(hitBytes);
  wasm.u8(mark, block + search.bytes - mark).copyWithin(block - mark, 0, search.bytes);
  try {
    runFill(wasm, block, search, cutoff, list, hits);
  } catch (error) {
    if (!(error instanceof InvalidStructureError)) throw error;
    const center = wasm.i32(block + search.small, 1)[0]!;
    throw explain(wasm.i32(list.centerAtoms, list.nCenters)[center]!);
  }
  arena.reset(end);
  return list;
}

function runFill(wasm: Wasm, block: Pointer, search: Search, cutoff: number, list: NeighborList, hits: Pointer): void {
  const { atoms, centers, stencil, images } = search;
  const at = (offset: number): Pointer => block + offset;
  if (images) {
    wasm.routines.neighborImageFill(
      centers.count, atoms.count, images.count, at(atoms.x), at(atoms.y), at(atoms.z), at(atoms.tags),
      at(centers.x), at(centers.y), at(centers.z), at(centers.tags), list.centerAtoms,
      at(search.segments), at(images.tx), at(images.ty), at(images.tz), cutoff, list.offsets,
      list.neighborAtoms, list.shifts, list.dx, list.dy, list.dz, list.distances, at(search.small), hits,
    );
  } else {
    wasm.routines.neighborCellFill(
      centers.count, stencil.nRows, isScattered(wasm, block, centers, cutoff) ? 1 : 0, at(search.rows), at(search.grid), at(atoms.starts), at(atoms.x), at(atoms.y), at(atoms.z), at(atoms.tags),
      at(centers.slots), at(centers.x), at(centers.y), at(centers.z), at(centers.tags), list.centerAtoms,
      cutoff, list.offsets, list.neighborAtoms, list.shifts, list.dx, list.dy, list.dz, list.distances,
      at(search.small), at(search.segments), hits,
    );
  }
}
