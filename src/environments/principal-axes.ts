import type { AxesOptions, PrincipalAxes } from "../descriptors/descriptor.js";
import { axesBytes, ROWS_AT_ONCE, waitingRowsBytes } from "../descriptors/reduction/axes-memory.js";
import type { AnyDescriptor } from "../descriptors/structure-descriptor.js";
import { InvalidParameterError } from "../errors.js";
import { symmetricEigen } from "../linalg/eigen.js";
import { matrix, transpose } from "../linalg/matrix.js";
import { syrk } from "../linalg/product.js";
import type { Executor } from "../parallel/executor.js";
import type { ProgressListener } from "../parallel/progress.js";
import { defineTask } from "../parallel/task.js";
import type { Structure } from "../structures/structure.js";
import { Arena, type Pointer, type Region } from "../wasm/memory.js";
import { type DescribeOptions, describeStructures } from "./describe-structures.js";

/** A column whose spread is below this share of its root mean square is constant: differences are rounding. */
const CONSTANT = 1e-12;

/**
 * Principal axes of the rows of many structures, without the weights of rows: eigenvectors of their covariance, or of their mean products where means
 * stay. The data are streamed; the same bits for any number of threads.
 * @throws {InvalidParameterError} for data without centers
 * @throws as `describeStructures`
 */
export async function principalAxes(
  executor: Executor,
  descriptor: AnyDescriptor,
  structures: AsyncIterable<Structure> | Iterable<Structure>,
  { isCentered, isScaled }: AxesOptions,
  options: DescribeOptions & { readonly onProgress?: ProgressListener },
): Promise<PrincipalAxes> {
  const { pool, wasm } = executor;
  const nFeatures = descriptor.featureCount(options.species);
  const nColumns = nFeatures - (descriptor.weighsRows ? 1 : 0);
  const region = pool.allocate(axesBytes(nColumns), "principal axes of a descriptor");
  try {
    const [products, axes, variances] = [region.pointer, region.pointer + 8 * nColumns ** 2, region.pointer + 16 * nColumns ** 2];
    const sums = new ProductSums(executor, nColumns, products);
    try {
      for await (const { nRows, values } of describeStructures(executor, descriptor, structures, options)) {
        for (let row = 0; row < nRows; row++) sums.add(values, row * nFeatures);
        options.onProgress?.({ stage: "products of the columns", done: sums.nRows, total: undefined, unit: "rows" });
      }
      sums.finish();
    } finally {
      sums.release();
    }
    const { nRows, means } = sums;
    const scales = scaledProducts(wasm.f64(products, nColumns ** 2), sums, { isCentered, isScaled });
    await executor.submit(eigenTask, { nColumns, products, variances, axes }, { signal: options.signal });
    return { nRows, means, scales, ...descending(wasm.f64(variances, nColumns), wasm.f64(axes, nColumns ** 2)) };
  } finally {
    pool.release(region);
  }
}

const eigenTask = defineTask(
  "environments/principal-axes",
  ({ wasm, scratch }, { nColumns, products, variances, axes }: { nColumns: number; products: Pointer; variances: Pointer; axes: Pointer }): null => {
    // the routine overwrites what it is given, and a task may run again
    const copy = scratch.f64(nColumns ** 2);
    wasm.f64(copy, nColumns ** 2).set(wasm.f64(products, nColumns ** 2));
    symmetricEigen(wasm, scratch, matrix(copy, nColumns, nColumns), variances, matrix(axes, nColumns, nColumns));
    return null;
  },
);

/** Means, and Σ (x − s)(x − s)ᵀ with the first row for s: rows are often alike, and what they differ in must not drown in what they share. */
class ProductSums {
  nRows = 0;
  /** Σ (x − s), then means */
  readonly means: Float64Array;
  /** s */
  shift: Float64Array | undefined;
  private readonly region: Region;
  private nHeld = 0;

  constructor(
    private readonly executor: Executor,
    private readonly nColumns: number,
    private readonly products: Pointer,
  ) {
    this.region = executor.pool.allocate(waitingRowsBytes(nColumns), "rows of a descriptor");
    this.means = new Float64Array(nColumns);
    executor.wasm.f64(products, nColumns ** 2).fill(0);
  }

  add(values: Float64Array, first: number): void {
    const { nColumns, means } = this;
    this.shift ??= values.slice(first, first + nColumns);
    const held = this.executor.wasm.f64(this.region.pointer + 8 * this.nHeld * nColumns, nColumns);
    for (let f = 0; f < nColumns; f++) {
      held[f] = values[first + f] - this.shift[f];
      means[f] += held[f];
    }
    this.nRows++;
    if (++this.nHeld === ROWS_AT_ONCE) this.flush();
  }

  /** @throws {InvalidParameterError} where there was no row */
  finish(): void {
    if (this.nRows === 0) throw new InvalidParameterError("there is no row to take principal axes of: the data have no centers");
    this.flush();
    for (let f = 0; f < this.nColumns; f++) this.means[f] = this.means[f] / this.nRows + this.shift![f];
  }

  release(): void {
    this.executor.pool.release(this.region);
  }

  private flush(): void {
    const { nColumns, nHeld } = this;
    const rows = 8 * ROWS_AT_ONCE * nColumns;
    const scratch = new Arena({ pointer: this.region.pointer + rows, bytes: this.region.bytes - rows });
    if (nHeld > 0) syrk(this.executor.wasm, scratch, 1, transpose(matrix(this.region.pointer, nHeld, nColumns)), 1, matrix(this.products, nColumns, nColumns));
    this.nHeld = 0;
  }
}

/** From sums about the shift to the covariance, or the mean products, of scaled columns, in place. @returns what columns were divided by */
function scaledProducts(products: Float64Array, { nRows, means, shift }: ProductSums, { isCentered, isScaled }: AxesOptions): Float64Array {
  const nColumns = means.length;
  const offsets = means.map((mean, f) => mean - shift![f]);
  const squares = new Float64Array(nColumns);
  for (let f = 0; f < nColumns; f++) {
    for (let g = 0; g < nColumns; g++) {
      const covariance = products[f * nColumns + g] / nRows - offsets[f] * offsets[g];
      products[f * nColumns + g] = isCentered ? covariance : covariance + means[f] * means[g];
    }
    const size = products[f * nColumns + f];
    squares[f] = size > (CONSTANT * means[f]) ** 2 ? size : 0;
  }
  const scales = squares.map((square) => (isScaled && square > 0 ? Math.sqrt(square) : 1));
  for (let f = 0; f < nColumns; f++) for (let g = 0; g < nColumns; g++) products[f * nColumns + g] /= scales[f] * scales[g];
  return scales;
}

/** The largest first; a direction that is as good as its opposite has its largest component positive. */
function descending(variances: Float64Array, axes: Float64Array): { variances: Float64Array; axes: Float64Array } {
  const n = variances.length;
  const turned = new Float64Array(n * n);
  for (let k = 0; k < n; k++) {
    const axis = axes.subarray((n - 1 - k) * n, (n - k) * n);
    let largest = 0;
    for (let f = 1; f < n; f++) if (Math.abs(axis[f]) > Math.abs(axis[largest])) largest = f;
    const sign = axis[largest] < 0 ? -1 : 1;
    for (let f = 0; f < n; f++) turned[k * n + f] = sign * axis[f];
  }
  return { variances: variances.slice().reverse().map((variance) => Math.max(0, variance)), axes: turned };
}
