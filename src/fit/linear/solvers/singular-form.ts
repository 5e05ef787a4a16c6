import { InternalError } from "../../../errors.js";
import { matrix } from "../../../linalg/matrix.js";
import { singularDecomposition, singularScratchBytes } from "../../../linalg/singular.js";
import { defineTask } from "../../../parallel/task.js";
import type { WorkContext } from "../../../parallel/work-context.js";
import type { ReducedRows } from "./reduced-rows.js";

/** Reduced rows in the coordinates of their singular vectors, R·Γ⁻¹ = U·diag(s)·V: every ridge follows in O(M²), its errors in O(M). */
export interface SingularForm {
  /** f64 [M]: s, descending */
  readonly values: Float64Array;
  /** f64 [M × M]: row i is the direction of values[i], of length 1. */
  readonly vectors: Float64Array;
  /** f64 [M]: b = Uᵀ·Qᵀ·y */
  readonly projected: Float64Array;
  /** Norm of what no coefficients can describe. */
  readonly residual: number;
  /** n */
  readonly nRows: number;
  /** f64 [M]: Γ */
  readonly scale: Float64Array;
}

interface SingularInput {
  readonly nColumns: number;
  readonly factor: Float64Array;
  readonly targets: readonly Float64Array[];
  readonly scale: Float64Array;
}

/** Values, then vectors, then the projections of the targets. */
type SingularOutput = readonly [Float64Array, Float64Array, readonly Float64Array[]];

export const decomposeTask = defineTask("fit/linear/singular", ({ wasm, scratch }, { nColumns: n, factor, targets, scale }: SingularInput): SingularOutput => {
  const width = n + targets.length;
  // at once, so that a scratch that is too small shows before the work
  scratch.allocate(8 * n * width + singularScratchBytes(n, n, targets.length) + 1024);
  scratch.reset();
  const a = matrix(scratch.f64(n * width), n, width);
  const values = wasm.f64(a.pointer, n * width).fill(0);
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) values[i * width + j] = factor[i * n + j] / scale[j];
    for (const [t, target] of targets.entries()) values[i * width + n + t] = target[i];
  }
  const singular = singularDecomposition(wasm, scratch, a, n);
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) vectors.set(values.subarray(i * width, i * width + n), i * n);
  return [singular, vectors, targets.map((_, t) => Float64Array.from({ length: n }, (_unused, i) => values[i * width + n + t]))];
});

/**
 * The singular forms of problems that have their columns in common (the same `factor`) and differ in their targets: one decomposition.
 * @param scale f64 [M], Γ > 0
 * @throws {NumericalError} when a value is not finite
 */
export async function singularForms(problems: readonly ReducedRows[], scale: Float64Array, { executor, signal }: WorkContext): Promise<SingularForm[]> {
  const [{ factor, nColumns }] = problems;
  if (problems.some((rows) => rows.factor !== factor)) throw new InternalError("problems that share a decomposition need the same factor");
  const input = { nColumns, factor, scale, targets: problems.map(({ target }) => target) };
  const [values, vectors, projections] = await executor.submit(decomposeTask, input, { signal, label: `the singular values of ${nColumns} columns` });
  return problems.map(({ residual, nRows }, t) => ({ values, vectors, projected: projections[t], residual, nRows, scale }));
}

/** Σ_i weights[i]·(row i of the vectors), without the scale: coefficients ĉ. */
export function combineDirections({ vectors }: SingularForm, weights: Float64Array): Float64Array {
  const n = weights.length;
  const sum = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const weight = weights[i];
    if (weight === 0) continue;
    const first = i * n;
    for (let j = 0; j < n; j++) sum[j] += weight * vectors[first + j];
  }
  return sum;
}

/** Γ⁻¹·Vᵀ·diag(lengths), M × (number of lengths above 0): a root of the covariance in the coefficients themselves. */
export function directionsRoot({ vectors, scale }: SingularForm, lengths: Float64Array): { nDirections: number; values: Float64Array } {
  const n = lengths.length;
  const kept = Array.from(lengths.keys()).filter((i) => lengths[i] > 0);
  const values = new Float64Array(n * kept.length);
  for (const [k, i] of kept.entries()) {
    for (let j = 0; j < n; j++) values[j * kept.length + k] = (vectors[i * n + j] * lengths[i]) / scale[j];
  }
  return { nDirections: kept.length, values };
}
