import { matrix, type Matrix } from "../linalg/matrix.js";
import type { Arena, Pointer } from "../wasm/memory.js";
import { placeRecord } from "../wasm/records.js";
import type { Wasm } from "../wasm/wasm.js";
import type { Directions, KernelBlock, KernelEvaluator, KernelPoints, KernelType, RowFactors, WeightedForm } from "./kernel.js";

/** Rows without their last column, and that column. */
interface SplitRows {
  /** f64 [n × nCoordinates], stored without gaps */
  readonly x: Matrix;
  /** f64 [n] */
  readonly weights: Pointer;
}

function splitRows(wasm: Wasm, rows: Matrix, allocate: (bytes: number) => Pointer): SplitRows {
  const x = matrix(allocate(8 * rows.rows * (rows.columns - 1)), rows.rows, rows.columns - 1);
  const weights = allocate(8 * rows.rows);
  wasm.routines.splitWeights(rows.rows, rows.columns, rows.stride, rows.pointer, x.pointer, weights);
  return { x, weights };
}

/** k_eff = w w′ k(x, x′) of any kernel k: rows and points are coordinates x followed by a weight w. */
export function weightedForm<Parameters>({ attach, preparePoints }: Pick<KernelType<Parameters>, "attach" | "preparePoints">): WeightedForm<Parameters> {
  return {
    attach: (wasm, parameters) => new WeightedEvaluator(wasm, attach(wasm, parameters)),
    preparePoints(wasm, points, gradients, allocate, parameters) {
      const { x, weights } = splitRows(wasm, points, allocate);
      const { tables } = preparePoints(wasm, x, gradients, allocate, parameters);
      return { count: points.rows, nFeatures: points.columns, tables: { ...tables, pointWeights: weights } };
    },
  };
}

/** Slopes of a block are k without weights, then the slopes of the inner kernel. */
class WeightedEvaluator implements KernelEvaluator {
  readonly slopesPerValue: number;

  constructor(
    private readonly wasm: Wasm,
    private readonly inner: KernelEvaluator,
  ) {
    this.slopesPerValue = 1 + inner.slopesPerValue;
  }

  matrix(x: Matrix, y: Matrix, out: Matrix, scratch: Arena): void {
    const mark = scratch.mark();
    const [left, right] = [this.split(x, scratch), this.split(y, scratch)];
    this.inner.matrix(left.x, right.x, out, scratch);
    this.wasm.routines.weighKernels(out.rows, out.columns, out.stride, left.weights, right.weights, out.pointer, out.pointer);
    scratch.reset(mark);
  }

  diagonal({ pointer, rows: n, columns, stride }: Matrix): Float64Array {
    const weight = (i: number): number => this.wasm.f64(pointer + 8 * i * stride, columns)[columns - 1];
    return this.inner.diagonal(matrix(pointer, n, columns - 1, stride)).map((value, i) => weight(i) ** 2 * value);
  }

  evaluate(block: KernelBlock, scratch: Arena): void {
    const { rows, points, values, slopes } = block;
    const { count, tables } = points;
    const mark = scratch.mark();
    const { x, weights } = this.split(rows, scratch);
    const inner = innerBlock(block, x);
    this.inner.evaluate(slopes ? inner : { ...inner, values, slopes: 0 }, scratch);
    this.wasm.routines.weighKernels(rows.rows, count, count, weights, tables.pointWeights, slopes || values, values);
    scratch.reset(mark);
  }

  contract(block: KernelBlock, coefficients: Pointer, energies: Pointer, gradients: Pointer, scratch: Arena): void {
    const { wasm } = this;
    const { rows, points, values } = block;
    const { count, nFeatures, tables } = points;
    const n = rows.rows;
    if (!gradients) return void wasm.routines.contractKernel(n, count, values, coefficients, 0, energies);
    const mark = scratch.mark();
    const { x, weights } = this.split(rows, scratch);
    const weighted = scratch.f64(count);
    const [c, w] = [wasm.f64(coefficients, count), wasm.f64(tables.pointWeights, count)];
    wasm.f64(weighted, count).forEach((_, s, all) => (all[s] = c[s] * w[s]));
    const [sums, slopes] = [scratch.f64(n), scratch.f64(n * (nFeatures - 1))];
    wasm.f64(sums, n).fill(0);
    this.inner.contract(innerBlock(block, x), weighted, sums, slopes, scratch);
    wasm.routines.weighGradients(n, nFeatures, weights, sums, slopes, energies, gradients);
    scratch.reset(mark);
  }

  directional(block: KernelBlock, directions: Directions, products: Pointer, scratch: Arena): RowFactors {
    const { wasm } = this;
    const { count, nFeatures, tables } = block.points;
    const { first, count: n, nRows, pointer, groups } = directions;
    const { x, weights } = this.split(block.rows, scratch);
    const { x: along, weights: ofWeight } = this.split(matrix(pointer, nRows, nFeatures), scratch);
    const inner = innerBlock(block, x);
    const factors = this.inner.directional(inner, { ...directions, pointer: along.pointer }, products, scratch);
    const table = placeRecord(wasm, scratch, "WeightedFactors", {
      weights: weights + 8 * first, pointWeights: tables.pointWeights, kernels: inner.values + 8 * first * count,
      factors: factors.pointer, factorStride: factors.stride,
    });
    wasm.routines.weighDirections(n, count, groups, table, ofWeight, products);
    const ones = scratch.f64(count);
    wasm.f64(ones, count).fill(1);
    return { pointer: ones, stride: 0 };
  }

  private split(rows: Matrix, scratch: Arena): SplitRows {
    return splitRows(this.wasm, rows, (bytes) => scratch.allocate(bytes));
  }
}

/** What the inner kernel sees of a block with slopes. */
function innerBlock({ rows, points, slopes }: KernelBlock, x: Matrix): KernelBlock {
  const inner: KernelPoints = { ...points, nFeatures: points.nFeatures - 1 };
  return { rows: x, points: inner, values: slopes, slopes: slopes + 8 * rows.rows * points.count };
}
