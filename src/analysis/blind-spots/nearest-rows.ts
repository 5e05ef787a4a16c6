import { type Matrix, matrix, rowBlock, transpose } from "../../linalg/matrix.js";
import { gemm } from "../../linalg/product.js";
import { Holdings } from "../../parallel/holdings.js";
import { defineTask, type TaskContext } from "../../parallel/task.js";
import type { WorkContext } from "../../parallel/work-context.js";
import type { Pointer } from "../../wasm/memory.js";
import { placeRecord, readField } from "../../wasm/records.js";
import { boxes, boxSquare, partition } from "./partition.js";
import { shortColumns, shortCoordinates, type ShortCoordinates } from "./short-coordinates.js";

/** Rows of a group: the products of two groups stay in the L2 cache. */
const GROUP_ROWS = 192;
/** Relative rounding of the distance between boxes, as in assembly/analysis/nearest-rows.ts. */
const ROUNDING = 1e-12;

/** The nearest other rows of each row. */
export interface NearestRows {
  /** Which row of the input now stands where: rows were put into this order. */
  readonly order: Int32Array;
  /** n × k, positions in the new order, nearest first; of equal ones the lower position first */
  readonly neighbors: Int32Array;
  /** n × k */
  readonly distances: Float64Array;
  /** Neighbors of each row: as many as wanted, fewer where there are no more rows. */
  readonly k: number;
  /** Distances of whole rows that were computed. */
  readonly taken: number;
}

/** Rows in groups, ready to be searched. */
interface SearchedRows extends ShortCoordinates {
  readonly rows: Matrix;
  /** Of groups. */
  readonly offsets: Int32Array;
  /** f64 [groups × 2 × columns] */
  readonly boxes: Pointer;
  readonly k: number;
  /** f64 [n × k] and i32 [n × k] */
  readonly foundSquares: Pointer;
  readonly foundIndices: Pointer;
}

/** Nearest rows of one group among all; returns how many distances of whole rows it took. */
const nearestTask = defineTask("analysis/nearest-rows", ({ wasm, scratch }: TaskContext, { search, group }: { readonly search: SearchedRows; readonly group: number }): number => {
  const { rows, coordinates, squares, offsets, k } = search;
  const nGroups = offsets.length - 1;
  const columns = coordinates.columns;
  const [first, nQueries] = [offsets[group], offsets[group + 1] - offsets[group]];
  const found = { squares: search.foundSquares + 8 * k * first, indices: search.foundIndices + 4 * k * first };
  const known = wasm.f64(found.squares, k * nQueries).fill(Infinity);
  wasm.i32(found.indices, k * nQueries).fill(0x7fffffff);
  const box = wasm.f64(search.boxes, nGroups * 2 * columns);
  const size = wasm.f64(squares, rows.rows).reduce((most, square) => Math.max(most, square), 0);
  const gaps = Float64Array.from({ length: nGroups }, (_, other) => boxSquare(box, columns, group, other) - ROUNDING * size);
  const nearestFirst = Int32Array.from(gaps.keys()).sort((a, b) => gaps[a] - gaps[b] || a - b);
  const products = scratch.f64(nQueries * GROUP_ROWS);
  let taken = 0;
  for (const other of nearestFirst) {
    let worst = 0;
    for (let i = k - 1; i < known.length; i += k) worst = Math.max(worst, known[i]);
    if (gaps[other] > worst) break;
    const [firstPoint, nPoints] = [offsets[other], offsets[other + 1] - offsets[other]];
    gemm(wasm, scratch, 1, rowBlock(coordinates, first, nQueries), transpose(rowBlock(coordinates, firstPoint, nPoints)), 0, matrix(products, nQueries, nPoints));
    const mark = scratch.mark();
    const block = placeRecord(wasm, scratch, "NearestBlock", {
      queries: rowBlock(rows, first, nQueries).pointer, points: rowBlock(rows, firstPoint, nPoints).pointer,
      querySquares: squares + 8 * first, pointSquares: squares + 8 * firstPoint,
      nQueries, nPoints, nFeatures: rows.columns, firstQuery: first, firstPoint, k, ...found, taken: 0,
    });
    wasm.routines.nearestAmong(products, block);
    taken += readField(wasm, block, "NearestBlock", "taken");
    scratch.reset(mark);
  }
  return taken;
});

/** Bytes of WebAssembly memory that `nearestRows` takes beside the rows. */
export function nearestRowsBytes(n: number, nFeatures: number, k: number): number {
  const columns = shortColumns(nFeatures);
  const boxBytes = (Math.ceil(n / GROUP_ROWS) + 1) * 4 * columns * 8;
  return 8 * (columns * nFeatures + n * (columns + 1)) + 12 * n * k + boxBytes;
}

/**
 * The k nearest other rows of every row in the 2-norm, exactly: those that all pairs would give, with distances taken by differences. Rows are put into
 * groups that lie close together; groups that are farther than the neighbors that are known are passed over, and so are pairs whose distance in
 * few coordinates is larger already. The same bits for any number of threads. Reorders the rows in place.
 * @param rows n × nFeatures, finite
 */
export async function nearestRows(rows: Matrix, wanted: number, { executor, signal, onProgress }: WorkContext): Promise<NearestRows> {
  const { rows: n, columns: nFeatures } = rows;
  const k = Math.min(wanted, n - 1);
  if (k < 1) return { order: Int32Array.from({ length: n }, (_, i) => i), neighbors: new Int32Array(0), distances: new Float64Array(0), k: 0, taken: 0 };
  const { wasm } = executor;
  const holdings = new Holdings(executor);
  try {
    const short = await shortCoordinates(rows, holdings, signal);
    const columns = short.coordinates.columns;
    const { order, offsets } = partition(wasm.f64(short.coordinates.pointer, n * columns), columns, GROUP_ROWS);
    for (const [pointer, width] of [[rows.pointer, nFeatures], [short.coordinates.pointer, columns], [short.squares, 1]]) reorder(wasm.f64(pointer, n * width), width, order);
    const box = boxes(wasm.f64(short.coordinates.pointer, n * columns), columns, offsets);
    const placed = holdings.allocate(8 * box.length, "groups of fingerprints").pointer;
    wasm.f64(placed, box.length).set(box);
    const foundSquares = holdings.allocate(8 * n * k, "nearest fingerprints").pointer;
    const foundIndices = holdings.allocate(4 * n * k, "nearest fingerprints").pointer;
    const search: SearchedRows = { rows, ...short, offsets, boxes: placed, k, foundSquares, foundIndices };
    const inputs = Array.from({ length: offsets.length - 1 }, (_, group) => ({ search, group }));
    let done = 0;
    const taken = await executor.map(nearestTask, inputs, {
      signal,
      onDone: (group) => onProgress?.({ stage: "nearest fingerprints", done: (done += offsets[group + 1] - offsets[group]), total: n, unit: "environments" }),
    });
    return {
      order,
      neighbors: wasm.i32(foundIndices, n * k).slice(),
      distances: wasm.f64(foundSquares, n * k).map(Math.sqrt),
      k,
      taken: taken.reduce((sum, count) => sum + count, 0),
    };
  } finally {
    holdings.release();
  }
}

/** Puts rows into an order, in place: row `order[i]` goes to i. */
export function reorder(values: Float64Array, width: number, order: Int32Array): void {
  const isDone = new Uint8Array(order.length);
  const kept = new Float64Array(width);
  for (let start = 0; start < order.length; start++) {
    if (isDone[start] || order[start] === start) continue;
    kept.set(values.subarray(start * width, (start + 1) * width));
    let at = start;
    for (; order[at] !== start; at = order[at]) {
      values.copyWithin(at * width, order[at] * width, (order[at] + 1) * width);
      isDone[at] = 1;
    }
    values.set(kept, at * width);
    isDone[at] = 1;
  }
}
