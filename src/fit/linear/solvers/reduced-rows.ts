import { InternalError, InvalidParameterError, NumericalError } from "../../../errors.js";

/** What is left of the weighted rows [A | y] of a least-squares problem after a QR decomposition A = Q·R. */
export interface ReducedRows {
  /** M, the unknowns */
  readonly nColumns: number;
  /** f64 [M × M], row by row: R, upper triangle; what is below the diagonal is not read. */
  readonly factor: Float64Array;
  /** f64 [M]: Qᵀ·y */
  readonly target: Float64Array;
  /** Norm of what no coefficients can describe, |y − Q·Qᵀ·y|, carried through the QR: a difference of squares would lose half of the digits. */
  readonly residual: number;
  /** n, rows that were reduced, with those of weight 0 or without them as the caller means them to count in variances */
  readonly nRows: number;
}

/**
 * @throws {NumericalError} when a value is not finite; {InvalidParameterError} when a scale is not positive; {InternalError} when
 * lengths do not fit
 */
export function checkReducedRows({ nColumns, factor, target, residual, nRows }: ReducedRows, scale: Float64Array): void {
  if (factor.length !== nColumns * nColumns || target.length !== nColumns || scale.length !== nColumns) {
    throw new InternalError(`${nColumns} columns with a factor of ${factor.length}, a target of ${target.length}, a scale of ${scale.length} numbers`);
  }
  if (nColumns === 0) throw new InvalidParameterError("a linear fit needs at least one column: the descriptor has none");
  if (nRows === 0) throw new InvalidParameterError("a linear fit needs at least one row: no target has a weight above 0");
  for (let i = 0; i < nColumns; i++) {
    if (!(scale[i] > 0 && scale[i] < Infinity)) throw new InvalidParameterError(`the scale of column ${i} is ${scale[i]}; it has to be positive and finite`);
    for (let j = i; j < nColumns; j++) {
      if (!Number.isFinite(factor[i * nColumns + j])) throw new NumericalError(`a value in column ${j} of the rows of the fit is not finite: look for NaN in the features`);
    }
  }
  if (!target.every(Number.isFinite) || !Number.isFinite(residual)) throw new NumericalError("a target of the fit is not finite: look for NaN in the reference values or weights");
}

/** R·Γ⁻¹, zero below the diagonal: the factor of the rows whose column j was divided by scale[j]. */
export function scaledFactor({ nColumns, factor }: ReducedRows, scale: Float64Array): Float64Array {
  const scaled = new Float64Array(factor.length);
  for (let i = 0; i < nColumns; i++) for (let j = i; j < nColumns; j++) scaled[i * nColumns + j] = factor[i * nColumns + j] / scale[j];
  return scaled;
}

/** |A·c − y|² of all rows, by the triangle alone. */
export function sumOfSquares({ nColumns, factor, target, residual }: ReducedRows, coefficients: Float64Array): number {
  let sum = residual * residual;
  for (let i = 0; i < nColumns; i++) {
    let value = target[i];
    for (let j = i; j < nColumns; j++) value -= factor[i * nColumns + j] * coefficients[j];
    sum += value * value;
  }
  return sum;
}
