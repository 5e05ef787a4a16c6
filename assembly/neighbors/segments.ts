// Cells along the first direction are contiguous in the sorted arrays, so that a neighborhood of cells is a short list of
// segments: runs of atoms that share one lattice shift.
import { bytesOf, recordAt } from "../records";
import { Axis, latticeSum, toCaller } from "./grid";

/** Atoms begin … end − 1 of the sorted arrays with one lattice shift; as an image, the shift alone. */
@unmanaged
export class Segment {
  begin: i32;
  end: i32;
  /** Å */
  shiftX: f64;
  shiftY: f64;
  shiftZ: f64;
  /** in lattice vectors of the caller; read as a vector, with the padding of the record */
  cell1: i32;
  cell2: i32;
  cell3: i32;
}

/** Cells of one row that may hold neighbors: offsets along the third and second direction, first and last offset along the first. */
@unmanaged
export class StencilRow {
  third: i32;
  second: i32;
  first: i32;
  last: i32;
}

/** Where to look around a cell, and how far an atom may be. */
@unmanaged
export class Stencil {
  /** Å */
  cutoff: f64;
  nRows: i32;
  /** StencilRow [nRows] */
  rows: usize;
}

// @ts-ignore: decorator
@inline
function floorDivide(a: i32, n: i32): i32 {
  if (a >= 0) return a < n ? 0 : a / n;
  return -((n - 1 - a) / n);
}

/** Gives a segment the shift t₁b₁ + t₂b₂ + t₃b₃. */
// @ts-ignore: decorator
@inline
export function setShift(segment: Segment, t1: i32, t2: i32, t3: i32, grid: usize): void {
  const axis1 = recordAt<Axis>(grid, 0);
  const axis2 = recordAt<Axis>(grid, 1);
  const axis3 = recordAt<Axis>(grid, 2);
  segment.shiftX = latticeSum(<f64>t1, axis1.basisX, <f64>t2, axis2.basisX, <f64>t3, axis3.basisX);
  segment.shiftY = latticeSum(<f64>t1, axis1.basisY, <f64>t2, axis2.basisY, <f64>t3, axis3.basisY);
  segment.shiftZ = latticeSum(<f64>t1, axis1.basisZ, <f64>t2, axis2.basisZ, <f64>t3, axis3.basisZ);
  segment.cell1 = toCaller(t1, axis1.transform1, t2, axis2.transform1, t3, axis3.transform1);
  segment.cell2 = toCaller(t1, axis1.transform2, t2, axis2.transform2, t3, axis3.transform2);
  segment.cell3 = toCaller(t1, axis1.transform3, t2, axis2.transform3, t3, axis3.transform3);
}

/** Appends the atoms of cells first … last of one row (without image); returns the end of the list, 0 if it would pass `limit`. */
// @ts-ignore: decorator
@inline
function append(row: i32, first: i32, last: i32, t1: i32, t2: i32, t3: i32, grid: usize, starts: usize, out: usize, limit: usize): usize {
  const begin = load<i32>(starts + (<usize>(row + first) << 2));
  const end = load<i32>(starts + (<usize>(row + last) << 2), 4);
  if (begin == end) return out;
  if (out >= limit) return 0;
  const segment = changetype<Segment>(out);
  segment.begin = begin;
  segment.end = end;
  setShift(segment, t1, t2, t3, grid);
  return out + bytesOf<Segment>();
}

/** Lists the segments around cell (c1, c2, c3) from `out` on; returns the end of the list, or 0 if it would pass `limit`. */
export function listSegments(c1: i32, c2: i32, c3: i32, stencil: Stencil, grid: usize, starts: usize, out: usize, limit: usize): usize {
  const axis1 = recordAt<Axis>(grid, 0);
  const axis2 = recordAt<Axis>(grid, 1);
  const axis3 = recordAt<Axis>(grid, 2);
  const n1 = axis1.count;
  const n2 = axis2.count;
  const n3 = axis3.count;
  const periodic1 = axis1.periodic;
  const periodic2 = axis2.periodic;
  const periodic3 = axis3.periodic;
  const end = stencil.rows + <usize>stencil.nRows * bytesOf<StencilRow>();
  for (let r = stencil.rows; r < end; r += bytesOf<StencilRow>()) {
    const cells = changetype<StencilRow>(r);
    const r3 = c3 + cells.third;
    const r2 = c2 + cells.second;
    const t3 = floorDivide(r3, n3);
    const t2 = floorDivide(r2, n2);
    if ((t3 != 0 && !periodic3) || (t2 != 0 && !periodic2)) continue;
    const row = ((r3 - t3 * n3) * n2 + (r2 - t2 * n2)) * n1;
    const first = c1 + cells.first;
    const last = c1 + cells.last;
    if (!periodic1) {
      if (first < n1 && last >= 0) out = append(row, max(0, first), min(n1 - 1, last), 0, t2, t3, grid, starts, out, limit);
      if (out == 0) return 0;
      continue;
    }
    const lastImage = floorDivide(last, n1);
    for (let t1 = floorDivide(first, n1); t1 <= lastImage; t1++) {
      const base = t1 * n1;
      out = append(row, max(0, first - base), min(n1 - 1, last - base), t1, t2, t3, grid, starts, out, limit);
      if (out == 0) return 0;
    }
  }
  return out;
}
