import type { Matrix } from "../../linalg/matrix.js";
import { defineTask, type TaskContext } from "../../parallel/task.js";
import type { Pointer } from "../../wasm/memory.js";
import { LocalReconstruction, type LocalRegression } from "./local-reconstruction.js";
import type { RowCoordinates } from "./row-coordinates.js";
import {
  nearestRows,
  placeRegression,
  type PlacedRegression,
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
  const local = new LocalReconstruction(wasm, y, split);
  return { global, local: rootMeanSquare(source.local.map((around) => local.residual(around) / scaling.scale)) };
});
