import { matrix } from "../../../linalg/matrix.js";
import { packedElements, packedIndex, type PackedTriangle, packedTriangle, packedTriangleBytes } from "../../../linalg/packed-triangle.js";
import { qrMerge, qrUpdate } from "../../../linalg/qr.js";
import { defineTask, type TaskContext } from "../../../parallel/task.js";
import type { ReducedRows } from "./reduced-rows.js";
import { invertTriangle } from "./triangle-inverse.js";

/** Where the fixed point of ARD starts, what drops out, and when it ends, in units of the scaled columns and of the targets. */
export interface ArdIteration {
  /** f64 [M]: 1/σ_k² of the scaled coefficients at the start */
  readonly precisions: Float64Array;
  /** 1/σ_ε² at the start */
  readonly noisePrecision: number;
  /** A column drops out, for good, when its precision exceeds this. */
  readonly absoluteThreshold: number;
  /** The same for its precision over that of the data, |x_k|²/σ_ε². */
  readonly relativeThreshold: number;
  /** Of the fixed point. */
  readonly maximumSteps: number;
  /** Ends when a step changes the log evidence by no more than this for each row; negative: never. */
  readonly evidenceTolerance: number;
  /** Ends when no precision changes by more than this share of itself. */
  readonly precisionTolerance: number;
}

/** Where the iteration stands: plain data, so that it may go on in another task. */
export interface ArdState {
  /** Columns that are left, ascending. */
  readonly columns: Int32Array;
  /** 1/σ_k² of these. */
  readonly precisions: Float64Array;
  /** 1/σ_ε² */
  readonly noisePrecision: number;
  /** Of the state before; −∞ at the start. */
  readonly logEvidence: number;
  readonly steps: number;
  readonly converged: boolean;
}

/** The posterior of a state. */
export interface ArdPosterior {
  /** f64 [K]: scaled coefficients of the columns that are left */
  readonly mean: Float64Array;
  /** f64 [K × K]: root of their covariance, an upper triangle */
  readonly root: Float64Array;
  readonly sumOfSquares: number;
  readonly logEvidence: number;
}

interface ArdInput {
  readonly rows: ReducedRows;
  readonly scale: Float64Array;
  readonly state: ArdState;
}

/** The triangle [R | t] of the columns that are left, the norm of the rest of y in its last element. */
function triangleOfColumns({ wasm, scratch }: TaskContext, { rows, scale, state: { columns } }: ArdInput): PackedTriangle {
  const [n, k] = [rows.nColumns, columns.length];
  const size = k + 1;
  const triangle = packedTriangle(scratch.allocate(packedTriangleBytes(size)), size);
  packedElements(wasm, triangle).fill(0);
  const mark = scratch.mark();
  const dense = matrix(scratch.f64(n * size), n, size);
  const values = wasm.f64(dense.pointer, n * size);
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < k; c++) values[i * size + c] = columns[c] >= i ? rows.factor[i * n + columns[c]] / scale[columns[c]] : 0;
    values[i * size + k] = rows.target[i];
  }
  qrUpdate(wasm, scratch, triangle, dense);
  scratch.reset(mark);
  const last = packedIndex(triangle.stride, k, k);
  const elements = packedElements(wasm, triangle);
  elements[last] = Math.hypot(elements[last], rows.residual);
  return triangle;
}

/**
 * Posterior for given precisions by QR of [√α·R; diag √λ], two triangles: the inverse of the squared matrix Σ⁻¹ = α·XᵀX + diag λ is never formed.
 * The scratch above the base is used anew by every call.
 */
function posteriorOf(context: TaskContext, base: PackedTriangle, nRows: number, { precisions, noisePrecision }: Pick<ArdState, "precisions" | "noisePrecision">): ArdPosterior {
  const { wasm, scratch } = context;
  const k = precisions.length;
  const mark = scratch.mark();
  const bytes = packedTriangleBytes(k + 1);
  const [work, prior] = [packedTriangle(scratch.allocate(bytes), k + 1), packedTriangle(scratch.allocate(bytes), k + 1)];
  const dense = scratch.f64(k * k);
  const [from, to, diagonal] = [packedElements(wasm, base), packedElements(wasm, work), packedElements(wasm, prior).fill(0)];
  const amplitude = Math.sqrt(noisePrecision);
  for (let e = 0; e < to.length; e++) to[e] = amplitude * from[e];
  for (let i = 0; i < k; i++) diagonal[packedIndex(prior.stride, i, i)] = Math.sqrt(precisions[i]);
  qrMerge(wasm, scratch, work, prior);
  const square = wasm.f64(dense, k * k).fill(0);
  const target = new Float64Array(k);
  let sum = to[packedIndex(work.stride, k, k)] ** 2 + nRows * (Math.log(2 * Math.PI) - Math.log(noisePrecision));
  for (let i = 0; i < k; i++) {
    const first = packedIndex(work.stride, i, i);
    square.set(to.subarray(first, first + k - i), i * (k + 1));
    target[i] = to[first + k - i];
    sum += 2 * Math.log(to[first]) - Math.log(precisions[i]);
  }
  const root = invertTriangle(context, k, dense).slice();
  const mean = timesUpper(k, root, target);
  const sumOfSquares = residualSquares(from, base.stride, k, mean);
  scratch.reset(mark);
  return { mean, root, sumOfSquares, logEvidence: -0.5 * sum };
}

function timesUpper(k: number, upper: Float64Array, x: Float64Array): Float64Array {
  const out = new Float64Array(k);
  for (let i = 0; i < k; i++) for (let j = i; j < k; j++) out[i] += upper[i * k + j] * x[j];
  return out;
}

function residualSquares(base: Float64Array, stride: number, k: number, mean: Float64Array): number {
  let sum = base[packedIndex(stride, k, k)] ** 2;
  for (let i = 0; i < k; i++) {
    const first = packedIndex(stride, i, i);
    let value = base[first + k - i];
    for (let j = i; j < k; j++) value -= base[first + j - i] * mean[j];
    sum += value * value;
  }
  return sum;
}

interface StepsInput extends ArdInput {
  readonly iteration: Omit<ArdIteration, "precisions">;
  /** f64 [M]: |x_k|² of the scaled columns */
  readonly squares: Float64Array;
  /** Steps of this task at most. It ends earlier when a column drops out. */
  readonly count: number;
}

/** Some steps of the fixed point of MacKay 1992 and Tipping 2001 (J. Mach. Learn. Res. 1, 211). */
export const ardSteps = defineTask("fit/linear/ard-steps", (context, input: StepsInput): ArdState => {
  context.scratch.reset();
  const base = triangleOfColumns(context, input);
  let state = input.state;
  for (let step = 0; step < input.count && !state.converged; step++) {
    const next = ardStep(context, base, input, state);
    if (next.columns.length < state.columns.length) return next;
    state = next;
  }
  return state;
});

function ardStep(context: TaskContext, base: PackedTriangle, { rows: { nRows }, iteration, squares }: StepsInput, state: ArdState): ArdState {
  const { columns, precisions } = state;
  const k = columns.length;
  const { mean, root, sumOfSquares, logEvidence } = posteriorOf(context, base, nRows, state);
  const next = new Float64Array(k);
  let [determined, moved] = [0, 0];
  for (let i = 0; i < k; i++) {
    let variance = 0;
    for (let j = i; j < k; j++) variance += root[i * k + j] ** 2;
    // rounding may leave nothing of a column that is about to drop out
    const share = Math.max(0, 1 - precisions[i] * variance);
    determined += share;
    next[i] = share > 0 && mean[i] !== 0 ? share / mean[i] ** 2 : Infinity;
    moved = Math.max(moved, Math.abs(next[i] / precisions[i] - 1));
  }
  const noisePrecision = Math.min(Math.max(nRows - determined, Number.EPSILON * nRows) / sumOfSquares, Number.MAX_VALUE ** 0.5);
  const kept = Array.from(columns.keys()).filter(
    (i) => next[i] <= iteration.absoluteThreshold && next[i] <= iteration.relativeThreshold * noisePrecision * squares[columns[i]],
  );
  const still = kept.length === k && (moved <= iteration.precisionTolerance || Math.abs(logEvidence - state.logEvidence) <= iteration.evidenceTolerance * nRows);
  return {
    columns: Int32Array.from(kept, (i) => columns[i]),
    precisions: Float64Array.from(kept, (i) => next[i]),
    noisePrecision,
    logEvidence,
    steps: state.steps + 1,
    converged: still || kept.length === 0,
  };
}

/** The posterior of a state that is no longer changed. */
export const ardPosterior = defineTask("fit/linear/ard-posterior", (context, input: ArdInput): ArdPosterior =>
  posteriorOf(context, triangleOfColumns(context, input), input.rows.nRows, input.state),
);
