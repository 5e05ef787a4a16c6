import { InvalidParameterError } from "../errors.js";
import { Arena, type Pointer } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";
import type { Workspace } from "./dense.js";
import { inverseScratchBytes, invert } from "./inverse.js";
import { type Matrix, matrix } from "./matrix.js";
import { gemm, gemmScratchBytes } from "./product.js";

/**
 * Environments of the data of a fit whose features enclose (locally) the largest volume: every row of the data is a combination of them
 * with weights of magnitude at most 1 + tolerance, its extrapolation grade (Podryabinkin & Shapeev, Comput. Mater. Sci. 140, 171 (2017),
 * doi:10.1016/j.commatsci.2017.08.031). Plain data, which a model file can hold.
 */
export interface ActiveRows {
  /** M, columns of the rows that are graded */
  readonly nFunctions: number;
  /** Columns that are independent on the data, ascending: K of them, as many as active rows. The others vanish on the data or depend on these there. */
  readonly functions: Int32Array;
  /** Active rows, by column of `inverse`: their numbers in the data, counted over all that was seen. */
  readonly members: Int32Array;
  /** f64 [K × M]: features of the active rows */
  readonly values: Float64Array;
  /** f64 [K × K]: inverse of the active rows in the columns `functions` */
  readonly inverse: Float64Array;
  /** f64 [M]: largest magnitude of every column in the data */
  readonly largest: Float64Array;
  /** ln |det| of the active rows in the columns `functions`. */
  readonly logVolume: number;
  /** Rows of the data that were seen. */
  readonly nRows: number;
}

/** What a file needs to hold of active rows: the inverse is made again from the values, to the same bits. */
export type StoredActiveRows = Omit<ActiveRows, "inverse">;

/** The inverse that stored active rows lack. */
export function completeActiveRows({ wasm, pool }: Workspace, stored: StoredActiveRows): ActiveRows {
  const { nFunctions, functions, values } = stored;
  const k = functions.length;
  const region = pool.allocate(16 * k * k + inverseScratchBytes(k) + 1024, `the inverse of ${k} active environments`);
  try {
    const arena = new Arena(region);
    const [square, inverse] = [matrix(arena.f64(k * k), k, k), matrix(arena.f64(k * k), k, k)];
    const elements = wasm.f64(square.pointer, k * k);
    for (let e = 0; e < k * k; e++) elements[e] = values[Math.floor(e / k) * nFunctions + functions[e % k]];
    invert(wasm, arena, square, inverse);
    return { ...stored, inverse: wasm.f64(inverse.pointer, k * k).slice() };
  } finally {
    pool.release(region);
  }
}

/** A value of a column that says nothing new may differ from what the data have by this share of the column's largest. */
const SAME = 1e-5;
/** A column that is 0 in the data counts as 0 below this share of the largest feature of a row. */
const ZERO = 1e-10;

/** Active rows in WebAssembly memory. */
export interface PlacedActiveRows {
  /** What was placed, without what is in memory. */
  readonly active: Pick<ActiveRows, "nFunctions" | "functions" | "members" | "largest">;
  /** M × K: combinations of a row are the row times this. */
  readonly inverse: Matrix;
  /** K × M */
  readonly values: Matrix;
}

/** Bytes of an arena that holds active rows. */
export function activeRowsBytes({ nFunctions, members }: Pick<ActiveRows, "nFunctions" | "members">): number {
  return 16 * nFunctions * members.length + 256;
}

/** Copies active rows to where `gradeRows` can use them. */
export function placeActiveRows(wasm: Wasm, arena: Arena, active: ActiveRows): PlacedActiveRows {
  const { nFunctions, functions, members, largest } = active;
  const k = members.length;
  const inverse = matrix(arena.f64(nFunctions * k), nFunctions, k);
  const values = matrix(arena.f64(k * nFunctions), k, nFunctions);
  const full = wasm.f64(inverse.pointer, nFunctions * k).fill(0);
  for (const [row, column] of functions.entries()) full.set(active.inverse.subarray(row * k, (row + 1) * k), column * k);
  wasm.f64(values.pointer, k * nFunctions).set(active.values);
  return { active: { nFunctions, functions, members, largest }, inverse, values };
}

/** Bytes of scratch of `gradeRows`. */
export function gradeScratchBytes(nRows: number, { nFunctions, members }: Pick<ActiveRows, "nFunctions" | "members">): number {
  return 8 * nRows * (members.length + nFunctions) + gemmScratchBytes(nRows, nFunctions, nFunctions) + 1024;
}

/**
 * Extrapolation grades of rows: the largest weight with which an active row takes part. Up to 1: inside; about 2 to 5: look at it; 25: far
 * outside. Infinite where a row has something that no row of the data had: a function that vanished there, or one that depended on others.
 * @param rows n × M
 * @param out f64 [n]
 */
export function gradeRows(wasm: Wasm, arena: Arena, rows: Matrix, { active, inverse, values }: PlacedActiveRows, out: Pointer): void {
  const mark = arena.mark();
  const [k, m] = [active.members.length, active.nFunctions];
  const weights = matrix(arena.f64(rows.rows * k), rows.rows, k);
  gemm(wasm, arena, 1, rows, inverse, 0, weights);
  const grades = wasm.f64(out, rows.rows);
  const all = wasm.f64(weights.pointer, rows.rows * k);
  for (let i = 0; i < rows.rows; i++) {
    let largest = 0;
    // a weight that is not a number ends the search and is the grade
    for (let j = i * k; j < (i + 1) * k && !Number.isNaN(largest); j++) if (!(Math.abs(all[j]) <= largest)) largest = Math.abs(all[j]);
    grades[i] = largest;
  }
  if (k < m) {
    const described = matrix(arena.f64(rows.rows * m), rows.rows, m);
    gemm(wasm, arena, 1, weights, values, 0, described);
    for (let i = 0; i < rows.rows; i++) {
      const row = wasm.f64(rows.pointer + i * rows.stride * 8, m);
      if (newColumn(active, row, wasm.f64(described.pointer + i * m * 8, m), grades[i]) >= 0) grades[i] = Infinity;
    }
  }
  arena.reset(mark);
}

/** The first column in which a row is not what the active rows make of it; −1 for none. */
function newColumn({ functions, largest }: PlacedActiveRows["active"], row: Float64Array, described: Float64Array, grade: number): number {
  let size = 0;
  for (const value of row) size = Math.max(size, Math.abs(value));
  let next = 0;
  for (let j = 0; j < row.length; j++) {
    if (functions[next] === j) next++;
    else if (Math.abs(row[j] - described[j]) > (largest[j] > 0 ? SAME * largest[j] * Math.max(1, grade) : ZERO * size)) return j;
  }
  return -1;
}

/**
 * As `gradeRows`, for plain arrays.
 * @param rows f64 [n × M]
 * @returns f64 [n]
 * @throws {InvalidParameterError} when the length is not a multiple of M
 */
export function extrapolationGrades({ wasm, pool }: Workspace, active: ActiveRows, rows: Float64Array): Float64Array {
  const n = rows.length / active.nFunctions;
  if (!Number.isInteger(n)) throw new InvalidParameterError(`${rows.length} values are no whole number of rows of ${active.nFunctions} features`);
  const bytes = activeRowsBytes(active) + gradeScratchBytes(n, active) + 8 * (rows.length + n) + 1024;
  const region = pool.allocate(bytes, `extrapolation grades of ${n} environments`);
  try {
    const arena = new Arena(region);
    const placed = placeActiveRows(wasm, arena, active);
    const [stored, out] = [matrix(arena.f64(rows.length), n, active.nFunctions), arena.f64(n)];
    wasm.f64(stored.pointer, rows.length).set(rows);
    gradeRows(wasm, arena, stored, placed, out);
    return wasm.f64(out, n).slice();
  } finally {
    pool.release(region);
  }
}
