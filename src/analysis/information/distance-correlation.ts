import { type Matrix, matrix } from "../../linalg/matrix.js";
import { syrk } from "../../linalg/product.js";
import { defineTask, type TaskContext } from "../../parallel/task.js";
import type { Arena } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import { jackknife } from "./estimate.js";
import type { Estimate } from "./information.js";
import { scaledRows, scalingOf } from "./reconstruction.js";

/** Fewer members have no statistic without bias. */
const FEWEST = 4;

/**
 * Distance correlation of rows with a number of each: √R*, where R* is the bias-corrected squared distance correlation of Székely & Rizzo, Ann. Stat.
 * 42, 2382 (2014), doi:10.1214/14-AOS1255, 0 where that is negative. NaN where either does not vary or there are fewer than four rows.
 */
export const distanceCorrelationTask = defineTask(
  "analysis/distance-correlation",
  ({ wasm, scratch }: TaskContext, input: { readonly x: Matrix; readonly rows: Int32Array; readonly values: Float64Array; readonly groups: Int32Array }): Estimate => {
    const { x, rows, values, groups } = input;
    const distances = rowDistances(wasm, scratch, x, rows);
    const n = rows.length;
    const others = new Float64Array(n * n);
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) others[i * n + j] = Math.abs(values[i] - values[j]);
    return jackknife((kept) => distanceCorrelation(distances, others, n, kept), groups);
  },
);

/** Euclidean distances between rows, n × n. Those of rows that are closer than 10⁻⁸ of the spread are rounding. */
export function rowDistances(wasm: Wasm, arena: Arena, x: Matrix, rows: Int32Array): Float64Array {
  const n = rows.length;
  const mark = arena.mark();
  const { means } = scalingOf(wasm, x, rows);
  const centered = scaledRows(wasm, arena, x, rows, { means, scale: 1 });
  const products = matrix(arena.f64(n * n), n, n);
  syrk(wasm, arena, 1, centered, 0, products);
  const values = wasm.f64(products.pointer, n * n).slice();
  arena.reset(mark);
  const squares = Float64Array.from({ length: n }, (_, i) => values[i * n + i]);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) values[i * n + j] = i === j ? 0 : Math.sqrt(Math.max(0, squares[i] + squares[j] - 2 * values[i * n + j]));
  }
  return values;
}

/**
 * √R* from two matrices of distances, n × n each, over the members `kept`: the sums of U-centered distances,
 * A_ij = a_ij − a_i·/(m − 2) − a_·j/(m − 2) + a_··/((m − 1)(m − 2)), i ≠ j, expanded so that no matrix is centered.
 */
export function distanceCorrelation(a: Float64Array, b: Float64Array, n: number, kept: Int32Array): number {
  const m = kept.length;
  if (m < FEWEST) return NaN;
  const [sumsA, sumsB] = [new Float64Array(m), new Float64Array(m)];
  let [aa, ab, bb] = [0, 0, 0];
  for (let k = 0; k < m; k++) {
    const first = kept[k] * n;
    let [sumA, sumB] = [0, 0];
    for (let l = 0; l < m; l++) {
      const [x, y] = [a[first + kept[l]], b[first + kept[l]]];
      sumA += x;
      sumB += y;
      aa += x * x;
      ab += x * y;
      bb += y * y;
    }
    sumsA[k] = sumA;
    sumsB[k] = sumB;
  }
  const inner = (product: number, x: Float64Array, y: Float64Array): number => {
    const [totalX, totalY, cross] = [total(x), total(y), x.reduce((sum, value, k) => sum + value * y[k], 0)];
    return (product - (2 * cross) / (m - 2) + (totalX * totalY) / ((m - 1) * (m - 2))) / (m * (m - 3));
  };
  const [covariance, varianceA, varianceB] = [inner(ab, sumsA, sumsB), inner(aa, sumsA, sumsA), inner(bb, sumsB, sumsB)];
  // a variance that is rounding of the sums is none
  const scale = m * (m - 3);
  if (!(varianceA > (1e-14 * aa) / scale && varianceB > (1e-14 * bb) / scale)) return NaN;
  return Math.sqrt(Math.max(0, covariance / Math.sqrt(varianceA * varianceB)));
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
