import { matrix, type Matrix, writeMatrix } from "../../linalg/matrix.js";
import { packedTriangle, packedTriangleBytes, readTriangle } from "../../linalg/packed-triangle.js";
import { qrUpdate } from "../../linalg/qr.js";
import { seededRandom } from "../../math/random.js";
import { sampleIndices } from "../../math/sampling.js";
import { defineTask, type TaskContext } from "../../parallel/task.js";
import type { Holdings } from "../../parallel/holdings.js";
import { scalingOf } from "./reconstruction.js";

/** Rows as reconstructions see them. */
export interface RowCoordinates {
  /** n × min(n, d): the rows in orthogonal coordinates, so that lengths and products are theirs, but for a constant */
  readonly rows: Matrix;
  /** n × min(256, d): columns that stand for all */
  readonly columns: Matrix;
}

/** Columns by which cutoffs are chosen, at most. */
const COLUMNS = 256;
/** Columns that are added to a triangular factor at once. */
const CHUNK = 1024;

interface CoordinatesInput extends RowCoordinates {
  readonly x: Matrix;
}

/** Xᵀ = Q R: rows of Rᵀ are those of X in the coordinates of Q. The mean of X is taken away before. */
const rowCoordinatesTask = defineTask("analysis/row-coordinates", ({ wasm, scratch }: TaskContext, { x, rows, columns }: CoordinatesInput): null => {
  const { rows: n, columns: d } = x;
  const values = wasm.f64(x.pointer, n * d);
  if (rows.pointer !== x.pointer) {
    const { means } = scalingOf(
      wasm,
      x,
      Int32Array.from({ length: n }, (_, i) => i),
    );
    const triangle = packedTriangle(scratch.allocate(packedTriangleBytes(n)), n);
    wasm.u8(triangle.pointer, packedTriangleBytes(n)).fill(0);
    const chunk = matrix(scratch.f64(CHUNK * n), CHUNK, n);
    for (let first = 0; first < d; first += CHUNK) {
      const count = Math.min(CHUNK, d - first);
      const transposed = wasm.f64(chunk.pointer, count * n);
      for (let i = 0; i < n; i++) for (let f = 0; f < count; f++) transposed[f * n + i] = values[i * d + first + f] - means[first + f];
      qrUpdate(wasm, scratch, triangle, { ...chunk, rows: count });
    }
    const r = readTriangle(wasm, triangle);
    writeMatrix(wasm, rows, r.map((_, at) => r[(at % n) * n + Math.floor(at / n)]));
  }
  if (columns.pointer !== x.pointer) {
    const chosen = sampleIndices(d, columns.columns, seededRandom(1));
    const target = wasm.f64(columns.pointer, n * chosen.length);
    for (let i = 0, at = 0; i < n; i++) for (const f of chosen) target[at++] = values[i * d + f];
  }
  return null;
});

/** Fewer columns where rows are long: those of a sample have no more than n directions. Short rows stay as they are. */
export async function rowCoordinates(samples: readonly Matrix[], holdings: Holdings, signal: AbortSignal | undefined): Promise<RowCoordinates[]> {
  const place = (rows: number, columns: number): Matrix => matrix(holdings.allocate(8 * rows * columns, "coordinates of descriptors").pointer, rows, columns);
  const coordinates = samples.map((x) => ({
    x,
    rows: x.columns > x.rows ? place(x.rows, x.rows) : x,
    columns: x.columns > COLUMNS ? place(x.rows, COLUMNS) : x,
  }));
  const long = coordinates.filter(({ x }) => x.columns > Math.min(x.rows, COLUMNS));
  await holdings.executor.map(rowCoordinatesTask, long, { signal });
  return coordinates;
}
