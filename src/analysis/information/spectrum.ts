import { symmetricEigen } from "../../linalg/eigen.js";
import { type Matrix, matrix, rowBlock, transpose } from "../../linalg/matrix.js";
import { gemm, syrk } from "../../linalg/product.js";
import { makePositive } from "../../linalg/sign.js";
import { defineTask, type TaskContext } from "../../parallel/task.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import { type ColumnCounts, countColumns } from "./columns.js";
import { jackknife } from "./estimate.js";
import type { Spectrum } from "./information.js";
import { scaledRows, scalingOf, takeRows } from "./reconstruction.js";

/** Eigenvalues above this share of the largest count for the rank. */
const RANK = 1e-10;
/** That are kept for plots. */
const KEPT = 500;

export interface SpectrumInput {
  readonly x: Matrix;
  /** Group of every row, for errors. */
  readonly groups: Int32Array;
  /** f64 [length × columns]: the first principal components, of length 1; a row that the sample does not have is 0 */
  readonly components: Pointer;
  readonly length: number;
}

export interface SpectrumOutput {
  readonly spectrum: Spectrum;
  /** First two principal components of every row. */
  readonly map: readonly (readonly [number, number])[];
}

/** Principal components of the rows of a sample, and what their variances say. */
export const spectrumTask = defineTask("analysis/spectrum", ({ wasm, scratch }: TaskContext, { x, groups, components, length }: SpectrumInput): SpectrumOutput => {
  const { rows: n, columns: d } = x;
  const all = Int32Array.from({ length: n }, (_, i) => i);
  const { means, scale } = scalingOf(wasm, x, all);
  const counts = countColumns(wasm.f64(x.pointer, n * d), n, d);
  wasm.f64(components, length * d).fill(0);
  if (scale === 0) return { spectrum: flatSpectrum(n, d, counts), map: Array.from(all, () => [0, 0] as const) };
  const rows = scaledRows(wasm, scratch, x, all, { means, scale });
  const eigenvalues = principalComponents(wasm, scratch, rows, matrix(components, length, d));
  const map = matrix(scratch.f64(2 * n), n, 2);
  gemm(wasm, scratch, scale, rows, transpose(matrix(components, Math.min(2, length), d)), 0, { ...map, columns: Math.min(2, length) });
  const points = wasm.f64(map.pointer, 2 * n);
  const participation = participationRatio(wasm, scratch, rows, groups);
  return {
    spectrum: { ...summary(eigenvalues, n, d), ...columnsOf(counts), participationRatio: jackknife(participation, groups) },
    map: Array.from(all, (i) => [points[2 * i], length > 1 ? points[2 * i + 1] : 0] as const),
  };
});

const columnsOf = ({ constant, duplicate }: ColumnCounts): Pick<Spectrum, "constantColumns" | "duplicateColumns"> => ({
  constantColumns: constant,
  duplicateColumns: duplicate,
});

/** Of rows that are all alike. */
function flatSpectrum(rows: number, columns: number, counts: ColumnCounts): Spectrum {
  const participationRatio = { mean: 0, error: NaN, count: 0 };
  return { rows, columns, eigenvalues: [], participationRatio, rank: 0, conditionNumber: Infinity, ...columnsOf(counts) };
}

function summary(eigenvalues: Float64Array, rows: number, columns: number): Omit<Spectrum, "participationRatio" | "constantColumns" | "duplicateColumns"> {
  const largest = eigenvalues[0];
  const sum = eigenvalues.reduce((total, value) => total + Math.max(0, value), 0);
  const smallest = eigenvalues[Math.min(rows - 1, columns) - 1];
  const rounding = eigenvalues.length * Number.EPSILON * largest;
  return {
    rows,
    columns,
    eigenvalues: Array.from(eigenvalues.filter((value) => value > rounding).slice(0, KEPT), (value) => value / sum),
    rank: eigenvalues.filter((value) => value > RANK * largest).length,
    conditionNumber: smallest > rounding ? Math.sqrt(largest / smallest) : Infinity,
  };
}

/** Eigenvalues of XᵀX, descending, by the smaller of XᵀX and XXᵀ; writes the first directions, each with its largest element positive. */
function principalComponents(wasm: Wasm, arena: Arena, x: Matrix, components: Matrix): Float64Array {
  const { rows: n, columns: d } = x;
  const isWide = n < d;
  const m = Math.min(n, d);
  const mark = arena.mark();
  const products = matrix(arena.f64(m * m), m, m);
  syrk(wasm, arena, 1, isWide ? x : transpose(x), 0, products);
  const [values, vectors] = [arena.f64(m), matrix(arena.f64(m * m), m, m)];
  symmetricEigen(wasm, arena, products, values, vectors);
  const descending = wasm.f64(values, m).slice().reverse();
  const kept = Math.min(components.rows, m);
  for (let k = 0; k < kept; k++) {
    if (!(descending[k] > m * Number.EPSILON * descending[0])) break;
    const [vector, out] = [rowBlock(vectors, m - 1 - k, 1), rowBlock(components, k, 1)];
    if (isWide) gemm(wasm, arena, 1 / Math.sqrt(descending[k]), vector, x, 0, out);
    else wasm.f64(out.pointer, d).set(wasm.f64(vector.pointer, d));
    makePositive(wasm.f64(out.pointer, d));
  }
  arena.reset(mark);
  return descending;
}

/**
 * (Σλ)²/Σλ² of some groups of the rows, from products that are computed once: of rows, or of columns group by group, whichever are fewer.
 * @param x without the mean of all rows
 */
function participationRatio(wasm: Wasm, arena: Arena, x: Matrix, groups: Int32Array): (kept: Int32Array) => number {
  return x.rows <= x.columns ? participationOfRows(wasm, arena, x) : participationOfColumns(wasm, arena, x, groups);
}

/** The trace of XXᵀ and of its square with the mean of the kept rows taken away: by sums over the kept rows and columns of products. */
function participationOfRows(wasm: Wasm, arena: Arena, x: Matrix): (kept: Int32Array) => number {
  const n = x.rows;
  const products = matrix(arena.f64(n * n), n, n);
  syrk(wasm, arena, 1, x, 0, products);
  const values = wasm.f64(products.pointer, n * n);
  return (kept) => {
    const means = Float64Array.from(kept, (i) => kept.reduce((sum, j) => sum + values[i * n + j], 0) / kept.length);
    const mean = means.reduce((sum, value) => sum + value, 0) / kept.length;
    let [trace, squares] = [0, 0];
    for (let k = 0; k < kept.length; k++) {
      for (let l = 0; l < kept.length; l++) {
        const value = values[kept[k] * n + kept[l]] - means[k] - means[l] + mean;
        squares += value * value;
        if (k === l) trace += value;
      }
    }
    return trace > 0 ? trace ** 2 / squares : 0;
  };
}

function participationOfColumns(wasm: Wasm, arena: Arena, x: Matrix, groups: Int32Array): (kept: Int32Array) => number {
  const d = x.columns;
  const nGroups = groups.reduce((most, group) => Math.max(most, group + 1), 0);
  const ofGroups = Array.from({ length: nGroups }, (_, group) => {
    const rows = Int32Array.from(groups.keys()).filter((i) => groups[i] === group);
    const { means } = scalingOf(wasm, x, rows);
    const products = matrix(arena.f64(d * d), d, d);
    const mark = arena.mark();
    syrk(wasm, arena, 1, transpose(takeRows(wasm, arena, x, rows)), 0, products);
    arena.reset(mark);
    return { count: rows.length, sums: means.map((mean) => mean * rows.length), products: wasm.f64(products.pointer, d * d) };
  });
  return (kept) => {
    const present = new Set(Array.from(kept, (i) => groups[i]));
    const parts = ofGroups.filter((_, group) => present.has(group));
    const count = parts.reduce((sum, part) => sum + part.count, 0);
    const sums = new Float64Array(d);
    for (const part of parts) part.sums.forEach((sum, f) => (sums[f] += sum));
    let [trace, squares] = [0, 0];
    for (let f = 0, at = 0; f < d; f++) {
      for (let g = 0; g < d; g++, at++) {
        let value = (-sums[f] * sums[g]) / count;
        for (const part of parts) value += part.products[at];
        squares += value * value;
        if (f === g) trace += value;
      }
    }
    return trace > 0 ? trace ** 2 / squares : 0;
  };
}
