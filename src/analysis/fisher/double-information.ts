import type { Executor } from "../../parallel/executor.js";
import { eigen } from "../../linalg/dense.js";
import { matrix } from "../../linalg/matrix.js";
import { singularDecomposition } from "../../linalg/singular.js";
import { seededRandom, standardNormal } from "../../math/random.js";
import { defineTask } from "../../parallel/task.js";
import { DoubleComplement } from "./double-complement.js";
import { commonDigits, decimal, type EigenSystem, type InformationSource, type ParameterSet } from "./eigen-system.js";

/** What J and its factor are off by, of the norm of a column. */
const ROUNDING = 2 ** -52;
/** How often the factor is disturbed by that. */
const TRIALS = 3;
/** From so many parameters on once, as each trial takes as long as the decomposition. */
const MANY_PARAMETERS = 400;
/** Of a double. */
const MOST_DIGITS = 15;

interface SingularInput {
  /** rows × columns */
  readonly values: Float64Array;
  readonly rows: number;
  readonly columns: number;
}

/** Singular values, falling, and right singular vectors by rows. */
const singular = defineTask("analysis/fisher-singular", ({ wasm, scratch }, { values, rows, columns }: SingularInput): { singular: Float64Array; vectors: Float64Array } => {
  const a = matrix(scratch.f64(rows * columns), rows, columns);
  wasm.f64(a.pointer, rows * columns).set(values);
  const own = singularDecomposition(wasm, scratch, a, columns);
  return { singular: own, vectors: wasm.f64(a.pointer, own.length * columns).slice() };
});

/** Information F = RᵀR by the triangular factor R of J in double precision: singular values of R, so that no matrix is squared. */
export class DoubleInformation implements InformationSource {
  private readonly rows: number;

  /** @param factor R, or J itself, by rows of n */
  constructor(
    private readonly executor: Executor,
    private readonly factor: Float64Array,
    private readonly n: number,
  ) {
    this.rows = factor.length / n;
  }

  async eigenSystem({ parameters, gauge }: ParameterSet, scaled: boolean): Promise<EigenSystem> {
    const m = parameters.length;
    const { columns, norms } = this.columnsOf(parameters, scaled);
    const directions = scaled ? gauge.map((direction) => direction.map((value, k) => value * norms[k])) : gauge;
    const complement = new DoubleComplement(m, directions);
    const decompose = (values: Float64Array): Promise<{ singular: Float64Array; vectors: Float64Array }> =>
      this.executor.submit(singular, { values: complement.restrictColumns(values, this.rows), rows: this.rows, columns: m - complement.count });
    const { singular: own, vectors } = await decompose(columns);
    const worst = new Float64Array(own.length);
    const random = seededRandom(1);
    for (let trial = 0; trial < (m > MANY_PARAMETERS ? 1 : TRIALS); trial++) {
      const noise = columns.map((value, k) => value + (ROUNDING * (scaled ? 1 : norms[k % m]) * standardNormal(random)) / Math.sqrt(this.rows));
      const { singular: disturbed } = await decompose(noise);
      for (const [k, value] of own.entries()) worst[k] = Math.max(worst[k], Math.abs(1 - (disturbed[k] / value) ** 2) || (value > 0 ? 0 : Infinity));
    }
    const digits = [...worst].map((difference) => commonDigits(difference, MOST_DIGITS));
    return {
      nGauge: complement.count,
      gaugeResidual: this.gaugeResidual(columns, m, directions, own[0]),
      values: [...own].map((value, k) => decimal(value ** 2, digits[k])),
      digits,
      logarithms: own.map((value) => 2 * Math.log10(value)),
      vectors: complement.expandRows(vectors, own.length),
      isNull: undefined,
    };
  }

  /** Columns of R, of length 1 where they are scaled; rows × m. */
  private columnsOf(parameters: readonly number[], scaled: boolean): { columns: Float64Array; norms: Float64Array } {
    const { n, rows, factor } = this;
    const m = parameters.length;
    const norms = Float64Array.from(parameters, (p) => Math.hypot(...Array.from({ length: rows }, (_, row) => factor[row * n + p])));
    const columns = Float64Array.from({ length: rows * m }, (_, e) => {
      const value = factor[Math.floor(e / m) * n + parameters[e % m]];
      return scaled && norms[e % m] > 0 ? value / norms[e % m] : value;
    });
    return { columns, norms };
  }

  private gaugeResidual(columns: Float64Array, m: number, directions: readonly Float64Array[], largest: number): number | undefined {
    if (directions.length === 0) return undefined;
    const quotients = directions.map((direction) => {
      let sum = 0;
      for (let row = 0; row < this.rows; row++) {
        let product = 0;
        for (let k = 0; k < m; k++) product += columns[row * m + k] * direction[k];
        sum += product ** 2;
      }
      return sum / direction.reduce((all, value) => all + value ** 2, 0);
    });
    return Math.max(...quotients) / largest ** 2;
  }

  /** Σ j² of every parameter. */
  diagonal(): Float64Array {
    const { norms } = this.columnsOf(Array.from({ length: this.n }, (_, p) => p), false);
    return norms.map((value) => value ** 2);
  }

  /** Eigenvalues of RᵀR as a matrix of doubles, for comparison: small ones are rounding, and κ ends at about 10¹⁶. */
  eigenvaluesOfProduct(parameters: readonly number[]): Float64Array {
    const { columns } = this.columnsOf(parameters, false);
    const m = parameters.length;
    const product = new Float64Array(m * m);
    for (let row = 0; row < this.rows; row++) {
      for (let i = 0; i < m; i++) for (let k = 0; k < m; k++) product[i * m + k] += columns[row * m + i] * columns[row * m + k];
    }
    return eigen(this.executor, m, product).values.toReversed();
  }
}
