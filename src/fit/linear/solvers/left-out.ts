import { InvalidParameterError, NumericalError } from "../../../errors.js";
import { gemm, syrk } from "../../../linalg/product.js";
import { type Matrix, matrix, rowBlock, transpose } from "../../../linalg/matrix.js";
import { cholesky, solveTriangular } from "../../../linalg/triangular.js";
import { defineTask, type TaskContext } from "../../../parallel/task.js";
import type { WorkContext } from "../../../parallel/work-context.js";
import type { LinearSolution } from "./solution.js";

/** Weighted rows of a fit, group after group: what is left out together. */
export interface GroupedRows {
  /** f64 [rows × M] */
  readonly values: Float64Array;
  /** f64 [rows] */
  readonly targets: Float64Array;
  /** First row of every group, and the number of rows at the end; rows one by one: 0, 1, 2 … */
  readonly offsets: ArrayLike<number>;
}

interface LeftOutInput {
  readonly values: Float64Array;
  /** y − A·c, which the result replaces */
  readonly residuals: Float64Array;
  readonly offsets: Int32Array;
  /** f64 [M × K]: root without σ_ε, so that H = A·B·Bᵀ·Aᵀ */
  readonly root: Float64Array;
  readonly nColumns: number;
  readonly nDirections: number;
}

export const leftOutTask = defineTask("fit/linear/left-out", (context, input: LeftOutInput): Float64Array => {
  const { wasm, scratch } = context;
  const { values, residuals, offsets, root, nColumns, nDirections } = input;
  const nRows = residuals.length;
  const place = (rows: number, columns: number, from: Float64Array): Matrix => {
    const placed = matrix(scratch.f64(rows * columns), rows, columns);
    wasm.f64(placed.pointer, rows * columns).set(from);
    return placed;
  };
  const projected = matrix(scratch.f64(nRows * nDirections), nRows, nDirections);
  const right = place(nRows, 1, residuals);
  gemm(wasm, scratch, 1, place(nRows, nColumns, values), place(nColumns, nDirections, root), 0, projected);
  for (let g = 0; g + 1 < offsets.length; g++) {
    const count = offsets[g + 1] - offsets[g];
    if (count > 0) leaveOut(context, `group ${g}`, rowBlock(projected, offsets[g], count), rowBlock(right, offsets[g], count));
  }
  return wasm.f64(right.pointer, nRows).slice();
});

/**
 * r ← (I − P·Pᵀ)⁻¹·r for the rows P of one group.
 * @throws {NumericalError} naming the group, when it is needed to determine the coefficients
 */
export function leaveOut({ wasm, scratch }: TaskContext, group: string, projected: Matrix, residuals: Matrix): void {
  const count = projected.rows;
  const mark = scratch.mark();
  const rest = matrix(scratch.f64(count * count), count, count);
  syrk(wasm, scratch, -1, projected, 0, rest);
  const elements = wasm.f64(rest.pointer, count * count);
  for (let i = 0; i < count; i++) elements[i * (count + 1)] += 1;
  try {
    cholesky(wasm, scratch, rest);
  } catch (error) {
    if (!(error instanceof NumericalError)) throw error;
    const message = `${group} cannot be left out: without its ${count} rows some coefficients are not determined; use a regularization`;
    throw new NumericalError(message, { cause: error });
  }
  solveTriangular(wasm, scratch, "lower", rest, residuals);
  solveTriangular(wasm, scratch, "lower", transpose(rest), residuals);
  scratch.reset(mark);
}

/**
 * What the residuals of each group would be in a fit to all other groups, without fitting anew: (I − H_gg)⁻¹·r_g. Exact at a fixed λ
 * (Allen, Technometrics 16, 125 (1974), doi:10.1080/00401706.1974.10489157). Rows of one frame are correlated: only whole frames left out
 * tell of the error of a prediction. The rows may be any of those of the fit, as long as groups are whole.
 * @returns f64 [rows], weighted y − A·c
 * @throws {InvalidParameterError} when the solution has no covariance; {NumericalError} when a group is needed to determine the coefficients
 */
export async function leftOutResiduals({ values, targets, offsets }: GroupedRows, solution: LinearSolution, { executor, signal }: WorkContext): Promise<Float64Array> {
  const { coefficients, covarianceRoot, noiseVariance } = solution;
  const nColumns = coefficients.length;
  if (!covarianceRoot || noiseVariance === undefined) throw new InvalidParameterError("leaving rows out needs a covariance, which this solution does not have: it has as many parameters as rows");
  if (values.length !== nColumns * targets.length) throw new InvalidParameterError(`${values.length} values for ${targets.length} rows of ${nColumns} columns`);
  const residuals = targets.map((target, i) => {
    let value = target;
    for (let j = 0; j < nColumns; j++) value -= values[i * nColumns + j] * coefficients[j];
    return value;
  });
  if (noiseVariance === 0) return residuals;
  const root = covarianceRoot.values.map((value) => value / Math.sqrt(noiseVariance));
  const input = { values, residuals, offsets: Int32Array.from(offsets), root, nColumns, nDirections: covarianceRoot.nDirections };
  return executor.submit(leftOutTask, input, { signal, label: "the residuals of rows left out" });
}
