import { type Band, rowReflectors } from "../../../linalg/band.js";
import { type Matrix, matrix, transpose } from "../../../linalg/matrix.js";
import { gemm } from "../../../linalg/product.js";
import { defineTask, type Task, type TaskContext } from "../../../parallel/task.js";
import type { Pointer } from "../../../wasm/memory.js";

/** Columns `start` … `start` + `columns` of a stored matrix, as a view. */
export function columnBlock(a: Matrix, start: number, columns: number): Matrix {
  return { ...a, pointer: a.pointer + 8 * start, columns };
}

interface PanelInput {
  /** What is reflected. */
  readonly source: Matrix;
  /** Where its reflectors go, as rows. */
  readonly panel: Matrix;
  /** f64 [width × width], scratch for the triangle. */
  readonly lower: Pointer;
  /** f64 [width × width], out: T */
  readonly factor: Pointer;
  readonly band: Band;
  /** Row of the band that the block begins with. */
  readonly first: number;
}

export type PanelTask = Task<PanelInput, null>;

/** Reflects a block of columns: its triangle is the diagonal block of the band. */
export const columnPanel: PanelTask = defineTask("fit/linear/band-columns", (context, input: PanelInput): null => {
  const { wasm } = context;
  const { source, panel, lower, band, first } = input;
  const [width, height] = [source.columns, source.rows];
  const rows = wasm.f64(panel.pointer, width * height);
  for (let i = 0; i < height; i++) {
    const row = wasm.f64(source.pointer + 8 * i * source.stride, width);
    for (let j = 0; j < width; j++) rows[j * height + i] = row[j];
  }
  reflect(context, input);
  const triangle = wasm.f64(lower, width * width);
  const diagonals = bandRows(wasm, band, first, width);
  for (let i = 0; i < width; i++) for (let j = i; j < width; j++) diagonals[i * (band.width + 1) + j - i] = triangle[j * width + i];
  return null;
});

/** Reflects a block of rows behind its diagonal block in place: its triangle is the rest of these rows of the band. */
export const rowPanel: PanelTask = defineTask("fit/linear/band-rows", (context, input: PanelInput): null => {
  reflect(context, input);
  const { source: { rows: width, columns }, lower, band, first } = input;
  const triangle = context.wasm.f64(lower, width * width);
  const diagonals = bandRows(context.wasm, band, first, width);
  for (let i = 0; i < width; i++) for (let j = 0; j <= Math.min(i, columns - 1); j++) diagonals[i * (band.width + 1) + width - i + j] = triangle[i * width + j];
  return null;
});

function reflect({ wasm, scratch }: TaskContext, { panel, lower, factor }: PanelInput): void {
  rowReflectors(wasm, scratch, panel, lower, factor);
}

function bandRows(wasm: TaskContext["wasm"], { pointer, width }: Band, first: number, count: number): Float64Array {
  return wasm.f64(pointer + 8 * first * (width + 1), count * (width + 1));
}

export interface SlabInput {
  /** V, reflectors as rows; there are no more than these are long. */
  readonly reflected: Matrix;
  /** T */
  readonly factor: Pointer;
  /** Changed in place. */
  readonly target: Matrix;
}

function reflectorsOf({ reflected, factor }: SlabInput): { v: Matrix; t: Matrix } {
  const count = Math.min(reflected.rows, reflected.columns);
  return { v: { ...reflected, rows: count }, t: matrix(factor, count, count, reflected.rows) };
}

/** A ← (I − Vᵀ·T·V)ᵀ·A. Not pure, but all scratch is taken before the last product, which alone writes. */
export const leftSlab = defineTask("fit/linear/band-left", ({ wasm, scratch }, input: SlabInput): null => {
  const { v, t } = reflectorsOf(input);
  const { target } = input;
  const products = matrix(scratch.f64(v.rows * target.columns), v.rows, target.columns);
  const weights = matrix(scratch.f64(v.rows * target.columns), v.rows, target.columns);
  gemm(wasm, scratch, 1, v, target, 0, products);
  gemm(wasm, scratch, 1, transpose(t), products, 0, weights);
  gemm(wasm, scratch, -1, transpose(v), weights, 1, target);
  return null;
});

/** A ← A·(I − Vᵀ·T·V), likewise. */
export const rightSlab = defineTask("fit/linear/band-right", ({ wasm, scratch }, input: SlabInput): null => {
  const { v, t } = reflectorsOf(input);
  const { target } = input;
  const products = matrix(scratch.f64(target.rows * v.rows), target.rows, v.rows);
  const weights = matrix(scratch.f64(target.rows * v.rows), target.rows, v.rows);
  gemm(wasm, scratch, 1, target, transpose(v), 0, products);
  gemm(wasm, scratch, 1, products, t, 0, weights);
  gemm(wasm, scratch, -1, weights, v, 1, target);
  return null;
});
