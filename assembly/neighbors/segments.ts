// Cells along the first direction are contiguous in the sorted arrays, so that a neighborhood of cells is a short list of
// segments: runs of atoms that share one lattice shift.
import { COUNTS, latticeSum, PERIODIC, toCaller } from "./grid";

// A segment: i32 begin, i32 end, f64 [3] shift in Å, i32 [3] shift in lattice vectors of the caller.
export const BEGIN: usize = 0;
export const END: usize = 4;
export const SHIFT: usize = 8;
export const CELL_SHIFT: usize = 32;
export const SEGMENT_BYTES: usize = 48;

const ROW_BYTES: usize = 16;

// @ts-ignore: decorator
@inline
function floorDivide(a: i32, n: i32): i32 {
  if (a >= 0) return a < n ? 0 : a / n;
  return -((n - 1 - a) / n);
}

/** Appends the atoms of cells first … last of one row (without image); returns the end of the list. */
// @ts-ignore: decorator
@inline
function append(row: i32, first: i32, last: i32, t1: i32, t2: i32, t3: i32, grid: usize, starts: usize, out: usize): usize {
  const begin = load<i32>(starts + (<usize>(row + first) << 2));
  const end = load<i32>(starts + (<usize>(row + last) << 2), 4);
  if (begin == end) return out;
  store<i32>(out, begin, BEGIN);
  store<i32>(out, end, END);
  for (let k: usize = 0; k < 3; k++) {
    store<f64>(out + (k << 3), latticeSum(k << 3, <f64>t1, <f64>t2, <f64>t3, grid), SHIFT);
    store<i32>(out + (k << 2), toCaller(k << 2, t1, t2, t3, grid), CELL_SHIFT);
  }
  return out + SEGMENT_BYTES;
}

/**
 * Lists the segments around cell (c1, c2, c3). rows: i32 [nRows × 4], offsets of the row (third and second direction) and the
 * first and last cell offset along it; out: room for every segment. Returns the end of the list.
 */
export function listSegments(c1: i32, c2: i32, c3: i32, nRows: i32, rows: usize, grid: usize, starts: usize, out: usize): usize {
  const n1 = load<i32>(grid, COUNTS);
  const n2 = load<i32>(grid, COUNTS + 4);
  const n3 = load<i32>(grid, COUNTS + 8);
  const periodic1 = load<i32>(grid, PERIODIC);
  const periodic2 = load<i32>(grid, PERIODIC + 4);
  const periodic3 = load<i32>(grid, PERIODIC + 8);
  const end = rows + <usize>nRows * ROW_BYTES;
  for (let r = rows; r < end; r += ROW_BYTES) {
    const r3 = c3 + load<i32>(r, 0);
    const r2 = c2 + load<i32>(r, 4);
    const t3 = floorDivide(r3, n3);
    const t2 = floorDivide(r2, n2);
    if ((t3 != 0 && !periodic3) || (t2 != 0 && !periodic2)) continue;
    const row = ((r3 - t3 * n3) * n2 + (r2 - t2 * n2)) * n1;
    const first = c1 + load<i32>(r, 8);
    const last = c1 + load<i32>(r, 12);
    if (!periodic1) {
      if (first < n1 && last >= 0) out = append(row, max(0, first), min(n1 - 1, last), 0, t2, t3, grid, starts, out);
      continue;
    }
    const lastImage = floorDivide(last, n1);
    for (let t1 = floorDivide(first, n1); t1 <= lastImage; t1++) {
      const base = t1 * n1;
      out = append(row, max(0, first - base), min(n1 - 1, last - base), t1, t2, t3, grid, starts, out);
    }
  }
  return out;
}
