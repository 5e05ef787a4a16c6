import { NumericalError } from "../../errors.js";
import type { WorkContext } from "../../parallel/work-context.js";
import type { ReducedRows } from "../linear/solvers/reduced-rows.js";
import { singularForms } from "../linear/solvers/singular-form.js";
import { truncatedSvd } from "../linear/solvers/truncated-svd.js";

/** Singular values of the rows, columns of length 1, that are smaller than this part of the largest count as 0. */
const SINGULAR_CUTOFF = 1e-12;

/** The weighted rows of a form on some data, at any values of its parameters. */
export interface ComposedProblem {
  /** Runs the tasks. */
  readonly work: WorkContext;
  /** Of all data. */
  readonly nRows: number;
  /**
   * Rows [derivatives by some parameters | targets], each divided by its σ, reduced to a triangle.
   * @param values all parameters, in the order of the layout
   * @param columns parameters that the derivatives are by
   * @throws {NumericalError} when a value is not finite
   */
  reduce(values: Float64Array, columns: Int32Array): Promise<ReducedRows>;
  /** Σ (residual/σ)² at these values; infinite where a prediction is not finite. */
  loss(values: Float64Array): Promise<number>;
  /**
   * Root mean square errors of energies per atom and of force components, whatever their weights: the geometric mean of those that are fitted to. Compares
   * values of about the same loss. Infinite where a prediction is not finite.
   */
  misfit(values: Float64Array): Promise<number>;
}

/** Values whose eliminated part minimises the loss, the others fixed. */
export interface Solved {
  /** All parameters. */
  readonly values: Float64Array;
  /** Infinite where the rows are not finite. */
  readonly loss: number;
  /** Directions of the eliminated parameters that the data determine. */
  readonly rank: number;
}

/**
 * Solves for the parameters that the energy is jointly linear in: QR of the rows, columns scaled to length 1, and the singular values of R.
 * @param eliminated in ascending order
 */
export async function solveLinear(problem: ComposedProblem, values: Float64Array, eliminated: Int32Array): Promise<Solved> {
  try {
    const rows = await problem.reduce(values, eliminated);
    const [form] = await singularForms([rows], columnNorms(rows), problem.work);
    const { coefficients, sumOfSquares, rank } = truncatedSvd(form, SINGULAR_CUTOFF);
    const solved = values.slice();
    for (const [k, parameter] of eliminated.entries()) solved[parameter] = coefficients[k];
    return { values: solved, loss: Number.isFinite(sumOfSquares) ? sumOfSquares : Infinity, rank };
  } catch (error) {
    if (!(error instanceof NumericalError)) throw error;
    return { values, loss: Infinity, rank: 0 };
  }
}

/** Lengths of the columns of R; 1 for those that are 0. */
function columnNorms({ nColumns: n, factor }: ReducedRows): Float64Array {
  return Float64Array.from({ length: n }, (_, j) => {
    let sum = 0;
    for (let i = 0; i <= j; i++) sum += factor[i * n + j] ** 2;
    return Math.sqrt(sum) || 1;
  });
}

/** Residuals after the elimination and how they change, in the coordinates of an orthonormal basis: r(δ) = target − factor·δ, and a constant beside. */
export interface Linearized {
  /** K */
  readonly nOuter: number;
  /** f64 [K × K], upper triangle, by the parameters themselves */
  readonly factor: Float64Array;
  /** f64 [K] */
  readonly target: Float64Array;
}

/**
 * Kaufman's projected Jacobian (1975, doi:10.1007/BF01932995): −(I − QQᵀ)·∂A/∂θ·c of the rows A = QR of the eliminated parameters. With the columns of A
 * and ∂A/∂θ·c in one QR it is the trailing block of R; directions of A that the solution leaves out stay in it.
 * @param solved with the eliminated parameters solved for
 */
export async function linearize(problem: ComposedProblem, { values, rank }: Pick<Solved, "values" | "rank">, eliminated: Int32Array, outer: Int32Array): Promise<Linearized> {
  const rows = await problem.reduce(values, Int32Array.of(...eliminated, ...outer));
  const { nColumns: n, factor, target } = rows;
  const first = eliminated.length;
  const nOuter = outer.length;
  const trailing = new Float64Array(nOuter * nOuter);
  for (let i = 0; i < nOuter; i++) for (let j = i; j < nOuter; j++) trailing[i * nOuter + j] = factor[(first + i) * n + first + j];
  const linearized = { nOuter, factor: trailing, target: target.slice(first) };
  for (const row of rank < first ? await leftOutRows(problem, rows, first, nOuter) : []) rotateIn(linearized, row);
  return linearized;
}

/** Rows of the outer columns and the target along directions of the first columns that are not solved for. */
async function leftOutRows(problem: ComposedProblem, { nColumns: n, factor, target, residual, nRows }: ReducedRows, first: number, nOuter: number): Promise<Float64Array[]> {
  const own = new Float64Array(first * first);
  for (let i = 0; i < first; i++) own.set(factor.subarray(i * n, i * n + first), i * first);
  const column = (at: (i: number) => number): ReducedRows => ({ nColumns: first, factor: own, target: Float64Array.from({ length: first }, (_, i) => at(i)), residual, nRows });
  const columns = Array.from({ length: nOuter + 1 }, (_, k) => column((i) => (k < nOuter ? factor[i * n + first + k] : target[i])));
  const forms = await singularForms(columns, columnNorms(columns[0]), problem.work);
  const { values } = forms[0];
  return Array.from(values.keys()).filter((i) => !(values[i] > SINGULAR_CUTOFF * values[0])).map((i) => Float64Array.from(forms, ({ projected }) => projected[i]));
}

/**
 * Takes a row into a triangle by Givens rotations.
 * @param linearized changed
 * @param row one number for each column, and the target; changed
 */
export function rotateIn({ nOuter: n, factor: r, target: b }: Linearized, row: Float64Array): void {
  for (let i = 0; i < n; i++) {
    if (row[i] === 0) continue;
    const length = Math.hypot(r[i * n + i], row[i]);
    const [cosine, sine] = [r[i * n + i] / length, row[i] / length];
    for (let j = i; j < n; j++) {
      const [upper, lower] = [r[i * n + j], row[j]];
      r[i * n + j] = cosine * upper + sine * lower;
      row[j] = cosine * lower - sine * upper;
    }
    const upper = b[i];
    b[i] = cosine * upper + sine * row[n];
    row[n] = cosine * row[n] - sine * upper;
  }
}
