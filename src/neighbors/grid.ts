import type { Pointer } from "../wasm/memory.js";
import { integerRecords, recordBytes, writeRecords } from "../wasm/records.js";
import type { Wasm } from "../wasm/wasm.js";
import { type Frame, planeSpacings, type Triple } from "./lattice.js";

/** Range of the coordinates u along the frame. */
export interface Bounds {
  readonly low: Triple;
  readonly high: Triple;
}

export interface Grid {
  readonly frame: Frame;
  /** Number of cells along each direction. */
  readonly counts: Triple;
  /** Lowest u, and length in u, of the grid. */
  readonly origin: Triple;
  readonly extent: Triple;
  /** Å: distances between the planes that bound the cells. */
  readonly widths: Triple;
}

function triple(make: (axis: number) => number): [number, number, number] {
  return [make(0), make(1), make(2)];
}

const FLAT = 1e-6;

/** A grid with cells at least `cutoff / divisions` wide, fewer where they would be mostly empty. */
export function makeGrid(frame: Frame, bounds: Bounds, cutoff: number, divisions: Triple, maxCells: number): Grid {
  const origin = triple((axis) => (frame.periodic[axis] ? 0 : bounds.low[axis]));
  // points in a plane or on a line still get cells of some width
  const extent = triple((axis) => (frame.periodic[axis] ? 1 : Math.max(bounds.high[axis] - bounds.low[axis], FLAT * cutoff)));
  const spacings = planeSpacings(frame);
  const heights = triple((axis) => spacings[axis] * extent[axis]);
  // a little wider than the part of the cutoff, so that rounding does not call for one more ring of cells
  const counts = triple((axis) => Math.max(1, Math.floor(((heights[axis] * divisions[axis]) / cutoff) * (1 - 1e-9))));
  while (counts[0] * counts[1] * counts[2] > maxCells) {
    const most = counts.indexOf(Math.max(...counts));
    counts[most] = Math.ceil(counts[most] / 2);
  }
  return { frame, counts, origin, extent, widths: triple((axis) => heights[axis] / counts[axis]) };
}

/** How many cells away, along one direction, an atom within the cutoff may be. */
function reach(grid: Grid, axis: number, cutoff: number): number {
  const all = grid.counts[axis] - 1;
  if (!grid.frame.periodic[axis] && all === 0) return 0;
  const cells = Math.floor(cutoff / grid.widths[axis]) + 1;
  return grid.frame.periodic[axis] ? cells : Math.min(all, cells);
}

/** Measured cost of going through a segment, and of listing it, in distance tests. */
const SEGMENT_COST = 10;
const LISTING_COST = 12;

/** Rough cost of one center, in distance tests. */
function costOf(grid: Grid, nAtoms: number, nCenters: number, cutoff: number): number {
  const [n1, n2, n3] = grid.counts;
  const cells = triple((axis) => {
    const span = 2 * reach(grid, axis, cutoff) + 1;
    return grid.frame.periodic[axis] ? span : Math.min(span, grid.counts[axis]);
  });
  const candidates = (nAtoms / (n1 * n2 * n3)) * cells[0] * cells[1] * cells[2];
  const segments = cells[1] * cells[2] * (grid.frame.periodic[0] ? 1 + (cells[0] - 1) / n1 : 1);
  const listings = Math.min(1, (n1 * n2 * n3) / nCenters);
  const overhead = segments * (SEGMENT_COST + LISTING_COST * listings);
  // with one cell the images can be the inner loop
  return candidates + (n1 * n2 * n3 === 1 ? Math.min(overhead, nAtoms * SEGMENT_COST) : overhead);
}

const DIVISIONS: readonly Triple[] = [[1, 1, 1], [2, 1, 1], [3, 1, 1], [2, 2, 2], [3, 2, 2]];

/** The grid that promises the least work. Depends on the input alone, so the order of the pairs is reproducible. */
export function chooseGrid(frame: Frame, bounds: Bounds, cutoff: number, nAtoms: number, nCenters: number): Grid {
  let best = makeGrid(frame, bounds, cutoff, [0, 0, 0], 1);
  let lowest = costOf(best, nAtoms, nCenters, cutoff);
  for (const divisions of DIVISIONS) {
    const grid = makeGrid(frame, bounds, cutoff, divisions, 64 + 4 * nAtoms);
    const cost = costOf(grid, nAtoms, nCenters, cutoff);
    if (cost < lowest) [best, lowest] = [grid, cost];
  }
  return best;
}

/** Smallest value of (u₂b₂ + u₃b₃)² over a rectangle; b₂₂, b₂₃, b₃₃ are the scalar products. */
function smallestSquare(u2: readonly [number, number], u3: readonly [number, number], b22: number, b23: number, b33: number): number {
  if (u2[0] <= 0 && u2[1] >= 0 && u3[0] <= 0 && u3[1] >= 0) return 0;
  const value = (a: number, b: number): number => a * a * b22 + 2 * a * b * b23 + b * b * b33;
  const clamp = (x: number, range: readonly [number, number]): number => Math.min(range[1], Math.max(range[0], x));
  let smallest = Infinity;
  for (const a of u2) smallest = Math.min(smallest, value(a, clamp((-a * b23) / b33, u3)));
  for (const b of u3) smallest = Math.min(smallest, value(clamp((-b * b23) / b22, u2), b));
  return smallest;
}

/** Rows of cells that may hold neighbors. */
export interface Stencil {
  /** As `writeStencilRows` takes them. */
  readonly rows: readonly number[];
  readonly nRows: number;
  /** Most segments that one cell can have. */
  readonly maxSegments: number;
  /** Number of cells; images, in a grid of one cell. */
  readonly nCells: number;
}

export const writeStencilRows = integerRecords("StencilRow", ["third", "second", "first", "last"]);

/** Guards the stencil against rounding of positions and cell numbers. */
const SLACK = 1e-9;

/**
 * Every cell that may hold a point closer than the cutoff to a point of cell (0, 0, 0). `spread` is the part of a cell that
 * points fill: 1, or less where the caller knows. A row of cells is a prism: its distance from the central prism, across the
 * first direction, bounds how far along that direction cells matter.
 */
export function makeStencil(grid: Grid, cutoff: number, spread: Triple = [1, 1, 1]): Stencil {
  const { basis, periodic } = grid.frame;
  const edges = [0, 1, 2].map((axis) => {
    const scale = grid.extent[axis] / grid.counts[axis];
    return triple((k) => basis[3 * axis + k] * scale);
  });
  const length = Math.hypot(...edges[0]);
  const product = (a: Triple, b: Triple): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  const p2 = product(edges[0], edges[1]) / length;
  const p3 = product(edges[0], edges[2]) / length;
  const b22 = product(edges[1], edges[1]) - p2 * p2;
  const b23 = product(edges[1], edges[2]) - p2 * p3;
  const b33 = product(edges[2], edges[2]) - p3 * p3;
  const limit = (cutoff * (1 + SLACK)) ** 2;
  const [m2, m3] = [reach(grid, 1, cutoff), reach(grid, 2, cutoff)];
  const [e1, e2, e3] = [spread[0] + SLACK, spread[1] + SLACK, spread[2] + SLACK];
  const rows: number[] = [];
  let nCells = 0;
  let maxSegments = 0;
  for (let o3 = -m3; o3 <= m3; o3++) {
    for (let o2 = -m2; o2 <= m2; o2++) {
      const across = smallestSquare([o2 - e2, o2 + e2], [o3 - e3, o3 + e3], b22, b23, b33);
      if (across >= limit) continue;
      const half = Math.sqrt(limit - across);
      const middle = o2 * p2 + o3 * p3;
      const slant = e2 * Math.abs(p2) + e3 * Math.abs(p3);
      // cell o of the row matters where (o − e₁, o + e₁) · length meets (−half, half) − middle ± slant
      let first = Math.floor((-half - middle - slant) / length - e1) + 1;
      let last = Math.ceil((half - middle + slant) / length + e1) - 1;
      if (!periodic[0]) [first, last] = [Math.max(first, 1 - grid.counts[0]), Math.min(last, grid.counts[0] - 1)];
      if (first > last) continue;
      rows.push(o3, o2, first, last);
      nCells += last - first + 1;
      maxSegments += Math.ceil((last - first + 1) / grid.counts[0]) + 1;
    }
  }
  return { rows, nRows: rows.length / 4, maxSegments, nCells };
}

/** Bytes of the grid as routines read it: three records. */
export const GRID_BYTES = 3 * recordBytes("Axis");

export function writeGrid(wasm: Wasm, pointer: Pointer, { frame, counts, origin, extent }: Grid): void {
  const { inverse, basis, periodic, transform } = frame;
  const axes = [0, 1, 2].map((k) => ({
    inverseX: inverse[k],
    inverseY: inverse[3 + k],
    inverseZ: inverse[6 + k],
    basisX: basis[3 * k],
    basisY: basis[3 * k + 1],
    basisZ: basis[3 * k + 2],
    origin: origin[k],
    scale: counts[k] / extent[k],
    count: counts[k],
    periodic: periodic[k] ? 1 : 0,
    transform1: transform[3 * k],
    transform2: transform[3 * k + 1],
    transform3: transform[3 * k + 2],
  }));
  writeRecords(wasm, pointer, "Axis", axes);
}
