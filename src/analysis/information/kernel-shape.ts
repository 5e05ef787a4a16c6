import { type Matrix, matrix } from "../../linalg/matrix.js";
import { syrk } from "../../linalg/product.js";
import { defineTask, type TaskContext } from "../../parallel/task.js";
import { mergeMoments, type Moments, noMoments, shapeOf } from "../kernel-distribution/moments.js";
import { jackknife } from "./estimate.js";
import type { Estimate, KernelShape } from "./information.js";

/** Cosines of environments of one material are all near 1. */
const BINS = 200;

/** Cosines between all pairs of rows that are not 0; null where there are fewer than two. */
export const kernelShapeTask = defineTask(
  "analysis/kernel-shape",
  ({ wasm, scratch }: TaskContext, { x, groups }: { readonly x: Matrix; readonly groups: Int32Array }): KernelShape | null => {
    const d = x.columns;
    const units = matrix(scratch.f64(x.rows * d), x.rows, d);
    const kept: number[] = [];
    for (let row = 0; row < x.rows; row++) {
      const values = wasm.f64(x.pointer + 8 * row * d, d);
      const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
      if (!(length > 0)) continue;
      const unit = wasm.f64(units.pointer + 8 * kept.length * d, d);
      for (let f = 0; f < d; f++) unit[f] = values[f] / length;
      kept.push(row);
    }
    const n = kept.length;
    if (n < 2) return null;
    const cosines = matrix(scratch.f64(n * n), n, n);
    syrk(wasm, scratch, 1, { ...units, rows: n }, 0, cosines);
    const values = wasm.f64(cosines.pointer, n * n);
    return shapeOfCosines(
      values,
      n,
      Int32Array.from(kept, (row) => groups[row]),
    );
  },
);

function shapeOfCosines(values: Float64Array, n: number, groups: Int32Array): KernelShape {
  const moments = momentsByGroups(values, n, groups);
  const estimate = (pick: (moments: Moments) => number): Estimate => jackknife((kept) => pick(moments(kept)), groups);
  const all = moments(groups.map((_, i) => i));
  const from = all.minimum < 0 ? -1 : 0;
  const counts = new Array<number>(BINS).fill(0);
  for (let i = 1; i < n; i++) {
    for (let j = 0; j < i; j++) counts[Math.max(0, Math.min(BINS - 1, Math.floor((BINS * (values[i * n + j] - from)) / (1 - from))))]++;
  }
  return {
    mean: estimate(({ mean }) => mean),
    std: estimate((of) => shapeOf(of).std),
    skewness: estimate((of) => shapeOf(of).skewness),
    histogram: { from, to: 1, counts },
  };
}

/** Moments of the pairs of groups, once, and their union over the groups that some members belong to. */
function momentsByGroups(values: Float64Array, n: number, groups: Int32Array): (kept: Int32Array) => Moments {
  const nGroups = groups.reduce((most, group) => Math.max(most, group + 1), 0);
  const members = Array.from({ length: nGroups }, (_, group) => Array.from(groups.keys()).filter((i) => groups[i] === group));
  const pairs = members.map((a, g) => members.slice(0, g + 1).map((b, h) => pairMoments(values, n, a, b, g === h)));
  return (kept) => {
    const present = new Set(Array.from(kept, (i) => groups[i]));
    let sum = noMoments;
    for (const [g, row] of pairs.entries()) {
      for (const [h, moments] of row.entries()) if (present.has(g) && present.has(h)) sum = mergeMoments(sum, moments);
    }
    return sum;
  };
}

function pairMoments(values: Float64Array, n: number, a: readonly number[], b: readonly number[], isOne: boolean): Moments {
  let [count, sum, minimum, maximum] = [0, 0, Infinity, -Infinity];
  const visit = (see: (value: number) => void): void => {
    a.forEach((i, k) => {
      const last = isOne ? k : b.length;
      for (let l = 0; l < last; l++) see(values[i * n + b[l]]);
    });
  };
  visit((value) => {
    count++;
    sum += value;
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
  });
  if (count === 0) return noMoments;
  const mean = sum / count;
  let [squares, cubes] = [0, 0];
  visit((value) => {
    const distance = value - mean;
    squares += distance * distance;
    cubes += distance * distance * distance;
  });
  return { count, mean, squares, cubes, minimum, maximum };
}
