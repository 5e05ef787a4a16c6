// Slow, readable twins of the kernel distribution.
import type { KernelParameters } from "../../../src/kernels/index.js";

export interface PlainDistribution {
  readonly count: number;
  readonly mean: number;
  readonly std: number;
  readonly skewness: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly counts: readonly number[];
}

/** Shape of some values, and their histogram from 0 to 1 (values outside in the first or last bin). */
export function plainDistribution(values: readonly number[], bins: number): PlainDistribution {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count;
  const third = values.reduce((sum, value) => sum + (value - mean) ** 3, 0) / count;
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) counts[Math.min(bins - 1, Math.max(0, Math.floor(value * bins)))]++;
  return {
    count,
    mean,
    std: Math.sqrt(variance),
    skewness: third / variance ** 1.5,
    minimum: Math.min(...values),
    maximum: Math.max(...values),
    counts,
  };
}

/** (x·y)^ζ, or exp(−|x − y|²/(2ℓ²)) */
export function plainKernel(kernel: KernelParameters): (x: readonly number[], y: readonly number[]) => number {
  if (kernel.type === "squared-exponential") {
    const length = kernel.lengthScale as number;
    return (x, y) => Math.exp(-x.reduce((sum, value, f) => sum + (value - y[f]) ** 2, 0) / (2 * length ** 2));
  }
  if (kernel.type !== "dot-product") throw new Error(`no plain kernel ${kernel.type}`);
  const { zeta } = kernel;
  return (x, y) => {
    const gram = x.reduce((sum, value, f) => sum + value * y[f], 0);
    return gram > 0 || Number.isInteger(zeta) ? gram ** zeta : 0;
  };
}

/** k(x_i, x_j) of all rows i with some rows j ≠ i. */
export function plainKernels(rows: readonly (readonly number[])[], references: readonly number[], kernel: KernelParameters): number[] {
  const of = plainKernel(kernel);
  const values: number[] = [];
  rows.forEach((row, i) => {
    for (const j of references) {
      if (i !== j) values.push(of(row, rows[j]));
    }
  });
  return values;
}
