import type { Pointer } from "../../../wasm/memory.js";
import type { TaskContext } from "../../../parallel/task.js";
import type { ReducedRows } from "./reduced-rows.js";
import type { LinearSolution } from "./solution.js";
import { invertTriangle } from "./triangle-inverse.js";

/** Least squares in some columns: those of A·Γ⁻¹ are Q·T. */
export interface SelectedColumns {
  /** Columns in the order of T. */
  readonly columns: Int32Array;
  /** f64 [K × K], row by row in WebAssembly memory: T, upper triangle */
  readonly triangle: Pointer;
  /** f64 [K]: Qᵀ·y */
  readonly target: Float64Array;
  /** |y − Q·Qᵀ·y|² */
  readonly sumOfSquares: number;
}

/** Coefficients and their covariance when all other columns have the coefficient 0. */
export function solutionOfColumns(context: TaskContext, rows: Pick<ReducedRows, "nColumns" | "nRows">, scale: Float64Array, selected: SelectedColumns): LinearSolution {
  const { columns, triangle, target, sumOfSquares } = selected;
  const k = columns.length;
  const inverse = invertTriangle(context, k, triangle);
  const noise = rows.nRows > k ? sumOfSquares / (rows.nRows - k) : undefined;
  const coefficients = new Float64Array(rows.nColumns);
  const root = new Float64Array(rows.nColumns * k);
  for (let i = 0; i < k; i++) {
    let sum = 0;
    for (let j = i; j < k; j++) {
      sum += inverse[i * k + j] * target[j];
      root[columns[i] * k + j] = (inverse[i * k + j] * Math.sqrt(noise ?? 0)) / scale[columns[i]];
    }
    coefficients[columns[i]] = sum / scale[columns[i]];
  }
  return {
    coefficients,
    sumOfSquares,
    rank: k,
    effectiveParameters: k,
    columns: columns.slice().sort(),
    ...(noise !== undefined && { noiseVariance: noise, covarianceRoot: { nDirections: k, values: root } }),
  };
}
