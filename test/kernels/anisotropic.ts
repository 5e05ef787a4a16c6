// A kernel of whole rows, which no function of x·x′, |x|² and |x′|² can express: a length scale for each feature. The proof that fits and predictions
// know the contract of kernels only.
import { z } from "zod";
import type { Directions, KernelBlock, KernelEvaluator, KernelPoints, KernelType, RowFactors } from "../../src/kernels/kernel.js";
import type { Matrix } from "../../src/linalg/index.js";
import type { Arena, Pointer } from "../../src/wasm/memory.js";
import type { Wasm } from "../../src/wasm/wasm.js";

export const anisotropicSchema = z.object({ type: z.literal("anisotropic"), lengthScale: z.number().positive(), delta: z.number().positive() });
export type Anisotropic = z.output<typeof anisotropicSchema>;

/** 1/ℓ² of a feature: every third one counts four times as much. */
const weight = ({ lengthScale }: Anisotropic, feature: number): number => (feature % 3 === 1 ? 4 : 1) / lengthScale ** 2;

const value = (parameters: Anisotropic, x: ArrayLike<number>, y: ArrayLike<number>): number => {
  let sum = 0;
  for (let f = 0; f < x.length; f++) sum += weight(parameters, f) * (x[f] - y[f]) ** 2;
  return parameters.delta ** 2 * Math.exp(-sum / 2);
};

class AnisotropicEvaluator implements KernelEvaluator {
  readonly slopesPerValue = 0;

  constructor(
    private readonly wasm: Wasm,
    private readonly parameters: Anisotropic,
  ) {}

  matrix(x: Matrix, y: Matrix, out: Matrix): void {
    for (let i = 0; i < x.rows; i++) {
      const target = this.wasm.f64(out.pointer + 8 * i * out.stride, y.rows);
      for (let j = 0; j < y.rows; j++) target[j] = value(this.parameters, this.row(x, i), this.row(y, j));
    }
  }

  diagonal(x: Matrix): Float64Array {
    return new Float64Array(x.rows).fill(this.parameters.delta ** 2);
  }

  evaluate({ rows, points, values }: KernelBlock): void {
    const out = this.wasm.f64(values, rows.rows * points.count);
    for (let i = 0; i < rows.rows; i++) {
      for (let s = 0; s < points.count; s++) out[i * points.count + s] = value(this.parameters, this.row(rows, i), this.point(points, s));
    }
  }

  contract(block: KernelBlock, coefficients: Pointer, energies: Pointer, gradients: Pointer): void {
    const { rows, points } = block;
    const c = this.wasm.f64(coefficients, points.count);
    const energy = this.wasm.f64(energies, rows.rows);
    for (let i = 0; i < rows.rows; i++) {
      const sum = new Float64Array(points.nFeatures);
      for (let s = 0; s < points.count; s++) {
        const { k, gradient } = this.element(block, i, s);
        energy[i] += c[s] * k;
        gradient.forEach((g, f) => (sum[f] += c[s] * g));
      }
      if (gradients) this.wasm.f64(gradients + 8 * i * points.nFeatures, points.nFeatures).set(sum);
    }
  }

  directional(block: KernelBlock, { first, count, pointer, groups }: Directions, products: Pointer, scratch: Arena): RowFactors {
    const { nFeatures, count: nPoints } = block.points;
    let row = 0;
    for (let i = 0; i < count; i++) {
      const nRows = 3 * this.wasm.i32(groups, count)[i];
      for (let r = 0; r < nRows; r++, row++) {
        const direction = this.wasm.f64(pointer + 8 * row * nFeatures, nFeatures);
        const out = this.wasm.f64(products + 8 * row * nPoints, nPoints);
        for (let s = 0; s < nPoints; s++) out[s] = this.element(block, first + i, s).gradient.reduce((sum, g, f) => sum + g * direction[f], 0);
      }
    }
    const ones = scratch.f64(nPoints);
    this.wasm.f64(ones, nPoints).fill(1);
    return { pointer: ones, stride: 0 };
  }

  /** k and ∂k/∂x of one row and one point of an evaluated block. */
  private element({ rows, points, values }: KernelBlock, i: number, s: number): { k: number; gradient: Float64Array } {
    const k = this.wasm.f64(values, rows.rows * points.count)[i * points.count + s];
    const [x, y] = [this.row(rows, i), this.point(points, s)];
    return { k, gradient: x.map((xf, f) => -weight(this.parameters, f) * (xf - y[f]) * k) };
  }

  private row({ pointer, stride, columns }: Matrix, i: number): Float64Array {
    return this.wasm.f64(pointer + 8 * i * stride, columns);
  }

  private point({ nFeatures, tables }: KernelPoints, s: number): Float64Array {
    return this.wasm.f64(tables.values + 8 * s * nFeatures, nFeatures);
  }
}

export const anisotropic: KernelType<Anisotropic> = {
  type: "anisotropic",
  attach: (wasm, parameters) => new AnisotropicEvaluator(wasm, parameters),
  preparePoints(wasm, { pointer, rows: count, columns: nFeatures, stride }, _gradients, allocate) {
    const values = allocate(8 * count * nFeatures);
    for (let s = 0; s < count; s++) wasm.f64(values + 8 * s * nFeatures, nFeatures).set(wasm.f64(pointer + 8 * s * stride, nFeatures));
    return { count, nFeatures, tables: { values } };
  },
  value,
  scale: ({ delta }) => delta ** 2,
  remedy: () => undefined,
};
