import type { Matrix } from "../../linalg/matrix.js";
import { defineTask, type TaskContext } from "../../parallel/task.js";
import type { Pointer } from "../../wasm/memory.js";
import type { RowCoordinates } from "./row-coordinates.js";
import {
  chooseCutoff,
  folds,
  nearestRows,
  placeRegression,
  type PlacedRegression,
  rankAbove,
  type ReconstructionSplit,
  regression,
  residuals,
  rootMeanSquare,
  scaledRows,
  scalingOf,
  takeRows,
} from "./reconstruction.js";

/** The nearest neighbors of every row: n × neighbors positions, nearest first. */
export const neighborsTask = defineTask("analysis/row-neighbors", ({ wasm, scratch }: TaskContext, { x, neighbors }: { readonly x: Matrix; readonly neighbors: number }): Int32Array => {
  const rows = Int32Array.from({ length: x.rows }, (_, i) => i);
  const { means } = scalingOf(wasm, x, rows);
  const centered = scaledRows(wasm, scratch, x, rows, { means, scale: 1 });
  const found = nearestRows(wasm, scratch, centered, centered, neighbors, (i, j) => i === j);
  const out = new Int32Array(x.rows * neighbors);
  found.forEach((row, i) => out.set(row, i * neighbors));
  return out;
});

/** Shared share of the neighbors that two descriptors find. */
export function sharedNeighbors(a: Int32Array, b: Int32Array, neighbors: number): number {
  let shared = 0;
  for (let first = 0; first < a.length; first += neighbors) {
    const own = new Set(a.subarray(first, first + neighbors));
    for (let k = first; k < first + neighbors; k++) if (own.has(b[k])) shared++;
  }
  return shared / a.length;
}

/** The regression around one test row, from its nearest rows of the training set. Small arrays, row by row. */
interface LocalRegression {
  /** Position in `test`. */
  readonly test: number;
  /** Rows of the sample, nearest first. */
  readonly rows: Int32Array;
  /** Of both folds and all of them, as in `Regression`; the number of columns is the number of values. */
  readonly values: readonly [Float64Array, Float64Array, Float64Array];
  readonly projections: readonly [Float64Array, Float64Array, Float64Array];
  readonly of: readonly [Float64Array, Float64Array, Float64Array];
}

/** What is computed once for each descriptor that others are reconstructed from. */
export interface PreparedSource {
  readonly global: PlacedRegression;
  readonly local: readonly LocalRegression[];
}

export interface SourceInput {
  readonly x: Matrix;
  readonly split: ReconstructionSplit;
  /** Test rows with a regression of their own, positions in `split.test`. */
  readonly localTests: Int32Array;
  /** `regressionSize` numbers */
  readonly out: Pointer;
}

/** Singular values and directions of the rows that others are reconstructed from; null where these rows are all alike. */
export const prepareSourceTask = defineTask("analysis/prepare-source", ({ wasm, scratch }: TaskContext, { x, split, localTests, out }: SourceInput): PreparedSource | null => {
  const scaling = scalingOf(wasm, x, split.train);
  if (scaling.scale === 0) return null;
  const train = scaledRows(wasm, scratch, x, split.train, scaling);
  const test = scaledRows(wasm, scratch, x, split.test, scaling);
  const mark = scratch.mark();
  const global = placeRegression(wasm, regression(wasm, scratch, train, test, split.secondFold), out);
  scratch.reset(mark);
  const tests = takeRows(wasm, scratch, test, localTests);
  const nearest = nearestRows(wasm, scratch, train, tests, split.neighbors);
  const local = nearest.map((positions, i): LocalRegression => {
    const pointMark = scratch.mark();
    const { means } = scalingOf(wasm, train, positions);
    const around = scaledRows(wasm, scratch, train, positions, { means, scale: 1 });
    const own = scaledRows(wasm, scratch, tests, Int32Array.of(i), { means, scale: 1 });
    const { values, projections, of } = regression(wasm, scratch, around, own, split.secondLocalFold);
    const read = (a: Matrix): Float64Array => wasm.f64(a.pointer, a.rows * a.columns).slice();
    const found = {
      test: localTests[i],
      rows: positions.map((position) => split.train[position]),
      values,
      projections: [read(projections[0]), read(projections[1]), read(projections[2])] as const,
      of: [read(of[0]), read(of[1]), read(of[2])] as const,
    };
    scratch.reset(pointMark);
    return found;
  });
  return { global, local };
});

export interface TargetInput {
  readonly source: PreparedSource;
  readonly y: RowCoordinates;
  readonly split: ReconstructionSplit;
}

/** Global and local reconstruction errors of one descriptor from another; null where the rows of the target are all alike. */
export const reconstructTask = defineTask("analysis/reconstruct", ({ wasm, scratch }: TaskContext, { source, y, split }: TargetInput): { readonly global: number; readonly local: number } | null => {
  const scaling = scalingOf(wasm, y.rows, split.train);
  if (scaling.scale === 0) return null;
  const [train, test] = [split.train, split.test].map((rows) => scaledRows(wasm, scratch, y.rows, rows, scaling));
  const { means } = scalingOf(wasm, y.columns, split.train);
  const columns = y.columns.pointer === y.rows.pointer ? train : scaledRows(wasm, scratch, y.columns, split.train, { means, scale: scaling.scale });
  const global = rootMeanSquare(residuals(wasm, scratch, source.global, { train, test, columns }, split.secondFold));
  const rowsOf = (from: Matrix): RowView => ({ values: wasm.f64(from.pointer, from.rows * from.columns), d: from.columns });
  const rows = rowsOf(y.rows);
  const looked = y.columns.pointer === y.rows.pointer ? rows : rowsOf(y.columns);
  const local = source.local.map((around) => localResidual(around, rows, looked, split) / scaling.scale);
  return { global, local: rootMeanSquare(local) };
});

/** Rows without gaps. */
interface RowView {
  readonly values: Float64Array;
  readonly d: number;
}

/** As `residuals`, of one test row and few neighbors. */
function localResidual(source: LocalRegression, all: RowView, looked: RowView, split: ReconstructionSplit): number {
  const { rows, values, projections, of } = source;
  const { d } = all;
  const { around, mean } = centeredRows(rows, all);
  const columns = looked === all ? around : centeredRows(rows, looked).around;
  const members = folds(rows.length, split.secondLocalFold).map((positions) => pickRows(columns, positions, looked.d));
  const cutoff = chooseCutoff(values, (fold, ranks) => localLosses(projections[fold], of[fold], members[fold], members[1 - fold], looked.d, ranks));
  const rank = rankAbove(values[2], cutoff);
  const left = all.values.slice(split.test[source.test] * d, (split.test[source.test] + 1) * d);
  for (let f = 0; f < d; f++) left[f] -= mean[f];
  for (let k = 0; k < rows.length; k++) {
    // weight of a neighbor in the prediction
    let weight = 0;
    for (let r = 0; r < rank; r++) weight += projections[2][r] * of[2][r * rows.length + k];
    for (let f = 0, at = k * d; f < d; f++, at++) left[f] -= weight * around[at];
  }
  let squares = 0;
  for (let f = 0; f < d; f++) squares += left[f] * left[f];
  return Math.sqrt(squares);
}

/** Copies of some rows without their mean. */
function centeredRows(rows: Int32Array, { values, d }: RowView): { around: Float64Array; mean: Float64Array } {
  const around = new Float64Array(rows.length * d);
  const mean = new Float64Array(d);
  rows.forEach((row, k) => around.set(values.subarray(row * d, (row + 1) * d), k * d));
  for (let k = 0, at = 0; k < rows.length; k++) for (let f = 0; f < d; f++, at++) mean[f] += around[at];
  for (let f = 0; f < d; f++) mean[f] /= rows.length;
  for (let k = 0, at = 0; k < rows.length; k++) for (let f = 0; f < d; f++, at++) around[at] -= mean[f];
  return { around, mean };
}

function pickRows(values: Float64Array, positions: Int32Array, d: number): Float64Array {
  const out = new Float64Array(positions.length * d);
  positions.forEach((position, i) => out.set(values.subarray(position * d, (position + 1) * d), i * d));
  return out;
}

/**
 * As `lossesByRank`, for few rows.
 * @param projection rows of `target` × directions
 * @param of directions × rows of `source`
 */
function localLosses(projection: Float64Array, of: Float64Array, source: Float64Array, target: Float64Array, d: number, ranks: readonly number[]): Map<number, number> {
  const [nSource, nTarget] = [source.length / d, target.length / d];
  const nDirections = of.length / nSource;
  const left = target.slice();
  const [coefficients, squares] = [new Float64Array(d), new Float64Array(d)];
  const losses = new Map<number, number>();
  let before = 0;
  for (const rank of ranks) {
    for (let r = before; r < rank; r++) {
      coefficients.fill(0);
      for (let k = 0, at = 0; k < nSource; k++) {
        const weight = of[r * nSource + k];
        for (let f = 0; f < d; f++, at++) coefficients[f] += weight * source[at];
      }
      for (let k = 0, at = 0; k < nTarget; k++) {
        const weight = projection[k * nDirections + r];
        for (let f = 0; f < d; f++, at++) left[at] -= weight * coefficients[f];
      }
    }
    squares.fill(0);
    for (let k = 0, at = 0; k < nTarget; k++) for (let f = 0; f < d; f++, at++) squares[f] += left[at] * left[at];
    let sum = 0;
    for (let f = 0; f < d; f++) sum += Math.sqrt(squares[f] / nTarget);
    losses.set(rank, sum / d);
    before = rank;
  }
  return losses;
}
