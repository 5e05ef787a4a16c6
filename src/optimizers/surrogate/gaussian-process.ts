import { NumericalError } from "../../errors.js";
import type { Dimension, Point } from "../optimizer.js";
import { GrowingCholesky } from "./cholesky.js";
import { encode, squaredDifference } from "./encoding.js";

/** Of a Gaussian process with a Matérn 5/2 covariance. */
export interface GpParameters {
  /** One per dimension, in units of its range (1 apart for different categories). */
  readonly lengthScales: readonly number[];
  /** Variance of the noise over that of the signal. */
  readonly noise: number;
}

/** Matérn 5/2: (1 + √5 r + 5 r²/3) e^(−√5 r) of a squared distance in length scales. Rasmussen & Williams 2006, eq. (4.17). */
export function matern52(squaredDistance: number): number {
  const s = Math.sqrt(5 * squaredDistance);
  return (1 + s + (s * s) / 3) * Math.exp(-s);
}

/**
 * Gaussian process with constant mean, which is estimated with the variance of the signal in closed form. Points can be appended.
 * Rasmussen & Williams, Gaussian Processes for Machine Learning (2006), ch. 2; the mean by generalized least squares.
 */
export class GaussianProcess {
  private readonly inputs: Float64Array[] = [];
  private readonly targets: number[] = [];
  private readonly factor = new GrowingCholesky();
  private readonly weights: Float64Array;
  private readonly noise: number;
  private readonly mean: number;
  private readonly signal: number;
  /** L⁻¹ (y − mean) */
  private readonly whitened: number[] = [];
  private alpha: Float64Array | undefined;

  /** @throws {NumericalError} when the covariance cannot be factored at any noise */
  constructor(
    private readonly dimensions: readonly Dimension[],
    points: readonly Point[],
    losses: readonly number[],
    { lengthScales, noise }: GpParameters,
  ) {
    this.weights = Float64Array.from(lengthScales, (length) => 1 / (length * length));
    this.noise = this.factorize(
      points.map((point) => encode(dimensions, point)),
      noise,
    );
    this.targets.push(...losses);
    const n = losses.length;
    const ones = new Float64Array(n);
    this.factor.solveLower(new Float64Array(n).fill(1), ones);
    const whitened = new Float64Array(n);
    this.factor.solveLower(Float64Array.from(losses), whitened);
    this.mean = dot(ones, whitened) / dot(ones, ones);
    for (let i = 0; i < n; i++) this.whitened.push(whitened[i] - this.mean * ones[i]);
    this.signal = Math.max(this.whitened.reduce((sum, z) => sum + z * z, 0) / n, Number.MIN_VALUE);
  }

  get size(): number {
    return this.inputs.length;
  }

  /** Mean and variance of the noiseless function. */
  predict(point: Point): { mean: number; variance: number } {
    const v = new Float64Array(this.size);
    const norm = this.factor.solveLower(this.covariances(encode(this.dimensions, point)), v);
    return { mean: this.mean + dot(v, this.whitened), variance: this.signal * Math.max(1 - norm, 0) };
  }

  /** The mean alone, for a fraction of the cost. */
  predictMean(point: Point): number {
    this.alpha ??= this.solveWeights();
    return this.mean + dot(this.covariances(encode(this.dimensions, point)), this.alpha);
  }

  /** Takes a point in; the mean and the variance of the signal stay. False when it is a duplicate to rounding. */
  append(point: Point, loss: number): boolean {
    const input = encode(this.dimensions, point);
    if (!this.factor.append(this.covariances(input), 1 + this.noise)) return false;
    this.inputs.push(input);
    this.targets.push(loss);
    const row = this.factor.rows.at(-1)!;
    const n = this.whitened.length;
    this.whitened.push((loss - this.mean - dot(row, this.whitened)) / row[n]);
    this.alpha = undefined;
    return true;
  }

  /** What a further point changes in the predictions at others, see `Batch`. */
  lastRow(): { readonly row: Float64Array; readonly whitened: number; readonly input: Float64Array } {
    return { row: this.factor.rows.at(-1)!, whitened: this.whitened.at(-1)!, input: this.inputs.at(-1)! };
  }

  /** Predictions of every point from all the others, parameters unchanged: Rasmussen & Williams, eqs. (5.10)–(5.12). */
  leaveOneOut(): number[] {
    const inverse = this.factor.inverse();
    const alpha = this.solveWeights();
    return this.targets.map((target, i) => target - alpha[i] / inverse[i][i]);
  }

  /** Everything that `Batch` needs of a candidate: v = L⁻¹ k and the moments of the standardised prediction. */
  whiten(point: Point, capacity: number): { v: Float64Array; mean: number; remaining: number } {
    const v = new Float64Array(capacity);
    const norm = this.factor.solveLower(this.covariances(encode(this.dimensions, point)), v);
    return { v, mean: this.mean + dot(v, this.whitened), remaining: 1 - norm };
  }

  /** Correlation of two points. */
  correlation(point: Point, input: Float64Array): number {
    return this.kernel(encode(this.dimensions, point), input);
  }

  get signalVariance(): number {
    return this.signal;
  }

  private solveWeights(): Float64Array {
    const alpha = Float64Array.from(this.whitened);
    this.factor.solveUpper(alpha);
    return alpha;
  }

  private factorize(inputs: readonly Float64Array[], noise: number): number {
    for (let attempt = 0; attempt < 12; attempt++, noise *= 10) {
      this.inputs.length = 0;
      this.factor.rows.length = 0;
      const done = inputs.every((input) => {
        if (!this.factor.append(this.covariances(input), 1 + noise)) return false;
        this.inputs.push(input);
        return true;
      });
      if (done) return noise;
    }
    throw new NumericalError(`the covariance of ${inputs.length} points is not positive definite; are there losses or coordinates that are not finite?`);
  }

  private covariances(input: Float64Array): Float64Array {
    const k = new Float64Array(this.size);
    for (let i = 0; i < k.length; i++) k[i] = this.kernel(input, this.inputs[i]);
    return k;
  }

  private kernel(a: Float64Array, b: Float64Array): number {
    let sum = 0;
    for (let d = 0; d < a.length; d++) sum += this.weights[d] * squaredDifference(this.dimensions[d], a[d], b[d]);
    return matern52(sum);
  }
}

/** Over the length of the second. */
function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < b.length; i++) sum += a[i] * b[i];
  return sum;
}
