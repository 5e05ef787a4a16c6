import type { Dimension, Point } from "../optimizer.js";
import { GrowingCholesky } from "./cholesky.js";
import { encode, squaredDifference } from "./encoding.js";
import { type GpParameters, matern52 } from "./gaussian-process.js";

/** Points that the parameters are found from; predictions use all. */
const MAXIMUM_POINTS = 100;

/** Bounds of the logarithms. */
const LENGTH_BOUNDS = [Math.log(0.02), Math.log(50)] as const;
const NOISE_BOUNDS = [Math.log(1e-8), Math.log(1)] as const;

/** Prior of log noise: nearly deterministic, but not to the last digits. */
const NOISE_PRIOR = { mean: Math.log(1e-4), deviation: 2 };

/** Prior of log length, which grows with the dimensions: Hvarfner, Hellsten & Nardi 2024, arXiv:2402.02229. */
const lengthPrior = (nDimensions: number): { mean: number; deviation: number } => ({
  mean: Math.SQRT2 + Math.log(nDimensions) / 2,
  deviation: Math.sqrt(3),
});

/**
 * Length scales and noise of the largest posterior density: likelihood with mean and signal variance profiled out, times log-normal
 * priors, climbed by iRprop− (Igel & Hüsken 2003; for Gaussian processes: Blum & Riedmiller, ESANN 2013) from several starts with a
 * bounded number of steps. Above 100 points the best half and an even choice of the others count.
 */
export function fitGpParameters(dimensions: readonly Dimension[], points: readonly Point[], losses: readonly number[], previous?: GpParameters): GpParameters {
  const chosen = subset(losses, MAXIMUM_POINTS);
  const posterior = new Posterior(
    dimensions,
    chosen.map((i) => points[i]),
    standardize(chosen.map((i) => losses[i])),
  );
  const n = dimensions.length;
  const start = (length: number): number[] => [...new Array<number>(n).fill(Math.log(length)), NOISE_PRIOR.mean];
  const starts = previous ? [toLogarithms(previous), start(0.5)] : [start(0.25), start(1), start(4)];
  let best: Climbed | undefined;
  for (const from of starts) {
    const climbed = climb(posterior, from, previous ? 20 : 30);
    if (!best || climbed.value < best.value) best = climbed;
  }
  const logarithms = best!.at;
  return { lengthScales: logarithms.slice(0, n).map(Math.exp), noise: Math.exp(logarithms[n]) };
}

/** Indices of at most `count` losses: the best half, and an even choice from the rest by rank. */
export function subset(losses: readonly number[], count: number): readonly number[] {
  const order = losses.map((_, i) => i).sort((a, b) => losses[a] - losses[b] || a - b);
  if (order.length <= count) return order.sort((a, b) => a - b);
  const best = order.slice(0, Math.ceil(count / 2));
  const rest = order.slice(best.length);
  const others = count - best.length;
  for (let i = 0; i < others; i++) best.push(rest[Math.floor(((i + 0.5) * rest.length) / others)]);
  return best.sort((a, b) => a - b);
}

function standardize(values: readonly number[]): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) || 1;
  return Float64Array.from(values, (value) => (value - mean) / deviation);
}

function toLogarithms({ lengthScales, noise }: GpParameters): number[] {
  return [...lengthScales.map(Math.log), Math.log(noise)];
}

interface Climbed {
  readonly at: readonly number[];
  readonly value: number;
}

/** iRprop−: every coordinate has a step of its own that grows while the sign of its slope lasts. */
function climb(posterior: Posterior, from: readonly number[], steps: number): Climbed {
  const clamp = (value: number, i: number): number => {
    const [low, high] = i < from.length - 1 ? LENGTH_BOUNDS : NOISE_BOUNDS;
    return Math.min(Math.max(value, low), high);
  };
  let at = from.map(clamp);
  const step = from.map(() => 0.3);
  const slope = from.map(() => 0);
  let best: Climbed | undefined;
  for (let i = 0; i < steps; i++) {
    const { value, gradient } = posterior.evaluate(at);
    if (!best || value < best.value) best = { at, value };
    if (i === steps - 1 || Math.max(...step) < 1e-3) break;
    at = at.map((x, d) => {
      const product = slope[d] * gradient[d];
      step[d] = Math.min(Math.max(step[d] * (product > 0 ? 1.2 : product < 0 ? 0.5 : 1), 1e-4), 1.5);
      slope[d] = product < 0 ? 0 : gradient[d];
      return clamp(x - Math.sign(slope[d]) * step[d], d);
    });
  }
  return best!;
}

/** Negative logarithm of the posterior density of log lengths and log noise, and its gradient. */
export class Posterior {
  /** Squared differences of pairs (i, j < i), per dimension. */
  private readonly differences: readonly Float64Array[];

  constructor(
    dimensions: readonly Dimension[],
    points: readonly Point[],
    private readonly targets: Float64Array,
  ) {
    const inputs = points.map((point) => encode(dimensions, point));
    this.differences = dimensions.map((dimension, d) => {
      const out = new Float64Array((inputs.length * (inputs.length - 1)) / 2);
      for (let i = 1, pair = 0; i < inputs.length; i++) {
        for (let j = 0; j < i; j++) out[pair++] = squaredDifference(dimension, inputs[i][d], inputs[j][d]);
      }
      return out;
    });
  }

  /** A value of infinity where the covariance cannot be factored; the slope then points to more noise. */
  evaluate(at: readonly number[]): { value: number; gradient: Float64Array } {
    const nDimensions = this.differences.length;
    const gradient = new Float64Array(at.length);
    const weights = at.slice(0, nDimensions).map((logarithm) => Math.exp(-2 * logarithm));
    const noise = Math.exp(at[nDimensions]);
    const squared = this.squaredDistances(weights);
    const factor = this.factor(squared, noise);
    if (!factor) {
      gradient[nDimensions] = -1;
      return { value: Number.POSITIVE_INFINITY, gradient };
    }
    const { value, alpha, signal } = this.likelihood(factor);
    const inverse = factor.inverse();
    const n = this.targets.length;
    // ∂(−log L)/∂R per pair, times ∂k/∂r² without the weight
    const sensitivity = new Float64Array(squared.length);
    let trace = 0;
    for (let i = 0, pair = 0; i < n; i++) {
      for (let j = 0; j < i; j++, pair++) {
        const s = Math.sqrt(5 * squared[pair]);
        sensitivity[pair] = (inverse[i][j] - (alpha[i] * alpha[j]) / signal) * (5 / 3) * (1 + s) * Math.exp(-s);
      }
      trace += inverse[i][i] - (alpha[i] * alpha[i]) / signal;
    }
    for (let d = 0; d < nDimensions; d++) {
      const differences = this.differences[d];
      let sum = 0;
      for (let pair = 0; pair < sensitivity.length; pair++) sum += sensitivity[pair] * differences[pair];
      gradient[d] = weights[d] * sum;
    }
    gradient[nDimensions] = (noise * trace) / 2;
    return { value: value + this.addPriors(at, gradient), gradient };
  }

  private squaredDistances(weights: readonly number[]): Float64Array {
    const squared = new Float64Array(this.differences[0].length);
    for (const [d, differences] of this.differences.entries()) {
      const weight = weights[d];
      for (let pair = 0; pair < squared.length; pair++) squared[pair] += weight * differences[pair];
    }
    return squared;
  }

  private factor(squared: Float64Array, noise: number): GrowingCholesky | undefined {
    const factor = new GrowingCholesky();
    for (let i = 0, pair = 0; i < this.targets.length; i++) {
      const row = new Float64Array(i);
      for (let j = 0; j < i; j++) row[j] = matern52(squared[pair++]);
      if (!factor.append(row, 1 + noise)) return undefined;
    }
    return factor;
  }

  private likelihood(factor: GrowingCholesky): { value: number; alpha: Float64Array; signal: number } {
    const n = this.targets.length;
    const ones = new Float64Array(n);
    factor.solveLower(new Float64Array(n).fill(1), ones);
    const alpha = new Float64Array(n);
    factor.solveLower(this.targets, alpha);
    let weight = 0;
    let sum = 0;
    for (let i = 0; i < n; i++) {
      weight += ones[i] * ones[i];
      sum += ones[i] * alpha[i];
    }
    let norm = 0;
    for (let i = 0; i < n; i++) {
      alpha[i] -= (sum / weight) * ones[i];
      norm += alpha[i] * alpha[i];
    }
    factor.solveUpper(alpha);
    const signal = Math.max(norm / n, 1e-12);
    return { value: (n * Math.log(signal) + factor.logDeterminant()) / 2, alpha, signal };
  }

  private addPriors(at: readonly number[], gradient: Float64Array): number {
    let value = 0;
    for (const [i, x] of at.entries()) {
      const { mean, deviation } = i < at.length - 1 ? lengthPrior(at.length - 1) : NOISE_PRIOR;
      const z = (x - mean) / deviation;
      value += (z * z) / 2;
      gradient[i] += z / deviation;
    }
    return value;
  }
}
