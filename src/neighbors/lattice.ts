import { InvalidStructureError } from "../errors.js";

export type Triple = readonly [number, number, number];
type Vector = [number, number, number];

/** Cartesian frame of the cell grid: the shortest lattice vectors in periodic directions, unit vectors across them elsewhere. */
export interface Frame {
  /** Å, 3 × 3 row-major */
  readonly basis: Float64Array;
  /** Columns turn a position into coordinates along the basis: u = r · inverse. */
  readonly inverse: Float64Array;
  /** Integers, 3 × 3: basis = transform · cell in periodic directions */
  readonly transform: Int32Array;
  readonly periodic: readonly [boolean, boolean, boolean];
}

function dot(a: Triple, b: Triple): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function cross(a: Triple, b: Triple): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function unit(a: Triple): Vector {
  const length = Math.hypot(...a);
  return [a[0] / length, a[1] / length, a[2] / length];
}

function subtract(a: Vector, factor: number, b: Vector): void {
  for (let k = 0; k < 3; k++) a[k] -= factor * b[k];
}

/** Only a clear gain counts, so that a reduced cell stays as it is in spite of rounding. */
const GAIN = 1 - 1e-9;

/** Subtracts from `rows[i]` the whole multiple of `other` that shortens it most; whether it did. */
function shorten(rows: Vector[], steps: Vector[], i: number, other: Vector, otherSteps: Vector): boolean {
  const row = rows[i];
  const multiple = Math.round(dot(row, other) / dot(other, other));
  if (!Number.isFinite(multiple) || multiple === 0) return false;
  const shorter: Vector = [...row];
  subtract(shorter, multiple, other);
  if (!(dot(shorter, shorter) < GAIN * dot(row, row))) return false;
  rows[i] = shorter;
  subtract(steps[i], multiple, otherSteps);
  return true;
}

function combine(a: Vector, sign: number, b: Vector): Vector {
  return [a[0] + sign * b[0], a[1] + sign * b[1], a[2] + sign * b[2]];
}

/**
 * Makes the periodic rows short and nearly orthogonal: pairs first (Gauss), then each row against the sums and differences of
 * the other two, as in Semaev, Lect. Notes Comput. Sci. 2146, 181 (2001), doi:10.1007/3-540-44670-2_13. Without it a strongly
 * skewed cell needs many times more images.
 */
function reduce(rows: Vector[], steps: Vector[], axes: readonly number[]): void {
  for (let round = 0, changed = true; changed && round < 1000; round++) {
    changed = false;
    for (const i of axes) for (const j of axes) if (i !== j && shorten(rows, steps, i, rows[j], steps[j])) changed = true;
    if (changed || axes.length < 3) continue;
    for (const i of axes) {
      const [j, k] = axes.filter((axis) => axis !== i) as [number, number];
      for (const sign of [1, -1]) {
        const other = combine(rows[j], sign, rows[k]);
        if (shorten(rows, steps, i, other, combine(steps[j], sign, steps[k]))) changed = true;
      }
    }
  }
}

/** Unit vectors at right angles to the periodic rows and to each other in the other directions. */
function completeRows(rows: Vector[], axes: readonly number[]): void {
  const open = [0, 1, 2].filter((axis) => !axes.includes(axis));
  if (open.length === 3) for (const k of open) rows[k] = [k === 0 ? 1 : 0, k === 1 ? 1 : 0, k === 2 ? 1 : 0];
  if (open.length === 2) {
    const along = unit(rows[axes[0]]);
    const size = along.map(Math.abs);
    const least = size.indexOf(Math.min(...size));
    const across = unit(cross(along, [least === 0 ? 1 : 0, least === 1 ? 1 : 0, least === 2 ? 1 : 0]));
    rows[open[0]] = across;
    rows[open[1]] = cross(along, across);
  }
  if (open.length === 1) rows[open[0]] = unit(cross(rows[axes[0]], rows[axes[1]]));
}

/** Å: a lattice vector shorter than this is a mistake in the cell. */
const SHORTEST_VECTOR = 1e-2;

/**
 * The frame of a cell.
 * @param cell Å, 3 × 3, rows are lattice vectors; rows of directions that are not periodic may be anything, also zero
 * @throws {InvalidStructureError} a periodic direction without a cell, or lattice vectors that are not independent
 */
export function latticeFrame(cell: ArrayLike<number> | null, pbc: readonly [boolean, boolean, boolean]): Frame {
  const axes = [0, 1, 2].filter((axis) => pbc[axis]);
  if (axes.length > 0 && !cell) {
    throw new InvalidStructureError(`pbc is ${pbc.map((flag) => (flag ? "T" : "F")).join(" ")} but there is no cell: give the lattice, or pbc F F F`);
  }
  const rows: Vector[] = [0, 1, 2].map((k) => (cell ? [cell[3 * k], cell[3 * k + 1], cell[3 * k + 2]] : [0, 0, 0]));
  const steps: Vector[] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];
  if (!axes.every((axis) => rows[axis].every(Number.isFinite))) throw badCell(cell!, "has a value that is not finite");
  const longest = Math.max(...axes.map((axis) => Math.hypot(...rows[axis])));
  reduce(rows, steps, axes);
  // a dependent set of vectors reduces to a vector that is zero but for rounding
  for (const axis of axes) {
    if (!(Math.hypot(...rows[axis]) > Math.max(SHORTEST_VECTOR, 1e-10 * longest))) throw badCell(cell!, "is singular");
  }
  completeRows(rows, axes);
  const volume = dot(rows[0], cross(rows[1], rows[2]));
  const product = rows.reduce((value, row) => value * Math.hypot(...row), 1);
  if (!(Math.abs(volume) > 1e-6 * product)) throw badCell(cell!, "is singular");
  const columns = [cross(rows[1], rows[2]), cross(rows[2], rows[0]), cross(rows[0], rows[1])];
  const inverse = new Float64Array(9);
  for (let k = 0; k < 3; k++) for (let axis = 0; axis < 3; axis++) inverse[3 * k + axis] = columns[axis][k] / volume;
  return { basis: Float64Array.from(rows.flat()), inverse, transform: Int32Array.from(steps.flat()), periodic: pbc };
}

function badCell(cell: ArrayLike<number>, reason: string): InvalidStructureError {
  const rows = [0, 3, 6].map((k) => `[${cell[k]} ${cell[k + 1]} ${cell[k + 2]}]`).join(" ");
  return new InvalidStructureError(
    `the cell ${rows} ${reason}: the lattice vectors of periodic directions must be finite, independent and longer than ` +
      `${SHORTEST_VECTOR} Å; correct the cell, or set pbc to F in directions that are not periodic`,
  );
}

/** Å: distances between the planes of the frame. */
export function planeSpacings(frame: Frame): Vector {
  const column = (axis: number): number => Math.hypot(frame.inverse[axis], frame.inverse[3 + axis], frame.inverse[6 + axis]);
  return [1 / column(0), 1 / column(1), 1 / column(2)];
}
