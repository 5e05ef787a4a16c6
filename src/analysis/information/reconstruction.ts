import { type Matrix, matrix, transpose } from "../../linalg/matrix.js";
import { gemm } from "../../linalg/product.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import { directions, project } from "./singular-rows.js";

// Reconstruction of the features y of some rows from other features x of the same rows. Goscinski, Fraux, Imbalzano & Ceriotti, Mach. Learn.: Sci.
// Technol. 2, 025028 (2021), doi:10.1088/2632-2153/abdaf7, with the choices of scikit-matter (`global_reconstruction_error`,
// `local_reconstruction_error`, `Ridge2FoldCV` with relative cutoffs of singular values).

/** Cutoffs of singular values, as shares of the largest, that cross-validation chooses from: geometric, 10⁻⁹ … 0.9. */
const CUTOFFS = Array.from({ length: 20 }, (_, i) => 1e-9 * (0.9 / 1e-9) ** (i / 19));

/** Rows of a sample that regressions are fitted to, with which of them make the second fold of cross-validation. */
export interface ReconstructionSplit {
  readonly train: Int32Array;
  readonly test: Int32Array;
  /** Positions in `train`, ascending */
  readonly secondFold: Int32Array;
  /** The same for `neighbors` rows in the order of their distance. */
  readonly secondLocalFold: Int32Array;
  /** Rows that a local regression is fitted to. */
  readonly neighbors: number;
}

/** Mean and scale that make the total variance of rows 1. */
export interface Scaling {
  readonly means: Float64Array;
  /** √(sum over the columns of their variances) */
  readonly scale: number;
}

/** Of the given rows of f64 [n × d]; the scale is 0 where they are all alike but for rounding. */
export function scalingOf(wasm: Wasm, x: Matrix, rows: Int32Array): Scaling {
  const { columns: d } = x;
  const values = elements(wasm, x);
  const means = new Float64Array(d);
  for (const row of rows) for (let f = 0, at = row * x.stride; f < d; f++, at++) means[f] += values[at];
  for (let f = 0; f < d; f++) means[f] /= rows.length;
  let [variance, size] = [0, 0];
  for (const row of rows) {
    for (let f = 0, at = row * x.stride; f < d; f++, at++) {
      const distance = values[at] - means[f];
      variance += distance * distance;
      size += values[at] * values[at];
    }
  }
  return { means, scale: variance > 1e-24 * size ? Math.sqrt(variance / rows.length) : 0 };
}

/** All that a stored matrix spans. */
function elements(wasm: Wasm, { pointer, rows, columns, stride }: Matrix): Float64Array {
  return wasm.f64(pointer, rows === 0 ? 0 : (rows - 1) * stride + columns);
}

/** (x − mean)/scale of some rows. */
export function scaledRows(wasm: Wasm, arena: Arena, x: Matrix, rows: Int32Array, { means, scale }: Scaling): Matrix {
  const { columns: d } = x;
  const out = matrix(arena.f64(rows.length * d), rows.length, d);
  const [values, target] = [elements(wasm, x), elements(wasm, out)];
  for (let i = 0, to = 0; i < rows.length; i++) {
    for (let f = 0, at = rows[i] * x.stride; f < d; f++, at++, to++) target[to] = (values[at] - means[f]) / scale;
  }
  return out;
}

/** What both folds and all rows of a regression from x are, whatever y: small matrices, each as its values. */
export interface Regression {
  /** Singular values of fold 1, fold 2, and all */
  readonly values: readonly [Float64Array, Float64Array, Float64Array];
  /** X₂ v₁/σ₁, X₁ v₂/σ₂, X_test v/σ */
  readonly projections: readonly [Matrix, Matrix, Matrix];
  /** u₁ᵀ, u₂ᵀ, uᵀ */
  readonly of: readonly [Matrix, Matrix, Matrix];
}

/** @param secondFold positions of the rows of `train` that make the second fold */
export function regression(wasm: Wasm, arena: Arena, train: Matrix, test: Matrix, secondFold: Int32Array): Regression {
  const [first, second] = folds(train.rows, secondFold).map((rows) => takeRows(wasm, arena, train, rows));
  const floor = Math.max(train.rows, train.columns) * Number.EPSILON;
  const [one, two, all] = [first, second, train].map((rows) => directions(wasm, arena, rows, floor));
  return {
    values: [one.values, two.values, all.values],
    projections: [project(wasm, arena, second, one), project(wasm, arena, first, two), project(wasm, arena, test, all)],
    of: [one.of, two.of, all.of],
  };
}

/** Positions of the first fold and of the second. */
export function folds(count: number, secondFold: Int32Array): [Int32Array, Int32Array] {
  const isSecond = new Uint8Array(count);
  secondFold.forEach((position) => (isSecond[position] = 1));
  return [Int32Array.from(isSecond.keys()).filter((i) => !isSecond[i]), Int32Array.from(isSecond.keys()).filter((i) => isSecond[i])];
}

export function takeRows(wasm: Wasm, arena: Arena, x: Matrix, rows: Int32Array): Matrix {
  const out = matrix(arena.f64(rows.length * x.columns), rows.length, x.columns);
  const [values, target] = [elements(wasm, x), elements(wasm, out)];
  rows.forEach((row, i) => target.set(values.subarray(row * x.stride, row * x.stride + x.columns), i * x.columns));
  return out;
}

/** Rows y that are reconstructed. */
export interface Target {
  /** In any orthogonal coordinates: only lengths matter. */
  readonly train: Matrix;
  readonly test: Matrix;
  /** Columns of y that cross-validation looks at, for the rows of `train`. */
  readonly columns: Matrix;
}

/**
 * Distances between y of the test rows and what is predicted from x, with the cutoff that two-fold cross-validation chooses: the least root
 * mean square error, averaged over columns and folds.
 */
export function residuals(wasm: Wasm, arena: Arena, of: Regression, { train, test, columns }: Target, secondFold: Int32Array): Float64Array {
  const mark = arena.mark();
  const [first, second] = folds(train.rows, secondFold).map((rows) => takeRows(wasm, arena, columns, rows));
  const cutoff = chooseCutoff(of.values, (fold, ranks) =>
    fold === 0
      ? lossesByRank(wasm, arena, of.projections[0], of.of[0], first, second, ranks)
      : lossesByRank(wasm, arena, of.projections[1], of.of[1], second, first, ranks),
  );
  const rank = rankAbove(of.values[2], cutoff);
  const left = takeRows(wasm, arena, test, Int32Array.from({ length: test.rows }, (_, i) => i));
  if (rank > 0) {
    const coefficients = matrix(arena.f64(rank * train.columns), rank, train.columns);
    gemm(wasm, arena, 1, { ...of.of[2], rows: rank }, train, 0, coefficients);
    gemm(wasm, arena, -1, { ...of.projections[2], columns: rank }, coefficients, 1, left);
  }
  const out = Float64Array.from({ length: left.rows }, (_, i) => Math.sqrt(squaredNorm(wasm.f64(left.pointer + 8 * i * left.columns, left.columns))));
  arena.reset(mark);
  return out;
}

function squaredNorm(values: Float64Array): number {
  let sum = 0;
  for (let f = 0; f < values.length; f++) sum += values[f] * values[f];
  return sum;
}

/** Singular values above a cutoff. */
export function rankAbove(values: Float64Array, cutoff: number): number {
  let rank = 0;
  while (rank < values.length && values[rank] > cutoff) rank++;
  return rank;
}

/** Cutoff, absolute, with the least loss of both folds; the first of equal ones. */
export function chooseCutoff(
  [one, two]: readonly [Float64Array, Float64Array, Float64Array],
  losses: (fold: 0 | 1, ranks: readonly number[]) => ReadonlyMap<number, number>,
): number {
  const largest = Math.max(one[0] ?? 0, two[0] ?? 0);
  const ranks = CUTOFFS.map((share) => [rankAbove(one, share * largest), rankAbove(two, share * largest)] as const);
  const distinct = (fold: 0 | 1): number[] => [...new Set(ranks.map((pair) => pair[fold]))].sort((a, b) => a - b);
  const [first, second] = [losses(0, distinct(0)), losses(1, distinct(1))];
  let [best, least] = [0, Infinity];
  ranks.forEach(([a, b], i) => {
    const loss = (first.get(a)! + second.get(b)!) / 2;
    if (loss < least) [best, least] = [i, loss];
  });
  return CUTOFFS[best] * largest;
}

/** Root mean square error of each column of `target`, averaged, with so many directions of the other fold. */
function lossesByRank(wasm: Wasm, arena: Arena, projection: Matrix, of: Matrix, source: Matrix, target: Matrix, ranks: readonly number[]): Map<number, number> {
  const mark = arena.mark();
  const most = ranks[ranks.length - 1];
  const coefficients = matrix(arena.f64(most * source.columns), most, source.columns);
  if (most > 0) gemm(wasm, arena, 1, { ...of, rows: most }, source, 0, coefficients);
  const left = takeRows(wasm, arena, target, Int32Array.from({ length: target.rows }, (_, i) => i));
  const losses = new Map<number, number>();
  let before = 0;
  for (const rank of ranks) {
    if (rank > before) {
      const part = { ...coefficients, pointer: coefficients.pointer + 8 * before * coefficients.columns, rows: rank - before };
      gemm(wasm, arena, -1, matrix(projection.pointer + 8 * before, projection.rows, rank - before, projection.stride), part, 1, left);
    }
    losses.set(rank, columnLoss(wasm, left));
    before = rank;
  }
  arena.reset(mark);
  return losses;
}

function columnLoss(wasm: Wasm, left: Matrix): number {
  const squares = new Float64Array(left.columns);
  const values = elements(wasm, left);
  for (let i = 0, at = 0; i < left.rows; i++) for (let f = 0; f < squares.length; f++, at++) squares[f] += values[at] * values[at];
  let sum = 0;
  for (let f = 0; f < squares.length; f++) sum += Math.sqrt(squares[f] / left.rows);
  return sum / left.columns;
}

/** √(mean of the squares) */
export function rootMeanSquare(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ** 2;
  return Math.sqrt(sum / values.length);
}

/** For each of the rows `test`, the `count` rows of `train` that are nearest, nearest first; of equal ones the first. */
export function nearestRows(wasm: Wasm, arena: Arena, train: Matrix, test: Matrix, count: number, isSame: (i: number, j: number) => boolean = () => false): Int32Array[] {
  const mark = arena.mark();
  const products = matrix(arena.f64(test.rows * train.rows), test.rows, train.rows);
  gemm(wasm, arena, 1, test, transpose(train), 0, products);
  const squares = Float64Array.from({ length: train.rows }, (_, j) => squaredNorm(wasm.f64(train.pointer + 8 * j * train.stride, train.columns)));
  const found = Array.from({ length: test.rows }, (_, i) => {
    const row = wasm.f64(products.pointer + 8 * i * train.rows, train.rows);
    return smallest(
      train.rows,
      (j) => (isSame(i, j) ? Infinity : squares[j] - 2 * row[j]),
      count,
    );
  });
  arena.reset(mark);
  return found;
}

/** Positions of the `count` smallest of some values, ascending, by insertion. */
function smallest(total: number, value: (j: number) => number, count: number): Int32Array {
  const values = new Float64Array(count).fill(Infinity);
  const positions = new Int32Array(count).fill(-1);
  for (let j = 0; j < total; j++) {
    const own = value(j);
    if (!(own < values[count - 1])) continue;
    let at = count - 1;
    for (; at > 0 && own < values[at - 1]; at--) {
      values[at] = values[at - 1];
      positions[at] = positions[at - 1];
    }
    values[at] = own;
    positions[at] = j;
  }
  return positions;
}

/** Where a prepared regression stands in shared memory. */
export interface PlacedRegression {
  readonly values: Regression["values"];
  readonly projections: Regression["projections"];
  readonly of: Regression["of"];
}

/** Numbers (f64) that a regression of `train` rows, tested on `test` ones, takes at most. */
export function regressionSize(train: number, test: number, columns: number, second: number): number {
  const rank = (rows: number): number => Math.min(rows, columns);
  const first = train - second;
  return rank(first) * train + rank(second) * train + rank(train) * (train + test);
}

/** Copies the matrices of a regression to memory that stays. */
export function placeRegression(wasm: Wasm, { values, projections, of }: Regression, out: Pointer): PlacedRegression {
  let at = out;
  const place = (from: Matrix): Matrix => {
    const to = matrix(at, from.rows, from.columns);
    for (let i = 0; i < from.rows; i++) {
      wasm.f64(at + 8 * i * from.columns, from.columns).set(wasm.f64(from.pointer + 8 * i * from.stride, from.columns));
    }
    at += 8 * from.rows * from.columns;
    return to;
  };
  return { values, projections: [place(projections[0]), place(projections[1]), place(projections[2])], of: [place(of[0]), place(of[1]), place(of[2])] };
}
