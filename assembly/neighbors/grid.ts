// Linked cells: points are wrapped into the periodic directions and sorted by grid cell with a stable counting sort.
import { recordAt } from "../records";
import { INVALID_ARGUMENT, NOT_FINITE, OK } from "../status";

/** One direction of the grid; three in a row are a grid. u = r · inverse, with the inverse of the basis in columns. */
@unmanaged
export class Axis {
  inverseX: f64;
  inverseY: f64;
  inverseZ: f64;
  /** Å: the reduced lattice vector */
  basisX: f64;
  basisY: f64;
  basisZ: f64;
  /** Lowest u of the grid */
  origin: f64;
  /** Cells per unit of u */
  scale: f64;
  /** Cells */
  count: i32;
  /** 1 where periodic */
  periodic: i32;
  /** The reduced vector in terms of the lattice vectors of the caller */
  transform1: i32;
  transform2: i32;
  transform3: i32;
}

/** Where a sorted point comes from: its wrap in lattice vectors of the caller (it was subtracted), and its number. */
@unmanaged
export class Tag {
  wrap1: i32;
  wrap2: i32;
  wrap3: i32;
  point: i32;
}

/** Where a point went: its cell, and its place in the sorted arrays. */
@unmanaged
export class Slot {
  cell: i32;
  place: i32;
}

/** Points sorted by cell; points of one cell keep their order. */
@unmanaged
export class SortedPoints {
  count: i32;
  nCells: i32;
  /** i32 [nCells + 1] */
  starts: usize;
  /** f64 [count] each, Å: wrapped */
  x: usize;
  y: usize;
  z: usize;
  /** Tag [count], in the order of the sorted points */
  tags: usize;
  /** Slot [count], in the order of the points */
  slots: usize;
}

/** Beyond this many cells from the origin too few digits of a wrapped position are left. */
const FARTHEST: f64 = 1.0e6;

/** The component of a position along a direction. */
// @ts-ignore: decorator
@inline
function component(axis: Axis, position: usize): f64 {
  return load<f64>(position, 0) * axis.inverseX + load<f64>(position, 8) * axis.inverseY + load<f64>(position, 16) * axis.inverseZ;
}

/** Number of whole lattice vectors below u; 0 where not periodic. */
// @ts-ignore: decorator
@inline
function wrapOf(axis: Axis, u: f64): f64 {
  return axis.periodic ? Math.floor(u) : 0.0;
}

/** Cell of u along a direction. Rounding may put a point on the far side of the last cell, hence the clamp. */
// @ts-ignore: decorator
@inline
function cellOf(axis: Axis, u: f64): i32 {
  const cell = <i32>((u - axis.origin) * axis.scale);
  return max(0, min(axis.count - 1, cell));
}

/**
 * Sorts points by cell.
 * positions: f64 [count × 3], Å; grid: Axis [3]; sorted: SortedPoints, whose arrays are written.
 * NOT_FINITE for a point that is not finite or more than 10⁶ lattice vectors away.
 */
export function neighborSort(positions: usize, grid: usize, sorted: usize): i32 {
  const axis1 = recordAt<Axis>(grid, 0);
  const axis2 = recordAt<Axis>(grid, 1);
  const axis3 = recordAt<Axis>(grid, 2);
  const points = changetype<SortedPoints>(sorted);
  const count = points.count;
  const nCells = points.nCells;
  const starts = points.starts;
  const slots = points.slots;
  if (count < 0 || nCells != axis1.count * axis2.count * axis3.count) return INVALID_ARGUMENT;
  memory.fill(starts, 0, (<usize>nCells + 1) << 2);
  for (let i = 0; i < count; i++) {
    const p = positions + <usize>i * 24;
    const u1 = component(axis1, p);
    const u2 = component(axis2, p);
    const u3 = component(axis3, p);
    const w1 = wrapOf(axis1, u1);
    const w2 = wrapOf(axis2, u2);
    const w3 = wrapOf(axis3, u3);
    if (!(Math.abs(w1) + Math.abs(w2) + Math.abs(w3) < FARTHEST)) return NOT_FINITE;
    if (!(Math.abs(u1) + Math.abs(u2) + Math.abs(u3) < Infinity)) return NOT_FINITE;
    const cell = (cellOf(axis3, u3 - w3) * axis2.count + cellOf(axis2, u2 - w2)) * axis1.count + cellOf(axis1, u1 - w1);
    recordAt<Slot>(slots, i).cell = cell;
    const next = starts + (<usize>cell << 2);
    store<i32>(next, load<i32>(next, 4) + 1, 4);
  }
  accumulate(nCells, starts);
  for (let i = 0; i < count; i++) {
    const slot = recordAt<Slot>(slots, i);
    const next = starts + (<usize>slot.cell << 2);
    const target = load<i32>(next, 4);
    store<i32>(next, target + 1, 4);
    slot.place = target;
    place(i, positions + <usize>i * 24, axis1, axis2, axis3, target, points);
  }
  return OK;
}

/** starts[c + 1] holds the count of c; turns it into the running start of c, which the scatter moves on to its end. */
// @ts-ignore: decorator
@inline
function accumulate(nCells: i32, starts: usize): void {
  let sum = 0;
  for (let c: usize = 0; c < <usize>nCells; c++) {
    const count = load<i32>(starts + (c << 2), 4);
    store<i32>(starts + (c << 2), sum, 4);
    sum += count;
  }
}

/** Writes the wrapped position and the tag of point i. */
// @ts-ignore: decorator
@inline
function place(i: i32, p: usize, axis1: Axis, axis2: Axis, axis3: Axis, target: i32, points: SortedPoints): void {
  const w1 = wrapOf(axis1, component(axis1, p));
  const w2 = wrapOf(axis2, component(axis2, p));
  const w3 = wrapOf(axis3, component(axis3, p));
  const at = <usize>target << 3;
  store<f64>(points.x + at, load<f64>(p, 0) - latticeSum(w1, axis1.basisX, w2, axis2.basisX, w3, axis3.basisX));
  store<f64>(points.y + at, load<f64>(p, 8) - latticeSum(w1, axis1.basisY, w2, axis2.basisY, w3, axis3.basisY));
  store<f64>(points.z + at, load<f64>(p, 16) - latticeSum(w1, axis1.basisZ, w2, axis2.basisZ, w3, axis3.basisZ));
  const tag = recordAt<Tag>(points.tags, target);
  tag.wrap1 = toCaller(<i32>w1, axis1.transform1, <i32>w2, axis2.transform1, <i32>w3, axis3.transform1);
  tag.wrap2 = toCaller(<i32>w1, axis1.transform2, <i32>w2, axis2.transform2, <i32>w3, axis3.transform2);
  tag.wrap3 = toCaller(<i32>w1, axis1.transform3, <i32>w2, axis2.transform3, <i32>w3, axis3.transform3);
  tag.point = i;
}

/** One component of t₁b₁ + t₂b₂ + t₃b₃; changes sign exactly with t. */
// @ts-ignore: decorator
@inline
export function latticeSum(t1: f64, b1: f64, t2: f64, b2: f64, t3: f64, b3: f64): f64 {
  return t1 * b1 + t2 * b2 + t3 * b3;
}

/** The same for whole numbers: a lattice shift in terms of the caller's lattice vectors. */
// @ts-ignore: decorator
@inline
export function toCaller(t1: i32, b1: i32, t2: i32, b2: i32, t3: i32, b3: i32): i32 {
  return t1 * b1 + t2 * b2 + t3 * b3;
}
