import { InternalError } from "../errors.js";
import { type Matrix, matrix, placeMatrix, rowBlock } from "../linalg/matrix.js";
import type { Arena, Pointer } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";
import type { KernelBlock, KernelEvaluator, KernelMatrices, KernelPoints, RowFactors } from "./kernel.js";

/** What a kernel δ² exp(−|x − x′|/ℓ) has. */
export interface DistanceParameters {
  /** ℓ, in units of the features */
  readonly lengthScale: number;
  /** δ, eV */
  readonly delta: number;
}

/** 1-norm: sums of magnitudes; 2-norm: the usual distance. */
export type Norm = 1 | 2;

/** Points as they are: differences need whole rows. */
interface DistancePoints extends KernelPoints {
  readonly tables: {
    /** f64 [count × nFeatures] */
    readonly rows: Pointer;
  };
}

/** Copies points, stored, to shared memory. */
export function prepareDistancePoints(wasm: Wasm, points: Matrix, allocate: (bytes: number) => Pointer): DistancePoints {
  const { rows: count, columns: nFeatures } = points;
  const rows = allocate(8 * count * nFeatures);
  const target = wasm.f64(rows, count * nFeatures);
  for (let i = 0; i < count; i++) target.set(wasm.f64(points.pointer + 8 * i * points.stride, nFeatures), i * nFeatures);
  return { count, nFeatures, tables: { rows } };
}

/** k of two rows on the host, eV² */
export function distanceValue(norm: Norm, { lengthScale, delta }: DistanceParameters, x: ArrayLike<number>, y: ArrayLike<number>): number {
  let sum = 0;
  for (let f = 0; f < x.length; f++) sum += norm === 1 ? Math.abs(x[f] - y[f]) : (x[f] - y[f]) ** 2;
  return delta * delta * Math.exp(-(norm === 1 ? sum : Math.sqrt(sum)) / lengthScale);
}

/** Several kernels of the same distances. */
export function distanceMatrices(wasm: Wasm, norm: Norm, several: readonly DistanceParameters[]): KernelMatrices {
  return (x, y, outs, scratch) => {
    const mark = scratch.mark();
    const distances = matrix(scratch.f64(x.rows * y.rows), x.rows, y.rows);
    rowDistances(wasm, norm, x, y, distances, scratch);
    for (const [k, { lengthScale, delta }] of several.entries()) {
      for (const [from, to] of rowsOf(distances, outs[k])) {
        wasm.routines.distanceKernel(norm - 1, from.rows * from.columns, from.pointer, lengthScale, delta * delta, to.pointer);
      }
    }
    scratch.reset(mark);
  };
}

/** Blocks that are stored without gaps: all rows, or one after the other. */
function rowsOf(from: Matrix, to: Matrix): [Matrix, Matrix][] {
  if (to.stride === to.columns) return [[from, to]];
  return Array.from({ length: to.rows }, (_, i) => [rowBlock(from, i, 1), rowBlock(to, i, 1)]);
}

function rowDistances(wasm: Wasm, norm: Norm, x: Matrix, y: Matrix, out: Matrix, scratch: Arena): void {
  const mark = scratch.mark();
  wasm.routines.rowDistances(norm - 1, placeMatrix(wasm, scratch, x), placeMatrix(wasm, scratch, y), placeMatrix(wasm, scratch, out));
  scratch.reset(mark);
}

/** A kernel δ² exp(−|x − x′|/ℓ) on one thread. */
export class DistanceEvaluator implements KernelEvaluator {
  readonly slopesPerValue = 0;
  private readonly apply: KernelMatrices;

  constructor(
    private readonly wasm: Wasm,
    private readonly norm: Norm,
    private readonly parameters: DistanceParameters,
  ) {
    this.apply = distanceMatrices(wasm, norm, [parameters]);
  }

  matrix(x: Matrix, y: Matrix, out: Matrix, scratch: Arena): void {
    this.apply(x, y, [out], scratch);
  }

  diagonal(x: Matrix): Float64Array {
    return new Float64Array(x.rows).fill(this.parameters.delta ** 2);
  }

  evaluate({ rows, points, values }: KernelBlock, scratch: Arena): void {
    const { count, nFeatures, tables } = points as DistancePoints;
    this.matrix(rows, matrix(tables.rows, count, nFeatures), matrix(values, rows.rows, count), scratch);
  }

  contract({ rows, points, values }: KernelBlock, coefficients: Pointer, energies: Pointer, gradients: Pointer): void {
    const { wasm, norm } = this;
    const { count, nFeatures, tables } = points as DistancePoints;
    wasm.routines.contractKernel(rows.rows, count, values, coefficients, 0, energies);
    if (!gradients) return;
    wasm.routines.distanceGradients(norm - 1, rows.rows, count, nFeatures, values, coefficients, rows.pointer, tables.rows, gradients);
    const view = wasm.f64(gradients, rows.rows * nFeatures);
    for (let i = 0; i < view.length; i++) view[i] /= this.parameters.lengthScale;
  }

  directional(): RowFactors {
    throw new InternalError("a kernel that has no derivatives where rows are equal was asked for derivatives along directions");
  }
}
