// The routines by themselves, with too little room for what they write, or with records that do not belong together.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { InternalError, NumericalError } from "../../src/errors.js";
import { GRID_BYTES, writeGrid, writeStencilRows } from "../../src/neighbors/grid.js";
import { latticeFrame } from "../../src/neighbors/lattice.js";
import type { Executor } from "../../src/parallel/index.js";
import { Arena, type Pointer, type Region } from "../../src/wasm/memory.js";
import { placeRecord, readField, recordBytes } from "../../src/wasm/records.js";
import { testExecutor } from "../expect.js";

let executor: Executor;
let region: Region;
beforeAll(async () => {
  executor = await testExecutor();
  region = executor.pool.allocate(1 << 20, "test");
});
afterAll(() => executor.close());

/** Edge of the cubic cell and cutoff, Å: two atoms half a diagonal apart, in one cell of the grid. */
const EDGE = 4;
const CUTOFF = 3.9;
/** The other atom 8 times, at (√3/2)·4 Å. */
const PAIRS = 16;
const ROWS = [-1, 0, 1].flatMap((third) => [-1, 0, 1].flatMap((second) => [third, second, -1, 1]));

interface Room {
  readonly nPairs: number;
  readonly maxHits: number;
  readonly maxSegments: number;
  readonly images: number;
  readonly nCells: number;
  readonly nCenters: number;
}
const ample: Room = { nPairs: PAIRS, maxHits: 32, maxSegments: 27, images: 27, nCells: 1, nCenters: 2 };

function placeGrid(arena: Arena): Pointer {
  const frame = latticeFrame([EDGE, 0, 0, 0, EDGE, 0, 0, 0, EDGE], [true, true, true]);
  const grid = arena.allocate(GRID_BYTES);
  writeGrid(executor.wasm, grid, { frame, counts: [1, 1, 1], origin: [0, 0, 0], extent: [1, 1, 1], widths: [EDGE, EDGE, EDGE] });
  return grid;
}

/** Sorts two atoms and leaves everything that counting and filling take. */
function prepare(room: Room) {
  const { wasm } = executor;
  const arena = new Arena(region);
  const grid = placeGrid(arena);
  const positions = arena.f64(6);
  wasm.f64(positions, 6).set([0, 0, 0, 2, 2, 2]);
  const points = placeRecord(wasm, arena, "SortedPoints", {
    count: 2, nCells: room.nCells, starts: arena.i32(room.nCells + 1), x: arena.f64(2), y: arena.f64(2), z: arena.f64(2),
    tags: arena.allocate(2 * recordBytes("Tag")), slots: arena.allocate(2 * recordBytes("Slot")),
  });
  wasm.routines.neighborSort(positions, grid, points);
  const rows = arena.i32(ROWS.length);
  writeStencilRows(wasm, rows, ROWS);
  const stencil = placeRecord(wasm, arena, "Stencil", { cutoff: CUTOFF, nRows: ROWS.length / 4, rows });
  const segments = arena.allocate(27 * recordBytes("Segment"));
  const images = placeRecord(wasm, arena, "Images", { count: room.images, segments, x: arena.f64(27), y: arena.f64(27), z: arena.f64(27) });
  const centerAtoms = arena.i32(2);
  wasm.i32(centerAtoms, 2).set([0, 1]);
  const list = (nPairs: number): Pointer =>
    placeRecord(wasm, arena, "NeighborList", {
      nAtoms: 2, nCenters: room.nCenters, nPairs, centerAtoms, offsets, neighborAtoms: arena.i32(PAIRS), shifts: arena.i32(3 * PAIRS),
      dx: arena.f64(PAIRS), dy: arena.f64(PAIRS), dz: arena.f64(PAIRS), distances: arena.f64(PAIRS),
    });
  const offsets = arena.i32(3);
  const { maxSegments, maxHits } = room;
  const work = { segments, maxSegments, hits: arena.f64(32), maxHits, hitsNeeded: 0, culprit: 0 };
  const scratch = placeRecord(wasm, arena, "SearchScratch", work);
  return { grid, stencil, points, images, counted: list(0), filled: list(room.nPairs), scratch, offsets };
}

function byCells(room: Room): number {
  const { routines } = executor.wasm;
  const { grid, stencil, points, counted, filled, scratch } = prepare(room);
  routines.neighborCellCount(grid, stencil, points, points, counted, scratch);
  routines.neighborOffsets(counted);
  routines.neighborCellFill(0, grid, stencil, points, points, filled, scratch);
  return readField(executor.wasm, counted, "NeighborList", "nPairs");
}

function byImages(room: Room): number {
  const { routines } = executor.wasm;
  const { grid, stencil, points, images, counted, filled, scratch } = prepare(room);
  routines.neighborImages(grid, stencil, images);
  routines.neighborImageCount(CUTOFF, images, points, points, counted, scratch);
  routines.neighborOffsets(counted);
  routines.neighborImageFill(CUTOFF, images, points, points, filled, scratch);
  return readField(executor.wasm, counted, "NeighborList", "nPairs");
}

describe.each([["cells", byCells], ["images", byImages]])("pairs by %s", (_, run) => {
  it("fit where there is just enough room", () => {
    expect(run(ample)).toBe(PAIRS);
    const { scratch, ...rest } = prepare(ample);
    executor.wasm.routines.neighborCellCount(rest.grid, rest.stencil, rest.points, rest.points, rest.counted, scratch);
    const needed = readField(executor.wasm, scratch, "SearchScratch", "hitsNeeded");
    expect(run({ ...ample, maxHits: needed })).toBe(PAIRS);
  });

  it.each([
    ["pairs", { nPairs: PAIRS - 1 }],
    ["hits", { maxHits: 9 }],
  ])("say when there is too little room for %s", (_what, less) => {
    expect(() => run({ ...ample, ...less })).toThrow(InternalError);
    expect(() => run({ ...ample, ...less })).toThrow(/Fill was given an output that is too small/);
  });

  it("refuse a list with another number of centers", () => {
    expect(() => run({ ...ample, nCenters: 1 })).toThrow(/was called with an invalid argument/);
  });

  it("refuse a grid with another number of cells", () => {
    expect(() => run({ ...ample, nCells: 2 })).toThrow("routine neighborSort was called with an invalid argument");
  });
});

describe("room for shifts", () => {
  it.each([0, 26])("is needed for every segment (%i)", (maxSegments) => {
    expect(() => byCells({ ...ample, maxSegments })).toThrow("routine neighborCellCount was given an output that is too small");
  });

  it("is needed for exactly the images of the stencil", () => {
    expect(() => byImages({ ...ample, images: 26 })).toThrow("routine neighborImages was given an output that is too small");
    expect(() => byImages({ ...ample, images: 28 })).toThrow("routine neighborImages was called with an invalid argument");
  });

  it("does not help a position that is not finite", () => {
    const arena = new Arena(region);
    const { wasm } = executor;
    const grid = placeGrid(arena);
    const positions = arena.f64(3);
    wasm.f64(positions, 3).set([0, NaN, 0]);
    const points = placeRecord(wasm, arena, "SortedPoints", {
      count: 1, nCells: 1, starts: arena.i32(2), x: arena.f64(1), y: arena.f64(1), z: arena.f64(1), tags: arena.i32(4), slots: arena.i32(2),
    });
    expect(() => wasm.routines.neighborSort(positions, grid, points)).toThrow(NumericalError);
  });
});
