import { type Matrix, matrix, rowBlock } from "../linalg/matrix.js";
import type { Arena, Pointer } from "../wasm/memory.js";
import { recordBytes, writeRecord } from "../wasm/records.js";
import type { Wasm } from "../wasm/wasm.js";
import type { Directions, KernelBlock, KernelEvaluator, KernelPoints, RowFactors, WeightedForm } from "./kernel.js";

/** Coordinates up to which rows count as short: beyond, matrix products are faster. */
export const MOST_COORDINATES = 8;

/** What the squared-exponential kernel of short rows needs. */
export interface ShortParameters {
  /** θ, one for each coordinate */
  readonly lengthScales: readonly number[];
  /** eV */
  readonly delta: number;
}

/** w w′ δ² exp(−½ Σ_d ((x_d − x′_d)/θ_d)²) of rows with at most `MOST_COORDINATES` coordinates and a weight, by routines for whole rows. */
export const shortRows: WeightedForm<ShortParameters> = {
  attach: (wasm, parameters) => new ShortEvaluator(wasm, parameters),
  preparePoints: (wasm, points, _gradients, allocate, parameters) => placePoints(wasm, points, allocate, parameters),
};

function placePoints(wasm: Wasm, { pointer, rows: nPoints, columns, stride }: Matrix, allocate: (bytes: number) => Pointer, { lengthScales, delta }: ShortParameters): KernelPoints {
  const nCoordinates = columns - 1;
  const nPadded = nPoints + (nPoints % 2);
  const [table, inverses, transposed] = [allocate(recordBytes("ShortPoints")), allocate(8 * nCoordinates), allocate(8 * columns * nPadded)];
  writeRecord(wasm, table, "ShortPoints", { nPadded, nPoints, nCoordinates, inverses, columns: transposed });
  const factors = wasm.f64(inverses, nCoordinates);
  for (let d = 0; d < nCoordinates; d++) factors[d] = 1 / lengthScales[d];
  const out = wasm.f64(transposed, columns * nPadded).fill(0);
  for (let s = 0; s < nPoints; s++) {
    const point = wasm.f64(pointer + 8 * s * stride, columns);
    for (let d = 0; d < nCoordinates; d++) out[d * nPadded + s] = point[d] * factors[d];
    out[nCoordinates * nPadded + s] = delta * delta * point[nCoordinates];
  }
  return { count: nPoints, nFeatures: columns, tables: { short: table } };
}

/** Slopes of a block are w′ k, without the weights of the rows. */
class ShortEvaluator implements KernelEvaluator {
  readonly slopesPerValue = 1;

  constructor(
    private readonly wasm: Wasm,
    private readonly parameters: ShortParameters,
  ) {}

  matrix(x: Matrix, y: Matrix, out: Matrix, scratch: Arena): void {
    const mark = scratch.mark();
    const { tables } = placePoints(this.wasm, y, (bytes) => scratch.allocate(bytes), this.parameters);
    for (let i = 0; i < x.rows; i++) this.wasm.routines.shortKernels(1, rowBlock(x, i, 1).pointer, tables.short, rowBlock(out, i, 1).pointer, 0);
    scratch.reset(mark);
  }

  diagonal(x: Matrix): Float64Array {
    const { delta } = this.parameters;
    return Float64Array.from({ length: x.rows }, (_, i) => (delta * this.wasm.f64(rowBlock(x, i, 1).pointer, x.columns)[x.columns - 1]) ** 2);
  }

  evaluate({ rows, points, values, slopes }: KernelBlock): void {
    this.wasm.routines.shortKernels(rows.rows, rows.pointer, points.tables.short, values, slopes);
  }

  contract({ rows, points, values, slopes }: KernelBlock, coefficients: Pointer, energies: Pointer, gradients: Pointer): void {
    const { routines } = this.wasm;
    if (gradients) routines.shortGradients(rows.rows, rows.pointer, points.tables.short, slopes, coefficients, energies, gradients);
    else routines.contractKernel(rows.rows, points.count, values, coefficients, 0, energies);
  }

  directional({ rows, points, slopes }: KernelBlock, { first, count, pointer, groups }: Directions, products: Pointer): RowFactors {
    const ofFirst = matrix(rows.pointer + 8 * first * rows.columns, count, rows.columns).pointer;
    this.wasm.routines.shortDirections(count, groups, ofFirst, points.tables.short, pointer, products);
    return { pointer: slopes + 8 * first * points.count, stride: points.count };
  }
}
