import type { Wasm } from "../../wasm/wasm.js";
import { chooseCutoff, folds, rankAbove, type ReconstructionSplit } from "./reconstruction.js";
import type { RowCoordinates } from "./row-coordinates.js";

/** The regression around one test row, from its nearest rows of the training set. Small arrays, row by row. */
export interface LocalRegression {
  /** Position in `test`. */
  readonly test: number;
  /** Rows of the sample, nearest first. */
  readonly rows: Int32Array;
  /** Of both folds and all of them, as in `Regression`; the number of columns is the number of values. */
  readonly values: readonly [Float64Array, Float64Array, Float64Array];
  readonly projections: readonly [Float64Array, Float64Array, Float64Array];
  readonly of: readonly [Float64Array, Float64Array, Float64Array];
}

/** Rows of one descriptor, reconstructed one by one from few neighbors each. Its arrays serve one row after the other. */
export class LocalReconstruction {
  private readonly rows: { readonly values: Float64Array; readonly d: number };
  private readonly columns: { readonly values: Float64Array; readonly d: number };
  /** Positions of the first fold, then of the second. */
  private readonly order: Int32Array;
  /** neighbors × columns, in that order */
  private readonly around: Float64Array;
  /** Rows of either fold: parts of `around`. */
  private readonly members: readonly [Float64Array, Float64Array];
  private readonly left: Float64Array;
  private readonly means: Float64Array;
  private readonly coefficients: Float64Array;
  private readonly squares: Float64Array;
  private readonly difference: Float64Array;

  constructor(
    wasm: Wasm,
    { rows, columns }: RowCoordinates,
    private readonly split: ReconstructionSplit,
  ) {
    this.rows = { values: wasm.f64(rows.pointer, rows.rows * rows.columns), d: rows.columns };
    this.columns = { values: wasm.f64(columns.pointer, columns.rows * columns.columns), d: columns.columns };
    const [first, second] = folds(split.neighbors, split.secondLocalFold);
    this.order = Int32Array.from([...first, ...second]);
    const { d } = this.columns;
    this.around = new Float64Array(split.neighbors * d);
    this.members = [this.around.subarray(0, first.length * d), this.around.subarray(first.length * d)];
    this.left = new Float64Array(split.neighbors * d);
    [this.means, this.coefficients, this.squares] = [new Float64Array(d), new Float64Array(d), new Float64Array(d)];
    this.difference = new Float64Array(this.rows.d);
  }

  /** As `residuals`, of one test row. */
  residual(source: LocalRegression): number {
    this.gather(source.rows);
    const cutoff = chooseCutoff(source.values, (fold, ranks) => this.losses(source, fold, ranks));
    return this.distance(source, rankAbove(source.values[2], cutoff));
  }

  /** Columns of the neighbors without their mean, fold after fold. */
  private gather(rows: Int32Array): void {
    const { around, means, order } = this;
    const { values, d } = this.columns;
    means.fill(0);
    for (let k = 0, at = 0; k < order.length; k++) {
      for (let f = 0, from = rows[order[k]] * d; f < d; f++, at++, from++) {
        around[at] = values[from];
        means[f] += values[from];
      }
    }
    for (let f = 0; f < d; f++) means[f] /= order.length;
    for (let k = 0, at = 0; k < order.length; k++) for (let f = 0; f < d; f++, at++) around[at] -= means[f];
  }

  /** As `lossesByRank`. */
  private losses({ projections, of }: LocalRegression, fold: 0 | 1, ranks: readonly number[]): Map<number, number> {
    const { left, coefficients, squares } = this;
    const { d } = this.columns;
    const [source, target] = [this.members[fold], this.members[1 - fold]];
    const [nSource, nTarget] = [source.length / d, target.length / d];
    const [projection, weights] = [projections[fold], of[fold]];
    const nDirections = weights.length / nSource;
    left.set(target);
    const losses = new Map<number, number>();
    let before = 0;
    for (const rank of ranks) {
      for (let r = before; r < rank; r++) {
        coefficients.fill(0);
        for (let k = 0, at = 0; k < nSource; k++) {
          const weight = weights[r * nSource + k];
          for (let f = 0; f < d; f++, at++) coefficients[f] += weight * source[at];
        }
        for (let k = 0, at = 0; k < nTarget; k++) {
          const weight = projection[k * nDirections + r];
          for (let f = 0; f < d; f++, at++) left[at] -= weight * coefficients[f];
        }
      }
      squares.fill(0);
      for (let k = 0, at = 0; k < nTarget; k++) for (let f = 0; f < d; f++, at++) squares[f] += left[at] * left[at];
      let sum = 0;
      for (let f = 0; f < d; f++) sum += Math.sqrt(squares[f] / nTarget);
      losses.set(rank, sum / d);
      before = rank;
    }
    return losses;
  }

  /** |y − ȳ − Σ_k w_k (y_k − ȳ)|: one combination of rows, whose weights add up to 0. */
  private distance({ test, rows, projections, of }: LocalRegression, rank: number): number {
    const { difference } = this;
    const { values, d } = this.rows;
    const count = rows.length;
    const weights = new Float64Array(count);
    for (let r = 0; r < rank; r++) for (let k = 0; k < count; k++) weights[k] += projections[2][r] * of[2][r * count + k];
    const rest = (1 - weights.reduce((sum, weight) => sum + weight, 0)) / count;
    const own = this.split.test[test] * d;
    for (let f = 0; f < d; f++) difference[f] = values[own + f];
    for (let k = 0; k < count; k++) {
      const weight = weights[k] + rest;
      for (let f = 0, at = rows[k] * d; f < d; f++, at++) difference[f] -= weight * values[at];
    }
    let squares = 0;
    for (let f = 0; f < d; f++) squares += difference[f] * difference[f];
    return Math.sqrt(squares);
  }
}
