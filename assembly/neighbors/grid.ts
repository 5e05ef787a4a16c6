// Linked cells: points are wrapped into the periodic directions and sorted by grid cell with a stable counting sort.
import { NOT_FINITE, OK } from "../status";

// The grid block that the host writes (src/neighbors/grid.ts keeps the same offsets).
export const INVERSE: usize = 0; // f64 [3 × 3]: u = r · inverse
export const BASIS: usize = 72; // f64 [3 × 3], Å: reduced lattice vectors in rows
export const ORIGIN: usize = 144; // f64 [3]: lowest u of the grid
export const SCALE: usize = 168; // f64 [3]: cells per unit of u
export const COUNTS: usize = 192; // i32 [3]: cells along each direction
export const PERIODIC: usize = 204; // i32 [3]: 1 where periodic
export const TRANSFORM: usize = 216; // i32 [3 × 3]: reduced vectors in terms of those of the caller

/** Beyond this many cells from the origin too few digits of a wrapped position are left. */
const FARTHEST: f64 = 1.0e6;

/** Component k of u = r · inverse. */
// @ts-ignore: decorator
@inline
function component(k: usize, position: usize, grid: usize): f64 {
  const column = grid + (k << 3);
  return (
    load<f64>(position, 0) * load<f64>(column, INVERSE) +
    load<f64>(position, 8) * load<f64>(column, INVERSE + 24) +
    load<f64>(position, 16) * load<f64>(column, INVERSE + 48)
  );
}

/** Number of whole lattice vectors below u in direction k; 0 where not periodic. */
// @ts-ignore: decorator
@inline
function wrapOf(k: usize, u: f64, grid: usize): f64 {
  return load<i32>(grid + (k << 2), PERIODIC) ? Math.floor(u) : 0.0;
}

/** Cell of u in direction k. Rounding may put a point on the far side of the last cell, hence the clamp. */
// @ts-ignore: decorator
@inline
function cellOf(k: usize, u: f64, grid: usize): i32 {
  const last = load<i32>(grid + (k << 2), COUNTS) - 1;
  const cell = <i32>((u - load<f64>(grid + (k << 3), ORIGIN)) * load<f64>(grid + (k << 3), SCALE));
  return max(0, min(last, cell));
}

/**
 * Sorts points by cell; points of one cell keep their order.
 * points: f64 [nPoints × 3]; starts: i32 [nCells + 1]; x, y, z: f64 [nPoints], wrapped; tags: i32 [nPoints × 4], the wrap in
 * lattice vectors of the caller, then the number of the point; slots: i32 [nPoints × 2], cell of each point and where it went.
 * NOT_FINITE for a point that is not finite or more than 10⁶ lattice vectors away.
 */
export function neighborSort(
  nPoints: i32, nCells: i32, points: usize, grid: usize, starts: usize, x: usize, y: usize, z: usize, tags: usize, slots: usize,
): i32 {
  memory.fill(starts, 0, (<usize>nCells + 1) << 2);
  const n1 = load<i32>(grid, COUNTS);
  const n2 = load<i32>(grid, COUNTS + 4);
  for (let i: usize = 0; i < <usize>nPoints; i++) {
    const p = points + i * 24;
    const u1 = component(0, p, grid);
    const u2 = component(1, p, grid);
    const u3 = component(2, p, grid);
    const w1 = wrapOf(0, u1, grid);
    const w2 = wrapOf(1, u2, grid);
    const w3 = wrapOf(2, u3, grid);
    if (!(Math.abs(w1) + Math.abs(w2) + Math.abs(w3) < FARTHEST) || !(Math.abs(u1) + Math.abs(u2) + Math.abs(u3) < Infinity)) return NOT_FINITE;
    const cell = (cellOf(2, u3 - w3, grid) * n2 + cellOf(1, u2 - w2, grid)) * n1 + cellOf(0, u1 - w1, grid);
    store<i32>(slots + (i << 3), cell, 0);
    const count = starts + (<usize>cell << 2);
    store<i32>(count, load<i32>(count, 4) + 1, 4);
  }
  // starts[c + 1] holds the count of c; turn it into the running start of c, which the scatter moves on to its end
  let sum = 0;
  for (let c: usize = 0; c < <usize>nCells; c++) {
    const count = load<i32>(starts + (c << 2), 4);
    store<i32>(starts + (c << 2), sum, 4);
    sum += count;
  }
  for (let i: usize = 0; i < <usize>nPoints; i++) {
    const next = starts + (<usize>load<i32>(slots + (i << 3), 0) << 2);
    const target = load<i32>(next, 4);
    store<i32>(next, target + 1, 4);
    store<i32>(slots + (i << 3), target, 4);
    place(<i32>i, points + i * 24, grid, <usize>target, x, y, z, tags);
  }
  return OK;
}

/** Writes the wrapped position and the tag of point i. */
// @ts-ignore: decorator
@inline
function place(i: i32, p: usize, grid: usize, target: usize, x: usize, y: usize, z: usize, tags: usize): void {
  const w1 = wrapOf(0, component(0, p, grid), grid);
  const w2 = wrapOf(1, component(1, p, grid), grid);
  const w3 = wrapOf(2, component(2, p, grid), grid);
  store<f64>(x + (target << 3), load<f64>(p, 0) - latticeSum(0, w1, w2, w3, grid));
  store<f64>(y + (target << 3), load<f64>(p, 8) - latticeSum(8, w1, w2, w3, grid));
  store<f64>(z + (target << 3), load<f64>(p, 16) - latticeSum(16, w1, w2, w3, grid));
  const tag = tags + (target << 4);
  store<i32>(tag, toCaller(0, <i32>w1, <i32>w2, <i32>w3, grid), 0);
  store<i32>(tag, toCaller(4, <i32>w1, <i32>w2, <i32>w3, grid), 4);
  store<i32>(tag, toCaller(8, <i32>w1, <i32>w2, <i32>w3, grid), 8);
  store<i32>(tag, i, 12);
}

/** One Cartesian component (byte offset 0, 8, 16) of t₁b₁ + t₂b₂ + t₃b₃; changes sign exactly with t. */
// @ts-ignore: decorator
@inline
export function latticeSum(offset: usize, t1: f64, t2: f64, t3: f64, grid: usize): f64 {
  const basis = grid + offset;
  return t1 * load<f64>(basis, BASIS) + t2 * load<f64>(basis, BASIS + 24) + t3 * load<f64>(basis, BASIS + 48);
}

/** One component (byte offset 0, 4, 8) of a lattice shift in terms of the caller's lattice vectors. */
// @ts-ignore: decorator
@inline
export function toCaller(offset: usize, t1: i32, t2: i32, t3: i32, grid: usize): i32 {
  const transform = grid + offset;
  return t1 * load<i32>(transform, TRANSFORM) + t2 * load<i32>(transform, TRANSFORM + 12) + t3 * load<i32>(transform, TRANSFORM + 24);
}
