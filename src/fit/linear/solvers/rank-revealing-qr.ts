import { matrix } from "../../../linalg/matrix.js";
import { pivotedQr } from "../../../linalg/pivoted-qr.js";
import { defineTask } from "../../../parallel/task.js";
import type { ReducedRows } from "./reduced-rows.js";
import { solutionOfColumns } from "./selected-columns.js";
import type { LinearSolution } from "./solution.js";

interface RankRevealingInput {
  readonly rows: ReducedRows;
  readonly scale: Float64Array;
  readonly cutoff: number;
}

/**
 * Least squares in the columns that a QR with column pivoting takes while |R_kk| > cutoff·|R_11| (Businger & Golub 1965,
 * doi:10.1007/BF01436084); the others, which depend on them to within the cutoff, get 0.
 */
export const rankRevealingQr = defineTask("fit/linear/rank-revealing-qr", (context, { rows, scale, cutoff }: RankRevealingInput): LinearSolution => {
  const { wasm, scratch } = context;
  const n = rows.nColumns;
  const a = matrix(scratch.f64(n * (n + 1)), n, n + 1);
  const values = wasm.f64(a.pointer, n * (n + 1)).fill(0);
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) values[i * (n + 1) + j] = rows.factor[i * n + j] / scale[j];
    values[i * (n + 1) + n] = rows.target[i];
  }
  const pivots = scratch.i32(n);
  pivotedQr(wasm, scratch, a, n, pivots);
  let rank = 0;
  while (rank < n && Math.abs(values[rank * (n + 2)]) > cutoff * Math.abs(values[0])) rank++;
  const triangle = scratch.f64(rank * rank);
  const elements = wasm.f64(triangle, rank * rank);
  const target = new Float64Array(rank);
  let sumOfSquares = rows.residual ** 2;
  for (let i = 0; i < n; i++) {
    const first = i * (n + 1);
    if (i < rank) elements.set(values.subarray(first, first + rank), i * rank);
    if (i < rank) target[i] = values[first + n];
    else sumOfSquares += values[first + n] ** 2;
  }
  return solutionOfColumns(context, rows, scale, { columns: wasm.i32(pivots, n).slice(0, rank), triangle, target, sumOfSquares });
});
