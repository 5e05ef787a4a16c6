import { InvalidStructureError, NumericalError } from "../errors.js";
import { type Arena, alignUp, type Pointer } from "../wasm/memory.js";
import { readField, recordBytes, writeRecord } from "../wasm/records.js";
import type { Wasm } from "../wasm/wasm.js";
import { type Grid, GRID_BYTES, makeStencil, type Stencil, writeGrid, writeStencilRows } from "./grid.js";
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

/** Points sorted by cell: offsets in the block of their record and its arrays. */
interface SortedPoints {
  readonly record: number;
  readonly count: number;
  readonly nCells: number;
  readonly starts: number;
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly tags: number;
  readonly slots: number;
}

/** Where images are the inner loop: their record and their shifts. */
interface Images {
  readonly record: number;
  readonly count: number;
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** What is known when atoms and centers are sorted. */
interface Sorted {
  readonly grid: number;
  readonly atoms: SortedPoints;
  readonly centers: SortedPoints;
}

/** Everything the search needs, in one block of memory that is moved once the number of pairs is known: offsets from its start. */
interface Search extends Sorted {
  readonly cutoff: number;
  /** Records of the routines. */
  readonly stencil: number;
  readonly list: number;
  readonly scratch: number;
  readonly rows: number;
  readonly nRows: number;
  readonly images: Images | null;
  /** Segments of a cell, or of the images. */
  readonly segments: number;
  readonly maxSegments: number;
  readonly bytes: number;
}

function takePoints(layout: Layout, count: number, nCells: number): SortedPoints {
  return {
    record: layout.take(recordBytes("SortedPoints")),
    count,
    nCells,
    starts: layout.take((nCells + 1) * 4),
    x: layout.take(count * 8),
    y: layout.take(count * 8),
    z: layout.take(count * 8),
    tags: layout.take(count * recordBytes("Tag")),
    slots: layout.take(count * recordBytes("Slot")),
  };
}

/** Lays out the block at the top of the arena and sorts atoms and centers into it. */
export function sortPoints(wasm: Wasm, arena: Arena, input: NeighborInput, grid: Grid, centers: Centers, positions: Float64Array): Search {
  const layout = new Layout();
  const nCells = grid.counts[0] * grid.counts[1] * grid.counts[2];
  const gridAt = layout.take(GRID_BYTES);
  const atoms = takePoints(layout, input.nAtoms, nCells);
  const own = centers.positions ? takePoints(layout, centers.count, nCells) : atoms;
  const block = arena.allocate(layout.bytes);
  writeGrid(wasm, block + gridAt, grid);
  const mark = arena.mark();
  const copy = typeof input.positions === "number" ? input.positions : arena.f64(positions.length);
  if (copy !== input.positions) wasm.f64(copy, positions.length).set(positions);
  try {
    wasm.routines.neighborSort(copy, block + gridAt, writePoints(wasm, block, atoms));
    if (centers.positions) {
      const points = arena.f64(centers.positions.length);
      wasm.f64(points, centers.positions.length).set(centers.positions);
      wasm.routines.neighborSort(points, block + gridAt, writePoints(wasm, block, own));
    }
  } catch (error) {
    throw error instanceof NumericalError ? badPosition(positions, centers.positions) : error;
  }
  arena.reset(mark);
  return placeSearch(wasm, arena, block, layout, { grid: gridAt, atoms, centers: own }, grid, input.cutoff);
}

/** Writes the record of points whose arrays stand in the block. */
function writePoints(wasm: Wasm, block: Pointer, { record, count, nCells, starts, x, y, z, tags, slots }: SortedPoints): Pointer {
  writeRecord(wasm, block + record, "SortedPoints", {
    count, nCells, starts: block + starts, x: block + x, y: block + y, z: block + z, tags: block + tags, slots: block + slots,
  });
  return block + record;
}

/** Adds the stencil, the room for segments or images and the other records to the block, directly after what it holds. */
function placeSearch(wasm: Wasm, arena: Arena, block: Pointer, layout: Layout, sorted: Sorted, grid: Grid, cutoff: number): Search {
  let stencil = makeStencil(grid, cutoff);
  const byImage = grid.counts.every((n) => n === 1) && stencil.nCells > sorted.atoms.count;
  if (byImage) stencil = makeStencil(grid, cutoff, spreadOf(wasm, block, grid.frame, sorted.atoms, sorted.centers));
  const maxSegments = byImage ? stencil.nCells : stencil.maxSegments;
  const rows = layout.take(stencil.nRows * recordBytes("StencilRow"));
  const search = {
    ...sorted,
    cutoff,
    stencil: layout.take(recordBytes("Stencil")),
    list: layout.take(recordBytes("NeighborList")),
    scratch: layout.take(recordBytes("SearchScratch")),
    rows,
    nRows: stencil.nRows,
    images: byImage ? takeImages(layout, stencil) : null,
    segments: layout.take(maxSegments * recordBytes("Segment")),
    maxSegments,
  };
  arena.allocate(layout.bytes - (arena.mark() - block));
  writeStencilRows(wasm, block + rows, stencil.rows);
  return { ...search, bytes: layout.bytes };
}

function takeImages(layout: Layout, { nCells }: Stencil): Images {
  return {
    record: layout.take(recordBytes("Images")),
    count: nCells,
    x: layout.take(nCells * 8),
    y: layout.take(nCells * 8),
    z: layout.take(nCells * 8),
  };
}

/** Below this many centers the atoms stay in the cache. */
const CACHED_CENTERS = 200_000;
const SAMPLES = 1001;

/** Whether centers that follow each other are mostly far apart in space: then it is faster to go through them by cell. */
function isScattered(wasm: Wasm, block: Pointer, centers: SortedPoints, cutoff: number): boolean {
  if (centers.count < CACHED_CENTERS) return false;
  const axes = [centers.x, centers.y, centers.z].map((offset) => wasm.f64(block + offset, centers.count));
  const placeOf = (center: number): number => readField(wasm, block + centers.slots + center * recordBytes("Slot"), "Slot", "place");
  let far = 0;
  for (let sample = 0; sample < SAMPLES; sample++) {
    const center = Math.floor((sample / SAMPLES) * (centers.count - 1));
    const [a, b] = [placeOf(center), placeOf(center + 1)];
    if (Math.hypot(...axes.map((axis) => axis[a] - axis[b])) > 4 * cutoff) far++;
  }
  return far > SAMPLES / 4;
}

/** Largest difference between coordinates of a center and an atom, wrapped, along each direction of the frame. */
function spreadOf(wasm: Wasm, block: Pointer, frame: Frame, atoms: SortedPoints, centers: SortedPoints): Triple {
  const ranges = [atoms, centers].map((points) => {
    const [x, y, z] = [points.x, points.y, points.z].map((offset): Float64Array => wasm.f64(block + offset, points.count));
    return [0, 1, 2].map((axis) => {
      let [low, high] = [Infinity, -Infinity];
      for (let k = 0; k < points.count; k++) {
        const u = x[k] * frame.inverse[axis] + y[k] * frame.inverse[3 + axis] + z[k] * frame.inverse[6 + axis];
        [low, high] = [Math.min(low, u), Math.max(high, u)];
      }
      return [low, high] as const;
    });
  });
  const [a, c] = ranges as [(readonly [number, number])[], (readonly [number, number])[]];
  return [0, 1, 2].map((axis) => Math.max(0, a[axis][1] - c[axis][0], c[axis][1] - a[axis][0])) as unknown as Triple;
}

/** Arguments of the routines: pointers to records. */
interface Arguments {
  readonly grid: Pointer;
  readonly stencil: Pointer;
  readonly images: Pointer;
  readonly atoms: Pointer;
  readonly centers: Pointer;
  readonly list: Pointer;
  readonly scratch: Pointer;
}

/** Writes the records of one pass, but for those of the sorted points. */
function writeArguments(wasm: Wasm, block: Pointer, search: Search, list: NeighborList, hits: Pointer, maxHits: number): Arguments {
  const { images, maxSegments } = search;
  const segments = block + search.segments;
  writeRecord(wasm, block + search.stencil, "Stencil", { cutoff: search.cutoff, nRows: search.nRows, rows: block + search.rows });
  if (images) {
    const { count, x, y, z } = images;
    writeRecord(wasm, block + images.record, "Images", { count, segments, x: block + x, y: block + y, z: block + z });
  }
  writeRecord(wasm, block + search.list, "NeighborList", list);
  writeRecord(wasm, block + search.scratch, "SearchScratch", { segments, maxSegments, hits, maxHits, hitsNeeded: 0, culprit: 0 });
  return {
    grid: block + search.grid,
    stencil: block + search.stencil,
    images: images ? block + images.record : 0,
    atoms: block + search.atoms.record,
    centers: block + search.centers.record,
    list: block + search.list,
    scratch: block + search.scratch,
  };
}

/** A list that has its centers, but no pairs yet. */
function emptyList(nAtoms: number, { count, atoms, offsets }: Centers): NeighborList {
  const pairs = { nPairs: 0, neighborAtoms: 0, shifts: 0, dx: 0, dy: 0, dz: 0, distances: 0 };
  return { nAtoms, nCenters: count, centerAtoms: atoms, offsets, ...pairs };
}

/** How much room the pairs take, and the hits of one center. */
interface Counted {
  readonly nPairs: number;
  readonly maxHits: number;
}

/** Fills the offsets. */
export function countPairs(wasm: Wasm, block: Pointer, search: Search, centers: Centers): Counted {
  const { routines } = wasm;
  const pass = writeArguments(wasm, block, search, emptyList(search.atoms.count, centers), 0, 0);
  if (search.images) {
    routines.neighborImages(pass.grid, pass.stencil, pass.images);
    routines.neighborImageCount(search.cutoff, pass.images, pass.atoms, pass.centers, pass.list, pass.scratch);
  } else {
    routines.neighborCellCount(pass.grid, pass.stencil, pass.atoms, pass.centers, pass.list, pass.scratch);
  }
  routines.neighborOffsets(pass.list);
  const nPairs = readField(wasm, pass.list, "NeighborList", "nPairs");
  return { nPairs, maxHits: readField(wasm, pass.scratch, "SearchScratch", "hitsNeeded") };
}

/**
 * Allocates the list where the block was, moves the block behind it, and fills the list. `explain` makes the error for an atom
 * that is at the position of another.
 */
export function fillPairs(
  wasm: Wasm, arena: Arena, mark: Pointer, search: Search, centers: Centers, { nPairs, maxHits }: Counted,
  explain: (atom: number) => Error,
): NeighborList {
  arena.reset(mark);
  // if it overflows, then once and for all of it
  const pairBytes = [4, 12, 8, 8, 8, 8].reduce((sum, bytes) => sum + Math.max(64, alignUp(nPairs * bytes)), 0);
  arena.allocate(pairBytes + search.bytes + alignUp(maxHits * 8));
  arena.reset(mark);
  const list: NeighborList = {
    nAtoms: search.atoms.count, nCenters: centers.count, nPairs, centerAtoms: centers.atoms, offsets: centers.offsets,
    neighborAtoms: arena.i32(nPairs), shifts: arena.i32(nPairs * 3),
    dx: arena.f64(nPairs), dy: arena.f64(nPairs), dz: arena.f64(nPairs), distances: arena.f64(nPairs),
  };
  const end = arena.mark();
  const block = arena.allocate(search.bytes);
  const hits = arena.allocate(maxHits * 8);
  wasm.u8(mark, block + search.bytes - mark).copyWithin(block - mark, 0, search.bytes);
  writePoints(wasm, block, search.atoms);
  if (search.centers !== search.atoms) writePoints(wasm, block, search.centers);
  const pass = writeArguments(wasm, block, search, list, hits, maxHits);
  try {
    runFill(wasm, block, search, pass);
  } catch (error) {
    if (!(error instanceof InvalidStructureError)) throw error;
    const culprit = readField(wasm, pass.scratch, "SearchScratch", "culprit");
    throw explain(wasm.i32(list.centerAtoms, list.nCenters)[culprit]);
  }
  arena.reset(end);
  return list;
}

function runFill(wasm: Wasm, block: Pointer, { centers, cutoff, images }: Search, pass: Arguments): void {
  const { routines } = wasm;
  if (images) {
    routines.neighborImageFill(cutoff, pass.images, pass.atoms, pass.centers, pass.list, pass.scratch);
  } else {
    const byCell = isScattered(wasm, block, centers, cutoff) ? 1 : 0;
    routines.neighborCellFill(byCell, pass.grid, pass.stencil, pass.atoms, pass.centers, pass.list, pass.scratch);
  }
}
