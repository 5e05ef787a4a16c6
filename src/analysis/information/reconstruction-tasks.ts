import type { Matrix } from "../../linalg/matrix.js";
import { defineTask, type TaskContext } from "../../parallel/task.js";
import type { Pointer } from "../../wasm/memory.js";
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
  readonly y: Matrix;
  readonly split: ReconstructionSplit;
}

/** Global and local reconstruction errors of one descriptor from another; null where the rows of the target are all alike. */
export const reconstructTask = defineTask("analysis/reconstruct", ({ wasm, scratch }: TaskContext, { source, y, split }: TargetInput): { readonly global: number; readonly local: number } | null => {
  const scaling = scalingOf(wasm, y, split.train);
  if (scaling.scale === 0) return null;
  const train = scaledRows(wasm, scratch, y, split.train, scaling);
  const test = scaledRows(wasm, scratch, y, split.test, scaling);
  const global = rootMeanSquare(residuals(wasm, scratch, source.global, train, test, split.secondFold));
  const view = (row: number): Float64Array => wasm.f64(y.pointer + 8 * row * y.stride, y.columns);
  const local = source.local.map((around) => localResidual(around, view, split) / scaling.scale);
  return { global, local: rootMeanSquare(local) };
});

/** As `residuals`, of one test row and few neighbors. */
function localResidual(source: LocalRegression, row: (index: number) => Float64Array, split: ReconstructionSplit): number {
  const { rows, values, projections, of } = source;
  const target = row(split.test[source.test]);
  const d = target.length;
  const mean = new Float64Array(d);
  const around = Array.from(rows, (index) => row(index).slice());
  for (const y of around) for (let f = 0; f < d; f++) mean[f] += y[f] / rows.length;
  for (const y of around) for (let f = 0; f < d; f++) y[f] -= mean[f];
  const members = folds(rows.length, split.secondLocalFold).map((positions) => Array.from(positions, (position) => around[position]));
  const cutoff = chooseCutoff(values, (fold, ranks) => localLosses(projections[fold], of[fold], values[fold].length, members[fold], members[1 - fold], ranks));
  const rank = rankAbove(values[2], cutoff);
  // weights of the neighbors in the prediction
  const weights = Float64Array.from({ length: rows.length }, (_, k) => {
    let sum = 0;
    for (let r = 0; r < rank; r++) sum += projections[2][r] * of[2][r * rows.length + k];
    return sum;
  });
  let squares = 0;
  for (let f = 0; f < d; f++) {
    let left = target[f] - mean[f];
    for (let k = 0; k < around.length; k++) left -= weights[k] * around[k][f];
    squares += left * left;
  }
  return Math.sqrt(squares);
}

function localLosses(
  projection: Float64Array,
  of: Float64Array,
  nValues: number,
  source: readonly Float64Array[],
  target: readonly Float64Array[],
  ranks: readonly number[],
): Map<number, number> {
  const d = source[0].length;
  const left = target.map((y) => y.slice());
  const coefficients = new Float64Array(d);
  const losses = new Map<number, number>();
  let before = 0;
  for (const rank of ranks) {
    for (let r = before; r < rank; r++) {
      coefficients.fill(0);
      source.forEach((y, k) => {
        const weight = of[r * source.length + k];
        for (let f = 0; f < d; f++) coefficients[f] += weight * y[f];
      });
      left.forEach((y, k) => {
        const weight = projection[k * nValues + r];
        for (let f = 0; f < d; f++) y[f] -= weight * coefficients[f];
      });
    }
    let sum = 0;
    for (let f = 0; f < d; f++) {
      let squares = 0;
      for (const y of left) squares += y[f] * y[f];
      sum += Math.sqrt(squares / left.length);
    }
    losses.set(rank, sum / d);
    before = rank;
  }
  return losses;
}
