import { describe, expect, it } from "vitest";
import { conditionedPruningBytes, pruneConditioned, untilThreshold } from "../../../src/analysis/redundancy/conditioned-pruning.js";
import type { Derivatives } from "../../../src/analysis/redundancy/real-pruning.js";
import { CancelledError } from "../../../src/errors.js";
import { expectClose } from "../../expect.js";
import { randomArray } from "../../linalg/dense.js";

interface Twin {
  readonly order: number[];
  readonly residuals: Float64Array;
}

/** The same by its definition: of each candidate what all that was kept leaves of it, from the beginning. */
function twin(points: readonly Derivatives[], classes: readonly (readonly number[])[], deviations: ArrayLike<number>, ranks: readonly number[], threshold: number): Twin {
  const order: number[] = [];
  const residuals = new Float64Array(deviations.length);
  const row = ({ rows, nVariables }: Derivatives, column: number): Float64Array => rows.slice(column * nVariables, (column + 1) * nVariables).map((value) => value / deviations[column]);
  for (const own of classes) {
    const left = new Set(own.filter((column) => deviations[column] > 0));
    while (left.size > 0) {
      const open = points.filter((point, k) => rankOf(order.map((column) => row(point, column))) < ranks[k]);
      if (open.length === 0) break;
      const found = [...left].map((column) => ({ column, residual: Math.min(...open.map((point) => rest(row(point, column), order.map((kept) => row(point, kept))))) }));
      const best = found.reduce((most, one) => (one.residual > most.residual ? one : most));
      if (best.residual < threshold) break;
      order.push(best.column);
      residuals[best.column] = best.residual;
      left.delete(best.column);
    }
  }
  return { order, residuals };
}

/** Length of what some rows leave of another. */
function rest(row: Float64Array, others: readonly Float64Array[]): number {
  return Math.hypot(...withoutAll(row, orthonormal(others)));
}

function rankOf(rows: readonly Float64Array[]): number {
  return orthonormal(rows).length;
}

function orthonormal(rows: readonly Float64Array[]): Float64Array[] {
  const kept: Float64Array[] = [];
  for (const row of rows) {
    const left = withoutAll(row, kept);
    const length = Math.hypot(...left);
    if (length > 1e-9) kept.push(left.map((value) => value / length));
  }
  return kept;
}

function withoutAll(row: Float64Array, units: readonly Float64Array[]): Float64Array {
  const left = row.slice();
  for (let pass = 0; pass < 3; pass++) {
    for (const unit of units) {
      const along = unit.reduce((sum, value, i) => sum + value * left[i], 0);
      unit.forEach((value, i) => (left[i] -= along * value));
    }
  }
  return left;
}

function randomPoint(nColumns: number, nVariables: number, seed: number): Derivatives {
  return { nColumns, nVariables, rows: randomArray(nColumns * nVariables, seed), label: `point ${seed}` };
}

describe("the conditioned form", () => {
  it("takes of a class the column of which most is left, and ends the class below the threshold", async () => {
    const rows: Derivatives = { nColumns: 3, nVariables: 3, rows: Float64Array.of(1, 0, 0, 1, 1e-2, 0, 2, 0, 1e-5), label: "by hand" };
    const all = await pruneConditioned([rows], [[0, 1, 2]], [1, 1, 1], [3], 1e-6);
    expect([...all.kept]).toEqual([1, 1, 1]);
    const some = await pruneConditioned([rows], [[0, 1, 2]], [1, 1, 1], [3], 1e-3);
    expect([...some.kept]).toEqual([0, 1, 1]);
    expect(some.residuals[2]).toBeCloseTo(2, 6);
    expect(some.residuals[1]).toBeCloseTo(1e-2, 6);
    // in units of its deviation the first column is larger than the others
    expect([...(await pruneConditioned([rows], [[0, 1, 2]], [0.1, 1, 1], [3], 1e-3)).kept]).toEqual([1, 1, 0]);
    expect([...(await pruneConditioned([rows], [[0, 1, 2]], [0, 1, 1], [3], 1e-3)).kept]).toEqual([0, 1, 1]);
    await expect(pruneConditioned([rows], [[0]], [1], [3], 0)).rejects.toThrow("the threshold 0 must be greater than 0");
  });

  for (const [nColumns, sizes] of [[1, [1]], [5, [3]], [9, [4, 7]], [12, [3, 6, 5]]] as const) {
    it(`takes ${nColumns} columns at ${sizes.length} points as the twin does`, async () => {
      const points = sizes.map((size, k) => randomPoint(nColumns, size, nColumns + k));
      const deviations = randomArray(nColumns, 3).map((value) => 0.5 + value ** 2);
      if (nColumns > 5) deviations[2] = 0;
      const half = Math.ceil(nColumns / 2);
      const classes = [Array.from({ length: half }, (_, i) => i), Array.from({ length: nColumns - half }, (_, i) => half + i)];
      const ranks = sizes.map((size) => Math.min(size, nColumns));
      for (const threshold of [1e-6, 0.3]) {
        const expected = twin(points, classes, deviations, ranks, threshold);
        const found = await pruneConditioned(points, classes, deviations, ranks, threshold);
        expect(found.order).toEqual(expected.order);
        expect(found.order.length).toBeGreaterThan(0);
        expectClose(found.residuals, expected.residuals, 1e-10);
        expect([...found.kept].flatMap((own, column) => (own ? [column] : []))).toEqual(found.order.toSorted((a, b) => a - b));
      }
    });
  }

  it("takes the columns of one class in the same order for all thresholds", async () => {
    const points = [randomPoint(9, 6, 1), randomPoint(9, 5, 2)];
    const classes = [Array.from({ length: 9 }, (_, i) => i)];
    const deviations = new Float64Array(9).fill(1);
    const all = await pruneConditioned(points, classes, deviations, [6, 5], 1e-6);
    for (const threshold of [1e-6, 0.2, 0.5, 1, 100]) expect(untilThreshold(all, threshold)).toEqual(await pruneConditioned(points, classes, deviations, [6, 5], threshold));
    expect(untilThreshold(all, 0.5).order.length).toBeLessThan(all.order.length);
  });

  it("keeps nothing of no columns, no points and columns that do not vary", async () => {
    expect((await pruneConditioned([], [[0, 1]], [1, 1], [], 1e-3)).order).toEqual([]);
    expect((await pruneConditioned([randomPoint(0, 3, 1)], [], [], [0], 1e-3)).order).toEqual([]);
    expect((await pruneConditioned([randomPoint(2, 3, 1)], [[0, 1]], [0, NaN], [2], 1e-3)).order).toEqual([]);
  });

  it("hears of a signal, and tells how many columns it has taken", async () => {
    const point = randomPoint(1500, 200, 1);
    const controller = new AbortController();
    const told: unknown[] = [];
    const run = { signal: controller.signal, onProgress: (progress: unknown) => (told.push(progress), controller.abort()) };
    await expect(pruneConditioned([point, point], [Array.from({ length: 1500 }, (_, i) => i)], new Float64Array(1500).fill(1), [200, 200], 1e-3, run)).rejects.toThrow(CancelledError);
    expect(told).toMatchObject([{ stage: "columns left above 0.001", total: undefined, unit: "columns" }]);
  });

  it("needs copies of the largest class, and of what it has taken", () => {
    expect(conditionedPruningBytes([{ nVariables: 3 }, { nVariables: 5 }], [[0], [1, 2]])).toBe(8 * (3 * (2 + 3) + 5 * (2 + 5)));
  });
});
